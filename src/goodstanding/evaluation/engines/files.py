"""Result files: the one place where they are written, whatever engine worked out the rows.

Invariant: equal rows give equal bytes. Each file is written by one statement of DuckDB with a
fixed compression and size of row groups, in one total order (subject, date, position).

A run owns its folder ``out``: it works in a folder inside it, and the three files take their
names only when all of them are complete. A crash before that leaves the former files as they
were; between two renames, files of both runs, which the next run replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import duckdb
from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import EVALUATED, Plan, empty_relation
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import entries_of
from goodstanding.kernel import GoodStandingError, instant_text
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register.segments import known_by

STANDINGS, REASONS, SCHEME_SQL = "standings.parquet", "reasons.parquet", "scheme.sql"
#: Told what is being done, and how far the whole has come (0 to 1).
Progress = Callable[[str, float], None]
#: The segment files of each item.
Relations = Mapping[str, Sequence[Path]]

_ROW_GROUP = 122_880
#: What each file is in order of.
_ORDER = {STANDINGS: "subject, as_of", REASONS: "subject, as_of, position"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a run wrote: how many rows, and where."""

    standings: int
    reasons: int
    folder: Path


class Run(Protocol):
    """What every engine offers under the name ``run``."""

    def __call__(
        self,
        scheme: Scheme,
        relations: Relations,
        *,
        as_of: date,
        known_at: datetime | None,
        out: Path,
        history: bool = False,
        draft: bool = False,
        threads: int | None = None,
        memory_limit: str = "2GiB",
        temp: Path | None = None,
        root: Path | None = None,
        progress: Progress | None = None,
    ) -> Result: ...


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A folder to work in; what lies in it under the three names then takes its place in ``out``.

    Raises GS-SCHEME-042 where ``out`` cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with scratch_folder(out, ".evaluating-") as work:
            yield work
            for name in (STANDINGS, REASONS, SCHEME_SQL):
                (work / name).replace(out / name)
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error


def connect(
    memory_limit: str, spill: Path, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into ``spill``. Raises GS-SCHEME-043."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
    }
    if threads is not None:
        config["threads"] = threads
    # DuckDB takes less than nothing for no limit at all.
    if memory_limit.strip().startswith("-"):
        raise GoodStandingError(errors.BAD_LIMIT, problem="memory is less than nothing")
    try:
        connection = duckdb.connect(config=config)
    except duckdb.Error as error:
        raise GoodStandingError(errors.BAD_LIMIT, problem=first_line(error)) from error
    # It says nothing of its own: DuckDB would draw a bar of its progress where a query takes
    # long. Not in ``config``, as it belongs to the connection.
    execute(connection, "SET enable_progress_bar = false")
    return connection


def execute(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    """Run one statement to its end: DuckDB hands out rows as they come."""
    return connection.execute(statement).fetchall()


def copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query, which says their order; how many. Raises GS-SCHEME-042."""
    try:
        rows = execute(connection, copy_statement(query, str(path)))
    except duckdb.IOException as error:
        # By now everything has been read: what fails here is the writing.
        problem, folder = first_line(error), path.parent.parent
        raise GoodStandingError(errors.NOT_WRITTEN, folder=folder, problem=problem) from error
    count = rows[0][0]
    if not isinstance(count, int):
        raise TypeError("COPY tells how many rows it wrote")
    return count


def copy_statement(query: str, path: str) -> str:
    """The statement that writes a result file, as it also stands in scheme.sql.

    DuckDB writes a column as required where it happens to know that no row is without a value.
    CASE hides that from it, so that every column is optional, whatever the rows came from.
    """
    target = _text(path)
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}"
    optional = "SELECT CASE WHEN COLUMNS(*) IS NOT NULL THEN COLUMNS(*) END"
    return f"COPY (\n{optional} FROM (\n{query}\n)) TO {target} ({options})"


def write_parts(
    plan: Plan, parts: Mapping[str, Path], work: Path, *, memory_limit: str = "2GiB"
) -> tuple[int, int]:
    """The result files from rows that another engine left as Parquet under each name.

    ``parts`` gives for standings and reasons a file, or a folder of files in any order. Types
    are those of the plan, so that bytes are too. Raises GS-SCHEME-042 and 043.
    """
    with connect(memory_limit, work) as connection:
        types = result_types(connection, plan)
        standings, reasons = (
            copy(connection, _ordered(parts[name], types[name], name), work / name)
            for name in (STANDINGS, REASONS)
        )
    return standings, reasons


def result_types(connection: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, dict[str, str]]:
    """The columns of both files with their SQL types, as the plan makes them."""
    for item in plan.items:
        name = quoted(entries_of(item.id))
        execute(connection, f"CREATE OR REPLACE TEMP VIEW {name} AS {empty_relation(item)}")
    execute(connection, f"CREATE OR REPLACE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
    found = {}
    for name, query in ((STANDINGS, plan.standings), (REASONS, plan.reasons)):
        described = execute(connection, f"DESCRIBE {query}")
        found[name] = {str(row[0]): str(row[1]) for row in described}
    return found


def _ordered(part: Path, types: Mapping[str, str], name: str) -> str:
    columns = ", ".join(f"CAST({quoted(c)} AS {kind}) AS {quoted(c)}" for c, kind in types.items())
    files = sorted(part.glob("*.parquet")) if part.is_dir() else [part]
    listed = ", ".join(_text(str(file)) for file in files)
    return f"SELECT {columns} FROM read_parquet([{listed}]) ORDER BY {_ORDER[name]}"


def entries_relation(item: Item, files: Sequence[Path], root: Path | None = None) -> str:
    """The entries of an item in these segments; their paths are said relative to ``root``.

    A fact that the catalogue got later is not in older segments: it is simply unknown there.
    """
    parts = [f"SELECT * FROM {source}" for source in known_sources(files, root)]
    return " UNION ALL BY NAME ".join([*parts, empty_relation(item)])


def known_sources(files: Sequence[Path], root: Path | None = None) -> list[str]:
    """What stands behind FROM for these segments, none for none.

    One for all of them, but for those sealed under a clock that was ahead and then set right:
    their entries count as known from then.
    """
    return [
        _source([file.relative_to(root) if root else file for file in own], bound)
        for bound, own in by_bound(files).items()
    ]


def by_bound(files: Sequence[Path]) -> dict[datetime | None, list[Path]]:
    """Segments by when their entries were known at the latest, None for those not bounded."""
    found: dict[datetime | None, list[Path]] = {}
    for file in files:
        found.setdefault(known_by(file), []).append(file)
    return found


def _source(files: Sequence[Path], bound: datetime | None) -> str:
    if bound is None:
        return parquet(files)
    instant = f"CAST({_text(instant_text(bound).rstrip('Z'))} AS TIMESTAMP)"
    return f"(SELECT * REPLACE (least(known_at, {instant}) AS known_at) FROM {parquet(files)})"


def parquet(files: Sequence[Path]) -> str:
    """What stands behind FROM for exactly these files; at least one."""
    names = ("".join(f"[{c}]" if c in "[*?" else c for c in file.as_posix()) for file in files)
    listed = ", ".join(_text(name) for name in names)
    return f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"


def quoted(name: str) -> str:
    """A name, quoted if it needs it."""
    return exp.to_identifier(name).sql(dialect="duckdb")


def first_line(error: Exception) -> str:
    """What an engine says, without its traces."""
    return str(error).splitlines()[0].rstrip(".")


def _text(value: str) -> str:
    return exp.Literal.string(value).sql(dialect="duckdb")
