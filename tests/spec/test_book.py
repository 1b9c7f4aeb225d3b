"""The reference gives what the book says, and every engine gives what the reference gives.

Where the book says "refused", the scheme is refused by the loader or by lint, or the question is.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests.spec.book import KNOWN_AT, Example, chapters, entries, load, refusals, rows
from tests.spec.engines import ENGINES, REASONS, STANDINGS, Engine, Row, by_reference

EXAMPLES = [
    pytest.param(example, id=f"{chapter.file}: {example.title}")
    for chapter in chapters()
    for example in chapter.examples
]
#: The default scheme has grades to choose from, of which an example gives only some.
DEFAULTED = {"GS-SCHEME-051"}


@cache
def engine(name: str) -> Engine:
    return ENGINES[name]()


def shown(found: list[Row], names: tuple[str, ...], like: str) -> list[dict[str, str]]:
    """Rows as the book writes them: the columns it shows, an empty cell for no value."""
    expected = rows(like)
    columns = list(expected[0]) if expected else list(names)
    said = [dict(zip(names, row, strict=True)) for row in found]
    return [{c: "" if row[c] is None else str(row[c]) for c in columns} for row in said]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_book_is_true(example: Example) -> None:
    codes = refusals(example)
    if example.refused in codes:
        return
    assert codes <= DEFAULTED, "lint refuses what the book teaches"
    _, scheme, findings = load(example)
    assert scheme is not None, [str(finding) for finding in findings]
    meant = by_reference(scheme, entries(example), example.as_of, KNOWN_AT, example.history)
    if isinstance(meant, str):
        assert meant == example.refused
        return
    assert not example.refused, "the book says that this is refused"
    assert shown(meant[0], STANDINGS, example.expect) == rows(example.expect)
    if example.reasons:
        assert shown(meant[1], REASONS, example.reasons) == rows(example.reasons)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_engines_agree_on_the_book(example: Example, name: str) -> None:
    pack, scheme, _ = load(example)
    if scheme is None:
        return
    known = entries(example)
    engine(name).load(pack, known)
    meant = by_reference(scheme, known, example.as_of, KNOWN_AT, example.history)
    assert engine(name).evaluate(scheme, example.as_of, KNOWN_AT, example.history) == meant
