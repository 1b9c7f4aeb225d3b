"""What an evaluation gives: a standing, and the reasons that add up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from goodstanding.evaluation.language import Value
from goodstanding.evaluation.model import ReasonKind
from goodstanding.evaluation.records import RecordLike
from goodstanding.kernel import Fixed

#: Totals and points are DECIMAL(18, scale) in the result files.
TOTAL_DIGITS = 18
#: The name under which the scheme's base stands among the reasons, and absence likewise.
BASE = "base"
ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Standing:
    """The result for one subject on one date.

    ``total`` is None under absence. In a history, a standing without a grade says that from
    this date on there is no live record, and so no standing. Before ``next_change_on`` nothing
    changes by itself; None: never, or in a history.
    """

    subject: str
    as_of: date
    grade: str | None
    total: Fixed | None
    next_change_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a standing. ``position`` orders the reasons of any one standing;
    ``records`` counts the records of the selections behind it, once for each selection."""

    subject: str
    as_of: date
    position: int
    kind: ReasonKind
    rule: str
    points: Fixed | None
    records: int
    article: str | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A standing with everything it was made of."""

    standing: Standing
    reasons: tuple[Reason, ...]
    selected: dict[str, tuple[RecordLike, ...]]
    indicators: dict[str, Value]
    #: The total before exceptions and absence, in units of the scheme's scale.
    raw_total: int
    absent: bool
    derived: dict[str, Value]
    #: The band of the total, before joint bounds and exceptions.
    banded: str
    #: The band of each joint bound whose figure has a value.
    joint: dict[str, str]
