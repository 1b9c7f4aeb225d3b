"""Canonical bytes against the reference implementation of RFC 8785."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError, canonical_bytes
from goodstanding.kernel.canonical import MAX_INTEGER

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(st.lists(TEXTS, unique=True, min_size=2, max_size=6))
def test_order_of_members_does_not_matter(names: list[str]) -> None:
    shuffled = sorted(names, reverse=True)
    assert canonical_bytes(dict.fromkeys(names, 1)) == canonical_bytes(dict.fromkeys(shuffled, 1))


def test_names_sort_by_utf_16_code_units() -> None:
    # RFC 8785 section 3.2.3: the emoji's first code unit is a surrogate, below U+FB33.
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.0, MAX_INTEGER + 1, -MAX_INTEGER - 1, b"x", {1: 2}, {"a": {3}}, "\ud800", [1.5]]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(GoodStandingError) as refused:
        canonical_bytes(value)
    assert refused.value.code.id == "GS-KERNEL-003"
