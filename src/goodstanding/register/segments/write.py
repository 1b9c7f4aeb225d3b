"""Rows into an immutable segment file, each with its leaf and a fresh random salt.

Who owns the state: the sequencer that called us; no one else writes below ``segments/``.
A crash here leaves a temporary or a segment beyond the head, which recovery deletes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.hashing import SALT_BYTES
from goodstanding.register.durable import plain_reason
from goodstanding.register.errors import BAD_TABLE, NOT_WRITTEN
from goodstanding.register.model import RECORD_COLUMNS, FactColumn
from goodstanding.register.segments import duck
from goodstanding.register.segments.files import Segment, new_file, segment_at, unreadable

#: Rows in a row group: small enough that one subject's rows are found by reading little.
ROW_GROUP = 24_576
#: Rows in a segment: a long batch is written and hashed at the same time, and an erasure
#: writes little anew.
SEGMENT_ROWS = 10 * ROW_GROUP
#: On rows like ours higher levels take half as long again and save nothing.
_COMPRESSION = "COMPRESSION zstd, COMPRESSION_LEVEL 1"
_SALT_CHUNK = 65_536
_SALTS = "goodstanding_salts"
#: Columns that sealing adds.
_OURS = {"leaf", "salt", "known_at"}


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A DuckDB table of records to be sealed, rows in leaf order.

    ``relation`` is the name of a table on ``connection`` with every column of
    ``RECORD_COLUMNS`` except leaf, salt and known_at, and one column for each of ``facts``.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    item: str
    facts: tuple[FactColumn, ...]

    def count(self) -> int:
        """How many rows it has."""
        return int(str(duck.run(self.connection, f"SELECT count(*) FROM {self._name}")[0][0]))

    def parts(self) -> list[range]:
        """Its rows, from 0, in the parts that become segments."""
        count = self.count()
        starts = range(0, count, SEGMENT_ROWS)
        return [range(start, min(start + SEGMENT_ROWS, count)) for start in starts]

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

    def select(self, rows: range, first: int, known_at: datetime) -> str:
        """SQL for some rows as they stand in a segment that begins at leaf ``first``."""
        types = dict(RECORD_COLUMNS)
        types |= {fact.column: fact.sql_type for fact in sorted(self.facts, key=lambda f: f.name)}
        instant = duck.text(_without_zone(known_at).isoformat(sep=" "))
        ours = {
            "leaf": f"{first} + row_number() OVER () - 1",
            "salt": "salt",
            "known_at": f"TIMESTAMP {instant}",
        }
        columns = [
            f"{ours.get(name, f'CAST({duck.name(name)} AS {of})')} AS {duck.name(name)}"
            for name, of in types.items()
        ]
        part = f"SELECT * FROM {self._name} WHERE rowid BETWEEN {rows.start} AND {rows.stop - 1}"
        return f"SELECT {', '.join(columns)} FROM ({part}) POSITIONAL JOIN {_SALTS}"

    def _refused(self, reason: str) -> GoodStandingError:
        return GoodStandingError(BAD_TABLE, item=self.item, reason=reason.splitlines()[0])


def write_records(
    table: RecordTable,
    rows: range,
    folder: Path,
    first: int,
    known_at: datetime,
    at: Callable[[], None],
) -> Segment:
    """Write some of the table's rows as the segment that begins at leaf ``first``.

    ``folder`` is the one of all segments, ``known_at`` the instant that every row bears;
    ``at`` is called when the temporary is complete.
    Raises GS-REGISTER-013 for columns or values that do not fit.
    """
    table.check()
    segment = segment_at(folder, table.item, first, len(rows))
    with new_file(segment.file, at) as temporary:
        # A reader, not a table: salts never stand in memory all together.
        table.connection.register(_SALTS, _fresh_salts(len(rows)))
        try:
            duck.run(
                table.connection,
                f"COPY ({table.select(rows, first, known_at)}) TO {duck.text(str(temporary))} "
                f"(FORMAT parquet, {_COMPRESSION}, ROW_GROUP_SIZE {ROW_GROUP})",
            )
        except duckdb.IOException as error:
            raise _not_written(error, segment.file.parent) from error
        except duckdb.DataError as error:
            raise GoodStandingError(
                BAD_TABLE, item=table.item, reason=str(error).splitlines()[0]
            ) from error
        finally:
            table.connection.unregister(_SALTS)
    return segment


def rewrite_without(segment: Segment, leaves: Collection[int]) -> bool:
    """Write the segment anew without the rows of ``leaves``; False if it holds none of them.

    Nothing of these rows is left in the new file: neither values nor salts nor statistics.
    """
    listed = ", ".join(str(leaf) for leaf in sorted(leaves))
    source = duck.parquet(segment.file)
    with closing(duck.connect()) as connection:
        try:
            held = duck.run(connection, f"SELECT 1 FROM {source} WHERE leaf IN ({listed}) LIMIT 1")
            if not held:
                return False
            with new_file(segment.file, lambda: None) as temporary:
                duck.run(
                    connection,
                    f"COPY (SELECT * FROM {source} WHERE leaf NOT IN ({listed}) ORDER BY leaf) "
                    f"TO {duck.text(str(temporary))} "
                    f"(FORMAT parquet, {_COMPRESSION}, ROW_GROUP_SIZE {ROW_GROUP})",
                )
        except duckdb.IOException as error:
            raise _not_written(error, segment.file.parent) from error
        except duckdb.Error as error:
            raise unreadable(segment.file, str(error)) from error
    return True


def _not_written(error: duckdb.IOException, folder: Path) -> GoodStandingError:
    return GoodStandingError(NOT_WRITTEN, reason=plain_reason(str(error), folder))


def _without_zone(instant: datetime) -> datetime:
    """DuckDB's TIMESTAMP has no zone; what stands in it is UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None)


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
