"""Append of rows that are ready in tables: segments, salts, tiles, head, checkpoint, synced."""

from __future__ import annotations

import duckdb

from benchmarks.place import RECEIVED_AT, Place, Timed, Watch, settle
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Log, RecordTable
from goodstanding.register.segments.columns import facts_of

ITEMS = ("inspection", "penalty")
NOTED = Noted("benchmark", 0)


def run(place: Place) -> Timed:
    """Append the rows of the ingested node to an empty log, as one batch."""
    folder = place.put_aside("log")
    log = Log.create(folder, "tarn.example/register")
    with duckdb.connect(str(place.folder / "tables.duckdb")) as con:
        tables = [_table(con, place, item) for item in ITEMS]
        count = sum(table.count() for table in tables)
        settle()
        watch = Watch()
        with watch.running():
            log.append([], tables, clock=FixedClock(RECEIVED_AT), noted=NOTED)
    if log.head.size != count:
        raise AssertionError(f"{log.head.size} entries of {count}")
    return Timed(watch.seconds, count)


def _table(con: duckdb.DuckDBPyConnection, place: Place, item: str) -> RecordTable:
    files = place.segments(item)
    listed = ", ".join(f"'{file}'" for file in files)
    con.execute(
        f"CREATE TABLE IF NOT EXISTS {item} AS SELECT * EXCLUDE (leaf, salt, known_at) "
        f"FROM read_parquet([{listed}]) ORDER BY leaf"
    ).fetchall()
    return RecordTable(con, item, item, facts_of(con, files[0]))
