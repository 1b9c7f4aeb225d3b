"""A quarantine file that comes back mended: read as what it is, and taken as a part.

Invariant: whatever its source's format, such a file is text in UTF-8 with our columns before the
agency's; its rows belong to a delivery that this node has taken, and nothing follows from the rows
that it does not hold. Both who takes a delivery and who erases from a kept one read through here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import (
    PART_OF_ANOTHER,
    PART_OF_NONE,
    PART_OF_REFUSED,
    PART_UNNAMED,
    PART_WRONG_ENCODING,
)
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.quarantine import (
    DELIVERY,
    LINE,
    OWN,
    quarantine_name,
)
from goodstanding.ingest.reading import Delivered
from goodstanding.ingest.sql import any_of, name, run
from goodstanding.kernel import GoodStandingError, Place
from goodstanding.kernel.escaping import for_spreadsheet, rearmed, rearmed_sql
from goodstanding.register import Node

#: What spreadsheets put between cells; ours is the first.
_DELIMITERS = (",", ";", "\t")
_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file is read: under which contract, and whether it is a mended quarantine."""

    source: Source
    mended: bool

    def taken(
        self, con: duckdb.DuckDBPyConnection, delivery: Delivery, delivered: Delivered
    ) -> tuple[Delivery, Delivered]:
        """The delivery with what it is a part of, and `delivered` as the agency's columns alone.

        Raises GS-INGEST-052 and 053 if the file does not name one delivery.
        """
        if not self.mended:
            return delivery, delivered
        part_of = _named(con, delivery)
        agency = replace(_agency_columns(con), notes=delivered.notes)
        return replace(delivery, part_of=part_of), agency


def read_as(path: Path, source: Source) -> ReadAs:
    """Under which contract a file of ``source`` is read: its own, or that of quarantine files.

    Raises GS-INGEST-054 for a quarantine file that is no longer UTF-8.
    """
    delimiter, mended = _recognise(path)
    if not mended or set(OWN) & set(source.columns):
        return ReadAs(source, mended=False)
    # A column's name was disarmed as a cell was.
    columns = tuple(map(for_spreadsheet, source.columns))
    contract = replace(
        source,
        format="csv",
        encoding="utf-8",
        delimiter=delimiter,
        quote='"',
        header=True,
        columns=columns,
    )
    return ReadAs(contract, mended=True)


def check_part(node: Node, source: Source, delivery: Delivery) -> None:
    """Refuse a part of what this source has not delivered here. Raises GS-INGEST-050 and 051."""
    if delivery.part_of is None:
        return
    taken = {d.sha256 for d in node.index.deliveries(source.id)}
    if delivery.part_of in taken:
        return
    refused = node.layout.quarantine / quarantine_name(source.id, delivery.part_of)
    raise GoodStandingError(
        PART_OF_REFUSED if refused.exists() else PART_OF_NONE,
        place=Place(delivery.file_name),
        file=delivery.file_name,
        source=source.id,
        delivery=delivery.part_of,
    )


def _recognise(path: Path) -> tuple[str, bool]:
    """The delimiter of a file whose header has any of our columns."""
    if not path.is_file():
        return "", False  # for `receive` to say
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = head.decode("utf-8-sig", "replace")
    for delimiter in _DELIMITERS:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = [cell.strip() for cell in next(reader, [])]
        except csv.Error:
            continue
        if set(OWN) & set(header):
            _check_encoding(path)
            return delimiter, True
    return "", False


def _check_encoding(path: Path) -> None:
    try:
        with path.open(encoding="utf-8", errors="strict") as file:
            while file.read(_HEAD):
                pass
    except UnicodeDecodeError:
        raise GoodStandingError(
            PART_WRONG_ENCODING, place=Place(path.name), file=path.name
        ) from None


def _columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    described = run(con, "SELECT column_name FROM (DESCRIBE delivered)")
    return [str(column) for (column,) in described if column != "row"]


def _named(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> str:
    where = Place(delivery.file_name)
    named: list[str] = []
    if DELIVERY in _columns(con):
        found = run(
            con,
            f"SELECT DISTINCT lower(trim({name(DELIVERY)})) FROM delivered "
            f"WHERE trim({name(DELIVERY)}) <> '' LIMIT 2",
        )
        named = [str(sha256) for (sha256,) in found]
    if not named:
        raise GoodStandingError(PART_UNNAMED, place=where, file=delivery.file_name)
    if len(named) > 1:
        raise GoodStandingError(
            PART_OF_ANOTHER, place=where, file=delivery.file_name, one=named[0], other=named[1]
        )
    return named[0]


def _agency_columns(con: duckdb.DuckDBPyConnection) -> Delivered:
    """Leave of `delivered` what the agency said; lines still unsplit are such lines again."""
    columns = _columns(con)
    agency = [column for column in columns if column not in OWN]
    empty = "" if not agency else f"NOT ({_any_given(agency)})"
    unsplit = f"coalesce({name(LINE)} <> '' AND {empty}, false)" if LINE in columns else "false"
    cells = "".join(
        f", {rearmed_sql(name(column))} AS {name(rearmed(column))}" for column in agency
    )
    run(con, f"CREATE TABLE sent_again AS SELECT row{cells} FROM delivered WHERE NOT {unsplit}")
    if LINE in columns:
        run(
            con,
            f"INSERT INTO broken_lines SELECT row, {rearmed_sql(name(LINE))} FROM delivered "
            f"WHERE {unsplit}",
        )
    ((kind,),) = run(
        con,
        "SELECT CASE WHEN table_type = 'VIEW' THEN 'VIEW' ELSE 'TABLE' END "
        "FROM information_schema.tables WHERE table_name = 'delivered'",
    )
    run(con, f"DROP {kind} delivered")
    run(con, "ALTER TABLE sent_again RENAME TO delivered")
    counted = (
        "(SELECT count(*) FROM delivered)::BIGINT, (SELECT count(*) FROM broken_lines)::BIGINT"
    )
    ((rows, lines),) = run(con, f"SELECT {counted}")
    types = run(con, "SELECT column_name, column_type FROM (DESCRIBE delivered)")
    return Delivered(int(str(rows)), int(str(lines)), {str(n): str(t) for n, t in types})


def _any_given(columns: Iterable[str]) -> str:
    return any_of(f"coalesce(trim({name(column)}), '') <> ''" for column in columns)
