"""What each source delivered of the items that a scheme reads, up to the last day of a backtest.

Invariant: every item that the scheme reads has a row, and so has every source whose contract
delivers it, be it that nothing came.
"""

from __future__ import annotations

import duckdb

from goodstanding.catalogue import title
from goodstanding.evaluation.backtest.coverage import contracts_of, read_items
from goodstanding.evaluation.backtest.model import Question
from goodstanding.evaluation.engines.backtest_groups import known_by
from goodstanding.evaluation.engines.files import Relations, entries_relation
from goodstanding.evaluation.records import WITHDRAWAL

SOURCES_TABLE = """
CREATE TABLE sources (
    item VARCHAR, item_title VARCHAR, source VARCHAR, source_title VARCHAR,
    in_period BIGINT, earlier BIGINT
)
"""
#: Those from which nothing came in the period first.
SOURCES_IN_ORDER = """
SELECT * FROM sources ORDER BY in_period > 0, earlier > 0, item_title, item, source_title, source
"""
_DELIVERED = """
SELECT
    source,
    count(*) FILTER (effective_on >= $first) AS in_period,
    count(*) FILTER (effective_on < $first) AS earlier
FROM ({entries})
WHERE {known} AND act <> '{withdrawal}' AND supersedes IS NULL AND effective_on <= $last
    AND subject_kind = $kind
GROUP BY source
"""


def count_deliveries(
    connection: duckdb.DuckDBPyConnection, question: Question, relations: Relations
) -> None:
    """Fill ``sources``: records, not what corrected or withdrew them, by when they take effect."""
    values = {
        "first": question.days[0],
        "last": question.days[-1],
        "kind": question.after.subject_kind,
    }
    known, titles = question.after.pack.sources, {}
    for name, item in read_items(question).items():
        statement = _DELIVERED.format(
            entries=entries_relation(item, relations.get(name, ())),
            known=known_by(question.known_at),
            withdrawal=WITHDRAWAL,
        )
        found = {row[0]: row[1:] for row in connection.execute(statement, values).fetchall()}
        contracts = [source.id for source in contracts_of(question, name)]
        for source in dict.fromkeys([*contracts, *found]) or [None]:
            titles[source] = title(known[source].titles) if source in known else source or ""
            row = (name, title(item.titles), source, titles[source], *found.get(source, (0, 0)))
            connection.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)", row).fetchall()
