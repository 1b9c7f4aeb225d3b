"""The columns of a segment, exactly as docs/formats/0001 lists them."""

from __future__ import annotations

import re

import pyarrow as pa

_TEXT, _DATE, _WHOLE = pa.string(), pa.date32(), pa.int64()
_INSTANT = pa.timestamp("us")

#: Columns of a record before its facts, in their order.
RECORD: dict[str, pa.DataType] = {
    "leaf": _WHOLE,
    "salt": pa.binary(),
    "act": _TEXT,
    "supersedes": _WHOLE,
    "source": _TEXT,
    "source_key": _TEXT,
    "item": _TEXT,
    "authority": _TEXT,
    "subject": _TEXT,
    "subject_kind": _TEXT,
    "subject_name": _TEXT,
    "document": _TEXT,
    "basis": _TEXT,
    "decided_on": _DATE,
    "effective_on": _DATE,
    "published_on": _DATE,
    "amended_on": _DATE,
    "ends_on": _DATE,
    "known_at": _INSTANT,
    "delivery": _TEXT,
    "row": _WHOLE,
    "original": _TEXT,
}
#: What a record may leave empty, its facts apart.
OPTIONAL = frozenset({"supersedes", "decided_on", "published_on", "amended_on", "ends_on"})

EVENT: dict[str, pa.DataType] = {
    "leaf": _WHOLE,
    "salt": pa.binary(),
    "event": _TEXT,
    "known_at": _INSTANT,
    "payload": _TEXT,
}

FACT_PREFIX = "f_"
_FACT = re.compile(r"f_[a-z][a-z0-9_]{0,62}")
#: Digits of a decimal, its places included, and the most places it may have.
_DIGITS, _PLACES = 18, 6


def event_problem(schema: pa.Schema) -> str | None:
    """Why these are not the columns of events, if they are not."""
    if _pairs(schema) != list(EVENT.items()):
        return "its columns are not those of an event"
    return None


def record_problem(schema: pa.Schema) -> str | None:
    """Why these are not the columns of records, if they are not."""
    pairs = _pairs(schema)
    if pairs[: len(RECORD)] != list(RECORD.items()):
        return "its columns are not those of a record"
    facts = pairs[len(RECORD) :]
    for name, of in facts:
        if not _FACT.fullmatch(name) or not _is_of_fact(of):
            return f"its column {name[:80]} of type {of} is no fact"
    names = [name for name, _ in facts]
    if names != sorted(set(names)):
        return "its facts are not in the order of their names"
    return None


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns that hold text."""
    return [name for name, of in _pairs(schema) if of == _TEXT]


def _pairs(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in schema]


def _is_of_fact(of: pa.DataType) -> bool:
    if pa.types.is_decimal128(of):
        return bool(of.precision == _DIGITS and 0 <= of.scale <= _PLACES)
    return of in (_TEXT, _WHOLE, _DATE, pa.bool_())
