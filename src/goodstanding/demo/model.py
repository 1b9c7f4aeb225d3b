"""Values of the demonstration: a file to ingest, a story to tell, the days between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

#: Every agency delivers twice: what it had by the first day, then what is new or changed.
FIRST_DELIVERY = date(2026, 3, 31)
SECOND_DELIVERY = date(2026, 6, 30)
#: The day for which the demonstration evaluates: the day after the last delivery.
AS_OF = date(2026, 7, 1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One agency's file: its source contract, where it lies, the day it was handed over."""

    source: str
    path: Path
    day: date

    @property
    def known_at(self) -> datetime:
        """Noon of that day in UTC, for a register that replays the demonstration's clock."""
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """One subject worth reading about, by its fixed identifier, and what to look for."""

    id: str
    subject: str
    name: str
    scheme: str
    grade: str
    telling: str
