"""Open the received file in DuckDB as the table `delivered`.

``delivered`` has the file's columns and ``row``, the number of the data row from 1.
Lines of a CSV file that cannot be split into its columns are kept apart, so that every
line is accounted for.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import EMPTY_FILE, MISSING_COLUMNS, UNREADABLE
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import GoodStandingError, Place


@dataclass(frozen=True, slots=True)
class Delivered:
    """The readable rows of a delivery: how many, and which columns of which type."""

    rows: int
    unreadable_lines: int
    columns: dict[str, str]


def open_delivered(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> Delivered:
    """Create `delivered`. Raises GS-INGEST-003, 005 and 006."""
    try:
        found = _columns(con, delivery, source)
        _check_columns(found, delivery, source)
        if source.format == "parquet":
            # The file itself stays the table: typed, columnar, and numbered by its reader.
            run(
                con,
                f"CREATE VIEW delivered AS SELECT * REPLACE (row + 1 AS row) FROM "
                f"(SELECT *, file_row_number AS row FROM {_scan(delivery, source, found)})",
            )
        else:
            run(
                con,
                f"CREATE TABLE delivered AS SELECT row_number() OVER () AS row, * "
                f"FROM {_scan(delivery, source, found)}",
            )
        rows = run(con, "SELECT count(*) FROM delivered")[0][0]
        unreadable = _reject_lines(con, source)
    except duckdb.Error as error:
        raise _unreadable(delivery, source, str(error)) from None
    if not rows and not unreadable:
        raise GoodStandingError(
            EMPTY_FILE, place=Place(delivery.file_name), file=delivery.file_name
        )
    types = run(con, "SELECT column_name, column_type FROM (DESCRIBE delivered)")
    return Delivered(int(str(rows)), unreadable, {str(n): str(t) for n, t in types})


def _scan(delivery: Delivery, source: Source, found: list[str]) -> str:
    path = text(str(delivery.readable))
    if source.format == "parquet":
        return f"read_parquet({path}, file_row_number = true)"
    if source.format == "csv":
        return (
            f"read_csv({path}, auto_detect = false, delim = {text(source.delimiter)}, "
            f"quote = {text(source.quote)}, escape = {text(source.quote)}, "
            f"header = {str(source.header).lower()}, store_rejects = true, "
            f"columns = {_all_text(found)})"
        )
    return (
        f"read_json({path}, format = {_json_format(source)}, columns = {_all_text(source.columns)})"
    )


def _all_text(columns: Iterable[str]) -> str:
    """Every column as text: what a value means is for the contract and the catalogue to say."""
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns)
    return f"{{{types}}}"


def _json_format(source: Source) -> str:
    return "'array'" if source.format == "json" else "'newline_delimited'"


def _columns(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> list[str]:
    """The names the file itself gives; the contract's own for a CSV without header."""
    path = text(str(delivery.readable))
    if source.format == "csv":
        return _csv_header(delivery, source) if source.header else list(source.columns)
    if source.format == "parquet":
        query = f"SELECT column_name FROM (DESCRIBE FROM read_parquet({path}))"
    else:
        objects = f"read_json_objects({path}, format = {_json_format(source)})"
        query = f"SELECT DISTINCT unnest(json_keys(json)) FROM {objects}"
    return [str(row[0]) for row in run(con, query)]


def _csv_header(delivery: Delivery, source: Source) -> list[str]:
    with delivery.readable.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=source.delimiter, quotechar=source.quote)
        return [column.strip() for column in next(reader, [])]


def _check_columns(found: list[str], delivery: Delivery, source: Source) -> None:
    missing = [column for column in source.columns if column not in found]
    if not missing:
        return
    renamed = [
        f"{column} is perhaps {close[0]!r}"
        for column in missing
        if (close := difflib.get_close_matches(column, set(found) - set(source.columns), n=1))
    ]
    raise GoodStandingError(
        MISSING_COLUMNS,
        place=Place(delivery.file_name),
        file=delivery.file_name,
        missing=", ".join(map(repr, missing)),
        hint=f" ({'; '.join(renamed)})" if renamed else "",
    )


def _reject_lines(con: duckdb.DuckDBPyConnection, source: Source) -> int:
    """Keep the lines the CSV reader could not split, one row a line, as `broken_lines`."""
    if source.format != "csv":
        run(con, "CREATE TABLE broken_lines (line BIGINT, content VARCHAR)")
        return 0
    run(
        con,
        "CREATE TABLE broken_lines AS SELECT line::BIGINT AS line, any_value(csv_line) AS content "
        "FROM reject_errors GROUP BY line ORDER BY line",
    )
    return int(str(run(con, "SELECT count(*) FROM broken_lines")[0][0]))


def _unreadable(delivery: Delivery, source: Source, problem: str) -> GoodStandingError:
    lines = [line.strip() for line in problem.splitlines() if line.strip()]
    first = lines[0].replace(str(delivery.readable), delivery.file_name) if lines else "unknown"
    return GoodStandingError(
        UNREADABLE,
        place=Place(delivery.file_name),
        file=delivery.file_name,
        format=source.format,
        problem=first,
    )
