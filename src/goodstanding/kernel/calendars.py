"""Working days: of the public holidays and make-up days of a place.

Invariant: a day is a working day or not only where its year's calendar is published; beyond
that a question is refused, never guessed. Holidays come from the libraries ``holidays`` and
``chinese-calendar``, both read when the first question needs them.
"""

from __future__ import annotations

import importlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BEYOND_CALENDAR, NO_CALENDAR

#: Monday to Friday, always: no calendar at all, and the fictional jurisdiction.
_PLAIN = ("none", "meridia")
#: Places of the library ``holidays``: country and part of it. The years are those for which every
#: day has been announced in the version we pin; it computes later ones, and we do not.
_PLACES: dict[str, tuple[str, str | None, int, int]] = {
    "gb_eng": ("GB", "ENG", 2000, 2026),
    "gb_nir": ("GB", "NIR", 2000, 2026),
    "gb_sct": ("GB", "SCT", 2000, 2026),
    "gb_wls": ("GB", "WLS", 2000, 2026),
    "kr": ("KR", None, 2000, 2026),
    "sg": ("SG", None, 2000, 2026),
    "us": ("US", None, 2000, 2026),
    "us_nyc": ("US", "NY", 2000, 2026),
}
#: China's days off and make-up days, as the State Council announced them.
_CHINA, _CHINA_YEARS = "cn", (2004, 2026)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a place that are otherwise than Monday to Friday says.

    ``exceptions`` are in order: a weekday off is False, a day of a weekend worked is True. They
    hold all of ``first`` to ``last`` and nothing else. ``balance[n]`` is how many working days
    the first n exceptions add.
    """

    name: str
    first: date
    last: date
    exceptions: Mapping[date, bool]
    days: tuple[date, ...]
    balance: tuple[int, ...]

    def check(self, day: date) -> None:
        """Raise GS-KERNEL-007 for a day of which the calendar says nothing."""
        if not self.first <= day <= self.last:
            raise GoodStandingError(
                BEYOND_CALENDAR, calendar=self.name, day=day, first=self.first, last=self.last
            )

    def until(self, day: date) -> int:
        """Working days up to and including ``day``, from a beginning all days share."""
        weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
        return 5 * weeks + min(rest, 5) + self.balance[bisect_right(self.days, day)]


def known_calendars() -> tuple[str, ...]:
    """The names a pack may give as its ``calendar``, sorted."""
    return tuple(sorted((*_PLAIN, *_PLACES, _CHINA)))


@cache
def calendar_of(name: str) -> Calendar:
    """The calendar of that name. Raises GS-KERNEL-006 if there is none."""
    if name in _PLAIN:
        return _calendar(name, date.min, date.max, {})
    if name == _CHINA:
        first, last = _CHINA_YEARS
        return _calendar(name, date(first, 1, 1), date(last, 12, 31), _china())
    if name not in _PLACES:
        raise GoodStandingError(NO_CALENDAR, calendar=name, known=", ".join(known_calendars()))
    country, part, first, last = _PLACES[name]
    library = importlib.import_module("holidays")
    years = range(first, last + 1)
    off: list[date] = list(library.country_holidays(country, subdiv=part, years=years))
    return _calendar(name, date(first, 1, 1), date(last, 12, 31), {day: False for day in off})


def is_working_day(calendar: str, day: date) -> bool:
    """Whether ``day`` is worked. Raises GS-KERNEL-006 and 007."""
    found = calendar_of(calendar)
    found.check(day)
    return found.exceptions.get(day, day.weekday() < _SATURDAY)


def working_days_between(calendar: str, a: date, b: date) -> int:
    """Working days after ``a`` up to and including ``b``; the negative of the reverse if ``b`` is
    earlier. Raises GS-KERNEL-006 and 007."""
    found = calendar_of(calendar)
    found.check(a)
    found.check(b)
    return found.until(b) - found.until(a)


def _china() -> dict[date, bool]:
    library = importlib.import_module("chinese_calendar.constants")
    off: Mapping[date, str] = library.holidays
    worked: Mapping[date, str] = library.workdays
    return dict.fromkeys(off, False) | dict.fromkeys(worked, True)


def _calendar(name: str, first: date, last: date, said: Mapping[date, bool]) -> Calendar:
    """Keep what differs from Monday to Friday, within the years that are sure."""
    exceptions = {
        day: worked
        for day, worked in sorted(said.items())
        if first <= day <= last and worked != (day.weekday() < _SATURDAY)
    }
    steps = (1 if worked else -1 for worked in exceptions.values())
    balance = tuple(accumulate(steps, initial=0))
    return Calendar(name, first, last, exceptions, tuple(exceptions), balance)
