"""The only place that reads the time. Everything else is handed a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BAD_INSTANT

_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


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
