"""Small words for building SQL text: names, literals, lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import duckdb


def run(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """Run one statement to its end (results stream otherwise) and return its rows."""
    return con.execute(sql).fetchall()


def name(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def day(value: date) -> str:
    """An SQL date literal."""
    return f"DATE '{value.isoformat()}'"


def texts(values: Iterable[str]) -> str:
    """A parenthesised list of text literals; never empty, for `IN ()` is no SQL."""
    return f"({', '.join(text(value) for value in values) or 'NULL'})"


def any_of(conditions: Iterable[str]) -> str:
    """The conditions joined by OR; false if there are none."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"
