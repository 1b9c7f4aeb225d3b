"""Whether two runs say the same: the same columns, types and rows, in the same order."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.place import REASONS, STANDINGS, Place


def compare(place: Place, peer: str) -> None:
    """Raise AssertionError unless ``peer`` wrote our standings and reasons, row for row."""
    results = place.folder / "results"
    for name in (STANDINGS, REASONS):
        difference = _difference(results / "ours" / name, results / peer / name)
        if difference:
            raise AssertionError(f"{peer}: {name} differs from ours: {difference}")


def _difference(ours: Path, theirs: Path) -> str | None:
    with duckdb.connect(config={"memory_limit": "2GB"}) as con:
        described = [con.execute(f"DESCRIBE FROM '{file}'").fetchall() for file in (ours, theirs)]
        shapes = [[row[:2] for row in rows] for rows in described]
        if shapes[0] != shapes[1]:
            return f"columns {shapes[0]} and {shapes[1]}"
        names = [str(row[0]) for row in shapes[0]]
        rows = con.execute(
            f"""
            SELECT o.file_row_number, o, t
            FROM read_parquet('{ours}', file_row_number = true) AS o
            FULL JOIN read_parquet('{theirs}', file_row_number = true) AS t
                USING (file_row_number)
            WHERE o.{names[0]} IS NULL OR t.{names[0]} IS NULL
                OR ROW({", ".join(f"o.{name}" for name in names)})
                    IS DISTINCT FROM ROW({", ".join(f"t.{name}" for name in names)})
            LIMIT 1
            """
        ).fetchall()
    return str(rows[0]) if rows else None
