"""`goodstanding --help`, and `ingest` of 350 rows into a node that is there, from the shell."""

from __future__ import annotations

import csv
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.place import Place, Timed, settle
from goodstanding.demo import generate

COMMAND = (sys.executable, "-c", "from goodstanding.cli.entry import main; main()")
SOURCE, _TIMES = "tax_office", 7


def help_(place: Place) -> Timed:
    """Seconds until the list of the commands has been printed."""
    _run("--help")
    return Timed(statistics.median(_clock("--help") for _ in range(_TIMES)), 1)


def ingest(place: Place) -> Timed:
    """Seconds of all processors until ``place.records`` rows are sealed."""
    with TemporaryDirectory(dir=place.folder) as folder:
        node, file = _prepare(Path(folder), place.records)
        settle()
        found = []
        for n in range(_TIMES):
            # A delivery that is there already would be nothing new.
            fresh = Path(shutil.copytree(node, Path(folder) / f"node-{n}"))
            words = ("ingest", "-s", SOURCE, str(file), "--node", str(fresh), "--by", "benchmark")
            found.append(_processor(*words))
    return Timed(statistics.median(found), place.records)


def _prepare(folder: Path, rows: int) -> tuple[Path, Path]:
    """A node of the template's pack with one delivery, and a file for it of so many rows."""
    found = generate(folder / "files", businesses=300, bodies=50, records=3_000)
    deliveries = {each.source: each.path for each in reversed(found)}
    node, file = folder / "node", folder / "rows.csv"
    _run("init", str(node), "--pack", "template", "--by", "benchmark")
    _run("ingest", "-s", "registry", str(deliveries["registry"]), "--node", str(node))
    with deliveries[SOURCE].open(encoding="utf-8", newline="") as whole:
        taken = [row for row, _ in zip(csv.reader(whole), range(rows + 1), strict=False)]
    if len(taken) != rows + 1:
        raise AssertionError(f"the agency's file has {len(taken) - 1} rows, not {rows}")
    with file.open("w", encoding="utf-8", newline="") as part:
        csv.writer(part).writerows(taken)
    return node, file


def _run(*words: str) -> None:
    # Whoever installs it has its modules compiled, whatever this shell says of bytecode.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**inherited, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    if done.returncode != 0:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr[-500:]}")


def _clock(*words: str) -> float:
    start = time.perf_counter()
    _run(*words)
    return time.perf_counter() - start


def _processor(*words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
