"""Load rows that are read one by one into a table of DuckDB, some thousands at a time."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from goodstanding.ingest.sql import name, run

_ROWS = 10_000
_CHARACTERS = 16 << 20


class Loader:
    """Fills a table of a number and texts; memory stays bounded whatever comes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> None:
        """Create the table, unless it is there, with a BIGINT and then texts."""
        number, *texts = columns
        self.con = con
        self.table = table
        typed = ", ".join([f"{name(number)} BIGINT", *(f"{name(text)} VARCHAR" for text in texts)])
        run(con, f"CREATE TABLE IF NOT EXISTS {name(table)} ({typed})")
        self.rows: list[Sequence[object]] = []
        self.held = 0
        self.count = 0

    def add(self, row: Sequence[object], size: int = 0) -> None:
        """Add a row; ``size`` is about how many characters it holds."""
        self.rows.append(row)
        self.held += size
        if len(self.rows) >= _ROWS or self.held > _CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if not self.rows:
            return
        # Imported on use: most files are read without.
        import pyarrow as pa

        number, *texts = zip(*self.rows, strict=True)
        arrays = [pa.array(number, pa.int64()), *(pa.array(v, pa.string()) for v in texts)]
        batch = pa.table(arrays, names=[f"c{n}" for n in range(len(arrays))])
        self.con.register("loading", batch)
        run(self.con, f"INSERT INTO {name(self.table)} SELECT * FROM loading")
        self.con.unregister("loading")
        self.count += len(self.rows)
        self.rows, self.held = [], 0
