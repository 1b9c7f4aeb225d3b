"""What two patterns have in common is worked out exactly, or not said at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.catalogue.patterns import Relation, relation

OVERLAP, APART, WITHIN = Relation(True, False), Relation(False, False), Relation(True, True)
RESIDENT = (
    "[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)


@pytest.mark.parametrize(
    ("pattern", "other", "found"),
    [
        ("[0-9]{9}", "[0-9]{9}", WITHIN),
        ("[0-9]{4}", r"\d{1,9}", WITHIN),
        ("[0-9]{8}", "C[0-9]{9}", APART),
        ("[A-Z0-9]{10}", "C[0-9]{9}", OVERLAP),
        ("[0-9]{2}-[0-9]{7}", "[0-9]{3}-?[0-9]{2}-?[0-9]{4}", APART),
        ("9[13][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}", RESIDENT, OVERLAP),
        ("a+b*", "(a|b)*", WITHIN),
        ("[^a]{2}", "aa|bb", OVERLAP),
    ],
)
def test_how_two_patterns_lie(pattern: str, other: str, found: Relation) -> None:
    assert relation(pattern, other) == found


@pytest.mark.parametrize(
    "pattern", ["(?i)a", "a(?=b)", "^a", "[[:digit:]]", r"\pL", "(a", "a{2", "*"]
)
def test_what_is_not_understood_is_not_judged(pattern: str) -> None:
    assert relation(pattern, "a") is None


PATTERNS = [
    "a{2,4}",
    "a?b*c+",
    "(?:ab|c){1,3}",
    "[^a]b",
    "(a|b)?c",
    "a{2,}",
    "(?:a{0,2}b?){2}",
    "[a-c.]+",
]


@given(
    st.sampled_from(PATTERNS),
    st.sampled_from(PATTERNS),
    st.lists(st.text("abc.", min_size=1, max_size=6), max_size=40),
)
def test_no_value_contradicts_what_is_said(pattern: str, other: str, values: list[str]) -> None:
    found = relation(pattern, other)
    assert found is not None
    for value in values:
        first, second = re.fullmatch(pattern, value), re.fullmatch(other, value)
        assert not (first and second) or found.overlap
        assert not (first and not second) or not found.within
