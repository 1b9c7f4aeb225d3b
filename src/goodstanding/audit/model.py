"""What an event of the access log is: its name, its class, what it may say.

Invariant: an event can say nothing but who, about whom or which leaves, what for, and the
members it declares. There is no place for a payload.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

_NAME = re.compile(r"[a-z][a-z_]{0,62}")

#: What every event says or may say, and what sealing adds (docs/formats/0001).
COMMON_MEMBERS = {
    "by": "who acts or looks",
    "ticket": "a random number that ties the act to this entry",
    "subject": "whose file it concerns",
    "leaves": "which entries of the register it concerns",
    "purpose": "what for, in the words of who acts or looks",
}
_RESERVED = frozenset({*COMMON_MEMBERS, "schema", "event", "known_at", "stream", "version"})


class Kind(StrEnum):
    """Whether something is changed or only seen. Either way: not noted, not done."""

    ACT = "act"
    LOOK = "look"

    @property
    def failing(self) -> str:
        """What happens when the event cannot be noted."""
        if self is Kind.ACT:
            return "fails closed: the act does not happen and the register is as it was"
        return "fails closed: nothing is read and nothing is shown"


class Need(StrEnum):
    """Whether an event names something."""

    NEVER = "never"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Member:
    """Something an event says of its own: a code, an identifier, a date. Never a payload."""

    name: str
    meaning: str
    required: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in _RESERVED:
            raise ValueError(f"{self.name!r} cannot be a member of an event")


@dataclass(frozen=True, slots=True)
class EventType:
    """One line of the published list (docs/reference/events.md)."""

    name: str
    kind: Kind
    title: str
    meaning: str
    subject: Need = Need.NEVER
    leaves: Need = Need.NEVER
    members: tuple[Member, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot be the name of an event")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the access log, read back; ``leaf`` counts in the access log itself.

    ``leaves`` are entries of the register; ``members`` are the event's own.
    """

    leaf: int
    event: str
    known_at: datetime
    by: str
    ticket: int
    subject: str | None = None
    leaves: tuple[int, ...] = ()
    purpose: str | None = None
    members: Mapping[str, str | int] = field(default_factory=dict)

    def concerns(self, subject: str, leaves: frozenset[int] = frozenset()) -> bool:
        """Whether it names the subject, or one of the subject's ``leaves``."""
        return self.subject == subject or not leaves.isdisjoint(self.leaves)
