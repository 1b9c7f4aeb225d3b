"""Subjects evenly spread over all standings, with their live records, for peers in memory."""

from __future__ import annotations

import duckdb

from benchmarks.place import AS_OF, ITEMS, STANDINGS, Place


def sample(con: duckdb.DuckDBPyConnection, place: Place, most: int) -> None:
    """Make ``sample`` (subject, grade and total of ours, n from 0) and ``live`` (their records)."""
    standings = place.folder / "results" / "ours" / STANDINGS
    con.execute(
        f"CREATE TABLE sample AS SELECT subject, grade, total, "
        f"row_number() OVER (ORDER BY subject) - 1 AS n FROM (SELECT *, row_number() OVER "
        f"(ORDER BY subject) AS n, count(*) OVER () AS of FROM '{standings}') "
        f"WHERE n * {most} // of > (n - 1) * {most} // of"
    ).fetchall()
    parts = [
        f"SELECT * FROM read_parquet({[str(file) for file in place.segments(item)]}) "
        f"WHERE subject IN (SELECT subject FROM sample) AND effective_on <= DATE '{AS_OF}' "
        f"AND (ends_on IS NULL OR ends_on > DATE '{AS_OF}')"
        for item in ITEMS
    ]
    con.execute(f"CREATE TABLE live AS {' UNION ALL BY NAME '.join(parts)}").fetchall()
