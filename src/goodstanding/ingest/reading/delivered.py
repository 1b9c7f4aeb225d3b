"""Open the received file in DuckDB as the tables `delivered` and `broken_lines`.

``delivered`` has ``row``, the number by which the row is found in the file, and the file's
columns: as text, from Parquet in their types. ``broken_lines`` has a row for each physical
line that is no part of a record, so that every line is accounted for.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import EMPTY_FILE, UNREADABLE
from goodstanding.ingest.model import Delivery, RowCheck
from goodstanding.ingest.sql import run
from goodstanding.kernel import GoodStandingError, Place


@dataclass(frozen=True, slots=True)
class Delivered:
    """The readable rows of a delivery: how many, and which columns of which type."""

    rows: int
    unreadable_lines: int
    columns: dict[str, str]
    #: What is to be said of the reading though nothing is refused for it.
    notes: tuple[str, ...] = ()
    #: What the file's own format makes wrong with a row, for example an error in a cell.
    checks: tuple[RowCheck, ...] = ()


def open_delivered(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> Delivered:
    """Create `delivered (row BIGINT, ...)` and `broken_lines (line BIGINT, content VARCHAR)`.

    Raises GS-INGEST-003, 005, 006, 018, 019 and 023 to 028.
    """
    run(con, "CREATE TABLE broken_lines (line BIGINT, content VARCHAR)")
    try:
        notes, checks = _read(con, delivery, source)
        rows = run(con, "SELECT count(*)::BIGINT FROM delivered")[0][0]
        broken = run(con, "SELECT count(*)::BIGINT FROM broken_lines")[0][0]
        types = run(con, "SELECT column_name, column_type FROM (DESCRIBE delivered)")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise GoodStandingError(
            UNREADABLE,
            place=Place(delivery.file_name),
            file=delivery.file_name,
            format=source.format,
            problem="it is damaged, or cut off.",
        ) from None
    if not rows and not broken:
        raise GoodStandingError(
            EMPTY_FILE, place=Place(delivery.file_name), file=delivery.file_name
        )
    columns = {str(column): str(kind) for column, kind in types}
    return Delivered(int(str(rows)), int(str(broken)), columns, tuple(notes), tuple(checks))


def _read(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source
) -> tuple[list[str], list[RowCheck]]:
    """Read by the contract's format; what is to be said, and what is to be checked."""
    # A reader is loaded when there is such a file: each brings its own libraries.
    if source.format == "csv":
        from goodstanding.ingest.reading.csv_file import read_csv

        return read_csv(con, delivery, source), []
    if source.format == "parquet":
        from goodstanding.ingest.reading.parquet_file import read_parquet

        return read_parquet(con, delivery, source), []
    if source.format in ("json", "jsonl"):
        from goodstanding.ingest.reading.json_file import read_json

        return read_json(con, delivery, source), []
    from goodstanding.ingest.reading.workbook import read_workbook

    return read_workbook(con, delivery, source)
