"""DuckDB, in the few words the register needs of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

#: Reading and hashing stream; this bounds what DuckDB may hold meanwhile.
_MEMORY = "1GB"


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory database: bounded memory, rows in the order of the file."""
    connection = duckdb.connect(":memory:")
    if threads is not None:
        run(connection, f"SET threads = {threads}")
    run(connection, f"SET memory_limit = '{_MEMORY}'")
    run(connection, "SET preserve_insertion_order = true")
    run(connection, "SET enable_progress_bar = false")
    return connection


def shared(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to the one database of this process that is for reading; close it.

    To start a database takes as long as finding one subject's records in a segment. Threads may
    ask side by side; there is one database for each number of ``threads``. A forked child has no
    threads of its parent's database, so it gets its own.
    """
    return _database(os.getpid(), threads).cursor()


@cache
def _database(process: int, threads: int | None) -> duckdb.DuckDBPyConnection:
    connection = connect(threads)
    # What an erasure takes from a file must not live on in memory.
    run(connection, "SET enable_external_file_cache = false")
    return connection


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> list[tuple[object, ...]]:
    """Execute and fetch everything: an unfetched result would go on owning the connection."""
    return connection.execute(sql, list(parameters)).fetchall()


def name(identifier: str) -> str:
    """A quoted SQL name."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted SQL text."""
    return "'" + value.replace("'", "''") + "'"


def parquet(file: Path) -> str:
    """``read_parquet`` of exactly this file: the characters of a pattern mean themselves."""
    literal = "".join(f"[{char}]" if char in "[*?" else char for char in str(file))
    return f"read_parquet({text(literal)}, hive_partitioning = false)"
