"""Functions become nodes; whatever else can be parsed is refused."""

from __future__ import annotations

from datetime import date

import pytest

from goodstanding.catalogue import Confidence, Parameter, ParameterValue, Table, TableValue
from goodstanding.evaluation.language import NameKind, Scope, Unit, parse
from goodstanding.evaluation.language.nodes import (
    Case,
    DateAdd,
    DateType,
    Extreme,
    FullBetween,
    Name,
    NumberType,
    Ratio,
    StartOf,
    TableLookup,
    TextType,
    WorkingDaysBetween,
)
from goodstanding.evaluation.language.parse import names_in
from goodstanding.kernel import Fixed, GoodStandingError

NAMES = {
    "a": Name(NameKind.RECORD, "a", DateType()),
    "b": Name(NameKind.RECORD, "b", DateType()),
    "x": Name(NameKind.FACT, "x", NumberType(1)),
    "y": Name(NameKind.FACT, "y", NumberType(2)),
    "t": Name(NameKind.FACT, "t", TextType()),
}


def parameter(name: str, unit: str, units: int, scale: int = 0) -> Parameter:
    values = (ParameterValue(date(2000, 1, 1), Fixed(units, scale), "act.1"),)
    return Parameter(name, {"en": name}, unit, scale, values, Confidence.KNOWN)


PARAMETERS = {
    p.id: p
    for p in (
        parameter("n", "days", 3),
        parameter("m", "months", 3),
        parameter("back", "days", -1),
        parameter("long", "days", 99999),
        parameter("part", "share", 5, 1),
    )
}
ROWS = TableValue(date(2000, 1, 1), {("u", "v"): Fixed(1, 0)}, "act.1")
TABLE = Table("grid", {"en": "Grid"}, "points", 0, ("row", "column"), (ROWS,), Confidence.KNOWN)
SCOPE = Scope(NAMES, PARAMETERS, "column", {"grid": TABLE}, "meridia")

FUNCTIONS = [
    ("add_days(a, param.n)", DateAdd),
    ("add_months(a, param.m)", DateAdd),
    ("start_of_quarter(a)", StartOf),
    ("months_between(a, b)", FullBetween),
    ("years_between(a, b)", FullBetween),
    ("working_days_between(a, b)", WorkingDaysBetween),
    ("least(x, y)", Extreme),
    ("greatest(a, b, a)", Extreme),
    ("nullif(x, 0)", Case),
    ("lookup(table.grid, t, 'v')", TableLookup),
    ("ratio(x, nullif(y, 0), 2)", Ratio),
]


@pytest.mark.parametrize(("text", "kind"), FUNCTIONS)
def test_a_function_becomes_its_node(text: str, kind: type) -> None:
    assert isinstance(parse(text, SCOPE), kind)


def test_units_types_and_the_calendar() -> None:
    added = parse("add_days(add_months(a, param.m), param.n)", SCOPE)
    assert isinstance(added, DateAdd)
    assert isinstance(added.start, DateAdd)
    assert (added.unit, added.start.unit) == (Unit.DAYS, Unit.MONTHS)
    assert parse("least(x, y)", SCOPE).type == NumberType(2)
    assert parse("greatest(a, b)", SCOPE).type == DateType()
    worked = parse("working_days_between(a, b)", SCOPE)
    assert isinstance(worked, WorkingDaysBetween)
    assert worked.calendar == "meridia"


def test_a_stated_policy_stands_in_for_a_name() -> None:
    scope = Scope(NAMES, PARAMETERS, "column", replaced={"x": NAMES["y"]})
    assert parse("x", scope) == NAMES["y"]


def test_names_before_they_are_typed() -> None:
    assert names_in("greatest(x, param.n) + zz") == {"x", "zz"}
    assert names_in("x +") == frozenset()


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("add_days(a, 3)", "GS-SCHEME-006", "3"),
        ("add_days(a, x)", "GS-SCHEME-005", "a whole parameter"),
        ("add_days(a, param.part)", "GS-SCHEME-005", "a whole parameter"),
        ("add_days(x, param.n)", "GS-SCHEME-005", "not a date"),
        ("add_months(a, param.n)", "GS-SCHEME-044", "is in days, not in months"),
        ("add_days(a, param.back)", "GS-SCHEME-044", "from 0 to 36525 days, not -1"),
        ("add_days(a, param.long)", "GS-SCHEME-044", "not 99999"),
        ("add_quarters(a, param.n)", "GS-SCHEME-003", "add_quarters"),
        ("start_of_week(a)", "GS-SCHEME-003", "start_of_week"),
        ("least(x)", "GS-SCHEME-003", "least"),
        ("least(t, t)", "GS-SCHEME-005", "has no least"),
        ("least(x, a)", "GS-SCHEME-005", "not compared"),
        ("nullif(x, y)", "GS-SCHEME-005", "is 0"),
        ("nullif(x, 1)", "GS-SCHEME-006", "1"),
        ("months_between(a, date '2020-01-01')", "GS-SCHEME-006", "2020-01-01"),
        ("lookup(table.nope, t, t)", "GS-SCHEME-004", "grid"),
        ("lookup(table.grid, t)", "GS-SCHEME-005", "row and column"),
        ("lookup(table.grid, t, x)", "GS-SCHEME-005", "not a text"),
        ("lookup(t, t, t)", "GS-SCHEME-005", "table.<name>"),
        ("ratio(x, y, 9)", "GS-SCHEME-010", "9"),
        ("period_start", "GS-SCHEME-004", "period_start"),
        ("random()", "GS-SCHEME-003", "rand"),
    ],
)
def test_what_is_refused(text: str, code: str, says: str) -> None:
    with pytest.raises(GoodStandingError) as raised:
        parse(text, SCOPE)
    assert raised.value.code.id == code
    assert says in raised.value.what.lower() or says in raised.value.what


def test_a_refusal_counts_the_names_that_it_leaves_out() -> None:
    many = {f"name_{n:02}": NAMES["x"] for n in range(15)}
    with pytest.raises(GoodStandingError) as refused:
        parse("zzz > 1", Scope(many, {}, "column"))
    assert "name_11 and 3 more" in str(refused.value)
    with pytest.raises(GoodStandingError) as refused:
        parse("zzz > 1", Scope(dict(list(many.items())[:12]), {}, "column"))
    assert "more" not in refused.value.remedy + refused.value.what
