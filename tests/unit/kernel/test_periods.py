from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError, Period, add_months

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
PERIODS = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days) if days else None),
    DAYS,
    st.integers(0, 4000),
)


def test_the_first_day_counts_and_the_last_does_not() -> None:
    period = Period(date(2026, 1, 1), date(2026, 2, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [period.contains(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_period_ends_after_it_begins(end: date) -> None:
    with pytest.raises(GoodStandingError) as refused:
        Period(date(2026, 1, 1), end)
    assert refused.value.code.id == "GS-KERNEL-002"


@given(PERIODS, PERIODS)
def test_periods_overlap_if_one_contains_the_other_s_start(first: Period, second: Period) -> None:
    shared = first.contains(second.start) or second.contains(first.start)
    assert first.overlaps(second) == second.overlaps(first) == shared


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(9999, 12, 1), 1, date(9999, 12, 31)),
        (date(9999, 12, 31), 60, date(9999, 12, 31)),
        (date(1, 1, 31), -1, date(1, 1, 1)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-200, 200))
def test_months_move_the_month_and_never_the_day_forward(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
