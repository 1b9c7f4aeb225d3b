"""What evaluation needs of a record, and when a record is live.

Invariant: a record counts on ``as_of``, as known at ``known_at``, only if it was known,
neither withdrawn nor superseded by then, already in effect and not yet ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from goodstanding.evaluation.language import Name, NameKind, NumberType, Value, rescale
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import Fixed

WITHDRAWAL = "withdrawal"
#: The column of a fact in a segment.
FACT_PREFIX = "f_"


def entries_of(item: str) -> str:
    """The name under which SQL sees all entries of an item."""
    return f"entries_{item}"


class RecordLike(Protocol):
    """One entry of the register about one subject; the register's Record is one."""

    @property
    def leaf(self) -> int: ...
    @property
    def act(self) -> str: ...
    @property
    def supersedes(self) -> int | None: ...
    @property
    def source(self) -> str: ...
    @property
    def source_key(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def authority(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def document(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def decided_on(self) -> date | None: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def published_on(self) -> date | None: ...
    @property
    def amended_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def facts(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a value of its own: read from a segment, or supposed (then ``leaf`` < 0)."""

    leaf: int
    act: str
    supersedes: int | None
    source: str
    source_key: str
    item: str
    authority: str
    subject: str
    subject_kind: str
    document: str
    basis: str
    decided_on: date | None
    effective_on: date
    published_on: date | None
    amended_on: date | None
    ends_on: date | None
    known_at: datetime
    facts: Mapping[str, object]


def altered(record: RecordLike, **changed: object) -> Entry:
    """``record`` with some columns changed."""
    columns = {field.name: getattr(record, field.name) for field in fields(Entry)}
    return Entry(**{**columns, **changed})


def standing_entries(records: Iterable[RecordLike], known_at: datetime | None) -> list[RecordLike]:
    """The entries that stood at ``known_at``: known, and neither withdrawn nor superseded.

    Without an instant, everything that is sealed is known.
    """
    known = [record for record in records if known_at is None or record.known_at <= known_at]
    superseded = {(record.item, record.supersedes) for record in known}
    return [
        record
        for record in known
        if record.act != WITHDRAWAL and (record.item, record.leaf) not in superseded
    ]


def in_effect(record: RecordLike, as_of: date) -> bool:
    """Whether the record has begun and not ended on ``as_of``."""
    return record.effective_on <= as_of and (record.ends_on is None or as_of < record.ends_on)


def concerns(scheme: Scheme, record: RecordLike) -> bool:
    """Whether the record is one about the scheme's kind of subject."""
    return record.item in scheme.population and record.subject_kind == scheme.subject_kind


def column_value(record: RecordLike, name: Name, as_of: date) -> Value:
    """The value of a column of a record, numbers in units of the name's scale."""
    match name.kind:
        case NameKind.AS_OF:
            return as_of
        case NameKind.FACT:
            value = record.facts.get(name.name)
            return (
                _units(value, name.type.scale)
                if isinstance(name.type, NumberType)
                else (_plain(value))
            )
    return _plain(getattr(record, name.name))


def _units(value: object, scale: int) -> int | None:
    match value:
        case None:
            return None
        case Fixed():
            return rescale(value.units, value.scale, scale)
        case int():
            return rescale(value, 0, scale)
        case Decimal():
            return int(value.scaleb(scale))
        case str():
            return int(Decimal(value).scaleb(scale))
    raise TypeError(f"{value!r} is not an exact number")


def _plain(value: object) -> Value:
    if value is None or isinstance(value, str | bool | date):
        return value
    raise TypeError(f"{value!r} is neither text, date nor boolean")


def by_subject(records: Iterable[RecordLike]) -> dict[str, Sequence[RecordLike]]:
    """The records of each subject, subjects in order."""
    groups: dict[str, list[RecordLike]] = {}
    for record in records:
        groups.setdefault(record.subject, []).append(record)
    return {subject: groups[subject] for subject in sorted(groups)}
