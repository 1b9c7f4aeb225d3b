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
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from goodstanding.evaluation import errors
from goodstanding.evaluation.backtest.model import (
    AFTER,
    BEFORE,
    Confusion,
    Findings,
    Grouping,
    GroupShare,
    Probe,
    Sensitivity,
    Stability,
)
from goodstanding.evaluation.engines.files import Relations, connect, copy, execute, first_line
from goodstanding.evaluation.records import FACT_PREFIX, WITHDRAWAL
from goodstanding.kernel import GoodStandingError, instant_text

MOVES, CONFUSION, STABILITY, SENSITIVITY, GROUPS = FILES = tuple(
    f"{name}.parquet" for name in ("moves", "confusion", "stability", "sensitivity", "groups")
)
#: DuckDB's rows are untyped; each query says its columns.
Row = tuple[Any, ...]

#: What 95 % of a normal distribution lies within, in standard deviations.
_Z = "1.959963984540054::DOUBLE"
#: Shares, and bounds of shares and of their differences, as they are written.
_SIX = "DECIMAL(9, 6)"

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
    END::{_SIX} AS share
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
_MOVED = f"""
SELECT
    count(*),
    count(*) FILTER (now.grade IS DISTINCT FROM moved.grade),
    count(*) FILTER (ranks.rank < now.rank),
    count(*) FILTER (ranks.rank > now.rank)
FROM (SELECT * FROM {AFTER} WHERE as_of = $day) AS now
FULL JOIN read_parquet($file) AS moved ON moved.subject = now.subject
LEFT JOIN ranks ON ranks.grade = moved.grade
"""
#: Of each subject the latest live record of the item, as the engine takes the latest.
_GROUPED = """
CREATE TABLE grouped AS
WITH known AS (
    SELECT *, CAST({fact} AS VARCHAR) AS value FROM {entries} WHERE {known}
), live AS (
    SELECT known.* FROM known
    WHERE act <> '{withdrawal}'
        AND NOT EXISTS (SELECT 1 FROM known AS later WHERE later.supersedes = known.leaf)
        AND effective_on <= $day AND (ends_on IS NULL OR ends_on > $day){not_ended}
), latest AS (
    SELECT subject, value FROM live
    QUALIFY row_number() OVER (
        PARTITION BY subject ORDER BY effective_on DESC, source DESC, source_key DESC
    ) = 1
)
SELECT both_sides.*, latest.value
FROM both_sides
LEFT JOIN latest USING (subject)
WHERE as_of = $day
"""
#: Nor has a newer record of another item ended it by then, for items that others end.
_NOT_ENDED = """
        AND NOT EXISTS (
            SELECT 1 FROM {enders} AS newer
            WHERE newer.subject = known.subject AND newer.subject_kind = known.subject_kind
                AND newer.effective_on BETWEEN known.effective_on AND $day
                AND newer.act <> '{withdrawal}' AND {known}
                AND NOT EXISTS (
                    SELECT 1 FROM {enders} AS later
                    WHERE later.supersedes = newer.leaf AND {known_later}
                )
        )"""
#: Without a record of the item nobody has a group.
_NOT_GROUPED = """
CREATE TABLE grouped AS
SELECT both_sides.*, NULL::VARCHAR AS value FROM both_sides WHERE as_of = $day
"""
#: A group is hidden if it is too small; so that no hidden one follows from the rest, two are.
_SHARES = """
CREATE TABLE shares AS
WITH sizes AS (
    SELECT
        value,
        count(*) < $minimum AS small,
        row_number() OVER (ORDER BY count(*), value NULLS LAST) AS place,
        count(*) FILTER (count(*) < $minimum) OVER () AS smalls
    FROM grouped GROUP BY value
), hidden AS (
    SELECT value, small OR (smalls = 1 AND place = 2) AS hidden FROM sizes
), hits AS (
    {hits}
), counts AS (
    SELECT measure, side, grade, value, count(*) AS n, count(*) FILTER (hit) AS k
    FROM hits GROUP BY ALL
), rest AS (
    SELECT
        *,
        sum(n) OVER same - n AS rest_n,
        sum(k) OVER same - k AS rest_k
    FROM counts WINDOW same AS (PARTITION BY measure, side, grade)
)
SELECT
    value,
    measure,
    side,
    grade,
    hidden AS suppressed,
    CASE WHEN NOT hidden THEN n END AS subjects,
    CASE WHEN NOT hidden THEN k END AS counted,
    CASE WHEN NOT hidden THEN share(k, n) END::{six} AS share,
    CASE WHEN NOT hidden THEN low(k, n) END::{six} AS low,
    CASE WHEN NOT hidden THEN high(k, n) END::{six} AS high,
    CASE WHEN shown THEN share(rest_k, rest_n) END::{six} AS rest_share,
    CASE WHEN shown THEN share(k, n) - share(rest_k, rest_n) END::{six} AS difference,
    CASE WHEN shown THEN apart_low(k, n, rest_k, rest_n) END::{six} AS difference_low,
    CASE WHEN shown THEN apart_high(k, n, rest_k, rest_n) END::{six} AS difference_high
FROM (
    SELECT rest.*, hidden, NOT hidden AND rest_n > 0 AS shown
    FROM rest JOIN hidden ON hidden.value IS NOT DISTINCT FROM rest.value
)
"""
_IN_ORDER = """
SELECT shares.* FROM shares LEFT JOIN ranks USING (grade)
ORDER BY measure DESC, side DESC NULLS FIRST, rank NULLS LAST, grade, value NULLS LAST
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
        self.run(_PROBES)

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
            "FROM read_parquet($files) LEFT JOIN ranks USING (grade)",
            files=[str(file) for file in files],
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
            counts = self.run(_MOVED, day=day, file=str(standings))[0]
        row = (
            number, probe.parameter, probe.title, "; ".join(probe.roles), probe.unit,
            probe.value, probe.step, probe.moved, probe.up, *counts,
        )  # fmt: skip
        places = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO sensitivity VALUES ({places})", row).fetchall()

    def group(
        self,
        grouping: Grouping,
        relations: Relations,
        day: date,
        known_at: datetime | None,
        minimum: int,
        *,
        alone: bool,
    ) -> None:
        """Work out the shares of every group on one day."""
        found = relations.get(grouping.item.id)
        grouped = _grouped(grouping, relations, known_at) if found else _NOT_GROUPED
        self.run(grouped, day=day)
        self.run(_SHARES.format(hits=_hits(alone=alone), six=_SIX), minimum=minimum)

    def write(self, out: Path, *, alone: bool, grouped: bool) -> Findings:
        """Write the files into ``out`` and read back what the report shows."""
        only = f" WHERE side = '{AFTER}'" if alone else ""
        queries = {
            MOVES: _MOVES,
            CONFUSION: _CONFUSION,
            STABILITY: f"SELECT * FROM ({_STABILITY}){only} ORDER BY side DESC, starts",
            SENSITIVITY: "SELECT * EXCLUDE (number) FROM sensitivity ORDER BY number",
        }
        if not grouped:
            self.run(f"CREATE TABLE shares AS {_NO_SHARES}")
        queries[GROUPS] = _IN_ORDER
        counts = {name: copy(self.connection, query, out / name) for name, query in queries.items()}
        confusion = self.rows(out / CONFUSION, "as_of, grade_before, grade_after, subjects")
        return Findings(
            confusion=tuple(Confusion(*row) for row in confusion),
            moves=counts[MOVES],
            stability=tuple(Stability(*row) for row in self.rows(out / STABILITY)),
            sensitivity=tuple(Sensitivity(*row) for row in self.rows(out / SENSITIVITY)),
            groups=tuple(GroupShare(*row) for row in self.rows(out / GROUPS)),
        )

    def rows(self, file: Path, columns: str = "*") -> list[Row]:
        """The rows of a file of counts, which has a row a grade or group and none a subject."""
        return self.run(f"SELECT {columns} FROM read_parquet($file)", file=str(file))


#: The columns of groups.parquet where no group was asked for.
_NO_SHARES = f"""
SELECT
    NULL::VARCHAR AS value, NULL::VARCHAR AS measure, NULL::VARCHAR AS side,
    NULL::VARCHAR AS grade, NULL::BOOLEAN AS suppressed, NULL::BIGINT AS subjects,
    NULL::BIGINT AS counted, NULL::{_SIX} AS share, NULL::{_SIX} AS low, NULL::{_SIX} AS high,
    NULL::{_SIX} AS rest_share, NULL::{_SIX} AS difference, NULL::{_SIX} AS difference_low,
    NULL::{_SIX} AS difference_high
WHERE false
"""


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


def _grouped(grouping: Grouping, relations: Relations, known_at: datetime | None) -> str:
    def known(table: str) -> str:
        if known_at is None:
            return "true"
        instant = _text(instant_text(known_at).rstrip("Z"))
        return f"{table}known_at <= CAST({instant} AS TIMESTAMP)"

    item, not_ended = grouping.item, ""
    newer = [file for other in item.ended_by for file in relations.get(other, ())]
    if newer:
        not_ended = _NOT_ENDED.format(
            enders=_read(newer),
            known=known("newer."),
            known_later=known("later."),
            withdrawal=WITHDRAWAL,
        )
    fact = exp.to_identifier(FACT_PREFIX + grouping.fact.name, quoted=True).sql("duckdb")
    return _GROUPED.format(
        fact=fact,
        entries=_read(relations[item.id]),
        known=known(""),
        withdrawal=WITHDRAWAL,
        not_ended=not_ended,
    )


def _read(files: Sequence[Path]) -> str:
    listed = ", ".join(_text(str(file)) for file in files)
    return f"read_parquet([{listed}], union_by_name = true)"


def _hits(*, alone: bool) -> str:
    """One row a subject and measure: whether it is one of those counted."""
    sides = [AFTER] if alone else [BEFORE, AFTER]
    parts = [
        f"SELECT 'grade' AS measure, '{side}' AS side, ranks.grade, value, "
        f"coalesce(grade_{side} = ranks.grade, false) AS hit FROM grouped CROSS JOIN ranks"
        for side in sides
    ]
    if not alone:
        parts += [
            f"SELECT '{measure}', NULL, NULL, value, coalesce(steps {sign} 0, false) FROM grouped"
            for measure, sign in (("worse", ">"), ("better", "<"))
        ]
    return "\n    UNION ALL ".join(parts)


def _text(value: str) -> str:
    return exp.Literal.string(value).sql("duckdb")
