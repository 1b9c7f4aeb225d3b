"""What has been acknowledged, in ``state.db``: the head, pending events, stream versions.

Invariant: one sequencer. Whoever appends holds the turn (a lock on a file) from reading the
head to moving it, and the move compares the head it read with the head it finds, so that a
lock that fails can lose a batch but never fork the log. Transactions here are short: pending
events come in while a batch is under way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.exc import DatabaseError, OperationalError

from goodstanding.kernel import (
    Clock,
    GoodStandingError,
    canonical_text,
    instant_text,
    parse_instant,
)
from goodstanding.register.beside import key_of, note_size, noted_size, other_log
from goodstanding.register.durable import make_private, plain_reason
from goodstanding.register.errors import (
    DAMAGED,
    HEAD_MOVED,
    NO_SUCH_LEAF,
    NOT_WRITTEN,
    SEQUENCER_BUSY,
    STALE_STREAM,
)
from goodstanding.register.instants import (
    after,
    begins_again,
    check_clock,
    is_ahead,
    is_behind,
    sets_clock,
)
from goodstanding.register.layout import Layout
from goodstanding.register.model import (
    EMPTY_HEAD,
    ERASURE,
    DatedEvent,
    Head,
    NewEvent,
    StreamVersion,
)
from goodstanding.register.private import refuse_link
from goodstanding.register.state_tables import (
    ERASING,
    HEAD,
    METADATA,
    PENDING,
    RECEIPTS,
    STREAMS,
)

#: Seconds between two attempts to take the turn.
_POLL = 0.003
#: Seconds that a short transaction waits for another; batches do not hold the database.
_BUSY = 30
_EARLIEST = datetime.min.replace(tzinfo=UTC)
#: Pending events sealed in one batch.
_MANY = 10_000
#: Receipts that nobody fetched (their process died) are kept this long, in tickets.
_KEPT_RECEIPTS = 100_000


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be sealed."""

    ticket: int
    dated: DatedEvent
    awaited: bool


@dataclass(slots=True)
class Turn:
    """The right to append, held by one process at a time."""

    head: Head
    known_at: datetime | None
    _state: State

    def admit(self, events: Sequence[NewEvent], now: datetime) -> datetime:
        """The instant of a batch asked for at ``now``: later than that of any batch before.

        The act that sets the clock right has the clock's own. Raises GS-REGISTER-016 for a stale
        stream, 017 and 062 for a clock that cannot be right, and 011 for the erasure of what is
        not there.
        """
        if sets_clock(events):
            return now
        if is_behind(now, self.known_at) or not begins_again(events):
            self._state.check_clock(now, self.known_at)
        _check_leaves(events, self.head.size)
        claimed: dict[str, int] = {}
        for stream in (event.stream for event in events if event.stream is not None):
            at = claimed.get(stream.name, self._state.stream_version(stream.name))
            if at != stream.seen:
                raise GoodStandingError(STALE_STREAM, stream=stream.name, seen=stream.seen)
            claimed[stream.name] = stream.next
        return after(self.known_at, now)

    def pending(self, last: int) -> list[Pending]:
        """The oldest events that wait, up to ticket ``last``.

        Never earlier than what the register already knows.
        """
        with self._state.transaction() as connection:
            rows = connection.execute(
                sa.select(PENDING)
                .where(PENDING.c.ticket <= last)
                .order_by(PENDING.c.ticket)
                .limit(_MANY)
            ).all()
        least = after(self.known_at, _EARLIEST)
        return [_pending(row, least) for row in rows]

    def advance(
        self,
        new: Head,
        known_at: datetime,
        moving: Callable[[], None],
        *,
        events: Sequence[NewEvent] = (),
        tickets: Sequence[tuple[Pending, int]] = (),
        erasing: Sequence[int] = (),
    ) -> None:
        """Move the head from the one this turn began with, with all that moves along.

        ``events`` claim their streams' next versions; ``tickets`` are pending events with the
        leaves they became; ``erasing`` are leaves of erasures that are now to be carried out.
        ``moving`` is called before the commit. Raises GS-REGISTER-007 or 016; then nothing
        has moved.
        """
        with self._state.transaction() as connection:
            moved = connection.execute(
                sa.update(HEAD)
                .where(HEAD.c.size == self.head.size, HEAD.c.root == self.head.root)
                .values(size=new.size, root=new.root, known_at=instant_text(known_at))
            )
            if moved.rowcount != 1:
                raise GoodStandingError(HEAD_MOVED, size=self.head.size)
            for event in events:
                if event.stream is not None:
                    _claim(connection, event.stream)
            _settle(connection, tickets)
            self._state.note_other(connection)
            if is_behind(known_at, self.known_at):
                _set_back(connection, known_at)
            for leaf in erasing:
                connection.execute(sa.insert(ERASING).values(leaf=leaf))
            moving()
        self.head, self.known_at = new, known_at


class State:
    """``state.db`` and the turn of one log."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        #: The node's other log, and its key and size as last seen.
        self._other: State | None = None
        self._seen: tuple[str, int] | None = None
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(layout.state)),
            connect_args={"timeout": _BUSY},
            # None outlives what it is for: a file put in its place would not be seen.
            poolclass=sa.NullPool,
        )
        sa.event.listen(self._engine, "connect", _prepare)

    @classmethod
    def create(cls, layout: Layout) -> State:
        """A new state at the empty head; its file must not exist yet."""
        state = cls(layout)
        make_private(layout.state)
        with state._connected() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            METADATA.create_all(connection)
            connection.execute(
                sa.insert(HEAD).values(
                    id=1, size=EMPTY_HEAD.size, root=EMPTY_HEAD.root, known_at=""
                )
            )
            connection.exec_driver_sql("COMMIT")
        return state

    def head(self) -> Head:
        """The head as of now. Raises GS-REGISTER-009 if the file cannot be read."""
        with self._reading() as connection:
            return _read_head(connection)[0]

    def known_at(self) -> datetime | None:
        """The instant of the last batch; None before the first."""
        with self._reading() as connection:
            return _read_head(connection)[1]

    def last_instant(self) -> datetime | None:
        """The latest instant of what has been taken, sealed or waiting."""
        with self._reading() as connection:
            return _last_instant(connection)

    def check_other(self) -> None:
        """Refuse a log of which the node's other log has seen more, and one that lacks what this
        has seen of it: one of the two was restored from an earlier day. Raises GS-REGISTER-009.

        What is found of the other is remembered with the next head.
        """
        other = other_log(self._layout)
        if other is None:
            return
        key, own = key_of(other), key_of(self._layout)
        if self._other is None or self._other._layout != other:
            self._other = State(other)
        with self._other._reading() as there, self._reading() as here:
            size, head = _read_head(there)[0].size, _read_head(here)[0].size
            missing = [
                (other, size, noted_size(here, key), self._layout),
                (self._layout, head, noted_size(there, own), other),
            ]
        for layout, holds, had, says in missing:
            if holds < had:
                reason = (
                    f"it holds {holds} entries, and had {had} when {says.state} was written: "
                    "one of them was restored from an earlier day"
                )
                raise GoodStandingError(DAMAGED, file=layout.state, reason=reason)
        self._seen = key, size

    def note_other(self, connection: sa.Connection) -> None:
        """Remember how far the node's other log had come, in the transaction of ``connection``."""
        if self._seen is not None:
            note_size(connection, *self._seen)

    def check_clock(self, now: datetime, last: datetime | None) -> None:
        """Refuse a clock that cannot be right. Raises GS-REGISTER-017 or 062.

        What the access log took was noted under a clock that it had found right itself.
        """
        access = Layout(self._layout.access)
        # Asked only where the log's own word is not enough.
        asked = is_ahead(now, last) and access.state.is_file()
        check_clock(now, last, State(access).last_instant() if asked else None)

    def stream_version(self, name: str) -> int:
        """The version at which a stream stands, pending events included; 0 if there is none."""
        with self._reading() as connection:
            return _version(connection, name)

    def put(self, event: NewEvent, clock: Clock, *, awaited: bool) -> int:
        """Take an event durably; returns its ticket.

        Raises GS-REGISTER-016, 017 or 062, 011 for the erasure of what is not there, 018 if it
        cannot be written, and GS-KERNEL-003 for an event that cannot be sealed.

        A crash after the commit leaves it pending; whoever opens or writes next seals it.
        """
        with self.transaction() as connection:
            # The clock is read under the lock, so that tickets and instants rise together.
            now, last = clock.now(), _last_instant(connection)
            self.check_clock(now, last)
            _check_leaves([event], _read_head(connection)[0].size)
            # What cannot be sealed would keep all that comes after it waiting.
            event.payload(now)
            if event.stream is not None:
                _claim(connection, event.stream)
            row = connection.execute(
                sa.insert(PENDING).values(
                    asked_at=instant_text(now if last is None else max(now, last)),
                    event=event.event,
                    members=canonical_text(event.members),
                    stream=event.stream.name if event.stream else None,
                    seen=event.stream.seen if event.stream else None,
                    awaited=awaited,
                )
            )
            ticket = row.lastrowid
        return int(ticket)

    def has_pending(self) -> bool:
        """Whether an event waits to be sealed."""
        with self._reading() as connection:
            return connection.execute(sa.select(PENDING.c.ticket).limit(1)).first() is not None

    def has_unattended(self) -> bool:
        """Whether an event waits that its sender does not wait for."""
        query = sa.select(PENDING.c.ticket).where(PENDING.c.awaited.is_(False)).limit(1)
        with self._reading() as connection:
            return connection.execute(query).first() is not None

    def last_ticket(self) -> int:
        """The newest event that waits; 0 if none does."""
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.max(PENDING.c.ticket))).scalar() or 0

    def leave(self, ticket: int) -> None:
        """Wait no longer for a ticket; whoever has the turn looks after it."""
        with self.transaction() as connection:
            mine = sa.update(PENDING).where(PENDING.c.ticket == ticket)
            connection.execute(mine.values(awaited=False))

    def receipt(self, ticket: int) -> int | None:
        """The leaf that a ticket became; None while it is pending."""
        query = sa.select(RECEIPTS.c.leaf).where(RECEIPTS.c.ticket == ticket)
        with self._reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def take_receipt(self, ticket: int) -> int | None:
        """The leaf that a ticket became, once; None while it is pending."""
        with self.transaction() as connection:
            return connection.execute(
                sa.delete(RECEIPTS).where(RECEIPTS.c.ticket == ticket).returning(RECEIPTS.c.leaf)
            ).scalar_one_or_none()

    def erasing(self) -> list[int]:
        """Leaves of erasures that are sealed but perhaps not carried out."""
        with self._reading() as connection:
            return list(connection.execute(sa.select(ERASING.c.leaf).order_by("leaf")).scalars())

    def erased(self, leaf: int) -> None:
        """The erasure sealed at ``leaf`` has been carried out in every file.

        What SQLite still holds of deleted pending events goes with it: freed pages are
        overwritten (secure_delete), and the write-ahead log is emptied into the file.
        """
        with self.transaction() as connection:
            connection.execute(sa.delete(ERASING).where(ERASING.c.leaf == leaf))
        with self._reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Hold an idle connection while one act lasts.

        When the last one is closed SQLite empties its log into the file, which is several
        synced writes: once for an act, not once for each look in it.
        """
        with self._reading():
            yield

    @contextmanager
    def turn(self, patience: float) -> Iterator[Turn]:
        """Hold the turn. Raises GS-REGISTER-006 if it is not free within ``patience`` seconds.

        A process that dies loses the turn with its life: the system frees the lock.
        """
        refuse_link(self._layout.turn)
        try:
            lock = FileLock(self._layout.turn, timeout=patience, poll_interval=_POLL)
            lock.acquire()
        except Timeout:
            raise GoodStandingError(SEQUENCER_BUSY) from None
        except OSError as error:
            raise GoodStandingError(NOT_WRITTEN, reason=error.strerror or str(error)) from error
        try:
            with self._reading() as connection:
                head, known_at = _read_head(connection)
            yield Turn(head, known_at, self)
        finally:
            lock.release()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A short transaction that writes; on the disk when it ends, rolled back on an error."""
        with self._reading() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                # A full disk has made SQLite roll back by itself.
                with suppress(OperationalError):
                    connection.exec_driver_sql("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        file = self._layout.state
        refuse_link(file)
        if not file.is_file():
            # SQLite would make an empty one, and an empty register is not a lost one.
            raise GoodStandingError(DAMAGED, file=file, reason="it is not there")
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        file = self._layout.state
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            if _is_busy(error):
                raise GoodStandingError(SEQUENCER_BUSY) from error
            if is_about_writing(error):
                reason = f"{file.name}: {plain_reason(str(error.orig), file.parent)}"
                raise GoodStandingError(NOT_WRITTEN, reason=reason) from error
            raise GoodStandingError(DAMAGED, file=file, reason=str(error.orig)) from error


def _read_head(connection: sa.Connection) -> tuple[Head, datetime | None]:
    size, root, known_at = connection.execute(
        sa.select(HEAD.c.size, HEAD.c.root, HEAD.c.known_at)
    ).one()
    return Head(size, root), parse_instant(known_at) if known_at else None


def _last_instant(connection: sa.Connection) -> datetime | None:
    """The latest instant of what has been taken, sealed or waiting."""
    newest = sa.select(PENDING.c.asked_at).order_by(PENDING.c.ticket.desc()).limit(1)
    waiting = connection.execute(newest).scalar_one_or_none()
    sealed = _read_head(connection)[1]
    instants = [parse_instant(waiting)] if waiting else []
    return max(instants + ([sealed] if sealed else []), default=None)


def _version(connection: sa.Connection, name: str) -> int:
    query = sa.select(STREAMS.c.version).where(STREAMS.c.name == name)
    return connection.execute(query).scalar_one_or_none() or 0


def _claim(connection: sa.Connection, stream: StreamVersion) -> None:
    if _version(connection, stream.name) != stream.seen:
        raise GoodStandingError(STALE_STREAM, stream=stream.name, seen=stream.seen)
    if stream.seen == 0:
        connection.execute(sa.insert(STREAMS).values(name=stream.name, version=1))
    else:
        at = sa.update(STREAMS).where(STREAMS.c.name == stream.name)
        connection.execute(at.values(version=stream.next))


def _check_leaves(events: Sequence[NewEvent], size: int) -> None:
    """Erasures cover what lies before them."""
    for event in events:
        leaves = event.members["leaves"] if event.event == ERASURE else ()
        if isinstance(leaves, list | tuple) and leaves and leaves[-1] >= size:
            raise GoodStandingError(NO_SUCH_LEAF, leaf=leaves[-1], size=size)


def _set_back(connection: sa.Connection, known_at: datetime) -> None:
    """What waits was taken under the wrong clock as well: it follows the act that set it right."""
    late = sa.update(PENDING).where(PENDING.c.asked_at > instant_text(known_at))
    connection.execute(late.values(asked_at=instant_text(known_at)))


def _pending(row: sa.Row[tuple[object, ...]], least: datetime) -> Pending:
    values = row._mapping
    stream = StreamVersion(values["stream"], values["seen"]) if values["stream"] else None
    event = NewEvent(values["event"], json.loads(values["members"]), stream)
    asked_at = parse_instant(values["asked_at"])
    return Pending(values["ticket"], DatedEvent(event, max(asked_at, least)), values["awaited"])


def _settle(connection: sa.Connection, tickets: Sequence[tuple[Pending, int]]) -> None:
    """Pending events that became leaves: no longer pending, a receipt for whoever waits."""
    if not tickets:
        return
    last = tickets[-1][0].ticket
    connection.execute(sa.delete(PENDING).where(PENDING.c.ticket <= last))
    connection.execute(sa.delete(RECEIPTS).where(RECEIPTS.c.ticket < last - _KEPT_RECEIPTS))
    receipts = [{"ticket": p.ticket, "leaf": leaf} for p, leaf in tickets if p.awaited]
    if receipts:
        connection.execute(sa.insert(RECEIPTS), receipts)


def _is_busy(error: DatabaseError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def is_about_writing(error: DatabaseError) -> bool:
    """Whether SQLite could not write, as against not read what is there."""
    name = getattr(error.orig, "sqlite_errorname", "")
    return name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"))


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """Transactions are ours to begin; a commit returns only when it is on the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL with synchronous=FULL: the log is synced at every commit, readers never wait.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    # A pending event may name a payload that is erased later: freed pages hold nothing.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
