"""Both engines give what the book says; where the book says "refused", the loader refuses."""

from __future__ import annotations

import pytest
from tests.spec.book import KNOWN_AT, Example, chapters, entries, load, rows
from tests.spec.engines import Row, Tables, by_reference

EXAMPLES = [
    pytest.param(example, id=f"{chapter.file}: {example.title}")
    for chapter in chapters()
    for example in chapter.examples
]
STANDINGS = ("subject", "grade", "total", "as_of")
REASONS = ("subject", "as_of", "position", "kind", "rule", "points", "records", "article")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


def shown(found: list[Row], names: tuple[str, ...], like: str) -> list[dict[str, str]]:
    """Rows as the book writes them: the columns it shows, an empty cell for no value."""
    expected = rows(like)
    columns = list(expected[0]) if expected else list(names)
    said = [dict(zip(names, row, strict=True)) for row in found]
    return [{c: "" if row[c] is None else str(row[c]) for c in columns} for row in said]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_book_is_true(example: Example, tables: Tables) -> None:
    pack, scheme, findings = load(example)
    if example.refused and example.refused in {finding.code.id for finding in findings}:
        return
    assert scheme is not None, [str(finding) for finding in findings]
    known = entries(example)
    tables.load(pack, known)
    meant = by_reference(scheme, known, example.as_of, KNOWN_AT, example.history)
    assert tables.evaluate(scheme, example.as_of, KNOWN_AT, example.history) == meant
    if isinstance(meant, str):
        assert meant == example.refused
        return
    assert not example.refused, "the book says that this is refused"
    assert shown(meant[0], STANDINGS, example.expect) == rows(example.expect)
    if example.reasons:
        assert shown(meant[1], REASONS, example.reasons) == rows(example.reasons)
