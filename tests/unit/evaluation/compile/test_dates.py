"""Dates in SQL are those of ``evaluation.dates`` and ``kernel.calendars``, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product

import duckdb
import pytest
from sqlglot import exp

from goodstanding.evaluation import dates
from goodstanding.evaluation.compile.law import calendar_steps
from goodstanding.evaluation.compile.sqltools import column, named, select, sql, table, with_steps
from goodstanding.evaluation.language import DateType, Name, NameKind, Unit, sql_dates
from goodstanding.evaluation.language.nodes import WorkingDaysBetween
from goodstanding.evaluation.language.sql_dates import refused_day
from goodstanding.kernel.calendars import calendar_of, working_days_between

#: Ends of months, leap days, the ends of the calendar, and days around them.
EDGES = [
    date(1, 1, 1), date(1, 1, 31), date(1900, 2, 28), date(1999, 12, 31), date(2000, 2, 29),
    date(2023, 2, 28), date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 30), date(2024, 1, 31),
    date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 30), date(2024, 3, 31),
    date(2024, 4, 30), date(2025, 2, 28), date(9999, 11, 30), date(9999, 12, 30), date.max,
]  # fmt: skip
PAIRS = [*product(EDGES, EDGES), (None, EDGES[0]), (EDGES[0], None), (None, None)]
Day = date | None


def computed(pairs: Sequence[tuple[Day, Day]], value: exp.Expr) -> list[object]:
    """The value over columns a and b for each pair, in order."""
    query = sql(select([value], table("pairs")).order_by(column("n"), copy=False))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE pairs (n INTEGER, a DATE, b DATE)").fetchall()
        rows = [(n, *pair) for n, pair in enumerate(pairs)]
        connection.executemany("INSERT INTO pairs VALUES (?, ?, ?)", rows)
        return [found for (found,) in connection.execute(query).fetchall()]


def known(pairs: Sequence[tuple[Day, Day]], of: Callable[[date, date], object]) -> Iterator[object]:
    """The same in Python; null if a side is."""
    for a, b in pairs:
        yield None if a is None or b is None else of(a, b)


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.MONTHS, Unit.QUARTERS, Unit.YEARS])
def test_full_units_between(unit: Unit) -> None:
    value = sql_dates.full_between(unit, column("a"), column("b"))
    meant = known(PAIRS, lambda a, b: dates.full_between(a, b, unit))
    assert computed(PAIRS, value) == list(meant)


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.MONTHS, Unit.QUARTERS, Unit.YEARS])
@pytest.mark.parametrize("number", [0, 1, 2, 11, 13, 100])
def test_adding(unit: Unit, number: int) -> None:
    days = [(a, None) for a in [*EDGES, None]]
    value = sql_dates.add(column("a"), unit, exp.Literal.number(number))
    found = computed(days, value)
    assert found == [a and dates.add(a, unit, number) for a, _ in days]
    # The number may also be a column; and a start that is never null needs no care.
    column_of = exp.Cast(this=exp.Literal.number(number), to=exp.DataType.build("BIGINT"))
    assert computed(days, sql_dates.add(column("a"), unit, column_of)) == found
    sure = sql_dates.add(column("a"), unit, exp.Literal.number(number), known=True)
    assert computed(days[:-1], sure) == found[:-1]


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.MONTHS, Unit.QUARTERS, Unit.YEARS])
def test_start_of_a_period(unit: Unit) -> None:
    days = [(a, None) for a in [*EDGES, None]]
    meant = [a and dates.start_of(a, unit) for a, _ in days]
    assert computed(days, sql_dates.start_of(column("a"), unit)) == meant


def over_calendar(name: str, pairs: Sequence[tuple[Day, Day]]) -> list[object]:
    """Working days between a and b, with the steps of the calendar before."""
    a, b = (Name(NameKind.FACT, side, DateType()) for side in "ab")
    steps = list(calendar_steps([WorkingDaysBetween(name, a, b)]))
    value = sql_dates.working_days_between(name, column("a"), column("b"))
    query = select([named(value, "days")], table("pairs")).order_by(column("n"), copy=False)
    text = sql(with_steps(steps, query) if steps else query)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE pairs (n INTEGER, a DATE, b DATE)").fetchall()
        rows = [(n, *pair) for n, pair in enumerate(pairs)]
        connection.executemany("INSERT INTO pairs VALUES (?, ?, ?)", rows)
        return [found for (found,) in connection.execute(text).fetchall()]


def test_weekdays_of_all_time() -> None:
    meant = known(PAIRS, lambda a, b: working_days_between("none", a, b))
    assert over_calendar("none", PAIRS) == list(meant)


@pytest.mark.parametrize("name", ["cn", "gb_eng", "sg"])
def test_working_days_of_a_place(name: str) -> None:
    first, last = calendar_of(name).first, calendar_of(name).last
    each = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, 3)]
    pairs: list[tuple[Day, Day]] = [(day, date(2020, 6, 1)) for day in [*each, last]]
    pairs += [(b, a) for a, b in pairs[::50]] + [(None, date(1, 1, 1)), (date(1, 1, 1), None)]
    meant = known(pairs, lambda a, b: working_days_between(name, a, b))
    assert over_calendar(name, pairs) == list(meant)


@pytest.mark.parametrize("beyond", [date(1999, 12, 31), date(2027, 1, 1)])
def test_a_day_beyond_a_calendar_is_null_and_said(beyond: date) -> None:
    within = date(2020, 1, 1)
    pairs: list[tuple[Day, Day]] = [(within, beyond), (beyond, within), (beyond, beyond)]
    unasked: list[tuple[Day, Day]] = [(None, beyond), (beyond, None), (within, within)]
    assert over_calendar("sg", [*pairs, *unasked]) == [None] * 5 + [0]
    said = sql_dates.beyond("sg", column("a"), column("b"))
    assert computed([*pairs, *unasked], said) == [f"sg {beyond}"] * 3 + [None] * 3
    with pytest.raises(duckdb.InvalidInputException) as raised:
        computed(pairs, sql_dates.refuse(sql_dates.beyond("sg", column("a"), column("b"))))
    assert refused_day(str(raised.value)) == ("sg", beyond)


@pytest.mark.parametrize("known", [date(2000, 1, 1), date(2026, 12, 31)])
def test_the_first_and_the_last_day_of_a_calendar_are_known(known: date) -> None:
    pairs: list[tuple[Day, Day]] = [(known, known)]
    assert over_calendar("sg", pairs) == [0]
    assert computed(pairs, sql_dates.beyond("sg", column("a"), column("b"))) == [None]
