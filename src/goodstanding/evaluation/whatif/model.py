"""What a question "what would have to change?" is answered with: values only.

Invariant: a change is something that may happen to records under the catalogue. It never moves a
record to another subject, never says anything about others, and never supposes what an authority
alone can find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from goodstanding.evaluation.explanation import plain
from goodstanding.evaluation.records import RecordLike


class Kind(StrEnum):
    """The kinds of change there are; ``kinds.KINDS`` says what each rests on."""

    SETTLE = "settle"
    COMPLETE = "complete"
    REMEDY = "remedy"
    COMPLY = "comply"
    WAIT = "wait"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One permitted change.

    ``of`` is the record it is about (None: a new one), ``becomes`` what then stands (None: no
    longer anything); ``on`` the first day on which it can have effect; ``article`` what it rests
    on; ``authorities`` those of whom one must decide it. ``fact`` is the fact that is completed,
    ``about`` the record that a remedy is of, ``year`` the year in which the law is kept;
    ``needs`` is a change without which this one makes no sense.
    """

    kind: Kind
    item: str
    on: date
    article: str | None
    authorities: tuple[str, ...]
    of: RecordLike | None = None
    becomes: RecordLike | None = None
    fact: str | None = None
    about: RecordLike | None = None
    year: int | None = None
    needs: Change | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A set of changes that reaches the grade on ``on``; ``waits`` if days must pass as well.

    ``until`` is the first day on which the grade would be lost again, if it would.
    """

    changes: tuple[Change, ...]
    on: date
    waits: bool
    grade: str
    total: str | None
    until: date | None = None

    @property
    def count(self) -> int:
        """How many changes it takes, waiting being one."""
        return len(self.changes) + self.waits


def after(records: Sequence[RecordLike], changes: Sequence[Change]) -> list[RecordLike]:
    """The records as they would be after these changes."""
    touched = {(c.of.item, c.of.leaf) for c in changes if c.of is not None}
    left = [record for record in records if (record.item, record.leaf) not in touched]
    return [*left, *(change.becomes for change in changes if change.becomes is not None)]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in words: what would have to happen, who must decide it, under which article;
    ``brief`` says only what it is about."""

    kind: str
    words: str
    brief: str
    item: str | None
    leaf: int | None
    document: str | None
    on: date
    decided_by: tuple[str, ...]
    article: str | None
    law: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A smallest set of changes, and the standing it was found to lead to by evaluation."""

    changes: tuple[ShownChange, ...]
    on: date
    grade: str
    grade_title: str
    total: str | None
    until: date | None
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Suggestions of one shape: what they are made of (``words``) and how that happens
    (``how``); ``suggestions`` are their places among those of the answer."""

    kinds: tuple[str, ...]
    words: str
    how: str
    suggestions: tuple[int, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Answer:
    """All that was found, and how far was looked.

    ``suggestions`` stand group by group, best first, and so do ``groups``.

    ``complete`` is False where the search stopped before it had tried every set it should;
    ``left_out`` counts suggestions beyond those shown; ``not_supposed`` says what could matter
    too but is for an authority alone to find; ``draft`` that the scheme is not in force.
    """

    language: str
    sentences_in: str
    scheme: str
    version: int
    scheme_title: str
    subject: str
    as_of: date
    known_at: datetime | None
    grade: str
    grade_title: str
    total: str | None
    unit: str
    wished: str
    wished_title: str
    reached: bool
    suggestions: tuple[Suggestion, ...]
    groups: tuple[Group, ...]
    left_out: int
    most_changes: int
    looked_ahead_until: date
    evaluations: int
    complete: bool
    words: str
    not_supposed: tuple[str, ...]
    draft: bool = False

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values; dates as text."""
        return {name: plain(value) for name, value in asdict(self).items()}
