"""What the register holds: records, events, and the head that stands for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from goodstanding.kernel import EMPTY_ROOT, FactType, Fixed, canonical_bytes, instant_text
from goodstanding.kernel.numbers import DIGITS, MAX_SCALE

RECORD_SCHEMA = "goodstanding/record/1"
EVENT_SCHEMA = "goodstanding/event/1"

#: The event that names a new key.
KEY_ROTATED = "key_rotated"
#: The event that covers entries whose payload was erased.
ERASURE = "erasure"
#: The event by which an officer says that the clock is right, whatever entries before it bear.
CLOCK_SET = "clock_set"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

FactValue = str | int | bool | date | Fixed | None


_SQL_TYPES = {
    FactType.TEXT: "VARCHAR",
    FactType.CODE: "VARCHAR",
    FactType.INTEGER: "BIGINT",
    FactType.DATE: "DATE",
    FactType.BOOLEAN: "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One fact of an item as a column ``f_<name>``; ``scale`` is decimal places, 0 to 6."""

    name: str
    type: FactType
    scale: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not 0 <= self.scale <= MAX_SCALE:
            raise ValueError(f"{self.name!r} with scale {self.scale} cannot be a fact's column")

    @property
    def column(self) -> str:
        return f"f_{self.name}"

    @property
    def sql_type(self) -> str:
        """The column's type in a segment, in DuckDB's words."""
        return _SQL_TYPES.get(self.type, f"DECIMAL({DIGITS},{self.scale})")


#: Columns of a record before its facts, in their order in a segment, with DuckDB's type.
RECORD_COLUMNS: dict[str, str] = {
    "leaf": "BIGINT",
    "salt": "BLOB",
    "act": "VARCHAR",
    "supersedes": "BIGINT",
    "source": "VARCHAR",
    "source_key": "VARCHAR",
    "item": "VARCHAR",
    "authority": "VARCHAR",
    "subject": "VARCHAR",
    "subject_kind": "VARCHAR",
    "subject_name": "VARCHAR",
    "document": "VARCHAR",
    "basis": "VARCHAR",
    "decided_on": "DATE",
    "effective_on": "DATE",
    "published_on": "DATE",
    "amended_on": "DATE",
    "ends_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "VARCHAR",
    "row": "BIGINT",
    "original": "VARCHAR",
}

#: What a record may leave open; every other column above is filled in every row.
OPTIONAL_COLUMNS = frozenset(
    {"supersedes", "decided_on", "published_on", "amended_on", "ends_on"},
)


@dataclass(frozen=True, slots=True)
class Record:
    """One decided fact about one subject, as sealed.

    ``original`` is canonical JSON (field -> text as delivered); ``known_at`` is in UTC;
    ``ends_on`` is the first day on which the record no longer counts, None if it has no end.
    """

    leaf: int
    salt: bytes
    act: str
    supersedes: int | None
    source: str
    source_key: str
    item: str
    authority: str
    subject: str
    subject_kind: str
    subject_name: str
    document: str
    basis: str
    decided_on: date | None
    effective_on: date
    published_on: date | None
    amended_on: date | None
    ends_on: date | None
    known_at: datetime
    delivery: str
    row: int
    original: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    #: What is sealed, where the clock was ahead and ``known_at`` is when it was set right.
    sealed_at: datetime | None = None

    def canonical(self) -> bytes:
        """The bytes under the commitment (docs/formats/0001). Raises GS-KERNEL-003."""
        members = {
            name: _sealed(getattr(self, name))
            for name in RECORD_COLUMNS
            if name not in ("leaf", "salt", "original", "known_at")
        }
        members["known_at"] = instant_text(self.sealed_at or self.known_at)
        facts = {name: _sealed(value) for name, value in self.facts.items()}
        original = json.loads(self.original)
        return canonical_bytes(
            {**members, "facts": facts, "original": original, "schema": RECORD_SCHEMA}
        )


@dataclass(frozen=True, slots=True)
class Event:
    """An entry that is not a record; ``payload`` is the canonical JSON text itself.

    ``known_at`` is earlier than what the payload says where the clock was ahead.
    """

    leaf: int
    salt: bytes
    event: str
    known_at: datetime
    payload: str

    @property
    def members(self) -> dict[str, Any]:
        """The payload's JSON object; what its members mean is for whoever knows the event."""
        found: dict[str, Any] = json.loads(self.payload)
        return found

    def canonical(self) -> bytes:
        return self.payload.encode("utf-8")


@dataclass(frozen=True, slots=True)
class StreamVersion:
    """A stream of events that build on each other, and the version the writer has seen.

    Two officers who act on the same state name the same version; the second is refused.
    """

    name: str
    seen: int

    @property
    def next(self) -> int:
        """The version that the event makes."""
        return self.seen + 1


#: The members of an event that sealing adds.
_OF_SEALING = frozenset({"schema", "event", "known_at", "stream", "version"})


def _are_leaves(value: object) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    whole = all(isinstance(leaf, int) and leaf >= 0 for leaf in value)
    return whole and list(value) == sorted(set(value))


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be sealed; ``members`` are JSON values beside those that sealing adds."""

    event: str
    members: Mapping[str, object]
    stream: StreamVersion | None = None

    def __post_init__(self) -> None:
        if taken := sorted(_OF_SEALING.intersection(self.members)):
            raise ValueError(f"{', '.join(taken)} of an event is said by sealing it")
        # Sealed, one that cannot be carried out would be tried for ever.
        if self.event == ERASURE and not _are_leaves(self.members.get("leaves")):
            raise ValueError("an erasure names the leaves it covers, each once, in order")

    def payload(self, known_at: datetime) -> str:
        """Canonical JSON text as sealed at ``known_at``. Raises GS-KERNEL-003."""
        fixed: dict[str, object] = {
            "schema": EVENT_SCHEMA,
            "event": self.event,
            "known_at": instant_text(known_at),
        }
        if self.stream is not None:
            fixed |= {"stream": self.stream.name, "version": self.stream.next}
        return canonical_bytes({**self.members, **fixed}).decode("utf-8")


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """An event with the instant at which the register was told."""

    event: NewEvent
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The register in forty bytes: how many entries, and the root of the tree over them."""

    size: int
    root: bytes


EMPTY_HEAD = Head(0, EMPTY_ROOT)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head, whose it is, and the note that says so with signatures (C2SP tlog-checkpoint)."""

    origin: str
    head: Head
    note: str


def _sealed(value: FactValue | datetime) -> object:
    """The value as it stands in canonical JSON: decimals, dates and instants are text."""
    match value:
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Fixed():
            return str(value)
    return value
