"""How expressions use as_of: bounds, falls, and everything else."""

from __future__ import annotations

import pytest

from goodstanding.evaluation.as_of_uses import date_bounds, decays, is_daily
from goodstanding.evaluation.language import (
    BooleanType,
    Compare,
    DateType,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Unit,
)
from goodstanding.evaluation.language.nodes import (
    Case,
    Coalesce,
    DateAdd,
    DaysBetween,
    Decayed,
    Logic,
    Operator,
)

AS_OF = Name(NameKind.AS_OF, "as_of", DateType())
PAID = Name(NameKind.FACT, "paid_on", DateType())
BEGIN = Name(NameKind.RECORD, "effective_on", DateType())
AMOUNT = Name(NameKind.FACT, "amount", NumberType(2))
LENGTH = ParameterRef("length", NumberType(0))
LATER = DateAdd(Unit.MONTHS, BEGIN, LENGTH)


def fall(value: Node = AMOUNT, start: Node = BEGIN) -> Decayed:
    return Decayed(value, start, Unit.MONTHS, LENGTH, AS_OF, NumberType(0))


def compare(left: Node, right: Node) -> Compare:
    return Compare(Operator.LT, left, right)


def test_a_date_on_either_side() -> None:
    both = Logic(True, (compare(AS_OF, PAID), compare(LATER, AS_OF)))
    assert date_bounds(both) == [PAID, LATER]
    assert not is_daily(both)
    assert not decays(both)


def test_a_comparison_anywhere_in_a_value() -> None:
    node = Case(((compare(AS_OF, LATER), AMOUNT),), fall(), NumberType(2))
    assert date_bounds(node) == [LATER]
    assert decays(node) == [fall()]
    assert not is_daily(node)


@pytest.mark.parametrize(
    "node",
    [
        AS_OF,
        DaysBetween(PAID, AS_OF),
        compare(DaysBetween(PAID, AS_OF), LENGTH),
        compare(AS_OF, Coalesce((PAID, AS_OF), DateType())),
        compare(PAID, DateAdd(Unit.DAYS, AS_OF, LENGTH)),
        fall(start=AS_OF),
        fall(value=DaysBetween(PAID, AS_OF)),
    ],
)
def test_any_other_use_is_daily(node: Node) -> None:
    assert is_daily(node)
    assert not date_bounds(node)


def test_without_as_of_nothing() -> None:
    period = Name(NameKind.PERIOD, "period_start", DateType())
    node = Logic(False, (compare(PAID, BEGIN), compare(period, PAID)), BooleanType())
    assert not date_bounds(node)
    assert not decays(node)
    assert not is_daily(node)
