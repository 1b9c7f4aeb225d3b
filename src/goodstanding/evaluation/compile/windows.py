"""Windows: how long a record counts, as conditions on its effective_on.

Invariant: both ends of a window's span come no earlier for a record that took effect later. So on
one date a window is a bound or two on effective_on, which a file's statistics can answer, and the
first end of all records is that of the first record within the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from goodstanding.evaluation.compile.context import AS_OF, Context
from goodstanding.evaluation.compile.sqltools import column, compare, day
from goodstanding.evaluation.language import Unit, sql_dates
from goodstanding.evaluation.model import Window, WindowKind


@dataclass(frozen=True)
class Span:
    """The two ends of a window's span for a record, as SQL; no begin: its effective_on."""

    begin: exp.Expr | None
    end: exp.Expr


def in_window(c: Context, window: Window) -> exp.Expr:
    """Whether a live record is in its window on the date asked about."""
    effective = column("effective_on")
    if c.history:
        lag = _lag(c)
        span = span_of(window, effective, c.parameter(window.parameter), lag)
        inside = compare(exp.LT, column(AS_OF), span.end)
        if span.begin is None:
            return inside
        return exp.and_(compare(exp.LTE, span.begin, column(AS_OF)), inside)
    first, begun = first_within(c, window), first_not_begun(c, window)
    bound = day(first)
    bound.add_comments([f" within param.{window.parameter} {window.unit} "])
    inside = compare(exp.GTE, effective, bound)
    if begun > c.as_of:
        return inside
    closed = day(begun)
    closed.add_comments([" not yet evaluated from here on "])
    return exp.and_(inside, compare(exp.LT, effective.copy(), closed))


def first_within(c: Context, window: Window) -> date:
    """The first effective_on whose span has not ended on ``as_of``."""
    return _first(c.as_of, lambda effective: _span(c, window, effective)[1] > c.as_of)


def first_not_begun(c: Context, window: Window) -> date:
    """The first effective_on whose span has not begun on ``as_of``; later than it if none."""
    return _first(c.as_of, lambda effective: _span(c, window, effective)[0] > c.as_of)


def span_of(
    window: Window,
    effective: exp.Expr,
    length: exp.Expr,
    lag: exp.Expr | None,
    *,
    known: bool = True,
) -> Span:
    """The span of a record that took effect then; ``known``: that is never null."""

    def added(start: exp.Expr, unit: Unit, number: exp.Expr) -> exp.Expr:
        return sql_dates.add(start, unit, number, known=known)

    match window.kind:
        case WindowKind.ROLLING:
            return Span(None, added(effective, window.unit, length))
        case WindowKind.CALENDAR:
            start = sql_dates.start_of(effective, window.unit)
            return Span(None, added(start, window.unit, length))
    start = sql_dates.start_of(effective, window.unit)
    after = added(start, window.unit, exp.Literal.number(1))
    last = added(after.copy(), window.unit, length)
    if lag is None:
        return Span(after, last)
    return Span(added(after, Unit.MONTHS, lag), added(last, Unit.MONTHS, lag.copy()))


def constant_span(c: Context, window: Window, effective: exp.Expr) -> Span:
    """The same with the numbers of ``as_of``, for a day that may be null."""
    length = exp.Literal.number(c.values[window.parameter])
    lag = exp.Literal.number(c.lag) if c.lag else None
    return span_of(window, effective, length, lag, known=False)


def windows_of(c: Context) -> Iterator[tuple[Window, tuple[str, ...]]]:
    """Every different window, and the items of the selections that have it."""
    found: dict[Window, dict[str, None]] = {}
    for selection in c.scheme.selections.values():
        if selection.window is not None:
            found.setdefault(selection.window, {}).update(dict.fromkeys(selection.items))
    yield from ((window, tuple(items)) for window, items in found.items())


def _lag(c: Context) -> exp.Expr | None:
    cycle = c.scheme.cycle
    return None if cycle is None or cycle.lag is None else c.parameter(cycle.lag)


def _span(c: Context, window: Window, effective: date) -> tuple[date, date]:
    return window.span(effective, c.values[window.parameter], c.lag)


def _first(last: date, holds: Callable[[date], bool]) -> date:
    """The first day up to ``last`` for which ``holds``, which stays true; else the day after."""
    low, high = date.min.toordinal(), min(last.toordinal() + 1, date.max.toordinal())
    while low < high:
        middle = (low + high) // 2
        if holds(date.fromordinal(middle)):
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low)
