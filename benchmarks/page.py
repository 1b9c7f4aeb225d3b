"""The page docs/evidence/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.bars import bars
from benchmarks.generate import RECORDS_A_SUBJECT
from benchmarks.ingesting.merkle_tree import MOST_ROWS
from benchmarks.measure import Measured, Size
from benchmarks.tasks import (
    ACTING,
    APPENDED,
    EVALUATED,
    EVALUATING,
    HANDWRITTEN,
    INGESTING,
    OURS,
    PYMERKLE,
    REGISTERING,
    ZEN_QUICKEST,
    Task,
)


def page(machine: Sequence[tuple[str, str]], sizes: Sequence[Size]) -> str:
    """The page as Markdown."""
    sections = [_head(sizes), *(_size(size) for size in sizes), _how(), _machine(machine)]
    return "\n".join(sections)


def count(records: int) -> str:
    """2_000_000 -> 2 M."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if records >= unit and records % unit == 0:
            return f"{records // unit} {name}"
    return f"{records:,}"


def _head(sizes: Sequence[Size]) -> str:
    rows = [
        (count(size.records), bar.promise, bar.found, "yes" if bar.met else "**no**")
        for size in sizes
        for bar in bars(size)
    ]
    return f"""# Benchmarks

*Written by `python -m benchmarks` (`make bench`); figures are those of the machine below.*

{_table(("Records", "Bar", "Found", "Met"), rows)}
GoRules' zen-engine can be called from Python in two ways of very different speed, and be given
either indicators (then reading and counting records is spared it) or records. The bar does not
say which is meant, so all three are held against it. {_reach(sizes[-1])}
"""


def _reach(size: Size) -> str:
    floor, quickest = size.found[HANDWRITTEN], size.found[ZEN_QUICKEST]
    times = quickest.per_subject / floor.per_subject
    return (
        f"To put the bar in\nproportion: at {count(size.records)} the hand-written query itself is "
        f"{times:.1f}x as fast as the quickest call."
    )


def _size(size: Size) -> str:
    memory = size.found[PYMERKLE]
    note = ""
    if memory.records < size.records:
        need = memory.peak / memory.records * size.records / 1e9
        note = (
            f"\npymerkle was given {count(memory.records)} rows: it keeps every row and node, and "
            f"{count(size.records)} would need about {need:.0f} GB. Its time a record is "
            "compared.\n"
        )
    return f"""## {count(size.records)} records

Ingestion of one Parquet file (rounds: {size.rounds}):

{_timings(size, INGESTING, OURS, per_subject=False)}{note}
The register alone (rounds: {size.rounds}):

{_timings(size, REGISTERING, APPENDED, per_subject=False)}
{_acts(size)}
Evaluation of {size.found[EVALUATED].subjects:,} subjects (rounds: {size.rounds}):

{_timings(size, EVALUATING, EVALUATED, per_subject=True)}"""


def _acts(size: Size) -> str:
    rows = [
        (found.task.title, *(f"{s * 1e3:,.2f}" for s in (found.median, max(found.seconds))))
        for found in (size.found[task.id] for task in ACTING)
    ]
    return _table(("One act, on this register", "Median of rounds, ms", "Highest round, ms"), rows)


def _timings(size: Size, tasks: Iterable[Task], base: str, *, per_subject: bool) -> str:
    head = ["What", "Seconds", "Lowest to highest", "us a record"]
    head += ["us a subject"] if per_subject else []
    head += ["Peak MB", f"Time a {'subject' if per_subject else 'record'}, ours = 1"]
    rows = [_row(size.found[task.id], size.found[base], per_subject) for task in tasks]
    return _table(head, rows)


def _row(found: Measured, base: Measured, per_subject: bool) -> list[str]:
    if found.problem:
        return [found.task.title, found.problem, *("" for _ in range(5 if per_subject else 4))]
    row = [
        found.task.title,
        f"{found.median:.2f}",
        f"{min(found.seconds):.2f} to {max(found.seconds):.2f}",
        f"{found.per_record:.3f}",
    ]
    times = found.per_record / base.per_record
    if per_subject:
        row.append(f"{found.per_subject:.2f}")
        times = found.per_subject / base.per_subject
    return [*row, f"{found.peak / 1e6:,.0f}", f"{times:.2f}"]


def _how() -> str:
    return f"""## What is measured

* The file is generated (`benchmarks/sql/generate.sql`): inspections and penalties in one Parquet
  file in the order of their numbers, {RECORDS_A_SUBJECT} records a business on average with a few
  large ones, money, codes, whole numbers, dates as dates and as text, names of two scripts; one
  row in two hundred is bad. The pack and its scheme lie in `benchmarks/pack/`.
* Ours is `goodstanding.ingest.ingest` into a fresh node, and
  `goodstanding.evaluation.engines.duckdb.run` on that node, compiling included, with their default
  memory limits of 2 GB.
* `COPY` checks, hashes and syncs nothing. pymerkle is given the rows' canonical JSON, ready in
  memory, at most {count(MOST_ROWS)} rows; it writes nothing and its tree is gone at the end.
* The register's append is `Log.append` of the same records from tables of a DuckDB file; its floor
  hashes the same preimages, leaves and nodes in plain Python loops, their bytes ready in memory.
  `verify` reads every file again. Single acts are medians of 300 to 1,000 within a round; the
  eight writers are processes that keep their beat, and an event counts as visible when the
  published checkpoint covers it.
* The hand-written query (`benchmarks/sql/handwritten.sql`), Polars and pandas write the same
  `standings.parquet` and `reasons.parquet`. Before their times count, the files are compared with
  ours: columns, types, rows and order must be equal. Polars and pandas compute in whole cents and
  tenths of points, which is exact and quicker than decimals, and sync nothing.
* zen-engine evaluates a JSON decision model of the same rules for 20,000 subjects spread over all;
  its grades and totals must be ours. Reading records and writing results are spared it.
* Every measurement is a process of its own; seconds are the median of all rounds, the clock
  starts after imports and preparation, and the files are in the page cache. Tasks take turns
  within a round. Peak memory is the process's (`ru_maxrss`) and includes Python, libraries and
  mapped files.

## How to run

    make bench                                                        # both sizes
    python -m benchmarks --sizes 200k --runs 1 --page /tmp/bench.md   # a few seconds

Both sizes need about 20 GB of disk in `--work` (default: the system's temporary folder). Leave
some minutes after deleting many files, a former run's for example: ext4 is slow to make new
ones for a while, and a node is made of many.
"""


def _machine(machine: Sequence[tuple[str, str]]) -> str:
    return f"## Machine\n\n{_table(('', ''), machine)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
