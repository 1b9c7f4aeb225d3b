"""Counting dates in days, months, quarters and years: the only arithmetic on dates there is.

Beyond the calendar (after 9999-12-31) a date is the calendar's last day: what ends there never
ends. Engines do the same.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from goodstanding.evaluation.language.nodes import Unit
from goodstanding.kernel import add_months

#: Months in each unit but days.
MONTHS = {Unit.MONTHS: 1, Unit.QUARTERS: 3, Unit.YEARS: 12}


@lru_cache(1 << 16)
def add(day: date, unit: Unit, number: int) -> date:
    """``day`` and so many units; the last of the month where it has no such day."""
    try:
        if unit is Unit.DAYS:
            return day + timedelta(days=number)
        return add_months(day, MONTHS[unit] * number)
    except OverflowError:
        return date.max if number > 0 else date.min


def start_of(day: date, unit: Unit) -> date:
    """The first day of the month, quarter or year in which ``day`` lies; of days, the day."""
    if unit is Unit.DAYS:
        return day
    months = MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def full_between(start: date, end: date, unit: Unit) -> int:
    """The most units that can be added to ``start`` without passing ``end``; the negative of the
    reverse if ``end`` is earlier."""
    if end < start:
        return -full_between(end, start, unit)
    if unit is Unit.DAYS:
        return (end - start).days
    months = 12 * (end.year - start.year) + end.month - start.month
    if add(start, Unit.MONTHS, months) > end:
        months -= 1
    return months // MONTHS[unit]
