"""How Spark's work grows with the register: python -m benchmarks.spark_scaling 1000000 3000000.

One line a size: seconds by the clock, and seconds of processor time of the Java machine and of
this process together, which other work on the machine disturbs less. Each size runs twice in a
warm session (the code of its plans made before) and the second run counts, as on a cluster the
start is paid once.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession

from benchmarks.place import AS_OF, ITEMS, KNOWN_AT, PACK, SCHEME, Place
from benchmarks.segments import make_segments, rows
from goodstanding.catalogue import load_pack
from goodstanding.evaluation.engines.duckdb import run as run_duckdb
from goodstanding.evaluation.engines.spark import local_session, write_datasets
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.model import Scheme

_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure each size and print what was found."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("sizes", nargs="+", type=int, help="Records of each register.")
    given.add_argument("--work", type=Path, help="Folder for the registers.")
    given.add_argument("--threads", type=int, default=2)
    given.add_argument("--memory", default="3GB")
    asked = given.parse_args()
    scheme = load_scheme(load_pack(PACK), SCHEME)
    print(f"{'records':>12} {'subjects':>10} {'seconds':>8} {'processor':>10} {'DuckDB':>8}")
    with TemporaryDirectory(dir=asked.work) as work:
        settings = {"spark.sql.shuffle.partitions": "16"}
        with local_session(
            Path(work), threads=asked.threads, memory_limit=asked.memory, settings=settings
        ) as spark:
            for records in asked.sizes:
                place = Place(Path(work) / str(records), records)
                make_segments(place)
                _line(spark, scheme, place, asked.threads)


def _line(spark: SparkSession, scheme: Scheme, place: Place, threads: int) -> None:
    relations = {item: place.segments(item) for item in ITEMS}
    out = place.folder / "spark"
    for _ in range(2):
        clock, used = time.perf_counter(), _processor_seconds()
        write_datasets(
            spark, scheme, relations, as_of=AS_OF, known_at=KNOWN_AT, out=out.absolute().as_uri()
        )
        clock, used = time.perf_counter() - clock, _processor_seconds() - used
    beside = time.process_time()
    found = run_duckdb(
        scheme, relations, as_of=AS_OF, known_at=KNOWN_AT, out=place.folder / "duckdb",
        threads=threads,
    )  # fmt: skip
    beside = time.process_time() - beside
    held = sum(rows(files) for files in relations.values())
    print(f"{held:>12,} {found.standings:>10,} {clock:>8.1f} {used:>10.1f} {beside:>8.1f}")


def _processor_seconds() -> float:
    """Of this process and of the Java machines it started."""
    own = os.getpid()
    ticks = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        # After the name: state, parent, ..., user and system time are the 12th and 13th.
        if own in (int(folder.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


if __name__ == "__main__":
    main()
