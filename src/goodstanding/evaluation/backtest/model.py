"""What a backtest asks and what it found: values only. Counts are counts of organisations.

Invariant: nothing here is a standing. Shares and intervals are statistics, rounded to six places,
of standings that the engine worked out exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from goodstanding.catalogue import Fact, Item
from goodstanding.evaluation.model import Scheme

#: The two sides of a comparison, as they are called in the files.
BEFORE, AFTER = "before", "after"
SIDES = (BEFORE, AFTER)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The declared fact by which subjects are grouped: their latest live record of ``item``."""

    item: Item
    fact: Fact

    @property
    def name(self) -> str:
        """``item.fact``."""
        return f"{self.item.id}.{self.fact.name}"


@dataclass(frozen=True, slots=True)
class Question:
    """Two versions of a scheme over some days.

    ``before`` is the version that is compared with (None: there is no earlier one, and ``after``
    is looked at alone). Groups of fewer than ``minimum`` subjects are not shown. Without ``bounds``
    no bound is moved, which saves most of the time.
    """

    after: Scheme
    before: Scheme | None
    days: tuple[date, ...]
    known_at: datetime | None
    group: Grouping | None
    minimum: int
    bounds: bool = True

    @property
    def sides(self) -> dict[str, Scheme]:
        """The versions by side; one of them only where there is nothing to compare with."""
        return {AFTER: self.after} | ({} if self.before is None else {BEFORE: self.before})


@dataclass(frozen=True, slots=True)
class Probe:
    """One bound of the scheme, moved by one step; ``scheme`` is None where it cannot be moved.

    Values are as written, with their unit; ``roles`` say what the number bounds.
    """

    parameter: str
    title: str
    roles: tuple[str, ...]
    unit: str
    value: str
    step: str
    moved: str
    up: bool
    scheme: Scheme | None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many subjects have these grades under the two versions; None: no standing."""

    as_of: date
    before: str | None
    after: str | None
    subjects: int


@dataclass(frozen=True, slots=True)
class Stability:
    """From one day to the next under one version: of those with a standing on both days, how
    many changed grade, for the better and for the worse; how many came and went."""

    side: str
    start: date
    end: date
    subjects: int
    changed: int
    better: int
    worse: int
    came: int
    went: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What moving one bound does on the last day; None where it cannot be moved."""

    parameter: str
    title: str
    roles: str
    unit: str
    value: str
    step: str
    moved: str
    up: bool
    subjects: int | None
    changed: int | None
    better: int | None
    worse: int | None


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A share within one group on the last day, and how it differs from all other groups.

    Everything is None where the group is too small to be shown. ``measure`` is ``worse`` or
    ``better`` (moves from the one version to the other), or ``grade`` with a grade and a side.
    """

    value: str | None
    measure: str
    side: str | None
    grade: str | None
    suppressed: bool
    subjects: int | None
    counted: int | None
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    rest_share: Decimal | None
    difference: Decimal | None
    difference_low: Decimal | None
    difference_high: Decimal | None
    #: What the group is called.
    title: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, in the order of the files."""

    confusion: tuple[Confusion, ...]
    moves: int
    stability: tuple[Stability, ...]
    sensitivity: tuple[Sensitivity, ...]
    groups: tuple[GroupShare, ...]
