"""Rows into an immutable segment file, each with its leaf and a fresh random salt.

Who owns the state: the sequencer that called us; no one else writes below ``segments/``.
A crash here leaves a temporary or a segment beyond the head, which recovery deletes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.hashing import SALT_BYTES
from goodstanding.register.durable import make_folders, move_durably, sync
from goodstanding.register.errors import BAD_TABLE
from goodstanding.register.model import RECORD_COLUMNS, FactColumn, NewEvent
from goodstanding.register.segments import duck
from goodstanding.register.segments.files import EVENTS, Segment, segment_at

#: Rows in a row group: small enough that one subject's rows are found by reading little.
ROW_GROUP = 122_880
#: On rows like ours higher levels take half as long again and save nothing.
_COMPRESSION = "COMPRESSION zstd, COMPRESSION_LEVEL 1"
_SALT_CHUNK = 65_536
_SALTS = "goodstanding_salts"
#: Columns that sealing adds.
_OURS = {"leaf", "salt"}


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A DuckDB table of records to be sealed, rows in leaf order.

    ``relation`` is the name of a table on ``connection`` with every column of
    ``RECORD_COLUMNS`` except leaf and salt, and one column for each of ``facts``.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    item: str
    facts: tuple[FactColumn, ...]

    def count(self) -> int:
        """How many rows it has."""
        return int(str(duck.run(self.connection, f"SELECT count(*) FROM {self._name}")[0][0]))

    @property
    def _name(self) -> str:
        return duck.name(self.relation)

    def check(self) -> None:
        """Raise GS-REGISTER-013 unless the table has exactly the columns that are sealed."""
        rows = duck.run(self.connection, f"DESCRIBE SELECT * FROM {self._name}")
        found = {str(row[0]) for row in rows}
        expected = {*RECORD_COLUMNS, *(fact.column for fact in self.facts)} - _OURS
        if found != expected:
            lacking, strange = sorted(expected - found), sorted(found - expected)
            raise self._refused(f"columns lacking: {lacking}, unknown: {strange}")

    def select(self, first: int) -> str:
        """SQL for the rows as they stand in a segment that begins at leaf ``first``."""
        types = {name: of for name, of in RECORD_COLUMNS.items() if name not in _OURS}
        types |= {fact.column: fact.sql_type for fact in sorted(self.facts, key=lambda f: f.name)}
        columns = [f"CAST({duck.name(n)} AS {t}) AS {duck.name(n)}" for n, t in types.items()]
        return f"""
            SELECT {first} + row_number() OVER () - 1 AS leaf, salt, {", ".join(columns)}
            FROM {self._name} POSITIONAL JOIN {_SALTS}
        """

    def _refused(self, reason: str) -> GoodStandingError:
        return GoodStandingError(BAD_TABLE, item=self.item, reason=reason.splitlines()[0])


def write_records(
    table: RecordTable, folder: Path, first: int, count: int, at: Callable[[], None]
) -> Segment:
    """Write the table's ``count`` rows as the segment that begins at leaf ``first``.

    ``folder`` is the one of all segments; ``at`` is called when the temporary is complete.
    Raises GS-REGISTER-013 for columns or values that do not fit.
    """
    table.check()
    segment = segment_at(folder, table.item, first, count)
    with _new_file(segment.file, at) as temporary:
        # A reader, not a table: twenty million salts never stand in memory together.
        table.connection.register(_SALTS, _fresh_salts(count))
        try:
            duck.run(
                table.connection,
                f"COPY ({table.select(first)}) TO {duck.text(str(temporary))} "
                f"(FORMAT parquet, {_COMPRESSION}, ROW_GROUP_SIZE {ROW_GROUP})",
            )
        except duckdb.DataError as error:
            raise GoodStandingError(
                BAD_TABLE, item=table.item, reason=str(error).splitlines()[0]
            ) from error
        finally:
            table.connection.unregister(_SALTS)
    return segment


def write_events(
    events: Sequence[NewEvent], folder: Path, first: int, at: Callable[[], None]
) -> Segment:
    """Write at least one event as the segment that begins at leaf ``first``."""
    segment = segment_at(folder, EVENTS, first, len(events))
    # DuckDB's TIMESTAMP has no zone; what stands in it is UTC.
    known_at = [event.known_at.astimezone(UTC).replace(tzinfo=None) for event in events]
    columns = {
        "leaf": pa.array(range(first, segment.end), pa.int64()),
        "salt": pa.array([os.urandom(SALT_BYTES) for _ in events], pa.binary()),
        "event": pa.array([event.event for event in events], pa.string()),
        "known_at": pa.array(known_at, pa.timestamp("us")),
        "payload": pa.array([event.payload() for event in events], pa.string()),
    }
    with _new_file(segment.file, at) as temporary:
        pq.write_table(pa.table(columns), temporary, compression="zstd")
    return segment


@contextmanager
def _new_file(file: Path, at: Callable[[], None]) -> Iterator[Path]:
    """A temporary beside ``file`` that gets its name when it is complete and on the disk."""
    make_folders(file.parent)
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.unlink(missing_ok=True)
    yield temporary
    sync(temporary)
    at()
    move_durably(temporary, file)


def _fresh_salts(count: int) -> pa.RecordBatchReader:
    """``count`` salts from the operating system's random source, made as they are read."""
    schema = pa.schema([("salt", pa.binary(SALT_BYTES))])

    def batches() -> Iterator[pa.RecordBatch]:
        for done in range(0, count, _SALT_CHUNK):
            rows = min(_SALT_CHUNK, count - done)
            random = pa.py_buffer(os.urandom(SALT_BYTES * rows))
            salts = pa.Array.from_buffers(pa.binary(SALT_BYTES), rows, [None, random])
            yield pa.RecordBatch.from_arrays([salts], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
