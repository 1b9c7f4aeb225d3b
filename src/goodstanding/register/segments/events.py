"""Segments of events, written and read with Arrow and plain Python.

Events are few and come one at a time: starting a database for each of them would cost more
than sealing it. A payload is the sealed text itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.kernel import GoodStandingError, instant_text
from goodstanding.kernel.hashing import COMMITMENT_TAG, SALT_BYTES
from goodstanding.register.errors import UNSEALABLE_ROW
from goodstanding.register.model import DatedEvent, Event
from goodstanding.register.segments.clocks import known_by
from goodstanding.register.segments.files import EVENTS, Segment, new_file, segment_at, unreadable

_SCHEMA = pa.schema(
    [
        ("leaf", pa.int64()),
        ("salt", pa.binary()),
        ("event", pa.string()),
        ("known_at", pa.timestamp("us")),
        ("payload", pa.string()),
    ]
)


def write_events(
    events: Sequence[DatedEvent], folder: Path, first: int, at: Callable[[], None]
) -> Segment:
    """Write at least one event as the segment that begins at leaf ``first``."""
    segment = segment_at(folder, EVENTS, first, len(events))
    columns = [
        range(first, segment.end),
        [os.urandom(SALT_BYTES) for _ in events],
        [dated.event.event for dated in events],
        # The column has no zone; what stands in it is UTC.
        [dated.known_at.astimezone(UTC).replace(tzinfo=None) for dated in events],
        [dated.event.payload(dated.known_at) for dated in events],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, _SCHEMA, strict=True)]
    with new_file(segment.file, at) as temporary:
        pq.write_table(pa.table(arrays, schema=_SCHEMA), temporary, compression="zstd")
    return segment


def read_events(segment: Segment) -> list[Event]:
    """Events of a segment in leaf order. Raises GS-REGISTER-014."""
    bound, events = known_by(segment.file), _read_sealed(segment)
    if bound is None:
        return events
    return [replace(event, known_at=min(event.known_at, bound)) for event in events]


def _read_sealed(segment: Segment) -> list[Event]:
    try:
        with pq.ParquetFile(segment.file) as file:
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(segment.file, str(error)) from error
    if not table.schema.equals(_SCHEMA):
        raise unreadable(segment.file, "its columns are not those of an event")
    if any(column.null_count for column in table.columns):
        raise unreadable(segment.file, "a column is not filled in every row")
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return sorted(
        (
            Event(leaf, salt, event, known_at.replace(tzinfo=UTC), payload)
            for leaf, salt, event, known_at, payload in rows
        ),
        key=lambda event: event.leaf,
    )


def event_commitments(segment: Segment) -> Iterator[list[bytes]]:
    """The commitments of a whole segment of events.

    Raises GS-REGISTER-014 if the file is not the segment its name says, and GS-REGISTER-008
    for the first event whose columns are not what its payload says.
    """
    events = _read_sealed(segment)
    if [event.leaf for event in events] != list(range(segment.first, segment.end)):
        raise unreadable(segment.file, "its leaves are not those of its name")
    for event in events:
        if len(event.salt) != SALT_BYTES or not _says_so(event):
            raise GoodStandingError(UNSEALABLE_ROW, leaf=event.leaf, item=EVENTS)
    yield [sha256(COMMITMENT_TAG + event.salt + event.canonical()).digest() for event in events]


def _says_so(event: Event) -> bool:
    """Whether the payload is an object that names this event and this instant."""
    try:
        members = json.loads(event.payload)
    except ValueError:
        return False
    known_at = instant_text(event.known_at)
    return isinstance(members, dict) and (event.event, known_at) == (
        members.get("event"),
        members.get("known_at"),
    )
