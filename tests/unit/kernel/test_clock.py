from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import (
    FixedClock,
    GoodStandingError,
    SystemClock,
    day_of,
    instant_text,
    is_time_zone,
    parse_instant,
    today,
)

INSTANTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


@given(INSTANTS)
def test_an_instant_survives_its_text(instant: datetime) -> None:
    assert parse_instant(instant_text(instant)) == instant


@given(INSTANTS, INSTANTS)
def test_texts_sort_as_instants_do(first: datetime, second: datetime) -> None:
    assert (instant_text(first) < instant_text(second)) == (first < second)


def test_instants_are_written_in_utc_to_the_microsecond() -> None:
    beijing = timezone(timedelta(hours=8))
    assert instant_text(datetime(2026, 1, 1, 2, tzinfo=beijing)) == "2025-12-31T18:00:00.000000Z"


def test_a_bare_date_is_its_first_instant() -> None:
    assert parse_instant("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-01-31T12:00:00"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        parse_instant(text)
    assert refused.value.code.id == "GS-KERNEL-005"


def test_a_fixed_clock_stands_still_until_it_is_set() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.instant += timedelta(days=1)
    assert clock.now().day == 2


def test_the_system_clock_knows_its_zone() -> None:
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2025, 6, 30)),
        ("Asia/Seoul", date(2025, 7, 1)),
        ("America/New_York", date(2025, 6, 30)),
    ],
)
def test_today_is_the_day_of_a_zone(zone: str, day: date) -> None:
    late = datetime(2025, 6, 30, 15, tzinfo=UTC)
    assert day_of(late, zone) == today(FixedClock(late), zone) == day


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("UTC", True),
        ("Asia/Seoul", True),
        ("America/Argentina/Buenos_Aires", True),
        ("Mars/Olympus", False),
        ("America", False),
        ("posix/UTC", False),
        ("../etc/passwd", False),
        ("", False),
    ],
)
def test_a_zone_is_one_of_the_iana_names(name: str, known: bool) -> None:
    assert is_time_zone(name) is known
