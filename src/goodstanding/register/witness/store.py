"""What a witness remembers: ``witness.db``.

Invariant: a cosignature is given out only after the checkpoint it stands on is on the disk, and
what is remembered of a log only ever moves forward, whoever asks at the same time.

``turn`` is one ``BEGIN IMMEDIATE`` transaction: what is read in it stays true until it ends, and
commits are synced (synchronous=FULL). A crash before the commit leaves the memory as it was,
and no cosignature has left the witness; a crash after it leaves a checkpoint remembered whose
cosignature perhaps never arrived: the log asks again from the same size and gets another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import WITNESS_MEMORY
from goodstanding.register.model import Head

#: Anyone can send a true checkpoint with a false proof; the log alone can contradict itself.
_MOST_KEPT = 100

_METADATA = sa.MetaData()
_LATEST = sa.Table(
    "latest",
    _METADATA,
    sa.Column("origin", sa.String, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("time", sa.BigInteger, nullable=False),
)
_EVIDENCE = sa.Table(
    "evidence",
    _METADATA,
    sa.Column("note_sha256", sa.LargeBinary, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False, index=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("against", sa.String, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
)


class Doubt(StrEnum):
    """What a signed checkpoint that was not cosigned shows."""

    #: Two roots for one size, both signed: no honest log can have made both.
    CONTRADICTION = "contradiction"
    #: The proof did not lead to it: a fork, or only a wrong proof. Clears when it is proved.
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True)
class Remembered:
    """The latest checkpoint cosigned for a log, with the log's signature and the cosignature."""

    origin: str
    head: Head
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint that a log signed and that does not fit ``against``, the one remembered."""

    doubt: Doubt
    origin: str
    head: Head
    note: str
    against: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """The memory while nobody else can change it."""

    _connection: sa.Connection

    def latest(self, origin: str) -> Remembered | None:
        return _latest(self._connection, origin)

    def last_time(self) -> datetime | None:
        """The time of the latest cosignature, of whatever log."""
        time = self._connection.execute(sa.select(sa.func.max(_LATEST.c.time))).scalar_one()
        return None if time is None else datetime.fromtimestamp(time, UTC)

    def remember(self, new: Remembered) -> None:
        """Put ``new`` in the place of what was; and the doubt that it settles goes."""
        columns = {
            "size": new.head.size,
            "root": new.head.root,
            "note": new.note,
            "time": int(new.at.timestamp()),
        }
        moved = self._connection.execute(
            sa.update(_LATEST).where(_LATEST.c.origin == new.origin).values(columns)
        )
        if not moved.rowcount:
            self._connection.execute(sa.insert(_LATEST).values(origin=new.origin, **columns))
        self._connection.execute(
            sa.delete(_EVIDENCE).where(
                _EVIDENCE.c.origin == new.origin,
                _EVIDENCE.c.kind == Doubt.UNPROVED.value,
                _EVIDENCE.c.size == new.head.size,
                _EVIDENCE.c.root == new.head.root,
            )
        )

    def keep(self, evidence: Evidence) -> None:
        """Keep a checkpoint that does not fit; once, and no more than 100 of a kind and log."""
        digest = sha256(evidence.note.encode("utf-8")).digest()
        kind = evidence.doubt.value
        same = sa.select(sa.func.count()).select_from(_EVIDENCE)
        if self._connection.execute(same.where(_EVIDENCE.c.note_sha256 == digest)).scalar_one():
            return
        alike = same.where(_EVIDENCE.c.origin == evidence.origin, _EVIDENCE.c.kind == kind)
        if self._connection.execute(alike).scalar_one() >= _MOST_KEPT:
            return
        self._connection.execute(
            sa.insert(_EVIDENCE).values(
                note_sha256=digest,
                kind=kind,
                origin=evidence.origin,
                size=evidence.head.size,
                root=evidence.head.root,
                note=evidence.note,
                against=evidence.against,
                seen=int(evidence.at.timestamp()),
            )
        )


class Store:
    """``witness.db``. ``patience`` is how many seconds to wait for another turn."""

    def __init__(self, file: Path, patience: float = 5.0) -> None:
        self._file = file
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(file)),
            connect_args={"timeout": patience},
            poolclass=sa.NullPool,
        )
        sa.event.listen(self._engine, "connect", _prepare)

    @classmethod
    def create(cls, file: Path) -> Store:
        """An empty memory; ``file`` must not exist yet."""
        store = cls(file)
        with store._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _METADATA.create_all(connection)
            connection.exec_driver_sql("COMMIT")
        return store

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """One transaction that nobody else can come between; undone by an error.

        Raises GS-REGISTER-034 if the memory is lost, damaged, full or busy for too long.
        """
        with self._open() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield Turn(connection)
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    def latest(self, origin: str) -> Remembered | None:
        """What was cosigned last for a log. Raises GS-REGISTER-034."""
        with self._open() as connection:
            return _latest(connection, origin)

    def all_latest(self) -> list[Remembered]:
        """The same for every log, by origin. Raises GS-REGISTER-034."""
        with self._open() as connection:
            rows = connection.execute(sa.select(_LATEST).order_by(_LATEST.c.origin)).all()
        return [_remembered(row) for row in rows]

    def evidence(self) -> list[Evidence]:
        """What did not fit, the oldest first. Raises GS-REGISTER-034."""
        with self._open() as connection:
            order = (_EVIDENCE.c.seen, _EVIDENCE.c.note_sha256)
            rows = connection.execute(sa.select(_EVIDENCE).order_by(*order)).all()
        return [
            Evidence(
                Doubt(row.kind),
                row.origin,
                Head(row.size, row.root),
                row.note,
                row.against,
                datetime.fromtimestamp(row.seen, UTC),
            )
            for row in rows
        ]

    @contextmanager
    def _open(self) -> Iterator[sa.Connection]:
        if not self._file.is_file():
            # SQLite would make an empty one, and a witness without memory cosigns any fork.
            raise GoodStandingError(WITNESS_MEMORY, file=self._file, reason="it is not there")
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise GoodStandingError(
                WITNESS_MEMORY, file=self._file, reason=str(error.orig)
            ) from error


def _latest(connection: sa.Connection, origin: str) -> Remembered | None:
    row = connection.execute(sa.select(_LATEST).where(_LATEST.c.origin == origin)).one_or_none()
    return None if row is None else _remembered(row)


def _remembered(row: sa.Row[tuple[object, ...]]) -> Remembered:
    at = datetime.fromtimestamp(row.time, UTC)
    return Remembered(row.origin, Head(row.size, row.root), row.note, at)


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """Transactions are ours to begin; a commit returns only when it is on the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
