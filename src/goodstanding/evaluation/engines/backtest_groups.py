"""Groups of a backtest, set by set: who is in which, what is known of it, and its shares.

Invariant: every group that the catalogue lists has a row, whatever was delivered; only a group
that is large enough and from which something was delivered has shares. Places are of shares as
written, so that equal ones can be told from the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.backtest.coverage import listed_groups, telling_items
from goodstanding.evaluation.backtest.model import AFTER, BEFORE, Grouping, GroupState, Question
from goodstanding.evaluation.engines.files import Relations, entries_relation
from goodstanding.evaluation.records import FACT_PREFIX, WITHDRAWAL
from goodstanding.kernel import instant_text

#: Shares, and bounds of shares and of their differences, as they are written.
SIX = "DECIMAL(9, 6)"
NOT_RECORDED = "not recorded"

COVERAGE_TABLE = """
CREATE TABLE coverage (
    value VARCHAR, title VARCHAR, listed BOOLEAN, state VARCHAR, subjects BIGINT
)
"""
SHARES_TABLE = f"""
CREATE TABLE shares (
    value VARCHAR, title VARCHAR, measure VARCHAR, side VARCHAR, grade VARCHAR, state VARCHAR,
    subjects BIGINT, counted BIGINT, share {SIX}, low {SIX}, high {SIX},
    place INTEGER, tied BOOLEAN, rest_share {SIX},
    difference {SIX}, difference_low {SIX}, difference_high {SIX}
)
"""
_STATES = ", ".join(f"'{state}'" for state in GroupState)
COVERAGE_IN_ORDER = f"""
SELECT * FROM coverage
ORDER BY list_position([{_STATES}], state), value IS NULL, title, value
"""
SHARES_IN_ORDER = f"""
SELECT shares.* FROM shares LEFT JOIN ranks USING (grade)
ORDER BY measure DESC, side DESC NULLS FIRST, rank NULLS LAST, grade,
    list_position([{_STATES}], state), value IS NULL, place, title, value
"""

_READ = (
    "leaf, act, supersedes, source, source_key, subject, subject_kind, effective_on, ends_on, "
    "known_at"
)
#: Of each subject the latest live record of the item, as the engine takes the latest.
_GROUPED = """
CREATE TABLE grouped AS
WITH live AS (
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
            SELECT 1 FROM ({enders}) AS newer
            WHERE newer.subject = known.subject AND newer.subject_kind = known.subject_kind
                AND newer.effective_on BETWEEN known.effective_on AND $day
                AND newer.act <> '{withdrawal}' AND {known}
                AND NOT EXISTS (
                    SELECT 1 FROM ({enders}) AS later
                    WHERE later.supersedes = newer.leaf AND {known_later}
                )
        )"""
#: About whom anything was delivered that the scheme makes points of, be it over by now.
_REPORTED = """
CREATE TABLE reported AS
SELECT DISTINCT subject FROM ({entries})
WHERE {known} AND act <> '{withdrawal}' AND effective_on <= $day
"""
#: A group is hidden if it is too small; so that no hidden one follows from the rest, two are.
_COVERAGE = """
INSERT INTO coverage
WITH sizes AS (
    SELECT
        value,
        count(*) AS n,
        count(*) < $minimum AS small,
        row_number() OVER (ORDER BY count(*), value NULLS LAST) AS place,
        count(*) FILTER (count(*) < $minimum) OVER () AS smalls,
        count(*) FILTER (
            grade_before IN (SELECT grade FROM ranks) OR grade_after IN (SELECT grade FROM ranks)
        ) AS graded,
        count(*) FILTER (subject IN (SELECT subject FROM reported)) AS reported
    FROM grouped GROUP BY value
), recorded AS (
    SELECT DISTINCT value FROM known
    WHERE act <> '{withdrawal}' AND effective_on <= $day AND value IS NOT NULL
), every AS (
    SELECT value FROM listed UNION SELECT value FROM sizes UNION SELECT value FROM recorded
), states AS (
    SELECT
        every.value,
        coalesce(listed.title, every.value, '{not_recorded}') AS title,
        listed.value IS NOT NULL AS listed,
        CASE
            WHEN n IS NULL AND recorded.value IS NULL THEN 'not_covered'
            WHEN n IS NULL THEN 'not_evaluated'
            WHEN small OR (smalls = 1 AND place = 2) THEN 'too_few'
            WHEN graded = 0 THEN 'not_evaluated'
            WHEN reported = 0 THEN 'nothing_reported'
            ELSE 'shown'
        END AS state,
        coalesce(n, 0) AS n
    FROM every
    LEFT JOIN listed ON listed.value = every.value
    LEFT JOIN recorded ON recorded.value = every.value
    LEFT JOIN sizes ON sizes.value IS NOT DISTINCT FROM every.value
)
SELECT value, title, listed, state, CASE WHEN state <> 'too_few' THEN n END FROM states
"""
#: All others are those covered: from the others nothing is known that could be compared with.
_SHARES = """
INSERT INTO shares
WITH hits AS (
    {hits}
), counts AS (
    SELECT measure, side, grade, value, count(*) AS n, count(*) FILTER (hit) AS k
    FROM hits GROUP BY ALL
), every AS (
    SELECT * FROM (SELECT DISTINCT measure, side, grade FROM counts) CROSS JOIN coverage
), rest AS (
    SELECT
        every.*,
        n,
        k,
        state = 'shown' AS shown,
        sum(n) FILTER (state IN ('shown', 'too_few')) OVER same - n AS rest_n,
        sum(k) FILTER (state IN ('shown', 'too_few')) OVER same - k AS rest_k
    FROM every
    LEFT JOIN counts ON counts.measure = every.measure
        AND counts.side IS NOT DISTINCT FROM every.side
        AND counts.grade IS NOT DISTINCT FROM every.grade
        AND counts.value IS NOT DISTINCT FROM every.value
    WINDOW same AS (PARTITION BY every.measure, every.side, every.grade)
), figures AS (
    SELECT
        *,
        CASE WHEN shown THEN k END AS counted,
        CASE WHEN shown THEN share(k, n) END::{six} AS share,
        shown AND value IS NOT NULL AS placed,
        shown AND rest_n > 0 AS compared
    FROM rest
)
SELECT
    value,
    title,
    measure,
    side,
    grade,
    state,
    subjects,
    counted,
    share,
    CASE WHEN shown THEN low(k, n) END::{six},
    CASE WHEN shown THEN high(k, n) END::{six},
    CASE WHEN placed THEN rank() OVER (
        PARTITION BY measure, side, grade, placed ORDER BY share DESC
    ) END,
    CASE WHEN placed THEN count(*) OVER (PARTITION BY measure, side, grade, placed, share) > 1 END,
    CASE WHEN compared THEN share(rest_k, rest_n) END::{six},
    CASE WHEN compared THEN share(k, n) - share(rest_k, rest_n) END::{six},
    CASE WHEN compared THEN apart_low(k, n, rest_k, rest_n) END::{six},
    CASE WHEN compared THEN apart_high(k, n, rest_k, rest_n) END::{six}
FROM figures
"""


def work_out(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    grouping: Grouping,
    relations: Relations,
) -> None:
    """Fill ``coverage`` and ``shares`` for the last day, once ``both_sides`` is there."""
    day, item = {"day": question.days[-1]}, grouping.item
    fact = exp.to_identifier(FACT_PREFIX + grouping.fact.name, quoted=True).sql("duckdb")
    connection.execute("CREATE TABLE listed (value VARCHAR, title VARCHAR)").fetchall()
    for row in (listed_groups(grouping.fact) or {}).items():
        connection.execute("INSERT INTO listed VALUES (?, ?)", row).fetchall()
    connection.execute(
        f"CREATE TABLE known AS SELECT {_READ}, CAST({fact} AS VARCHAR) AS value "
        f"FROM ({entries_relation(item, relations.get(item.id, ()))}) "
        f"WHERE subject_kind = $kind AND {known_by(question.known_at)}",
        {"kind": question.after.subject_kind},
    ).fetchall()
    connection.execute(_grouped(question, grouping, relations), day).fetchall()
    statement = _REPORTED.format(
        entries=_entries(telling_items(question, grouping), relations),
        known=known_by(question.known_at),
        withdrawal=WITHDRAWAL,
    )
    connection.execute(statement, day).fetchall()
    statement = _COVERAGE.format(withdrawal=WITHDRAWAL, not_recorded=NOT_RECORDED)
    connection.execute(statement, {**day, "minimum": question.minimum}).fetchall()
    hits = _hits(alone=question.before is None)
    connection.execute(_SHARES.format(hits=hits, six=SIX)).fetchall()


def known_by(known_at: datetime | None, table: str = "") -> str:
    """SQL: whether an entry (of ``table``, with its dot) was known then; everything is by now."""
    if known_at is None:
        return "true"
    instant = exp.Literal.string(instant_text(known_at).rstrip("Z")).sql("duckdb")
    return f"{table}known_at <= CAST({instant} AS TIMESTAMP)"


def _grouped(question: Question, grouping: Grouping, relations: Relations) -> str:
    items, not_ended = question.after.pack.items, ""
    newer = [items[name] for name in grouping.item.ended_by if relations.get(name)]
    if newer:
        not_ended = _NOT_ENDED.format(
            enders=_entries(newer, relations),
            known=known_by(question.known_at, "newer."),
            known_later=known_by(question.known_at, "later."),
            withdrawal=WITHDRAWAL,
        )
    return _GROUPED.format(withdrawal=WITHDRAWAL, not_ended=not_ended)


def _entries(items: Sequence[Item], relations: Relations) -> str:
    return " UNION ALL ".join(
        f"SELECT {_READ} FROM ({entries_relation(item, relations.get(item.id, ()))})"
        for item in items
    )


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
