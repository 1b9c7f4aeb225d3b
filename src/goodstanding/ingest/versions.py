"""Find the versions of one record in the log, and what was told with each of them.

Same source and source key are the same record (DESIGN 5.4), whatever its versions say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.errors import NO_SUCH_SOURCE
from goodstanding.ingest.sql import text
from goodstanding.kernel import GoodStandingError, Noted
from goodstanding.register import ERASURE, Event, Log, Record, Segment
from goodstanding.register.errors import NO_SUCH_LEAF, NOT_A_RECORD
from goodstanding.register.history import Told, chain
from goodstanding.register.index import RELEASE
from goodstanding.register.segments import EVENTS, read_events, read_records


@dataclass(frozen=True, slots=True)
class History:
    """The versions of the record at ``leaf`` with what was told, or the erasure of it all."""

    leaf: int
    versions: tuple[Record, ...]
    told: dict[int, Told]
    erased: Told | None = None


def find_source(pack: Pack, source: str) -> Source:
    """The source contract by id. Raises GS-INGEST-001, naming those there are."""
    if source not in pack.sources:
        known = ", ".join(sorted(pack.sources)) or "none"
        raise GoodStandingError(NO_SUCH_SOURCE, pack=pack.id, source=source, known=known)
    return pack.sources[source]


def history_of(log: Log, leaf: int, known_at: datetime | None = None, *, noted: Noted) -> History:
    """The published versions of the record at ``leaf`` known by then, the first one first.

    Nothing is found before the record was known. ``noted`` is the receipt of the access log for
    this look. Raises GS-REGISTER-011 and 020.
    """
    segments = log.segments()
    record = record_at(segments, leaf)
    if record is None:
        return History(leaf, (), {}, _as_told(erasure_of(segments, leaf)))
    known = [
        version
        for version in versions_of(segments, record)
        if known_at is None or version.known_at <= known_at
    ]
    versions = chain(known, leaf)
    return History(leaf, versions, told_with(segments, versions))


def record_at(segments: Sequence[Segment], leaf: int) -> Record | None:
    """The record at ``leaf``; None if its payload has been erased.

    Raises GS-REGISTER-011 for a leaf beyond these segments, 020 for that of an event.
    """
    segment = _holding(segments, leaf)
    if segment.item == EVENTS:
        raise GoodStandingError(NOT_A_RECORD, leaf=leaf)
    found = read_records(segment, leaves=[leaf])
    return found[0] if found else None


def versions_of(segments: Sequence[Segment], record: Record) -> list[Record]:
    """Every version of the record in these segments, in leaf order, whatever was known when."""
    own = [segment for segment in segments if segment.item == record.item]
    files = ", ".join(text(str(segment.file)) for segment in own)
    with closing(duckdb.connect()) as con:
        rows = con.execute(
            f"SELECT leaf FROM read_parquet([{files}], union_by_name = true) "
            "WHERE source = ? AND source_key = ? ORDER BY leaf",
            [record.source, record.source_key],
        ).fetchall()
    wanted: dict[Segment, list[int]] = {}
    for (leaf,) in rows:
        wanted.setdefault(_holding(segments, leaf), []).append(leaf)
    return [
        version
        for segment, leaves in wanted.items()
        for version in read_records(segment, leaves=leaves)
    ]


def told_with(segments: Sequence[Segment], records: Iterable[Record]) -> dict[int, Told]:
    """What was told with each record: leaf -> the event sealed in its batch, where there is one."""
    found: dict[int, Told] = {}
    read: dict[Segment, list[Event]] = {}
    for record in records:
        before = _events_before(segments, record.leaf)
        if before is None:
            continue
        if before not in read:
            read[before] = read_events(before)
        for event in read[before]:
            if event.known_at == record.known_at and _is_about(event, record):
                told = _told(event)
                absent = event.event == "delivery" and record.row == 0
                found[record.leaf] = replace(told, absent=absent)
    return found


def erasure_of(segments: Sequence[Segment], leaf: int) -> Event | None:
    """The erasure that took the payload of ``leaf``, None if there is none."""
    for segment in reversed(segments):
        if segment.item == EVENTS:
            for event in read_events(segment):
                if event.event == ERASURE and leaf in event.members["leaves"]:
                    return event
    return None


def _holding(segments: Sequence[Segment], leaf: int) -> Segment:
    at = bisect_right(segments, leaf, key=lambda segment: segment.first) - 1
    size = segments[-1].end if segments else 0
    if at < 0 or not 0 <= leaf < size:
        raise GoodStandingError(NO_SUCH_LEAF, leaf=leaf, size=size)
    return segments[at]


def _events_before(segments: Sequence[Segment], leaf: int) -> Segment | None:
    """A batch is its events, then its records: the events of the record's batch."""
    at = bisect_right(segments, leaf, key=lambda segment: segment.first) - 1
    return next((s for s in reversed(segments[: at + 1]) if s.item == EVENTS), None)


def _is_about(event: Event, record: Record) -> bool:
    if event.event == "delivery":
        return bool(event.members["sha256"] == record.delivery)
    if event.event == RELEASE:
        return event.leaf + 1 == record.leaf
    return event.event == record.act and event.members.get("supersedes") == record.supersedes


def _told(event: Event) -> Told:
    said = event.members
    return Told(
        event.leaf,
        event.event,
        event.known_at,
        file_name=said.get("file_name"),
        authority=said.get("authority"),
        basis=said.get("basis"),
        by=said.get("by"),
        reason=said.get("reason"),
        as_of=said.get("as_of"),
    )


def _as_told(event: Event | None) -> Told | None:
    return None if event is None else _told(event)
