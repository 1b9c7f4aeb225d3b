"""Rows read from segments as plain values, for the engine that works without SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb

from goodstanding.catalogue import Item
from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import empty_relation
from goodstanding.evaluation.engines.files import entries_relation, execute, first_line, quoted
from goodstanding.evaluation.records import FACT_PREFIX, Entry
from goodstanding.kernel import GoodStandingError

_BATCH = 10_000


def read_entries(items: Sequence[Item], relations: Mapping[str, Sequence[Path]]) -> Iterator[Entry]:
    """All entries of the items, some thousands at a time. Raises GS-SCHEME-040."""
    with duckdb.connect() as connection:
        for item in items:
            for file in sorted(relations.get(item.id, ())):
                try:
                    yield from _entries(connection, item, file)
                except duckdb.Error as error:
                    problem = first_line(error)
                    raise GoodStandingError(errors.UNREADABLE, problem=problem) from error


def _entries(connection: duckdb.DuckDBPyConnection, item: Item, file: Path) -> Iterator[Entry]:
    described = execute(connection, f"DESCRIBE {empty_relation(item)}")
    names = [str(row[0]) for row in described]
    columns = ", ".join(quoted(name) for name in names)
    cursor = connection.execute(f"SELECT {columns} FROM ({entries_relation(item, [file])})")
    while rows := cursor.fetchmany(_BATCH):
        for row in rows:
            yield _entry(item, dict(zip(names, row, strict=True)))


def _entry(item: Item, row: dict[str, Any]) -> Entry:
    """DuckDB's rows are untyped; the columns were asked for by name, with the plan's types."""
    facts = {name: row.pop(FACT_PREFIX + name) for name in item.facts}
    known_at = row.pop("known_at").replace(tzinfo=UTC)
    return Entry(item=item.id, known_at=known_at, facts=facts, **row)
