"""The frozen rule of local identifiers: golden values that may never change."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel.local_ids import LOCAL_ID_PATTERN, local_value, normal_form

#: Never changed: identifiers in registers were made of these.
GOLDEN = [
    ("Lumen Lines Ltd", "Port Lumen", "n1-gdsv45agit3q4vojy522caa4"),
    ("ﾔﾏﾀﾞ建設", "東京都", "n1-ynpxqlvjcthtp24qckq527qp"),
    ("株式会社山田建設", "岐阜県高山市", "n1-ouafbbfoipwfhtxuw4m5mle7"),
    ("Straßenbau Muster", "Köln", "n1-5jdpfi5brtttyto3ruoaxu36"),
]


@pytest.mark.parametrize(("name", "place", "value"), GOLDEN)
def test_the_rule_is_frozen(name: str, place: str, value: str) -> None:
    assert local_value(name, place) == value


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ｌｕｍｅｎ　Lines, Ltd.", "lumenlinesltd"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﾔﾏﾀﾞ 建設", "ヤマダ建設"),
        ("㈱山田", "株山田"),
        ("Cafe\u0301", "caf\u00e9"),
        ("a\u200bb\u00adc", "abc"),
        # Not in Unicode 3.2, so left as it is.
        ("\U0001f95f", "\U0001f95f"),
    ],
)
def test_what_is_compared(text: str, normal: str) -> None:
    assert normal_form(text) == normal


def test_name_and_place_are_two() -> None:
    """`AB` in `C` is not `A` in `BC`."""
    assert local_value("AB", "C") != local_value("A", "BC")


@pytest.mark.parametrize(("name", "place"), [("", "Lumen"), ("Lines", ""), ("...", "Lumen")])
def test_without_a_name_or_a_place_there_is_none(name: str, place: str) -> None:
    assert local_value(name, place) is None


@given(st.text(), st.text())
def test_the_value_fits_its_pattern_and_a_second_look(name: str, place: str) -> None:
    value = local_value(name, place)
    assert value is None or re.fullmatch(LOCAL_ID_PATTERN, value)
    assert local_value(normal_form(name), normal_form(place)) == value
