"""`local_id(scheme, name, place)` in a contract: a firm without a number gets a lawful name.

Each pair of name and place is worked out once, in Python, by the frozen rule of
``kernel.local_ids``; the rows look theirs up. So the rule never depends on the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
from sqlglot import exp

from goodstanding.ingest.sql import run
from goodstanding.kernel.local_ids import local_value

_CHUNK = 50_000


def local_id_calls(select: exp.Expr) -> Iterator[exp.Anonymous]:
    """The calls of `local_id` in a contract's select, in the order written."""
    for call in select.find_all(exp.Anonymous):
        if call.name.lower() == "local_id":
            yield call


def with_local_ids(con: duckdb.DuckDBPyConnection, select: exp.Select) -> exp.Select:
    """The select with each call replaced by a look-up in a table of the pairs of the file.

    A row without name or place gets no identifier.
    """
    select = select.copy()
    for n, call in enumerate(list(local_id_calls(select))):
        scheme, *given = call.expressions
        # The table of pairs has columns of its own: whose is meant is said.
        for column in [c for e in given for c in e.find_all(exp.Column)]:
            column.set("table", exp.to_identifier("delivered"))
        name, place = (f"CAST({e.sql(dialect='duckdb')} AS VARCHAR)" for e in given)
        _work_out(con, f"local_ids_{n}", name, place)
        found = (
            f"{scheme.sql(dialect='duckdb')} || ':' || (SELECT l.value FROM local_ids_{n} AS l "
            f"WHERE l.name = {name} AND l.place = {place})"
        )
        call.replace(exp.paren(exp.maybe_parse(found, dialect="duckdb")))
    return select


def _work_out(con: duckdb.DuckDBPyConnection, table: str, name: str, place: str) -> None:
    run(con, f"CREATE TABLE {table} (name VARCHAR, place VARCHAR, value VARCHAR)")
    pairs = (
        f"SELECT DISTINCT {name}, {place} FROM delivered "
        f"WHERE {name} IS NOT NULL AND {place} IS NOT NULL"
    )
    with con.cursor() as reading:
        reading.execute(pairs)
        while chunk := reading.fetchmany(_CHUNK):
            names, places = zip(*chunk, strict=True)
            values = [local_value(n, p) for n, p in chunk]
            con.register("pairs", pa.table([names, places, values], ["name", "place", "value"]))
            run(con, f"INSERT INTO {table} FROM pairs")
            con.unregister("pairs")
