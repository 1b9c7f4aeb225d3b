"""What the nodes of dates, tables and falling points mean, for all values."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.evaluation.dates import add, full_between
from goodstanding.evaluation.language import (
    DateType,
    Name,
    NameKind,
    NumberType,
    ParameterRef,
    TextType,
    Unit,
    Value,
    evaluate,
)
from goodstanding.evaluation.language.nodes import Decayed, Extreme, TableLookup

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
UNITS = st.sampled_from([Unit.DAYS, Unit.MONTHS, Unit.QUARTERS, Unit.YEARS])
START = Name(NameKind.RECORD, "effective_on", DateType())
AS_OF = Name(NameKind.AS_OF, "as_of", DateType())
AMOUNT = Name(NameKind.FACT, "amount", NumberType(2))
LENGTH = ParameterRef("length", NumberType(0))


def left(units: int | None, start: date, as_of: date, unit: Unit, length: int) -> Value:
    """What is left of an amount of so many hundredths, in tenths."""
    values: dict[str, Value] = {"amount": units, "effective_on": start, "as_of": as_of}
    node = Decayed(AMOUNT, START, unit, LENGTH, AS_OF, NumberType(1))
    return evaluate(node, lambda name: values[name.name], {"length": length})


@given(DAYS, st.integers(-(10**9), 10**9), UNITS, st.integers(1, 40), st.integers(-5, 4000))
def test_points_fall_in_a_straight_line(
    start: date, units: int, unit: Unit, length: int, age: int
) -> None:
    end, as_of = add(start, unit, length), start + timedelta(days=age)
    days = (end - start).days
    share = Fraction(min(max((end - as_of).days, 0), days), days)
    exact = Fraction(units, 10) * share
    found = left(units, start, as_of, unit, length)
    assert isinstance(found, int)
    assert abs(found - exact) <= Fraction(1, 2)
    # Half away from zero, so falling debts and falling credits are alike.
    assert left(-units, start, as_of, unit, length) == -found


def test_all_of_it_before_and_nothing_after() -> None:
    start = date(2024, 1, 31)
    assert left(1000, start, date(2024, 1, 30), Unit.MONTHS, 1) == 100
    assert left(1000, start, start, Unit.MONTHS, 1) == 100
    assert left(1000, start, date(2024, 2, 28), Unit.MONTHS, 1) == 3
    assert left(1000, start, date(2024, 2, 29), Unit.MONTHS, 1) == 0
    assert left(None, start, start, Unit.MONTHS, 1) is None


def test_a_life_of_nothing_is_over_at_once() -> None:
    start = date(2024, 1, 31)
    assert left(1000, start, date(2024, 1, 30), Unit.DAYS, 0) == 100
    assert left(1000, start, start, Unit.DAYS, 0) == 0


@given(DAYS, DAYS, UNITS)
def test_full_units_are_the_most_that_can_be_added(a: date, b: date, unit: Unit) -> None:
    found = full_between(a, b, unit)
    assert full_between(b, a, unit) == -found
    if a <= b:
        assert add(a, unit, found) <= b < add(a, unit, found + 1)


@pytest.mark.parametrize(
    ("values", "least", "greatest"),
    [((1, 20), 10, 20), ((None, 20), 20, 20), ((3, None), 30, 30), ((None, None), None, None)],
)
def test_extremes_are_of_what_has_a_value(
    values: tuple[int | None, int | None], least: int | None, greatest: int | None
) -> None:
    whole, tenths = Name(NameKind.FACT, "a", NumberType(0)), Name(NameKind.FACT, "b", NumberType(1))
    given = dict(zip("ab", values, strict=True))
    for pick, expected in ((False, least), (True, greatest)):
        node = Extreme(pick, (whole, tenths), NumberType(1))
        assert evaluate(node, lambda name: given[name.name], {}) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(("a", "I"), 5), (("a", "II"), None), (("", "I"), 7), ((None, "I"), None)],
)
def test_a_row_of_a_table(keys: tuple[str | None, str], expected: int | None) -> None:
    names = tuple(Name(NameKind.FACT, name, TextType()) for name in "ab")
    node = TableLookup("tariff", names, NumberType(0))
    given = dict(zip("ab", keys, strict=True))
    rows: dict[tuple[str, ...], int] = {("a", "I"): 5, ("", "I"): 7}
    assert evaluate(node, lambda name: given[name.name], {}, tables={"tariff": rows}) == expected
