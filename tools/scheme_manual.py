"""Writes docs/reference/scheme-language.md from the chapters and examples of tests/spec.

Run as ``python -m tools.scheme_manual`` from the project's root, for the examples live with
the tests that hold them true. With ``--check`` it only says whether the page is current, which
a test asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.spec.book import Chapter, Example, chapters

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "scheme-language.md"
_HEAD = """# The scheme language

*Written by `tools/scheme_manual.py` from `tests/spec/chapters`; every example on this page is a
test of the reference engine, which defines what a scheme means, and of every other engine.*
"""


def page() -> str:
    """The whole page as Markdown."""
    book = chapters()
    contents = "\n".join(f"{n}. [{c.title}](#{_anchor(c.title)})" for n, c in enumerate(book, 1))
    return "\n".join([_HEAD, contents, "", *(line for c in book for line in _chapter(c))])


def _anchor(title: str) -> str:
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -")
    return kept.replace(" ", "-")


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}\n\n{chapter.text}\n"
    for example in chapter.examples:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield f"### {example.title}\n"
    if example.text:
        yield f"{example.text}\n"
    if example.calendar != "none":
        yield f"With the calendar `{example.calendar}`.\n"
    if example.parameters:
        yield f"{_parameters(example)}\n"
    if example.tables:
        yield f"{_tables(example)}\n"
    yield from _ended_by(example)
    if example.older:
        yield f"The older version:\n\n```yaml\n{example.older}\n```\n\nThe newest:\n"
    if example.scheme:
        yield f"```yaml\n{example.scheme}\n```\n"
    if example.records:
        yield f"Records:\n\n{_table(example.records)}\n"
    when = f"{example.as_of.day} {example.as_of:%B %Y}"
    if example.refused:
        yield f"Refused: `{example.refused}`.\n"
        return
    what = "History up to" if example.history else "Standings on"
    yield f"{what} {when}:\n\n{_table(example.expect)}\n"
    if example.reasons:
        yield f"Reasons:\n\n{_table(example.reasons)}\n"


def _ended_by(example: Example) -> Iterator[str]:
    for name, newer in example.ended_by.items():
        listed = ", ".join(f"`{item}`" for item in newer)
        yield f"A record of `{name}` is ended by a newer one of {listed}.\n"


def _parameters(example: Example) -> str:
    said = []
    for name, given in example.parameters.items():
        dated = given if isinstance(given, dict) else {"": given}
        values = ", ".join(f"{v} from {day}" if day else str(v) for day, v in dated.items())
        said.append(f"`param.{name}` = {values}")
    return "With " + "; ".join(said) + "."


def _tables(example: Example) -> str:
    said = []
    for name, given in example.tables.items():
        dates = isinstance(given, dict) and all(str(key)[:4].isdigit() for key in given)
        dated = given if dates and isinstance(given, dict) else {"": given}
        rows = ", ".join(f"{_rows(r)} from {day}" if day else _rows(r) for day, r in dated.items())
        said.append(f"`table.{name}`: {rows}")
    return "With " + "; ".join(said) + "."


def _rows(rows: object) -> str:
    if not isinstance(rows, dict):
        return str(rows)
    return ", ".join(
        f"{code} ({_rows(row)})" if isinstance(row, dict) else f"{code} {row}"
        for code, row in rows.items()
    )


def _table(text: str) -> str:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    lines = [head, ["---"] * len(head), *rows]
    if not rows:
        return "(none)"
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> int:
    """Write the page, or with ``--check`` say whether it is what it should be."""
    if "--check" in sys.argv[1:]:
        current = PAGE.is_file() and PAGE.read_text("utf-8") == page()
        print("current" if current else f"{PAGE.relative_to(ROOT)} is out of date")
        return 0 if current else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
