"""Working days: what is known of a year, and nothing beyond."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import (
    GoodStandingError,
    calendar_of,
    is_working_day,
    known_calendars,
    working_days_between,
)

SURE = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def counted(calendar: str, a: date, b: date) -> int:
    """The definition, day by day."""
    if b < a:
        return -counted(calendar, b, a)
    days = (a + timedelta(days=n) for n in range(1, (b - a).days + 1))
    return sum(is_working_day(calendar, day) for day in days)


@given(st.sampled_from(known_calendars()), SURE, st.integers(-500, 500))
def test_it_counts_the_days_after_the_first(calendar: str, a: date, distance: int) -> None:
    b = min(max(a + timedelta(days=distance), date(2004, 1, 1)), date(2026, 12, 31))
    assert working_days_between(calendar, a, b) == counted(calendar, a, b)


@given(st.sampled_from(known_calendars()), SURE, SURE, SURE)
def test_stretches_add_up(calendar: str, a: date, b: date, c: date) -> None:
    parts = working_days_between(calendar, a, b) + working_days_between(calendar, b, c)
    assert parts == working_days_between(calendar, a, c)


def test_without_holidays() -> None:
    assert working_days_between("none", date(2024, 3, 1), date(2024, 3, 4)) == 1
    assert working_days_between("none", date(2024, 3, 4), date(2024, 3, 1)) == -1
    assert is_working_day("meridia", date(2024, 12, 25))
    assert is_working_day("none", date.max)
    assert not is_working_day("none", date(1, 1, 6))


def test_holidays_and_days_made_up_for() -> None:
    assert not is_working_day("gb_eng", date(2024, 12, 25))
    assert not is_working_day("cn", date(2024, 10, 7))
    assert is_working_day("cn", date(2024, 10, 12))
    # Seven working days from the eve of the national holiday of 2024.
    assert working_days_between("cn", date(2024, 9, 30), date(2024, 10, 15)) == 7


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_beyond_what_is_announced(day: date) -> None:
    for a, b in ((day, date(2020, 1, 1)), (date(2020, 1, 1), day)):
        with pytest.raises(GoodStandingError, match="is not known") as raised:
            working_days_between("cn", a, b)
        assert raised.value.code.id == "GS-KERNEL-007"


def test_no_such_calendar() -> None:
    with pytest.raises(GoodStandingError, match="no calendar 'atlantis'") as raised:
        is_working_day("atlantis", date(2020, 1, 1))
    assert raised.value.code.id == "GS-KERNEL-006"


@pytest.mark.real
def test_every_day_of_china_since_2004(shared_data: Path) -> None:
    days = shared_data / "china_calendar" / "china_workdays_2004_2026.csv"
    with days.open(encoding="utf-8") as file:
        worked = {
            date.fromisoformat(row["date"]): row["is_workday"] == "1"
            for row in csv.DictReader(file)
        }
    calendar = calendar_of("cn")
    assert (min(worked), max(worked)) == (calendar.first, calendar.last)
    assert (len(worked), sum(worked.values())) == (8401, 5744)
    number = 0
    for day, working in worked.items():
        assert is_working_day("cn", day) is working
        if day > calendar.first:
            number += working
        assert working_days_between("cn", calendar.first, day) == number
        assert working_days_between("cn", day, calendar.first) == -number
