"""The floor: one query written by hand for this scheme, writing the same two files."""

from __future__ import annotations

import os

import duckdb

from benchmarks.evaluating.peers import timed
from benchmarks.place import HERE, Place, Timed, Watch, settle


def run(place: Place) -> Timed:
    """Run sql/handwritten.sql over the segments."""
    script = (HERE / "sql" / "handwritten.sql").read_text("utf-8")
    views = {"inspections": "inspection", "penalties": "penalty"}
    out = place.results("handwritten")
    os.chdir(out)
    settle()
    watch = Watch()
    with watch.running(), duckdb.connect(config={"memory_limit": "2GiB"}) as con:
        for view, item in views.items():
            files = [str(file) for file in place.segments(item)]
            con.execute(f"CREATE TEMP VIEW {view} AS FROM read_parquet({files})").fetchall()
        for statement in con.extract_statements(script):
            con.execute(statement).fetchall()
    return timed(place, watch.seconds, out)
