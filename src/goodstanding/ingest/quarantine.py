"""Quarantine: the rejected rows as a file that opens in a spreadsheet and can be sent again.

Invariant: nothing is dropped silently, and no cell runs. One row per rejected row: first our
columns (`quarantine row`, its reasons, their codes, the delivery), then every column of the file
as the agency delivered it. A text that a spreadsheet would run has an apostrophe before it, which
``mended`` takes away again. For machines the reasons lie beside it, one JSON object a line.

`quarantine/<source>-<first 12 of the delivery's sha256>.csv` and `….reasons.jsonl`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.ingest.errors import ERASED_BEFORE
from goodstanding.ingest.model import VALUE, Delivery
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.stage import StagedField
from goodstanding.kernel.escaping import (
    for_spreadsheet,
    for_spreadsheet_sql,
    rearmed,
    rearmed_sql,
    visible_sql,
)
from goodstanding.register.durable import move_durably, sync

#: Our columns, before those of the agency.
ROW, REASONS, CODES, DELIVERY, LINE = (
    "quarantine row",
    "quarantine reasons",
    "quarantine codes",
    "quarantine delivery",
    "quarantine line",
)
OWN = (ROW, REASONS, CODES, DELIVERY, LINE)
#: A spreadsheet takes the file for UTF-8 only if it begins with this.
_BOM = "\ufeff"
_UNSEEN = (
    "\\x00-\\x20\\x7f-\\x9f\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ufeff"
)
_SIGNS = "=+@\\-\uff1d\uff0b\uff20\uff0d\ufe66\ufe62\ufe6b\ufe63"
#: A text that must have an apostrophe before it, and one that has ours: begun by a sign after
#: whatever blanks (a plain negative number is none), or by a tab or line break.
ARMED = f"^'*([{_UNSEEN}]*[{_SIGNS}]|[\\t\\r\\n])"
_NUMBER = r"^[-+]?[0-9][0-9.,]*$"
_SHOWN = 120


def tell_reasons(con: duckdb.DuckDBPyConnection, fields: list[StagedField]) -> None:
    """Create `said`: the reasons, each in a sentence with the row's own value."""
    run(con, f"CREATE TABLE said AS {_said(fields)}")


def write_quarantine(
    con: duckdb.DuckDBPyConnection, fields: list[StagedField], delivery: Delivery, path: Path
) -> None:
    """Write `reasons` with all columns of `delivered`, as spreadsheet and for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tell_reasons(con, fields)
    columns = [
        str(column)
        for (column,) in run(con, "SELECT column_name FROM (DESCRIBE delivered)")
        if column != "row" and str(column).lower() not in OWN
    ]
    agency = ", ".join(f"CAST(d.{name(column)} AS VARCHAR) AS {name(column)}" for column in columns)
    run(
        con,
        f"""CREATE TABLE quarantined AS  -- grain: rejected row or line
        SELECT s.row::VARCHAR AS {name(ROW)}, s.reasons AS {name(REASONS)},
            s.codes AS {name(CODES)}, {text(delivery.part_of or delivery.sha256)}
            AS {name(DELIVERY)}, s.line AS {name(LINE)}, {agency}
        FROM (
            SELECT row, field = 'line' AS broken, any_value(CASE WHEN field = 'line' THEN value END)
                AS line,
                string_agg(sentence || ' ' || remedy, ' | ' ORDER BY code, field) AS reasons,
                array_to_string(list_sort(list(DISTINCT code)), ' ') AS codes
            FROM said GROUP BY ALL
        ) AS s LEFT JOIN delivered AS d ON d.row = s.row AND NOT s.broken
            AND s.codes <> {text(ERASED_BEFORE.id)}
        ORDER BY s.row, s.broken""",
    )
    write_files(con, path)


def write_files(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write `said` and `quarantined` as the two files of one quarantine, whole or not at all.

    The spreadsheet comes last: what lists the files goes by it.
    """
    beside = reasons_file(path)
    _write(con, "FROM said ORDER BY row, code, field", beside, "FORMAT json")
    columns = [str(row[0]) for row in run(con, "SELECT column_name FROM (DESCRIBE quarantined)")]
    heads = [_BOM + columns[0], *map(for_spreadsheet, columns[1:])]
    cells = ", ".join(
        f"{for_spreadsheet_sql(name(column))} AS {name(head)}"
        for column, head in zip(columns, heads, strict=True)
    )
    _write(
        con, f"SELECT {cells} FROM quarantined", path, "FORMAT csv, HEADER true, NEW_LINE '\\r\\n'"
    )


def _write(con: duckdb.DuckDBPyConnection, select: str, path: Path, how: str) -> None:
    partial = path.with_name(f".{path.name}.tmp")
    run(con, f"COPY ({select}) TO {text(str(partial))} ({how})")
    sync(partial)
    move_durably(partial, path)


def _said(fields: list[StagedField]) -> str:
    """SQL: the reasons with each row's own value, as the agency wrote it.

    A field made of one column shows that column; one made of several shows what the contract
    made of them.
    """
    written = [
        f"WHEN {text(field.name)} THEN coalesce(CAST(d.{name(field.columns[0])} AS VARCHAR), "
        "r.value)"
        for field in fields
        if len(field.columns) == 1
    ]
    delivered = f"CASE r.field {' '.join(written)} ELSE r.value END" if written else "r.value"
    value = f"CASE WHEN r.shown THEN r.value ELSE {delivered} END"
    # What was erased by order is kept nowhere: of such a row only its place is told.
    kept = f"r.field <> 'line' AND r.code <> {text(ERASED_BEFORE.id)}"
    cut = f"CASE WHEN length(value) > {_SHOWN} THEN value[:{_SHOWN}] || '…' ELSE value END"
    return (
        f'SELECT row, code, field, "column", value, '
        f"replace(said, {text(VALUE)}, coalesce('''' || {cut} || '''', 'the value')) "
        "AS sentence, remedy, sentence AS rule, item, source_key, subject, subject_name "
        f"FROM (SELECT r.* REPLACE ({visible_sql(f'({value})')} AS value), "
        "s.item, s.source_key, s.subject, s.subject_name FROM reasons AS r "
        f"LEFT JOIN delivered AS d ON d.row = r.row AND {kept} "
        f"LEFT JOIN staged AS s ON s.row = r.row AND {kept})"
    )


def open_quarantine(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create `said` and `quarantined` of a quarantine file, every value as it was delivered.

    Raises OSError, ValueError or duckdb.Error for a file that is not as it was written.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    # By position: a column may be called anything.
    types = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(header)))
    cells = ", ".join(
        f"{rearmed_sql(f'c{n}')} AS {name(rearmed(column))}" for n, column in enumerate(header)
    )
    run(
        con,
        f"CREATE TABLE quarantined AS SELECT {cells} FROM read_csv({text(str(path))}, "
        f"auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, max_line_size = {max(path.stat().st_size, 1)})",
    )
    reasons = (
        "row: 'BIGINT', code: 'VARCHAR', field: 'VARCHAR', \"column\": 'VARCHAR', "
        "value: 'VARCHAR', sentence: 'VARCHAR', remedy: 'VARCHAR', rule: 'VARCHAR', "
        "item: 'VARCHAR', source_key: 'VARCHAR', subject: 'VARCHAR', subject_name: 'VARCHAR'"
    )
    run(
        con,
        f"CREATE TABLE said AS FROM read_json({text(str(reasons_file(path)))}, "
        f"format = 'newline_delimited', columns = {{{reasons}}})",
    )


# Reading it -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One reason in a quarantine file: our ``field``, and the agency's ``column`` for it.

    ``column`` names several if the field is made of several, and is empty for the whole row.
    ``value`` is what was delivered; ``rule`` is the sentence as it reads for every row. The last
    four are what the contract made of the row, as far as it made anything.
    """

    row: int
    code: str
    field: str
    column: str
    value: str | None
    sentence: str
    remedy: str
    rule: str
    item: str | None = None
    source_key: str | None = None
    subject: str | None = None
    subject_name: str | None = None


def quarantine_name(source: str, sha256: str) -> str:
    """How the quarantine file of a delivery is called."""
    return f"{source}-{sha256[:12]}.csv"


def quarantine_files(folder: Path) -> list[Path]:
    """The quarantine files of a node, by name: the spreadsheets, one a delivery."""
    return sorted(folder.glob("*.csv"))


def reasons_file(path: Path) -> Path:
    """Where the reasons of a quarantine file lie for machines."""
    return path.with_suffix(".reasons.jsonl")


def read_quarantine(path: Path) -> Iterator[Quarantined]:
    """The reasons of one quarantine file, in order of row."""
    with reasons_file(path).open(encoding="utf-8") as lines:
        for line in lines:
            yield Quarantined(**json.loads(line))
