"""Standings of two versions compared, set by set, in DuckDB: never a loop over subjects.

Invariant: the same standings give the same files. Rows are written in one total order, and every
share and interval is rounded to six places before it is written.

Intervals at 95 %: of one share by Wilson's score (E. B. Wilson, JASA 22, 1927, 209-212), of the
difference of two independent shares by the hybrid score without continuity correction (R. G.
Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10). They need no drawing of lots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from goodstanding.evaluation import errors
from goodstanding.evaluation.backtest.model import (
    AFTER,
    BEFORE,
    Confusion,
    Delivered,
    Findings,
    GroupCoverage,
    Grouping,
    GroupShare,
    GroupState,
    Probe,
    Question,
    Sensitivity,
    Stability,
)
from goodstanding.evaluation.engines import backtest_groups, backtest_sources
from goodstanding.evaluation.engines.backtest_groups import SIX
from goodstanding.evaluation.engines.files import (
    Relations,
    connect,
    copy,
    execute,
    first_line,
    parquet,
)
from goodstanding.kernel import GoodStandingError

MOVES, CONFUSION, STABILITY, SENSITIVITY, COVERAGE, GROUPS, SOURCES = FILES = tuple(
    f"{name}.parquet"
    for name in (
        *("moves", "confusion", "stability", "sensitivity"),
        *("coverage", "groups", "sources"),
    )
)
#: DuckDB's rows are untyped; each query says its columns.
Row = tuple[Any, ...]

#: What 95 % of a normal distribution lies within, in standard deviations.
_Z = "1.959963984540054::DOUBLE"

_MACROS = f"""
CREATE MACRO share(k, n) AS k / n::DOUBLE;
CREATE MACRO half(k, n) AS {_Z} * sqrt(k * (n - k) / n::DOUBLE + {_Z} * {_Z} / 4);
CREATE MACRO low(k, n) AS greatest(0, (k + {_Z} * {_Z} / 2 - half(k, n)) / (n + {_Z} * {_Z}));
CREATE MACRO high(k, n) AS least(1, (k + {_Z} * {_Z} / 2 + half(k, n)) / (n + {_Z} * {_Z}));
CREATE MACRO apart_low(k, n, k2, n2) AS share(k, n) - share(k2, n2)
    - sqrt((share(k, n) - low(k, n)) ** 2 + (high(k2, n2) - share(k2, n2)) ** 2);
CREATE MACRO apart_high(k, n, k2, n2) AS share(k, n) - share(k2, n2)
    + sqrt((high(k, n) - share(k, n)) ** 2 + (share(k2, n2) - low(k2, n2)) ** 2);
"""

#: One row a subject and day with both grades; a grade is null where there is no standing. More
#: steps are worse; there are none to or from a grade outside the order.
_BOTH = f"""
CREATE TABLE both_sides AS
SELECT
    subject,
    as_of,
    before.grade AS grade_before,
    after.grade AS grade_after,
    after.rank - before.rank AS steps,
    before.total AS total_before,
    after.total AS total_after
FROM {BEFORE} AS before
FULL JOIN {AFTER} AS after USING (subject, as_of)
"""
_CONFUSION = """
SELECT as_of, grade_before, grade_after, any_value(steps) AS steps, count(*) AS subjects
FROM both_sides
GROUP BY as_of, grade_before, grade_after
ORDER BY as_of, grade_before NULLS LAST, grade_after NULLS LAST
"""
_MOVES = """
SELECT as_of, subject, grade_before, grade_after, steps, total_before, total_after
FROM both_sides
WHERE grade_before IS DISTINCT FROM grade_after
ORDER BY as_of, subject
"""
_STABILITY = f"""
WITH sides AS (
    SELECT '{BEFORE}' AS side, subject, number, grade, rank FROM {BEFORE} JOIN days USING (as_of)
    UNION ALL
    SELECT '{AFTER}' AS side, subject, number, grade, rank FROM {AFTER} JOIN days USING (as_of)
), pairs AS (
    SELECT
        coalesce(a.side, b.side) AS side,
        coalesce(a.number, b.number - 1) AS number,
        a.grade IS NOT NULL AND b.grade IS NOT NULL AS stayed,
        a.grade IS NULL AS came,
        b.grade IS NULL AS went,
        a.grade <> b.grade AS changed,
        b.rank - a.rank AS steps
    FROM sides AS a
    FULL JOIN sides AS b ON b.side = a.side AND b.subject = a.subject AND b.number = a.number + 1
)
SELECT
    side,
    days.as_of AS starts,
    next_days.as_of AS ends,
    count(*) FILTER (stayed) AS subjects,
    count(*) FILTER (stayed AND changed) AS changed,
    count(*) FILTER (stayed AND steps < 0) AS better,
    count(*) FILTER (stayed AND steps > 0) AS worse,
    count(*) FILTER (came) AS came,
    count(*) FILTER (went) AS went,
    CASE WHEN count(*) FILTER (stayed) > 0 THEN
        share(count(*) FILTER (stayed AND changed), count(*) FILTER (stayed))
    END::{SIX} AS share
FROM pairs
JOIN days USING (number)
JOIN days AS next_days ON next_days.number = days.number + 1
GROUP BY side, days.as_of, next_days.as_of
ORDER BY side DESC, starts
"""
_PROBES = """
CREATE TABLE sensitivity (
    number INTEGER, parameter VARCHAR, title VARCHAR, roles VARCHAR, unit VARCHAR,
    value VARCHAR, step VARCHAR, moved VARCHAR, up BOOLEAN,
    subjects BIGINT, changed BIGINT, better BIGINT, worse BIGINT
)
"""
_TABLES = (
    _PROBES,
    backtest_groups.COVERAGE_TABLE,
    backtest_groups.SHARES_TABLE,
    backtest_sources.SOURCES_TABLE,
)
_MOVED = """
SELECT
    count(*),
    count(*) FILTER (now.grade IS DISTINCT FROM moved.grade),
    count(*) FILTER (ranks.rank < now.rank),
    count(*) FILTER (ranks.rank > now.rank)
FROM (SELECT * FROM {after} WHERE as_of = $day) AS now
FULL JOIN {moved} AS moved ON moved.subject = now.subject
LEFT JOIN ranks ON ranks.grade = moved.grade
"""


class Comparison:
    """The standings of both sides in one DuckDB, and what is worked out of them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, order: Sequence[str]) -> None:
        self.connection = connection
        for statement in filter(str.strip, _MACROS.split(";")):
            self.run(statement)
        self.run("CREATE TABLE ranks (grade VARCHAR, rank INTEGER)")
        for rank, grade in enumerate(order):
            self.run("INSERT INTO ranks VALUES ($grade, $rank)", grade=grade, rank=rank)
        for table in _TABLES:
            self.run(table)

    def run(self, statement: str, **values: object) -> list[Row]:
        """Run one statement to its end."""
        if not values:
            return execute(self.connection, statement)
        found: list[Row] = self.connection.execute(statement, values).fetchall()
        return found

    def load(self, side: str, files: Sequence[Path]) -> None:
        """Take the standings of one side, all days together."""
        self.run(
            f"CREATE TABLE {side} AS SELECT subject, as_of, grade, total, rank "
            f"FROM {parquet(files)} LEFT JOIN ranks USING (grade)"
        )

    def compare(self, days: Sequence[date], *, alone: bool) -> None:
        """Put both sides beside each other; ``alone``: there is one, beside itself."""
        # The days asked about, not those with a standing: a day without anyone is one as well.
        self.run("CREATE TABLE days (as_of DATE, number INTEGER)")
        for number, day in enumerate(days):
            self.run("INSERT INTO days VALUES ($day, $number)", day=day, number=number)
        if alone:
            self.run(f"CREATE VIEW {BEFORE} AS SELECT * FROM {AFTER}")
        self.run(_BOTH)

    def probe(self, number: int, probe: Probe, standings: Path | None, day: date) -> None:
        """Note what one moved bound does; None: it could not be moved."""
        counts: Row = (None, None, None, None)
        if standings is not None:
            counts = self.run(_MOVED.format(after=AFTER, moved=parquet([standings])), day=day)[0]
        row = (
            number, probe.parameter, probe.title, "; ".join(probe.roles), probe.unit,
            probe.value, probe.step, probe.moved, probe.up, *counts,
        )  # fmt: skip
        places = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO sensitivity VALUES ({places})", row).fetchall()

    def group(self, question: Question, grouping: Grouping, relations: Relations) -> None:
        """Work out every group on the last day."""
        backtest_groups.work_out(self.connection, question, grouping, relations)

    def deliveries(self, question: Question, relations: Relations) -> None:
        """Count what each source delivered."""
        backtest_sources.count_deliveries(self.connection, question, relations)

    def write(self, out: Path, *, alone: bool) -> Findings:
        """Write the files into ``out`` and read back what the report shows."""
        only = f" WHERE side = '{AFTER}'" if alone else ""
        queries = {
            MOVES: _MOVES,
            CONFUSION: _CONFUSION,
            STABILITY: f"SELECT * FROM ({_STABILITY}){only} ORDER BY side DESC, starts",
            SENSITIVITY: "SELECT * EXCLUDE (number) FROM sensitivity ORDER BY number",
            COVERAGE: backtest_groups.COVERAGE_IN_ORDER,
            GROUPS: backtest_groups.SHARES_IN_ORDER,
            SOURCES: backtest_sources.SOURCES_IN_ORDER,
        }
        counts = {name: copy(self.connection, query, out / name) for name, query in queries.items()}
        confusion = self.rows(out / CONFUSION, "as_of, grade_before, grade_after, subjects")
        return Findings(
            confusion=tuple(Confusion(*row) for row in confusion),
            moves=counts[MOVES],
            stability=tuple(Stability(*row) for row in self.rows(out / STABILITY)),
            sensitivity=tuple(Sensitivity(*row) for row in self.rows(out / SENSITIVITY)),
            coverage=tuple(_covered(row) for row in self.rows(out / COVERAGE)),
            groups=tuple(_share(row) for row in self.rows(out / GROUPS)),
            sources=tuple(Delivered(*row) for row in self.rows(out / SOURCES)),
        )

    def rows(self, file: Path, columns: str = "*") -> list[Row]:
        """The rows of a file of counts, which has a row a grade or group and none a subject."""
        return self.run(f"SELECT {columns} FROM {parquet([file])}")


@contextmanager
def comparison(order: Sequence[str], work: Path, memory_limit: str) -> Iterator[Comparison]:
    """A comparison that spills into ``work``. Raises GS-SCHEME-040, 041 and 043."""
    try:
        with connect(memory_limit, work) as connection:
            yield Comparison(connection, order)
    except duckdb.OutOfMemoryException as error:
        raise GoodStandingError(errors.OUT_OF_MEMORY, limit=memory_limit) from error
    except duckdb.Error as error:
        raise GoodStandingError(errors.UNREADABLE, problem=first_line(error)) from error


def _covered(row: Row) -> GroupCoverage:
    found = GroupCoverage(*row)
    return replace(found, state=GroupState(found.state))


def _share(row: Row) -> GroupShare:
    found = GroupShare(*row)
    return replace(found, state=GroupState(found.state))
