"""The DuckDB engine: runs a plan over Parquet segments and writes the result files.

Invariant: the same register, scheme, dates and software give the same bytes, whatever the
number of threads. Every value is exact, every file is written in one total order (subject,
date, position), and DuckDB cuts an ordered result into row groups of a fixed size.

The run owns ``out``: it works in a folder inside it, and the three files take their names
only when all of them are complete. A crash before that leaves the former files as they were;
between two renames, files of both runs, which the next run replaces.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

import duckdb
from sqlglot import exp

from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import EVALUATED, Plan, compile_scheme, empty_relation
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import entries_of
from goodstanding.evaluation.reference import too_large
from goodstanding.kernel import GoodStandingError

STANDINGS, REASONS, SCHEME_SQL = "standings.parquet", "reasons.parquet", "scheme.sql"
#: Told what is being done, and how far the whole has come (0 to 1).
Progress = Callable[[str, float], None]

_ROW_GROUP = 122_880


@dataclass(frozen=True, slots=True)
class Result:
    """What a run wrote: how many rows, and where."""

    standings: int
    reasons: int
    folder: Path


def run(
    scheme: Scheme,
    relations: Mapping[str, Sequence[Path]],
    *,
    as_of: date,
    known_at: datetime | None,
    out: Path,
    history: bool = False,
    threads: int | None = None,
    memory_limit: str = "2GiB",
    temp: Path | None = None,
    root: Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Evaluate every subject and write standings.parquet, reasons.parquet and scheme.sql.

    ``relations`` gives the segment files of each item; an item without files has no records.
    Paths in scheme.sql are relative to ``root``; ``temp`` is where DuckDB spills beyond its
    memory (``out`` if not given). Raises GS-SCHEME-020 to 022 and 040 to 043.
    """
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history)
    tell = progress or (lambda step, share: None)
    try:
        out.mkdir(parents=True, exist_ok=True)
        work = Path(mkdtemp(prefix=".evaluating-", dir=out))
        try:
            with _connect(memory_limit, threads, temp or work) as connection:
                counts = _evaluate(connection, plan, relations, work, tell)
            (work / SCHEME_SQL).write_text(_script(plan, relations, root), "utf-8")
            for name in (STANDINGS, REASONS, SCHEME_SQL):
                (work / name).replace(out / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except duckdb.Error as error:
        raise _refusal(scheme, error, memory_limit) from error
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    tell("done", 1.0)
    return Result(*counts, out)


def _connect(memory_limit: str, threads: int | None, spill: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
    }
    if threads is not None:
        config["threads"] = threads
    try:
        return duckdb.connect(config=config)
    except duckdb.Error as error:
        raise GoodStandingError(errors.BAD_LIMIT, problem=_first_line(error)) from error


def _evaluate(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    relations: Mapping[str, Sequence[Path]],
    work: Path,
    tell: Progress,
) -> tuple[int, int]:
    tell("evaluating", 0.0)
    for view in _views(plan, relations, None):
        execute(connection, view)
    execute(connection, f"CREATE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
    tell("writing standings", 0.7)
    standings = _copy(connection, plan.standings, work / STANDINGS)
    tell("writing reasons", 0.8)
    return standings, _copy(connection, plan.reasons, work / REASONS)


def execute(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    """Run one statement to its end: DuckDB hands out rows as they come."""
    return connection.execute(statement).fetchall()


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    try:
        rows = execute(connection, _copy_statement(query, str(path)))
    except duckdb.IOException as error:
        # By now everything has been read: what fails here is the writing.
        problem, folder = _first_line(error), path.parent.parent
        raise GoodStandingError(errors.NOT_WRITTEN, folder=folder, problem=problem) from error
    count = rows[0][0]
    if not isinstance(count, int):
        raise TypeError("COPY tells how many rows it wrote")
    return count


def _copy_statement(query: str, path: str) -> str:
    target = exp.Literal.string(path).sql(dialect="duckdb")
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}"
    return f"COPY (\n{query}\n) TO {target} ({options})"


def _views(plan: Plan, relations: Mapping[str, Sequence[Path]], root: Path | None) -> list[str]:
    return [
        f"CREATE TEMP VIEW {_quoted(entries_of(item.id))} AS "
        + (_reading(files, root) if (files := relations.get(item.id)) else empty_relation(item))
        for item in plan.items
    ]


def _quoted(name: str) -> str:
    return exp.to_identifier(name).sql(dialect="duckdb")


def _reading(files: Sequence[Path], root: Path | None) -> str:
    names = [file.relative_to(root) if root else file for file in sorted(files)]
    listed: list[exp.Expr] = [exp.Literal.string(name.as_posix()) for name in names]
    reading = exp.Anonymous(this="READ_PARQUET", expressions=[exp.Array(expressions=listed)])
    return exp.select("*").from_(reading).sql(dialect="duckdb")


def _script(plan: Plan, relations: Mapping[str, Sequence[Path]], root: Path | None) -> str:
    """The whole run as one readable file; any DuckDB runs it from the node's folder."""
    statements = [
        *_views(plan, relations, root),
        f"CREATE TEMP TABLE {EVALUATED} AS\n{plan.evaluated}",
        _copy_statement(plan.standings, STANDINGS),
        _copy_statement(plan.reasons, REASONS),
    ]
    head = f"-- {plan.scheme.name}, version {plan.scheme.version}: {plan.scheme.titles['en']}\n"
    return head + "".join(f"\n{statement};\n" for statement in statements)


def _refusal(scheme: Scheme, error: duckdb.Error, memory_limit: str) -> GoodStandingError:
    if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return too_large(scheme)
    if isinstance(error, duckdb.OutOfMemoryException):
        return GoodStandingError(errors.OUT_OF_MEMORY, limit=memory_limit)
    return GoodStandingError(errors.UNREADABLE, problem=_first_line(error))


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".")
