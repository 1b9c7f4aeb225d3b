"""Read a Parquet file: it stays the table, typed and columnar, numbered by its reader."""

from __future__ import annotations

import re

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading.columns import columns_of
from goodstanding.ingest.reading.errors import NOT_A_VALUE
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel import GoodStandingError, Place

#: Types of DuckDB that are no single values, and what they are called.
_NO_VALUES = (
    (re.compile(r"\[\d*\]$|^LIST|^ARRAY"), "lists"),
    (re.compile(r"^STRUCT"), "groups of values"),
    (re.compile(r"^MAP"), "maps"),
    (re.compile(r"^(BLOB|BIT)\b"), "bytes"),
    (re.compile(r"^(INTERVAL|GEOMETRY|VARIANT|UNION)"), "values of a kind no record has"),
)


def read_parquet(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> list[str]:
    """Create `delivered` as a view; what is to be said.

    Raises GS-INGEST-006, 018 and 028; duckdb.Error for a damaged file.
    """
    path = text(str(delivery.readable))
    described = run(
        con, f"SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet({path}))"
    )
    header = _written_names(con, path)
    if len(header) != len(described):
        header = [str(column) for column, _ in described]
    columns = columns_of(header, delivery, source)
    for column, (_, kind) in zip(columns.names, described, strict=True):
        if column in source.columns:
            _check_type(column, str(kind), delivery)
    chosen = ", ".join(
        f"{name(str(read))} AS {name(column)}"
        for column, (read, _) in zip(columns.names, described, strict=True)
    )
    if any(str(read).lower() in ("file_row_number", "row") for read, _ in described):
        # Only a scan of the whole then says which row is which.
        rows = f"SELECT row_number() OVER () AS row, {chosen} FROM read_parquet({path})"
        run(con, f"CREATE TABLE delivered AS {rows}")
    else:
        run(
            con,
            f"CREATE VIEW delivered AS SELECT file_row_number + 1 AS row, {chosen} "
            f"FROM read_parquet({path}, file_row_number = true)",
        )
    return list(columns.notes)


def _written_names(con: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    """The names of the columns as written: DuckDB changes those that clash for it."""
    nodes = run(con, f"SELECT name, coalesce(num_children, 0)::BIGINT FROM parquet_schema({path})")
    names, inside = [], 0
    for node, children in nodes[1:]:
        if inside:
            inside -= 1
        else:
            names.append(str(node))
        inside += int(str(children))
    return names


def _check_type(column: str, kind: str, delivery: Delivery) -> None:
    for shape, words in _NO_VALUES:
        if shape.search(kind):
            raise GoodStandingError(
                NOT_A_VALUE,
                place=Place(delivery.file_name),
                file=delivery.file_name,
                column=column,
                kind=words,
            )
