"""The index: what the log says, turned round so that one subject is found at once.

Invariant: it holds nothing of its own. Applying the log's segments one after the other and
rebuilding from nothing give the same content, shown by ``content_digest``.

Invariant: no person is found by name. The name of a subject is empty where it bears a personal
honorific, and for good where an officer released a row about it: such a subject is found by the
identifier of its establishment alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError

from goodstanding.kernel import GoodStandingError, canonical_bytes
from goodstanding.register.batch import Progress
from goodstanding.register.durable import plain_reason
from goodstanding.register.errors import INDEX_NOT_WRITTEN, INDEX_STRANGE, UNREADABLE_INDEX
from goodstanding.register.log import Log
from goodstanding.register.model import ERASURE
from goodstanding.register.private import refuse_link
from goodstanding.register.restored import LOG_RESTORED
from goodstanding.register.segments import (
    EVENTS,
    Segment,
    known_before,
    read_events,
    read_subjects,
    read_superseded,
    segment_at,
)
from goodstanding.register.state import is_about_writing

_CHUNK = 20_000
#: What one statement of SQLite is sure to take.
_VARIABLES = 500
DELIVERY = "delivery"
NODE_CREATED = "node_created"
#: A later version of the pack came in.
PACK_ADOPTED = "pack_adopted"
#: An officer released a held row; the record of its batch lies right behind the event.
RELEASE = "release"

#: Changes with every change of the tables below, so that no index is read as what it is not.
_FORMAT = 4

_METADATA = sa.MetaData()


def _count(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, autoincrement=False, nullable=False)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


#: How far the log has been applied: one row.
_APPLIED = sa.Table("applied", _METADATA, _count("id", key=True), _count("size"))

#: The segments of records that have been applied.
_SEGMENTS = sa.Table(
    "segments", _METADATA, _count("first", key=True), _count("count"), _text("item")
)

#: Where a subject's records lie, with its kind and name as of that segment.
_SUBJECT_SEGMENTS = sa.Table(
    "subject_segments",
    _METADATA,
    _text("subject", key=True),
    _count("first", key=True),
    _text("kind"),
    _text("name"),
    _count("records"),
    _count("first_leaf"),
    _count("last_leaf"),
    sqlite_with_rowid=False,
)

#: Every subject once, with its latest kind and name.
_SUBJECTS = sa.Table(
    "subjects",
    _METADATA,
    _text("subject", key=True),
    _text("kind"),
    _text("name"),
    _count("records"),
    _count("first_leaf"),
    _count("last_leaf"),
    sqlite_with_rowid=False,
)

#: Which entry superseded which, and in which segment it lies: it may be about another subject.
_SUPERSEDED = sa.Table(
    "superseded",
    _METADATA,
    _count("leaf", key=True),
    _count("by"),
    _count("first"),
)

#: Records that an officer released, each the first of its segment; ``leaf`` is the record's.
_RELEASED = sa.Table("released", _METADATA, _count("leaf", key=True), _text("source"))

#: Subjects not to be found by name, with the segment of the released record that makes them so.
_UNNAMED = sa.Table("unnamed", _METADATA, _text("subject", key=True), _count("first", key=True))

#: Every delivery event.
_DELIVERIES = sa.Table(
    "deliveries",
    _METADATA,
    _count("leaf", key=True),
    _text("source"),
    _text("sha256"),
    _text("payload"),
)

#: Which version of the pack the register used from which entry on.
_PACKS = sa.Table("packs", _METADATA, _count("leaf", key=True), _text("digest"))

#: The marks of erased records (see ``goodstanding.ingest.erased``), with the erasure's entry.
_ERASED = sa.Table("erased", _METADATA, _text("mark", key=True), _count("leaf"))


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as the register last named it; ``records`` counts all versions."""

    subject: str
    kind: str
    name: str
    records: int
    first_leaf: int
    last_leaf: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery; ``payload`` is the event's JSON object."""

    leaf: int
    source: str
    sha256: str
    payload: Mapping[str, object]
    #: When it was known at the latest, where the clock was ahead; None if its own word counts.
    known_by: datetime | None = None


class Index:
    """``index.db`` of one log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._file = log.layout.index
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self._file)), poolclass=sa.NullPool
        )
        sa.event.listen(self._engine, "connect", _prepare)

    def consume(self, progress: Progress = lambda _done, _total: None) -> int:
        """Apply what the log has and the index has not; returns the size applied.

        Each segment is one transaction, so a crash leaves an index that is behind, not wrong.
        ``progress`` is told entries applied and entries in all.
        Raises GS-REGISTER-012 if the index is of another history.
        """
        if self._log.read_only and self._is_current():
            return self.applied()
        applied, size = self.applied(), self._log.head.size
        segments = self._log.segments(sealed=True)
        if applied > size or applied not in {0, *(segment.end for segment in segments)}:
            raise GoodStandingError(INDEX_STRANGE, applied=applied, size=size)
        for segment in segments:
            if segment.first >= applied:
                with self._connected() as connection:
                    _apply(connection, segment)
                progress(segment.end, size)
        return size

    def _is_current(self) -> bool:
        """Whether it has all that is published; on a read-only disk it can only be read."""
        return self._file.is_file() and self.applied() >= self._log.checkpoint().head.size

    def rebuild(self, progress: Progress = lambda _done, _total: None) -> int:
        """Throw the content away and apply the whole log; returns the size applied."""
        for ending in ("", "-journal"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        return self.consume(progress)

    def applied(self) -> int:
        """How many entries of the log have been applied."""
        with self._connected() as connection:
            return connection.execute(sa.select(_APPLIED.c.size)).scalar_one_or_none() or 0

    def subject(self, subject: str) -> Subject | None:
        """The subject, or None if no record names it."""
        with self._connected() as connection:
            query = sa.select(_SUBJECTS).where(_SUBJECTS.c.subject == subject)
            row = connection.execute(query).one_or_none()
        return Subject(**row._mapping) if row is not None else None

    def is_unnamed(self, subject: str) -> bool:
        """Whether an officer released a record about the subject, so that no name leads to it."""
        with self._connected() as connection:
            query = sa.select(_UNNAMED.c.subject).where(_UNNAMED.c.subject == subject)
            return connection.execute(query).first() is not None

    def segments_of(self, subject: str) -> list[Segment]:
        """The segments that hold records of the subject, in leaf order."""
        found, segment = _SUBJECT_SEGMENTS.c, _SEGMENTS.c
        query = (
            sa.select(segment.item, segment.first, segment["count"])
            .join_from(_SUBJECT_SEGMENTS, _SEGMENTS, found.first == segment.first)
            .where(found.subject == subject)
            .order_by(found.first)
        )
        with self._connected() as connection:
            rows = connection.execute(query).all()
        return [segment_at(self._log.layout.segments, *row) for row in rows]

    def successors(self, leaves: Collection[int]) -> dict[Segment, list[int]]:
        """The entries that superseded some of ``leaves``, by the segment in which they lie."""
        found: dict[Segment, list[int]] = {}
        place, segment = _SUPERSEDED.c, _SEGMENTS.c
        with self._connected() as connection:
            wanted = sorted(leaves)
            for at in range(0, len(wanted), _VARIABLES):
                some = wanted[at : at + _VARIABLES]
                query = (
                    sa.select(segment.item, segment.first, segment["count"], place.by)
                    .join_from(_SUPERSEDED, _SEGMENTS, place.first == segment.first)
                    .where(place.leaf.in_(some))
                    .order_by(place.by)
                )
                for item, first, count, by in connection.execute(query):
                    place_of = segment_at(self._log.layout.segments, item, first, count)
                    found.setdefault(place_of, []).append(by)
        return found

    def forget(self, leaves: Sequence[int]) -> None:
        """Work out anew what erased entries had a part in, once their rows are gone."""
        with self._connected() as connection:
            _forget(connection, self._log.layout.segments, leaves)

    def erased(self) -> dict[str, int]:
        """The marks by which erased records are recognised, each with the erasure's entry."""
        with self._connected() as connection:
            rows = connection.execute(sa.select(_ERASED.c.mark, _ERASED.c.leaf)).all()
        return {mark: leaf for mark, leaf in rows}

    def deliveries(self, source: str | None = None) -> list[Delivery]:
        """Deliveries in the order of the log, of one source if asked for."""
        query = sa.select(_DELIVERIES).order_by(_DELIVERIES.c.leaf)
        if source is not None:
            query = query.where(_DELIVERIES.c.source == source)
        with self._connected() as connection:
            rows = connection.execute(query).all()
        folder = self._log.layout.segments
        return [
            Delivery(leaf, of, digest, json.loads(text), known_before(folder, leaf))
            for leaf, of, digest, text in rows
        ]

    def pack_digest(self) -> str:
        """The digest of the pack's version by which the register records now."""
        query = sa.select(_PACKS.c.digest).order_by(_PACKS.c.leaf.desc()).limit(1)
        with self._connected() as connection:
            return str(connection.execute(query).scalar_one())

    def released(self, source: str) -> list[int]:
        """The leaves of the records of a source that an officer released."""
        query = sa.select(_RELEASED.c.leaf).where(_RELEASED.c.source == source)
        with self._connected() as connection:
            return list(connection.execute(query.order_by(_RELEASED.c.leaf)).scalars())

    def content_digest(self) -> str:
        """SHA-256 over every row of every table in key order: equal content, equal digest."""
        digest = sha256()
        with self._connected() as connection:
            for table in _METADATA.sorted_tables:
                digest.update(canonical_bytes([table.name, *table.columns.keys()]) + b"\n")
                for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
                    digest.update(canonical_bytes(list(row)) + b"\n")
        return digest.hexdigest()

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """A transaction on tables that are there. Raises GS-REGISTER-015, 040 and 061."""
        refuse_link(self._file)
        try:
            with self._engine.begin() as connection:
                _match_format(connection)
                yield connection
        except DatabaseError as error:
            if is_about_writing(error):
                reason = plain_reason(str(error.orig), self._file.parent)
                raise GoodStandingError(
                    INDEX_NOT_WRITTEN, file=self._file, reason=reason
                ) from error
            raise GoodStandingError(
                UNREADABLE_INDEX, file=self._file, reason=str(error.orig)
            ) from error


def _match_format(connection: sa.Connection) -> None:
    """An index in another format is as good as none: thrown away, and built again by consume."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != _FORMAT:
        others = sa.MetaData()
        others.reflect(connection)
        others.drop_all(connection)
        _METADATA.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {_FORMAT}")


def _apply(connection: sa.Connection, segment: Segment) -> None:
    if segment.item == EVENTS:
        _apply_events(connection, segment)
    else:
        _apply_records(connection, segment)
    moved = sqlite.insert(_APPLIED).values(id=1, size=segment.end)
    connection.execute(
        moved.on_conflict_do_update(index_elements=["id"], set_={"size": segment.end})
    )


def _apply_events(connection: sa.Connection, segment: Segment) -> None:
    for event in read_events(segment):
        if event.event == ERASURE:
            _forget(connection, segment.file.parent.parent, event.members["leaves"])
        if event.event in (ERASURE, LOG_RESTORED):
            marked = sqlite.insert(_ERASED).on_conflict_do_nothing()
            for mark in event.members.get("marks", ()):
                connection.execute(marked, {"mark": mark, "leaf": event.leaf})
        if event.event in (NODE_CREATED, PACK_ADOPTED):
            used = {"leaf": event.leaf, "digest": event.members["pack_digest"]}
            connection.execute(sa.insert(_PACKS).values(used))
        if event.event == RELEASE:
            released = {"leaf": event.leaf + 1, "source": event.members["source"]}
            connection.execute(sa.insert(_RELEASED).values(released))
        if event.event == DELIVERY:
            payload = event.members
            connection.execute(
                sa.insert(_DELIVERIES).values(
                    leaf=event.leaf,
                    source=payload["source"],
                    sha256=payload["sha256"],
                    payload=event.payload,
                )
            )


def _apply_records(connection: sa.Connection, segment: Segment) -> None:
    connection.execute(
        sa.insert(_SEGMENTS).values(first=segment.first, count=segment.count, item=segment.item)
    )
    _insert_subjects(connection, segment)
    for pairs in read_superseded(segment, _CHUNK):
        rows = [{"leaf": leaf, "by": by, "first": segment.first} for leaf, by in pairs]
        connection.execute(sa.insert(_SUPERSEDED), rows)
    found = _SUBJECT_SEGMENTS.c
    # SQLite wants a WHERE between SELECT and ON CONFLICT; this one is also the right one.
    here = sa.select(
        found.subject, found.kind, found.name, found.records, found.first_leaf, found.last_leaf
    ).where(found.first == segment.first)
    new = sqlite.insert(_SUBJECTS).from_select(list(_SUBJECTS.c.keys()), here)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "kind": new.excluded.kind,
                "name": new.excluded.name,
                "records": _SUBJECTS.c.records + new.excluded.records,
                "last_leaf": new.excluded.last_leaf,
            },
        )
    )


def _insert_subjects(
    connection: sa.Connection, segment: Segment, only: Collection[str] | None = None
) -> None:
    # Compiled once and handed rows as tuples: a third of the time of rows as dicts.
    statement = str(sa.insert(_SUBJECT_SEGMENTS).compile(dialect=connection.dialect))
    for rows in read_subjects(segment, _CHUNK, only):
        connection.exec_driver_sql(statement, rows)
    _take_names(connection, segment)


def _take_names(connection: sa.Connection, segment: Segment) -> None:
    """Leave the names empty of subjects about which an officer has released a row until then."""
    found, unnamed, released = _SUBJECT_SEGMENTS.c, _UNNAMED.c, _RELEASED.c
    here = found.first == segment.first
    if connection.execute(sa.select(released.leaf).where(released.leaf == segment.first)).first():
        subjects = sa.select(found.subject, found.first).where(here)
        connection.execute(
            sqlite.insert(_UNNAMED)
            .prefix_with("OR IGNORE")
            .from_select(["subject", "first"], subjects)
        )
    before = sa.select(unnamed.subject).where(unnamed.first <= segment.first)
    connection.execute(
        sa.update(_SUBJECT_SEGMENTS).where(here, found.subject.in_(before)).values(name="")
    )


def _forget(connection: sa.Connection, folder: Path, leaves: Sequence[int]) -> None:
    """Work out anew whatever rows of erased entries had a part in.

    ``folder`` is that of all segments; they have been written anew already, so which subject a
    row was about can only be told from the leaves between which each subject's rows lie.
    """
    found, changed, unnamed = _SUBJECT_SEGMENTS.c, set[str](), set[str]()
    known = connection.execute(sa.select(_SEGMENTS.c.item, _SEGMENTS.c.first, _SEGMENTS.c["count"]))
    for segment in [segment_at(folder, *row) for row in known]:
        here = [leaf for leaf in leaves if segment.first <= leaf < segment.end]
        if not here:
            continue
        between = [sa.and_(found.first_leaf <= leaf, leaf <= found.last_leaf) for leaf in here]
        touched = sa.and_(found.first == segment.first, sa.or_(*between))
        subjects = set(connection.execute(sa.select(found.subject).where(touched)).scalars())
        connection.execute(sa.delete(_SUBJECT_SEGMENTS).where(touched))
        of_it = _UNNAMED.c.first == segment.first
        unnamed |= set(connection.execute(sa.select(_UNNAMED.c.subject).where(of_it)).scalars())
        connection.execute(sa.delete(_UNNAMED).where(of_it))
        _insert_subjects(connection, segment, subjects)
        changed |= subjects
    changed |= _name_again(connection, folder, unnamed)
    for leaf in leaves:
        connection.execute(sa.delete(_SUPERSEDED).where(_SUPERSEDED.c.by == leaf))
    for subject in sorted(changed):
        connection.execute(sa.delete(_SUBJECTS).where(_SUBJECTS.c.subject == subject))
        again = sa.insert(_SUBJECTS).from_select(list(_SUBJECTS.c.keys()), _whole(subject))
        connection.execute(again)


def _name_again(connection: sa.Connection, folder: Path, subjects: set[str]) -> set[str]:
    """Read again the names of subjects, for the record that kept them unnamed is erased."""
    found = _SUBJECT_SEGMENTS.c
    for subject in sorted(subjects):
        places = (
            sa.select(_SEGMENTS.c.item, _SEGMENTS.c.first, _SEGMENTS.c["count"])
            .join_from(_SUBJECT_SEGMENTS, _SEGMENTS, found.first == _SEGMENTS.c.first)
            .where(found.subject == subject)
            .order_by(_SEGMENTS.c.first)
        )
        for row in connection.execute(places).all():
            segment = segment_at(folder, *row)
            own = sa.and_(found.subject == subject, found.first == segment.first)
            connection.execute(sa.delete(_SUBJECT_SEGMENTS).where(own))
            _insert_subjects(connection, segment, {subject})
    return subjects


def _whole(subject: str) -> sa.Select[tuple[object, ...]]:
    """The subject over all segments that it is in, the last of them naming it."""
    found = _SUBJECT_SEGMENTS.c
    of_it = sa.select(_SUBJECT_SEGMENTS).where(found.subject == subject).subquery()
    latest = sa.select(sa.func.max(of_it.c.first)).scalar_subquery()
    total = sa.select(
        sa.func.sum(of_it.c.records).label("records"),
        sa.func.min(of_it.c.first_leaf).label("first_leaf"),
        sa.func.max(of_it.c.last_leaf).label("last_leaf"),
    ).subquery()
    return (
        sa.select(found.subject, found.kind, found.name, *total.c)
        .join_from(_SUBJECT_SEGMENTS, total, sa.true())
        .where(found.subject == subject, found.first == latest)
    )


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # Nothing here is the only copy of anything: a lost index is rebuilt, so no write waits for
    # the disk. No WAL either: a whole segment is one transaction and would be written twice.
    cursor.execute("PRAGMA synchronous=OFF")
    # What is erased leaves no trace in freed pages.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
