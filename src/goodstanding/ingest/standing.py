"""What stands of a source, item by item, and what of a delivery may not be put beside it.

Invariant: what an officer did is undone by an agency only if the agency says something new.
So a row is compared with what a row of the agency said last, not with what an officer or an
absence made of it; and what was withdrawn by an officer or erased by order does not come back
by a delivery at all.

A version that no row of a file said, but an officer or an absence, has row 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, NearKeys, Source
from goodstanding.ingest.errors import (
    ERASED_BEFORE,
    ITEM_CHANGED,
    OTHER_SUBJECT,
    WITHDRAWN_BY_OFFICER,
)
from goodstanding.ingest.judge import NEAR, add_reasons
from goodstanding.ingest.model import RowCheck
from goodstanding.ingest.sql import any_of, name, run, text
from goodstanding.ingest.stage import StagedField
from goodstanding.kernel.characters import fold_key_sql
from goodstanding.register import FactColumn
from goodstanding.register.history import ACT, CONTENT
from goodstanding.register.model import RECORD_COLUMNS

_ITEM_CHANGED = RowCheck(ITEM_CHANGED, "item", "")
_OTHER_SUBJECT = RowCheck(OTHER_SUBJECT, "source_key", "")
_WITHDRAWN = RowCheck(WITHDRAWN_BY_OFFICER, "source_key", "")
_ERASED = RowCheck(ERASED_BEFORE, "source_key", "")
#: What the views say of a version beside its content, with its type.
_VERSION = {
    "source_key": "VARCHAR",
    "act": "VARCHAR",
    "leaf": "BIGINT",
    "supersedes": "BIGINT",
    "delivery": "VARCHAR",
    "by_act": "BOOLEAN",
    "by_absence": "BOOLEAN",
}
#: The same but for the key, to be left out where only the content counts.
NOT_CONTENT = ", ".join(column for column in _VERSION if column != "source_key")


def fact_columns(item: Item) -> tuple[FactColumn, ...]:
    """The item's facts as columns of a segment."""
    return tuple(FactColumn(fact.name, fact.type, fact.scale) for fact in item.facts.values())


def sealed_columns(item: Item) -> list[str]:
    """The columns that hold what a record of the item says."""
    return [*CONTENT, *(fact.column for fact in fact_columns(item))]


def view_standing(
    con: duckdb.DuckDBPyConnection, source: str, item: Item, files: Sequence[Path]
) -> None:
    """Create `standing_`, `compared_` and `present_<item>`, one row a record of the source each.

    ``standing_``: the last version, withdrawn ones too; ``by_act`` and ``by_absence`` say who made
    it, if no row of a file did. ``compared_``: the same, with the content and the delivery of what
    a row of the agency said last. ``present_``: the content that an absence has ended.
    """
    if not files:
        types = _VERSION | {column: RECORD_COLUMNS[column] for column in CONTENT}
        types |= {fact.column: fact.sql_type for fact in fact_columns(item)}
        nothing = ", ".join(f"NULL::{of} AS {name(column)}" for column, of in types.items())
        for view in ("standing", "compared", "present"):
            run(con, f"CREATE VIEW {view}_{item.id} AS SELECT {nothing} WHERE false")
        return
    scan = f"read_parquet([{', '.join(text(str(file)) for file in files)}], union_by_name = true)"
    sealed = {str(row[0]) for row in run(con, f"SELECT column_name FROM (DESCRIBE FROM {scan})")}
    # A fact added to the catalogue later is not in older segments: it is simply unknown there.
    facts = [
        name(f.column) if f.column in sealed else f"NULL::{f.sql_type} AS {name(f.column)}"
        for f in fact_columns(item)
    ]
    content = ", ".join([*CONTENT, *facts])
    own = f"FROM {scan} WHERE source = {text(source)}"
    by_act = f"delivery = {text(ACT)}"
    run(
        con,
        f"CREATE VIEW standing_{item.id} AS SELECT source_key, act, leaf, supersedes, delivery, "
        f"{by_act} AS by_act, row = 0 AND NOT {by_act} AS by_absence, {content} {own} AND leaf "
        f"NOT IN (SELECT supersedes FROM {scan} WHERE supersedes IS NOT NULL)",
    )
    # Few records were ever touched by officers and absences: only these are looked up, once.
    run(
        con,
        f"CREATE TABLE said_{item.id} AS  -- grain: record of which a version has row 0\n"
        f"SELECT source_key, delivery, {content} {own} AND act <> 'withdrawal' "
        f"AND source_key IN (SELECT source_key {own} AND row = 0) QUALIFY row_number() OVER "
        "(PARTITION BY source_key ORDER BY row <> 0 DESC, leaf DESC) = 1",
    )
    touched = f"(SELECT source_key FROM said_{item.id})"
    run(
        con,
        f"CREATE VIEW compared_{item.id} AS "
        f"SELECT * FROM standing_{item.id} WHERE source_key NOT IN {touched} "
        f"UNION ALL BY NAME SELECT s.act, s.leaf, s.supersedes, s.by_act, s.by_absence, said.* "
        f"FROM standing_{item.id} AS s JOIN said_{item.id} AS said USING (source_key)",
    )
    absent = f"SELECT supersedes FROM standing_{item.id} WHERE by_absence"
    run(
        con,
        f"CREATE VIEW present_{item.id} AS SELECT leaf, {content} {own} AND leaf IN ({absent})",
    )


def reject_against_standing(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    items: Sequence[Item],
    fields: list[StagedField],
    marks: Sequence[str],
) -> None:
    """Reject what cannot be put beside what stands: GS-INGEST-172 to 175 and 188.

    ``marks`` is SQL for the marks of erased records, one for each key (see ``erased``).
    """
    standing = " UNION ALL ".join(
        f"SELECT source_key, subject, {text(item.id)} AS item FROM standing_{item.id}"
        for item in items
        if _stands(con, item)
    )
    if standing:
        run(con, f"CREATE VIEW standing_keys AS {standing}")
        _reject_moved(con, source, fields)
    else:
        run(con, "CREATE VIEW standing_keys AS SELECT NULL::VARCHAR AS source_key WHERE false")
    for item in items:
        _reject_withdrawn(con, item, fields)
    _reject_erased(con, fields, marks)


def _stands(con: duckdb.DuckDBPyConnection, item: Item) -> bool:
    return bool(run(con, f"SELECT 1 FROM standing_{item.id} LIMIT 1"))


def _reject_moved(
    con: duckdb.DuckDBPyConnection, source: Source, fields: list[StagedField]
) -> None:
    """Keys that stand under another item, for another subject, or nearly."""
    beside = "FROM staged AS s JOIN standing_keys AS o USING (source_key) WHERE NOT s.bad"
    moved = f"SELECT DISTINCT s.row, source_key || ' (of ' || o.item || ')' AS shown {beside}"
    add_reasons(con, _ITEM_CHANGED, f"{moved} AND o.item <> s.item", fields)
    about = "source_key || ' (for ' || o.subject || ', here ' || s.subject || ')'"
    other = f"SELECT DISTINCT s.row, {about} AS shown {beside} AND o.subject <> s.subject"
    add_reasons(con, _OTHER_SUBJECT, other, fields)
    if source.near_keys is NearKeys.REFUSE:
        folded = f"{fold_key_sql('s.source_key')} = {fold_key_sql('o.source_key')}"
        near = (
            "SELECT s.row, any_value(s.source_key || ' (beside ' || o.source_key || ')') AS shown "
            f"FROM (FROM staged WHERE NOT bad AND source_key NOT IN "
            f"(SELECT source_key FROM standing_keys)) AS s "
            f"JOIN standing_keys AS o ON {folded} GROUP BY s.row"
        )
        add_reasons(con, NEAR, near, fields)


def _reject_withdrawn(
    con: duckdb.DuckDBPyConnection, item: Item, fields: list[StagedField]
) -> None:
    """What an officer withdrew stays withdrawn, and the row says by which entry."""
    gone = f"FROM standing_{item.id} WHERE by_act AND act = 'withdrawal'"
    if run(con, f"SELECT 1 {gone} LIMIT 1"):
        rows = (
            "SELECT g.row, source_key || ' (by entry ' || p.leaf || ')' AS shown FROM staged AS g "
            f"JOIN (SELECT source_key, leaf {gone}) AS p USING (source_key) "
            f"WHERE NOT g.bad AND g.item = {text(item.id)}"
        )
        add_reasons(con, _WITHDRAWN, rows, fields)


def _reject_erased(
    con: duckdb.DuckDBPyConnection, fields: list[StagedField], marks: Sequence[str]
) -> None:
    """Reject what was erased by order; `erased_rows` has the rows, of which nothing is kept."""
    run(con, "CREATE TABLE erased_rows (row BIGINT, shown VARCHAR)")
    if marks:
        same = any_of(f"m.mark = {mark}" for mark in marks)
        rows = (
            "SELECT s.row, any_value('entry ' || m.entry) AS shown "
            f"FROM staged AS s JOIN erased_marks AS m ON {same} GROUP BY s.row"
        )
        # Whatever else is wrong with such a row would only say what it holds.
        run(con, f"INSERT INTO erased_rows {rows}")
        run(con, "DELETE FROM reasons WHERE row IN (SELECT row FROM erased_rows)")
        add_reasons(con, _ERASED, "FROM erased_rows", fields)
