"""The only place that reads the time. Everything else is handed a clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BAD_INSTANT

_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_ZONE = re.compile("UTC|(?!posix|right)[A-Z][A-Za-z_]*(?:/[A-Z][A-Za-z0-9_+-]*)+")


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set: for tests and for replaying a day."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def is_time_zone(name: str) -> bool:
    """Whether ``name`` is a time zone of the IANA data base, written as there."""
    if not _ZONE.fullmatch(name):
        return False
    try:
        _zone(name)
    except (OSError, KeyError, ValueError):
        return False
    return True


def _zone(name: str) -> tzinfo:
    # UTC needs no data base, so that a machine without one can work under such a pack.
    return UTC if name == "UTC" else ZoneInfo(name)


def day_of(instant: datetime, zone: str) -> date:
    """The day it is at ``instant`` in a time zone, by its IANA name."""
    return instant.astimezone(_zone(zone)).date()


def today(clock: Clock, zone: str) -> date:
    """The day it is now in a time zone: that of a pack decides which day is *today*."""
    return day_of(clock.now(), zone)


def instant_text(instant: datetime) -> str:
    """``2026-01-31T12:00:00.000000Z``; the form in which instants are sealed."""
    return instant.astimezone(UTC).strftime(_INSTANT)


def parse_instant(text: str) -> datetime:
    """Read an instant with a zone; a bare date means its first instant. Raises GS-KERNEL-005."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise GoodStandingError(BAD_INSTANT, text=text) from None
    if parsed.tzinfo is None:
        if len(text) > len("2026-01-31"):
            raise GoodStandingError(BAD_INSTANT, text=text)
        parsed = parsed.replace(tzinfo=UTC)
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        # Its zone shifts it out of the years there are.
        raise GoodStandingError(BAD_INSTANT, text=text) from None
