"""Quarantine: the rejected rows as a file of reasons that the agency can act on.

Invariant: nothing is dropped silently. One line per reason, with the row's own columns
as delivered; a value a spreadsheet would run is shown with an apostrophe before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel.escaping import for_spreadsheet_sql


def write_quarantine(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Write `reasons` with the delivered columns as CSV, in order of row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [f"CAST(d.{name(column)} AS VARCHAR)" for column in source.columns]
    delivered = ", ".join(
        f"{for_spreadsheet_sql(value)} AS {name(column)}"
        for value, column in zip(columns, source.columns, strict=True)
    )
    partial = path.with_suffix(".partial")
    run(
        con,
        f"COPY (SELECT r.row, r.code, r.field, {for_spreadsheet_sql('r.value')} AS value, "
        f"r.sentence, r.remedy, {delivered} FROM reasons AS r "
        f"LEFT JOIN delivered AS d ON d.row = r.row AND r.field <> 'line' "
        f"ORDER BY r.row, r.code, r.field) TO {text(str(partial))} (FORMAT csv, HEADER true)",
    )
    partial.rename(path)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One reason in a quarantine file."""

    row: int
    code: str
    field: str
    value: str | None
    sentence: str
    remedy: str


def quarantine_files(folder: Path) -> list[Path]:
    """The quarantine files of a node, by name."""
    return sorted(folder.glob("*.csv"))


def read_quarantine(path: Path) -> Iterator[Quarantined]:
    """The reasons of one quarantine file, in order of row."""
    con = duckdb.connect()
    found = con.execute(
        "SELECT row::BIGINT, code, field, value, sentence, remedy "
        "FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"')",
        [str(path)],
    )
    while rows := found.fetchmany(1000):
        yield from (Quarantined(*row) for row in rows)
