"""The floor: DuckDB reads the same file and writes it again, checking and keeping nothing."""

from __future__ import annotations

import duckdb

from benchmarks.place import Place, Timed, Watch, settle


def run(place: Place) -> Timed:
    """COPY the file to another Parquet file."""
    target = place.results("copy") / "copy.parquet"
    settle()
    watch = Watch()
    with duckdb.connect(config={"memory_limit": "2GB"}) as con, watch.running():
        con.execute(
            f"COPY (FROM '{place.delivery}') TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        ).fetchall()
    target.unlink()
    return Timed(watch.seconds, place.records)
