"""Dates in SQL: the same arithmetic as ``evaluation.dates`` and ``kernel.calendars``.

Invariant: null in, null out; a date beyond the calendar is the calendar's last (or first) day.
LEAST and GREATEST pass over NULL, so they stand only where a date is never null. Working days of a
day beyond a place's calendar are null; that it is refused is a value of its own (``beyond``).
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from sqlglot import exp

from goodstanding.evaluation.language.nodes import Unit
from goodstanding.kernel.calendars import Calendar, calendar_of

#: How the refusal of a day begins that a calendar says nothing of; the calendar and the day follow.
BEYOND_CALENDAR = "beyond calendar"
#: The first day of the calendar was a Monday; working days are counted from it.
FIRST_DAY, LAST_DAY = date.min, date.max
#: The columns of a step that lists the days of a calendar: the day, and the working days until it.
LISTED, WORKED = "calendar_day", "working_days"

_REFUSED = re.compile(BEYOND_CALENDAR + r" (?P<calendar>[a-z_]+) (?P<day>\d{4}-\d\d-\d\d)")
_MONTHS = {Unit.MONTHS: 1, Unit.QUARTERS: 3, Unit.YEARS: 12}
_TRUNCATED = {Unit.MONTHS: "MONTH", Unit.QUARTERS: "QUARTER", Unit.YEARS: "YEAR"}


@cache
def _built(text: str) -> exp.DataType:
    return exp.DataType.build(text, dialect="duckdb")


def data_type(text: str) -> exp.DataType:
    """A type of DuckDB by its name; reading one takes long, and there are few."""
    return _built(text).copy()


def day(value: date) -> exp.Expr:
    """A date constant."""
    return _date(exp.Literal.string(value.isoformat()))


def days_between(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Whole days from ``start`` to ``end``."""
    return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))


def add(start: exp.Expr, unit: Unit, length: exp.Expr, *, known: bool = False) -> exp.Expr:
    """``start`` and so many units, within the calendar; ``known``: start is never null."""
    added = add_freely(start, unit, length)
    if known and not isinstance(length, exp.Neg):
        return _call("LEAST", added, day(LAST_DAY))
    branches = []
    if not isinstance(length, exp.Neg):
        over = exp.GT(this=added.copy(), expression=day(LAST_DAY))
        branches.append(exp.If(this=over, true=day(LAST_DAY)))
    if not isinstance(length, exp.Literal):
        under = exp.LT(this=added.copy(), expression=day(FIRST_DAY))
        branches.append(exp.If(this=under, true=day(FIRST_DAY)))
    return exp.Case(ifs=branches, default=added)


def add_freely(start: exp.Expr, unit: Unit, length: exp.Expr) -> exp.Expr:
    """The same without regard to the end of the calendar: fit for comparing."""
    each = _MONTHS.get(unit, 1)
    number: exp.Expr = length
    if isinstance(length, exp.Literal):
        number = exp.Literal.number(each * int(length.name))
    else:
        number = exp.Cast(this=length, to=data_type("INTEGER"))
        number = exp.Mul(this=number, expression=exp.Literal.number(each)) if each > 1 else number
    number.comments = length.comments
    if unit is Unit.DAYS:
        return exp.Add(this=_plain(start), expression=number)
    return _date(exp.DateAdd(this=_plain(start), expression=number, unit=exp.Var(this="MONTH")))


def start_of(value: exp.Expr, unit: Unit) -> exp.Expr:
    """The first day of the month, quarter or year in which a day lies."""
    if unit is Unit.DAYS:
        return value
    return _date(_call("DATE_TRUNC", exp.Literal.string(_TRUNCATED[unit]), value))


def calendar_number(value: exp.Expr, unit: Unit) -> exp.Expr:
    """A whole number for a month, quarter or year such that the next one has the next number."""
    year: exp.Expr = exp.Year(this=value)
    if unit is Unit.YEARS:
        return year
    part = exp.Quarter(this=value.copy()) if unit is Unit.QUARTERS else exp.Month(this=value.copy())
    each = exp.Literal.number(12 // _MONTHS[unit])
    return exp.Add(this=exp.Mul(this=year, expression=each), expression=part)


def full_between(unit: Unit, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Full units from ``start`` to ``end``; the negative of the reverse if ``end`` is earlier."""
    if unit is Unit.DAYS:
        return days_between(start, end)
    forward = exp.GTE(this=_plain(end), expression=_plain(start))
    back = exp.Neg(this=exp.Paren(this=_full(unit, end.copy(), start.copy())))
    backward = exp.LT(this=_plain(end.copy()), expression=_plain(start.copy()))
    return exp.Case(
        ifs=[
            exp.If(this=forward, true=_full(unit, start.copy(), end.copy())),
            exp.If(this=backward, true=back),
        ]
    )


def _full(unit: Unit, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """For ``start`` not after ``end``. A month is full on the same day, or on the last of a month
    that has no such day."""
    months = exp.Sub(
        this=calendar_number(end, Unit.MONTHS),
        expression=exp.Paren(this=calendar_number(start, Unit.MONTHS)),
    )
    earlier = exp.LT(this=exp.Day(this=end.copy()), expression=exp.Day(this=start.copy()))
    not_last = exp.NEQ(this=_plain(end.copy()), expression=_date(exp.LastDay(this=end.copy())))
    short = exp.Case(
        ifs=[exp.If(this=exp.and_(earlier, not_last), true=exp.Literal.number(1))],
        default=exp.Literal.number(0),
    )
    full = exp.Sub(this=months, expression=short)
    if _MONTHS[unit] == 1:
        return full
    return floor_div(full, _MONTHS[unit])


def floor_div(value: exp.Expr, by: int) -> exp.Expr:
    """A whole number that is not negative, divided by ``by``, rounded down."""
    return exp.IntDiv(this=exp.Paren(this=value), expression=exp.Literal.number(by))


# -- working days --------------------------------------------------------------------------


def calendar_step(calendar: str) -> str:
    """The name of the step that lists the days of a calendar."""
    return f"calendar_{calendar}"


def is_plain(calendar: Calendar) -> bool:
    """Whether it is Monday to Friday, always."""
    return not calendar.exceptions and (calendar.first, calendar.last) == (FIRST_DAY, LAST_DAY)


def working_days_between(calendar: str, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Working days after ``start`` up to and including ``end``; negative if that is earlier; null
    for a day beyond the calendar."""
    plain = is_plain(calendar_of(calendar))
    first, last = (
        weekdays_until(value) if plain else _listed_until(calendar, value) for value in (start, end)
    )
    return exp.Paren(this=exp.Sub(this=last, expression=exp.Paren(this=first)))


def beyond(calendar: str, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """The calendar and a day of these of which it says nothing, as a text; NULL if there is none,
    or a day is null."""
    known = calendar_of(calendar)
    branches = []
    for value, other in ((start, end), (end, start)):
        within = exp.Between(this=_plain(value.copy()), low=day(known.first), high=day(known.last))
        outside = exp.and_(exp.Not(this=within), _known(other.copy()))
        written = exp.Cast(this=value.copy(), to=data_type("VARCHAR"))
        said = exp.DPipe(this=exp.Literal.string(f"{calendar} "), expression=written)
        branches.append(exp.If(this=outside, true=said))
    return exp.Case(ifs=branches)


def refuse(found: exp.Expr) -> exp.Expr:
    """The error of a calendar and a day, as ``beyond`` gives them; its type is any."""
    return _call(
        "ERROR", exp.DPipe(this=exp.Literal.string(f"{BEYOND_CALENDAR} "), expression=found)
    )


def weekdays_until(value: exp.Expr) -> exp.Expr:
    """How many of the days up to and including a day are Monday to Friday."""
    days = days_between(day(FIRST_DAY), value)
    weeks = exp.Mul(this=exp.Literal.number(5), expression=exp.Paren(this=floor_div(days, 7)))
    rest = exp.Add(
        this=exp.Mod(this=exp.Paren(this=days.copy()), expression=exp.Literal.number(7)),
        expression=exp.Literal.number(1),
    )
    # Without a value the weeks are NULL, and so is the sum, although LEAST is not.
    return exp.Add(this=weeks, expression=_call("LEAST", rest, exp.Literal.number(5)))


def refused_day(message: str) -> tuple[str, date] | None:
    """The calendar and the day that an engine's message says were refused."""
    found = _REFUSED.search(message)
    return None if found is None else (found["calendar"], date.fromisoformat(found["day"]))


def _listed_until(calendar: str, value: exp.Expr) -> exp.Expr:
    """The same for a calendar of days off and days worked; null for a day it says nothing of."""
    return exp.Subquery(
        this=exp.Select(
            expressions=[exp.Max(this=exp.column(WORKED))],
            from_=exp.From(this=exp.Table(this=exp.to_identifier(calendar_step(calendar)))),
        ).where(exp.EQ(this=exp.column(LISTED), expression=_plain(value)))
    )


def _known(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=_plain(value), expression=exp.Null()))


def _date(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=value, to=data_type("DATE"))


def _plain(value: exp.Expr) -> exp.Expr:
    """The value in parentheses, unless it is one word."""
    return exp.Paren(this=value) if isinstance(value, exp.Binary) else value


def _call(function: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=function, expressions=list(arguments))
