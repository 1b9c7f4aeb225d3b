"""From a segment's columns to what they hold: a segment describes itself."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from goodstanding.kernel import FactType
from goodstanding.kernel.numbers import DIGITS
from goodstanding.register.model import RECORD_COLUMNS, FactColumn
from goodstanding.register.segments import duck
from goodstanding.register.segments.files import unreadable

_FACT = re.compile(r"f_(?P<name>[a-z][a-z0-9_]*)")
_DECIMAL = re.compile(rf"DECIMAL\({DIGITS},(?P<scale>[0-6])\)")
# A code reads as text and money as decimal: their sealed bytes are the same.
_FACT_TYPES = {
    "VARCHAR": FactType.TEXT,
    "BIGINT": FactType.INTEGER,
    "DATE": FactType.DATE,
    "BOOLEAN": FactType.BOOLEAN,
}


def columns_of(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    """Column -> DuckDB type. Raises GS-REGISTER-014 if the file is not Parquet."""
    try:
        rows = duck.run(connection, f"DESCRIBE SELECT * FROM {duck.parquet(file)}")
    except duckdb.Error as error:
        raise unreadable(file, str(error)) from error
    return {str(column): str(sql_type) for column, sql_type, *_ in rows}


def facts_of(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[FactColumn, ...]:
    """The facts of a segment of records, from its columns alone.

    Raises GS-REGISTER-014 if the columns are not exactly those of a record.
    """
    columns = columns_of(connection, file)
    expected = dict(list(columns.items())[: len(RECORD_COLUMNS)])
    if list(expected.items()) != list(RECORD_COLUMNS.items()):
        raise unreadable(file, "its columns are not those of a record")
    rest = list(columns.items())[len(RECORD_COLUMNS) :]
    return tuple(_fact(file, column, sql_type) for column, sql_type in rest)


def _fact(file: Path, column: str, sql_type: str) -> FactColumn:
    name, decimal = _FACT.fullmatch(column), _DECIMAL.fullmatch(sql_type)
    if name and decimal:
        return FactColumn(name["name"], FactType.DECIMAL, int(decimal["scale"]))
    if name and sql_type in _FACT_TYPES:
        return FactColumn(name["name"], _FACT_TYPES[sql_type])
    raise unreadable(file, f"column {column} of type {sql_type} is not a fact")
