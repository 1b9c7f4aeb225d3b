"""The register's head in ``state.db``: the one place that says what has been acknowledged.

Invariant: one sequencer. Whoever appends holds the database's write lock from reading the
head to moving it; the move compares the head it read with the head it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import DAMAGED, HEAD_MOVED, SEQUENCER_BUSY
from goodstanding.register.model import EMPTY_HEAD, Head

_METADATA = sa.MetaData()
_HEAD = sa.Table(
    "head",
    _METADATA,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to append, held by one process at a time."""

    head: Head
    _connection: sa.Connection

    def advance(self, new: Head) -> None:
        """Move the head from the one this turn began with. Raises GS-REGISTER-007."""
        moved = self._connection.execute(
            sa.update(_HEAD)
            .where(_HEAD.c.size == self.head.size, _HEAD.c.root == self.head.root)
            .values(size=new.size, root=new.root)
        )
        if moved.rowcount != 1:
            raise GoodStandingError(HEAD_MOVED, size=self.head.size)


class State:
    """``state.db``. ``patience`` is how many seconds to wait for another sequencer."""

    def __init__(self, file: Path, patience: float = 5.0) -> None:
        self._file = file
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(file)),
            connect_args={"timeout": patience},
            poolclass=sa.NullPool,
        )
        sa.event.listen(self._engine, "connect", _prepare)

    @classmethod
    def create(cls, file: Path) -> State:
        """A new state at the empty head; ``file`` must not exist yet."""
        state = cls(file)
        with state._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _METADATA.create_all(connection)
            connection.execute(
                sa.insert(_HEAD).values(id=1, size=EMPTY_HEAD.size, root=EMPTY_HEAD.root)
            )
            connection.exec_driver_sql("COMMIT")
        return state

    def head(self) -> Head:
        """The head as of now. Raises GS-REGISTER-009 if the file cannot be read."""
        with self._reading() as connection:
            return _read_head(connection)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Hold the write lock; commit on leaving, roll back on an error.

        Raises GS-REGISTER-006 if another process holds it for longer than ``patience``.
        """
        with self._reading() as connection:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                raise GoodStandingError(SEQUENCER_BUSY) from error
            try:
                yield Turn(_read_head(connection), connection)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        if not self._file.is_file():
            # SQLite would make an empty one, and an empty register is not a lost one.
            raise GoodStandingError(DAMAGED, file=self._file, reason="it is not there")
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise GoodStandingError(DAMAGED, file=self._file, reason=str(error.orig)) from error


def _read_head(connection: sa.Connection) -> Head:
    size, root = connection.execute(sa.select(_HEAD.c.size, _HEAD.c.root)).one()
    return Head(size, root)


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """Transactions are ours to begin; a commit returns only when it is on the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL with synchronous=FULL: the log is synced at every commit, readers never wait.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
