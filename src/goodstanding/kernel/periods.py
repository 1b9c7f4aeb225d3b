"""Half-open periods of dates, and the two times every question has.

``as_of`` is the date a question is about; ``known_at`` is the instant up to which we
look at what the register had been told. Both are arguments everywhere, never ambient.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BAD_PERIOD


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` (included) to ``end`` (not included); None leaves it open."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise GoodStandingError(BAD_PERIOD, start=self.start, end=self.end)

    def contains(self, day: date) -> bool:
        """Whether ``day`` lies in the period."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a day."""
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier); the month's last day if it has no such day.

    31 January plus one month is 28 or 29 February, as in PostgreSQL, DuckDB and Spark. Beyond
    the calendar it is the calendar's last day, or its first.
    """
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    if year > MAXYEAR:
        return date.max
    if year < MINYEAR:
        return date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
