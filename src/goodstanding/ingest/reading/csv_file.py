"""Read a CSV file: DuckDB splits it; what DuckDB cannot number is scanned line by line.

The common file is read by DuckDB alone. If it gives as many records as there are lines after
the header, each line is one record and the numbers of the lines are known. Otherwise the
file is scanned (see ``scan``), and DuckDB splits the lines that are records on their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading.columns import Columns, columns_of
from goodstanding.ingest.reading.csv_header import Header, meant_by, read_header
from goodstanding.ingest.reading.grammar import Grammar
from goodstanding.ingest.reading.loading import Loader
from goodstanding.ingest.reading.scan import Scan, Scanned
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel import GoodStandingError, Place

_CHUNK = 4 << 20
#: So many runs of records are told apart in the statement itself.
_FEW = 100


def read_csv(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> list[str]:
    """Fill `delivered` and `broken_lines`; what is to be said.

    Raises GS-INGEST-005, 006, 018 and 019.
    """
    header = read_header(delivery, source)
    columns = columns_of(
        header.names, delivery, source, meant=lambda: meant_by(header, delivery, source)
    )
    notes = [*header.notes, *columns.notes]
    grammar = Grammar.of(source.delimiter, source.quote, len(columns.names))
    lines = _count(delivery.readable, grammar)
    if lines.uniform and len(columns.names) > 1:
        try:
            if _by_duckdb(con, delivery, source, columns, header, lines.number):
                return notes
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            # Which line it cannot split, and what that line is, is found by our own scan.
            pass
    return [*notes, *_by_scan(con, delivery, source, columns, header, grammar)]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The physical lines of a file, and whether all end alike and nothing is doubtful."""

    number: int
    uniform: bool


def _count(path: Path, grammar: Grammar) -> _Lines:
    feeds = returns = pairs = 0
    doubtful, last, tail = False, b"\n", b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                pairs += (last + chunk).count(b"\r\n")
            if grammar.quote and not doubtful and grammar.quote in chunk:
                doubtful = bool(grammar.doubtful.search(tail + chunk))
            last, tail = chunk[-1:], chunk[-256:]
    unended = last not in (b"\n", b"\r")
    return _Lines(feeds + unended, returns in (0, pairs) and pairs in (0, feeds) and not doubtful)


def _by_duckdb(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    source: Source,
    columns: Columns,
    header: Header,
    lines: int,
) -> bool:
    """Read the file at once; False, and no table, unless each line is one record."""
    run(
        con,
        f"CREATE TABLE delivered AS SELECT row_number() OVER () + {header.lines} AS row, * "
        f"FROM {_scan(delivery.readable, source, columns, skip=header.lines)}",
    )
    ((rows,),) = run(con, "SELECT count(*)::BIGINT FROM delivered")
    if int(str(rows)) + header.lines == lines:
        return True
    run(con, "DROP TABLE delivered")
    return False


def _by_scan(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    source: Source,
    columns: Columns,
    header: Header,
    grammar: Grammar,
) -> list[str]:
    clean = delivery.readable.with_name("clean.csv")
    broken = Loader(con, "broken_lines", ("line", "content"))
    spanning = Loader(con, "delivered", ("row", *columns.names))
    with clean.open("wb") as out:
        found = Scan(grammar, columns.unnamed_at_end, out, broken, spanning).run(
            delivery.readable, header.bytes, header.lines + 1, delivery.file_name
        )
    if found.clean:
        _insert_clean(con, clean, source, columns, found)
    ((rows,),) = run(con, "SELECT count(*)::BIGINT FROM delivered")
    clean.unlink()
    if int(str(rows)) != found.clean + spanning.count:
        raise GoodStandingError(
            UNREADABLE,
            place=Place(delivery.file_name),
            file=delivery.file_name,
            format="CSV",
            problem="its lines cannot be split in one way alone.",
        )
    if not found.blanks:
        return []
    first = ", ".join(map(str, found.blank))
    more = ", ..." if found.blanks > len(found.blank) else ""
    return [f"Blank lines are no rows: {found.blanks} (line {first}{more})."]


def _insert_clean(
    con: duckdb.DuckDBPyConnection,
    clean: Path,
    source: Source,
    columns: Columns,
    found: Scanned,
) -> None:
    offsets, clean_rows = found.offsets, found.clean
    numbered = (
        f"(SELECT row_number() OVER () - 1 AS n, * "
        f"FROM {_scan(clean, source, columns, skip=0)}) AS c"
    )
    named = ", ".join(f"c.{name(column)}" for column in columns.names)
    if len(offsets) <= _FEW:
        cases = " ".join(f"WHEN c.n >= {start} THEN {d}" for start, d in reversed(offsets[1:]))
        offset = f"CASE {cases} ELSE {offsets[0][1]} END" if cases else str(offsets[0][1])
        run(con, f"INSERT INTO delivered SELECT c.n + {offset}, {named} FROM {numbered}")
        return
    starts = Loader(con, "line_offsets", ("n", "d"))
    for start, d in offsets:
        starts.add((start, str(d)))
    starts.flush()
    run(
        con,
        f"""INSERT INTO delivered
        SELECT l.row, {named}
        FROM {numbered}
        JOIN (  -- grain: record of the clean file
            SELECT unnest(range(n, until)) AS n, unnest(range(n, until)) + d::BIGINT AS row
            FROM (SELECT *, lead(n, 1, {clean_rows}) OVER (ORDER BY n) AS until FROM line_offsets)
        ) AS l ON l.n = c.n""",
    )
    run(con, "DROP TABLE line_offsets")


def _scan(path: Path, source: Source, columns: Columns, skip: int) -> str:
    """Every column as text: what a value means is for the contract and the catalogue to say."""
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns.names)
    return (
        f"read_csv({text(str(path))}, auto_detect = false, delim = {text(source.delimiter)}, "
        f"quote = {text(source.quote)}, escape = {text(source.quote)}, header = false, "
        f"skip = {skip}, columns = {{{types}}})"
    )
