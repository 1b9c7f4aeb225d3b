"""The page docs/evidence/benchmarks.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from benchmarks.bars import Bar, bars, growth
from benchmarks.generate import RECORDS_A_SUBJECT
from benchmarks.ingesting.merkle_tree import MOST_ROWS
from benchmarks.ingesting.parted import PARTS
from benchmarks.measure import Measured, Size
from benchmarks.tasks import (
    ACTING,
    APPENDED,
    CHANGED,
    EVALUATED,
    EVALUATING,
    EXPLAINED,
    EXPLAINING,
    FOLLOWING,
    HANDWRITTEN,
    HELPED,
    INGESTING,
    OURS,
    PARTED,
    PYMERKLE,
    REGISTERING,
    ROOMY,
    ZEN_QUICKEST,
    Task,
)


def page(machine: Sequence[tuple[str, str]], sizes: Sequence[Size], scaling: Sequence[Size]) -> str:
    """The page as Markdown; what was not measured is not on it."""
    sections = [
        _head(sizes, scaling),
        *(_size(size) for size in sizes),
        *([_scaling(scaling)] if scaling else []),
        _how(),
        _machine(machine),
    ]
    return "\n".join(sections)


def all_bars(sizes: Sequence[Size], scaling: Sequence[Size]) -> list[tuple[str, Bar]]:
    """Every bar with the size it is about."""
    found = [(count(size.records), bar) for size in sizes for bar in bars(size)]
    if len(scaling) > 1:
        ends = f"{count(scaling[0].records)} to {count(scaling[-1].records)}"
        found.append((ends, growth(scaling)))
    return found


def count(records: int) -> str:
    """2_000_000 -> 2 M, 31_600_000 -> 31.6 M."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if records >= unit and records % (unit // 10) == 0:
            return f"{records / unit:g} {name}"
    return f"{records:,}"


def _head(sizes: Sequence[Size], scaling: Sequence[Size]) -> str:
    rows = [
        (records, bar.promise, bar.found, "yes" if bar.met else "**no**")
        for records, bar in all_bars(sizes, scaling)
    ]
    return f"""# Benchmarks

*Written by `python -m benchmarks` (`make bench`); figures are those of the machine below.*

{_table(("Records", "Bar", "Found", "Met"), rows)}
GoRules' zen-engine can be called from Python in two ways of very different speed, and be given
either indicators (then reading and counting records is spared it) or records. The bar does not
say which is meant, so all three are held against it. OpenFisca-core counts records by formulas
like ours, and that is the equivalent rule; given the indicators it is spared the counting, which
is most of the work. {_reach(sizes)}
"""


def _reach(sizes: Sequence[Size]) -> str:
    found = [size for size in sizes if HANDWRITTEN in size.found]
    if not found:
        return ""
    floor, quickest = found[-1].found[HANDWRITTEN], found[-1].found[ZEN_QUICKEST]
    times = quickest.per_subject / floor.per_subject
    return (
        f"To put the bars in\nproportion: at {count(found[-1].records)} the hand-written query "
        f"itself is {times:.1f}x as fast as the quickest call of zen-engine."
    )


def _size(size: Size) -> str:
    if HELPED in size.found:
        return _starting(size)
    parts = [f"## {count(size.records)} records\n"]
    if OURS in size.found:
        parts.append(_registering(size))
    if HANDWRITTEN in size.found:
        parts.append(
            f"Evaluation of {size.found[EVALUATED].subjects:,} subjects "
            f"(rounds: {size.rounds}):\n\n"
            + _timings(size, EVALUATING, EVALUATED, per_subject=True)
        )
    if CHANGED in size.found:
        touched = size.found[CHANGED].subjects
        head = ("One more batch of 10,000 entries", "Seconds", "Lowest to highest", "Peak MB")
        rows = [
            (found.task.title, *_seconds(found), f"{found.peak / 1e6:,.0f}")
            for found in (size.found[task.id] for task in FOLLOWING)
        ]
        parts.append(
            f"A batch of records, corrections (some to another business) and withdrawals touches "
            f"{touched:,}\nsubjects (rounds: {size.rounds}):\n\n{_table(head, rows)}"
        )
    if EXPLAINED in size.found:
        parts.append(_milliseconds(size, EXPLAINING, "One subject, on this register"))
    return "\n".join(parts)


def _starting(size: Size) -> str:
    rows = [(found.task.title, *_seconds(found)) for found in size.found.values()]
    head = ("What has little to do", "Median", "Lowest to highest")
    return (
        f"## The start of a command\n\nEach value is the median of several runs; rounds: "
        f"{size.rounds}.\n\n{_table(head, rows)}"
    )


def _parted(size: Size) -> str:
    """Where the time of the ingestion goes: medians of the rounds, part by part."""
    found = size.found[PARTED]
    whole = sum(statistics.median(each[part] for each in found.parts) for part in PARTS)
    rows = []
    for part, what in PARTS.items():
        clock = statistics.median(each[part] for each in found.parts)
        used = statistics.median(each[part] for each in found.processor)
        rows.append((part, what, f"{clock:.2f}", f"{clock / whole:.0%}", f"{used:.2f}"))
    head = ("Part", "What it does", "Seconds", "Share", "Processor seconds")
    return f"""
Where its time goes (rounds: {size.rounds}; `benchmarks/ingesting/parts.py` looks every 4 ms):

{_table(head, rows)}"""


def _registering(size: Size) -> str:
    memory = size.found[PYMERKLE]
    note = ""
    if memory.records < size.records:
        need = memory.peak / memory.records * size.records / 1e9
        note = (
            f"\npymerkle was given {count(memory.records)} rows: it keeps every row and node, and "
            f"{count(size.records)} would need about {need:.0f} GB. Its time a record is "
            "compared.\n"
        )
    return f"""Ingestion of one Parquet file (rounds: {size.rounds}):

{_timings(size, INGESTING, OURS, per_subject=False)}{note}{_parted(size)}
The register alone (rounds: {size.rounds}):

{_timings(size, REGISTERING, APPENDED, per_subject=False)}
{_milliseconds(size, ACTING, "One act, on this register")}"""


def _milliseconds(size: Size, tasks: Iterable[Task], title: str) -> str:
    rows = [
        (found.task.title, *(f"{s * 1e3:,.2f}" for s in (found.median, max(found.seconds))))
        for found in (size.found[task.id] for task in tasks)
    ]
    return _table((title, "Median of rounds, ms", "Highest round, ms"), rows)


def _scaling(sizes: Sequence[Size]) -> str:
    head = ("Records", "Subjects", "Seconds", "Lowest to highest", "us a record", "Peak MB")
    rows = [
        (
            f"{found.records:,}",
            f"{found.subjects:,}",
            *_seconds(found),
            f"{found.per_record:.3f}",
            f"{found.peak / 1e6:,.0f}",
        )
        for found in (size.found[ROOMY] for size in sizes)
    ]
    return f"""## Growth

Evaluation alone, with 16 GiB of memory: above about 25 M records the usual 2 GiB spill to the
disk. Rounds: {sizes[0].rounds}, from 20 M on {sizes[-1].rounds}.

{_table(head, rows)}"""


def _seconds(found: Measured) -> tuple[str, str]:
    return f"{found.median:.2f}", f"{min(found.seconds):.2f} to {max(found.seconds):.2f}"


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
  `goodstanding.evaluation.engines.duckdb.run` on that node's segments, compiling included, with
  their default memory limits of 2 GB. Where nothing is ingested the segments are made directly
  (`benchmarks/segments.py`), with the columns that an evaluation may look at.
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
* OpenFisca-core runs the scheme as a country (`benchmarks/evaluating/openfisca_country.py`) for
  100,000 subjects spread over all, as columns in memory; grades and totals must be ours. On the
  clock are its simulation and calculation; reading, ordering and writing are spared it. Its
  maximum over the members of a group walks from the first member to the last of the largest
  group, so that a few businesses with thousands of records cost it much.
* `evaluate --since` starts from yesterday's results and the evaluation cache of the day before,
  which is in the page cache like everything else; 500 of the 10,000 entries are corrections of
  records of any age, 50 of them to another business, and 100 are withdrawals. Its changes, merged,
  must be the bytes of the whole run. The clock includes reading the new segments, finding who is
  touched, evaluating, and writing all files with their digests.
* The work of `explain` is: all versions of the subject's records read, evaluated, explained, and
  each record's inclusion proved. 60 subjects, none twice, the median; node, pack and scheme are
  open, as a service keeps them. The command from the shell starts the interpreter, loads pack and
  node, and notes the look in the access log.
* What has little to do is run from the shell, interpreter and imports included: `--help` by the
  clock, the ingestion of 350 rows of the template's tax office by the time of all processors.
* Where the time of the ingestion goes is seen from a second thread: it looks where the first one
  stands, and gives what has passed since its last look to that part. Writing goes on in a thread
  of its own while what it has written is hashed; its share is only what hashing waits for.
* Every measurement is a process of its own; seconds are the median of all rounds, the clock
  starts after imports and preparation, and the files are in the page cache. Tasks take turns
  within a round. Peak memory is the process's (`ru_maxrss`) and includes Python, libraries and
  mapped files.

## How to run

    make bench                                        # everything, an hour or two
    python -m benchmarks --only scaling,incremental,explain,peers --page bench.md
    python -m benchmarks --only starting,register --sizes 2M --page bench.md
    python -m benchmarks --sizes 200k --follow 200k --scale 100k,200k --runs 1 --page bench.md

Everything needs about 25 GB of disk in `--work` (default: the system's temporary folder). Leave
some minutes after deleting many files, a former run's for example: ext4 is slow to make new
ones for a while, and a node is made of many.
"""


def _machine(machine: Sequence[tuple[str, str]]) -> str:
    return f"## Machine\n\n{_table(('', ''), machine)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
