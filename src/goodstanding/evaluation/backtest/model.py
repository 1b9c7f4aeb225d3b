"""What a backtest asks and what it found: values only. Counts are counts of organisations.

Invariant: nothing here is a standing. Shares and intervals are statistics, rounded to six places,
of standings that the engine worked out exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
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


class GroupState(StrEnum):
    """What is known of a group on the last day. Only a shown one has shares.

    Absence is not falsehood: that nothing was delivered says nothing good about anybody.
    """

    SHOWN = "shown"
    #: Of fewer subjects than asked for, or one from which the figures of such a group would follow.
    TOO_FEW = "too_few"
    #: Its subjects have standings, but nothing was delivered of which the scheme makes points.
    NOTHING_REPORTED = "nothing_reported"
    #: There are records of it, but nobody in it has a grade with a place in the order.
    NOT_EVALUATED = "not_evaluated"
    #: On the list of the catalogue, and neither a record nor a standing.
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """One group: of the catalogue's list of codes (``listed``), of the records, or of both.

    ``value`` is None for those of whom the fact is not recorded; ``subjects`` is None where the
    group has too few to be shown.
    """

    value: str | None
    title: str
    listed: bool
    state: GroupState
    subjects: int | None


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A share within one group on the last day, and how it differs from all other covered groups.

    Figures are None unless the group is shown. ``measure`` is ``worse`` or ``better`` (moves from
    the one version to the other), or ``grade`` with a grade and a side. Place 1 has the highest
    share; equal shares, as written, have the same place and are ``tied``.
    """

    value: str | None
    title: str
    measure: str
    side: str | None
    grade: str | None
    state: GroupState
    subjects: int | None
    counted: int | None
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    place: int | None
    tied: bool | None
    rest_share: Decimal | None
    difference: Decimal | None
    difference_low: Decimal | None
    difference_high: Decimal | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one source delivered of one item that the scheme reads, by when it takes effect.

    ``source`` is None where no contract of the pack delivers the item and nobody else did.
    """

    item: str
    item_title: str
    source: str | None
    source_title: str
    #: From the first day of the backtest to the last, and before the first.
    in_period: int
    earlier: int


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, in the order of the files."""

    confusion: tuple[Confusion, ...]
    moves: int
    stability: tuple[Stability, ...]
    sensitivity: tuple[Sensitivity, ...]
    coverage: tuple[GroupCoverage, ...]
    groups: tuple[GroupShare, ...]
    sources: tuple[Delivered, ...]
