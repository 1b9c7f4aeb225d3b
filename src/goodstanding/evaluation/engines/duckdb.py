"""The DuckDB engine: runs a plan over Parquet segments and writes the result files.

Invariant: the same register, scheme, dates and software give the same bytes, whatever the
number of threads. Every value is exact, every file is written in one total order (subject,
date, position), and DuckDB cuts an ordered result into row groups of a fixed size.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from goodstanding.catalogue import Article
from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import EVALUATED, Plan, compile_scheme
from goodstanding.evaluation.engines.files import (
    REASONS,
    SCHEME_SQL,
    STANDINGS,
    Progress,
    Relations,
    Result,
    connect,
    copy,
    execute,
    first_line,
    work_folder,
)
from goodstanding.evaluation.engines.script import script, views
from goodstanding.evaluation.language.sql_dates import refused_day
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import too_large
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.calendars import calendar_of
from goodstanding.kernel.refusals import BEYOND_CALENDAR


def run(
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
) -> Result:
    """Evaluate every subject and write standings.parquet, reasons.parquet and scheme.sql.

    ``relations`` gives the segment files of each item; an item without files has no records.
    ``draft`` marks every standing as one of a version that is not published. Paths in scheme.sql
    are relative to ``root``; ``temp`` is where DuckDB spills beyond its memory (``out`` if not
    given). Raises GS-SCHEME-020 to 022 and 040 to 043, and GS-KERNEL-007.
    """
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history, draft=draft)
    tell = progress or (lambda step, share: None)
    with work_folder(out) as work:
        try:
            with connect(memory_limit, temp or work, threads) as connection:
                counts = _evaluate(connection, plan, relations, work, tell)
        except duckdb.Error as error:
            raise refusal(scheme, error, memory_limit) from error
        (work / SCHEME_SQL).write_text(script(plan, relations, root), "utf-8")
    tell("done", 1.0)
    return Result(*counts, out)


def emit(
    scheme: Scheme,
    relations: Relations,
    *,
    as_of: date,
    known_at: datetime | None,
    out: Path,
    root: Path | None,
    history: bool = False,
    draft: bool = False,
) -> Path:
    """Write the whole evaluation as one script that anyone can read and run, without running it.

    It names the rules and articles of each step, and ends by writing standings.parquet and
    reasons.parquet, the same bytes as ``run`` does. Run it with a plain DuckDB from ``root``, the
    folder of the published files. Raises GS-SCHEME-020, 021 and 042.
    """
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history, draft=draft)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(_preface(plan, as_of, known_at) + script(plan, relations, root), "utf-8")
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    return out


def _preface(plan: Plan, as_of: date, known_at: datetime | None) -> str:
    """For whoever reads the script: what it is, how to run it, and the articles it follows."""
    scheme = plan.scheme
    known = "everything that is sealed" if known_at is None else f"what was known at {known_at}"
    lines = [
        f"{scheme.titles['en']}: {scheme.name}, version {scheme.version}.",
        f"Standings as of {as_of}, from {known}.",
        f"A scheme of {scheme.pack.authorities[scheme.authority].titles['en']}, in {scheme.unit}.",
        "",
        "Run it with DuckDB in the folder of the published files. It reads their segments and",
        "writes standings.parquet and reasons.parquet. Each step says what one of its rows is;",
        "each rule, band and exception names its article:",
        "",
        *(f"{a.id}: {a.instrument_titles['en']}, {a.titles['en']}" for a in _articles(scheme)),
    ]
    return "".join(f"-- {' '.join(line.split())}".rstrip() + "\n" for line in lines) + "\n"


def _articles(scheme: Scheme) -> list[Article]:
    """The articles that the scheme's act, parts and numbers name, in order of their ids."""
    grades, absence = scheme.grades, scheme.absence
    named = {scheme.act, *(rule.article for rule in scheme.rules.values())}
    named |= {e.article for e in grades.exceptions} | {joint.article for joint in grades.joint}
    optional = {selection.article for selection in scheme.selections.values()}
    optional |= {group.article for group in scheme.groups.values()}
    optional |= {band.article for band in grades.bands}
    optional.add(None if absence is None else absence.article)
    named |= {article for article in optional if article is not None}
    for number in scheme.parameters.values():
        named |= {value.article for value in number.values}
    for found in scheme.tables.values():
        named |= {value.article for value in found.values}
    return [scheme.article(article) for article in sorted(named)]


def _evaluate(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    relations: Relations,
    work: Path,
    tell: Progress,
) -> tuple[int, int]:
    tell("evaluating", 0.0)
    for view in views(plan, relations, None):
        execute(connection, view)
    execute(connection, f"CREATE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
    tell("writing standings", 0.7)
    standings = copy(connection, plan.standings, work / STANDINGS)
    tell("writing reasons", 0.8)
    return standings, copy(connection, plan.reasons, work / REASONS)


def refusal(scheme: Scheme, error: duckdb.Error, memory_limit: str) -> GoodStandingError:
    """What an error of DuckDB while evaluating says about the scheme, the data or the machine."""
    if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return too_large(scheme)
    if isinstance(error, duckdb.OutOfMemoryException):
        return GoodStandingError(errors.OUT_OF_MEMORY, limit=memory_limit)
    if (refused := refused_day(str(error))) is not None:
        return beyond_calendar(*refused)
    return GoodStandingError(errors.UNREADABLE, problem=first_line(error))


def beyond_calendar(calendar: str, day: date) -> GoodStandingError:
    """The refusal of a day of which a calendar says nothing."""
    known = calendar_of(calendar)
    return GoodStandingError(
        BEYOND_CALENDAR, calendar=calendar, day=day, first=known.first, last=known.last
    )
