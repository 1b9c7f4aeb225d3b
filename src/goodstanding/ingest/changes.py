"""Compare the good rows with what stands: what is new, what corrects, what is withdrawn.

Same source and source key are the same record (DESIGN 5.4). Changed content supersedes;
equal content changes nothing; a missing row is a withdrawal only if the contract says
that each file is a full snapshot.

Invariant: what an officer did is undone by an agency only if the agency says something new.
So a row is compared with what the agency delivered last, not with what the officer made of
it; and what an officer withdrew does not come back by delivery at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack, Source
from goodstanding.ingest.errors import ITEM_CHANGED, WITHDRAWN_BY_OFFICER
from goodstanding.ingest.judge import add_reasons
from goodstanding.ingest.model import RowCheck
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.stage import StagedField
from goodstanding.register import FactColumn
from goodstanding.register.history import ACT, CONTENT

_ITEM_CHANGED = RowCheck(ITEM_CHANGED, "item", "")
_WITHDRAWN = RowCheck(WITHDRAWN_BY_OFFICER, "source_key", "")


@dataclass(frozen=True, slots=True)
class Changes:
    """How many entries of each kind an item's table holds."""

    new: int
    corrected: int
    withdrawn: int

    @property
    def entries(self) -> int:
        """How many entries there are to append."""
        return self.new + self.corrected + self.withdrawn


def fact_columns(item: Item) -> tuple[FactColumn, ...]:
    """The item's facts as columns of a segment."""
    return tuple(FactColumn(fact.name, fact.type, fact.scale) for fact in item.facts.values())


def find_changes(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    fields: list[StagedField],
    segments: Mapping[str, Sequence[Path]],
) -> dict[str, Changes]:
    """Create `changes_<item>` per item: rows to append, less leaf, salt and what the log adds.

    ``segments`` are the item's sealed segment files. A row whose key stands under another
    item is rejected (GS-INGEST-172), and one that differs from what an officer withdrew
    (GS-INGEST-188).
    """
    items = [pack.items[item] for item in source.items]
    for item in items:
        view_standing(con, source.id, item, segments.get(item.id, ()))
    if len(items) > 1 and any(segments.values()):
        _reject_moved_keys(con, items, fields)
    for item in items:
        _reject_withdrawn(con, item, fields)
    run(
        con, "CREATE VIEW good AS SELECT * FROM staged WHERE NOT bad AND row NOT IN (FROM repeated)"
    )
    found = {}
    for item in items:
        first_delivery = not segments.get(item.id)
        select = _changes(source, item, fields, first_delivery)
        # A join with what stands is worked out once; a first delivery has nothing to join.
        kind = "VIEW" if first_delivery else "TABLE"
        run(con, f"CREATE {kind} changes_{item.id} AS {select}")
        found[item.id] = _count(con, item)
    return found


def view_standing(
    con: duckdb.DuckDBPyConnection, source: str, item: Item, files: Sequence[Path]
) -> None:
    """Create `standing_<item>` and `compared_<item>`, one row a record of the source each.

    ``standing_``: the last version, withdrawn ones too. ``compared_``: the same act and leaf,
    but with the content that the agency delivered last. ``by_act`` says whether the last
    version is an officer's.
    """
    if not files:
        nothing = (
            "SELECT NULL::VARCHAR AS source_key, NULL::VARCHAR AS act, NULL::BIGINT AS leaf, "
            "NULL::BOOLEAN AS by_act WHERE false"
        )
        run(con, f"CREATE VIEW standing_{item.id} AS {nothing}")
        run(con, f"CREATE VIEW compared_{item.id} AS {nothing}")
        return
    scan = f"read_parquet([{', '.join(text(str(file)) for file in files)}], union_by_name = true)"
    sealed = {str(row[0]) for row in run(con, f"SELECT column_name FROM (DESCRIBE FROM {scan})")}
    # A fact added to the catalogue later is not in older segments: it is simply unknown there.
    facts = [
        name(f.column) if f.column in sealed else f"NULL::{f.sql_type} AS {name(f.column)}"
        for f in fact_columns(item)
    ]
    own = f"FROM {scan} WHERE source = {text(source)}"
    said = f"source_key, act, leaf, delivery = {text(ACT)} AS by_act"
    standing = (
        f"SELECT {', '.join([said, *CONTENT, *facts])} {own} AND leaf NOT IN "
        f"(SELECT supersedes FROM {scan} WHERE supersedes IS NOT NULL)"
    )
    run(con, f"CREATE VIEW standing_{item.id} AS {standing}")
    # Officers act on few records: only these are looked up again, once.
    run(
        con,
        f"CREATE TABLE acted_{item.id} AS  -- grain: record on which an officer has acted\n"
        f"SELECT {', '.join(['source_key', *CONTENT, *facts])} {own} "
        f"AND delivery <> {text(ACT)} AND act <> 'withdrawal' AND source_key IN "
        f"(SELECT source_key {own} AND delivery = {text(ACT)}) "
        "QUALIFY row_number() OVER (PARTITION BY source_key ORDER BY leaf DESC) = 1",
    )
    delivered = f"(SELECT source_key FROM acted_{item.id})"
    run(
        con,
        f"CREATE VIEW compared_{item.id} AS "
        f"SELECT * FROM standing_{item.id} WHERE source_key NOT IN {delivered} "
        f"UNION ALL BY NAME SELECT s.act, s.leaf, s.by_act, a.* "
        f"FROM standing_{item.id} AS s JOIN acted_{item.id} AS a USING (source_key)",
    )


def sealed_columns(item: Item) -> list[str]:
    """The columns that hold what a record of the item says."""
    return [*CONTENT, *(fact.column for fact in fact_columns(item))]


def _reject_moved_keys(
    con: duckdb.DuckDBPyConnection, items: list[Item], fields: list[StagedField]
) -> None:
    standing = " UNION ALL ".join(
        f"SELECT source_key, {text(item.id)} AS item FROM standing_{item.id}" for item in items
    )
    moved = (
        f"SELECT DISTINCT s.row FROM staged AS s JOIN ({standing}) AS o USING (source_key) "
        "WHERE NOT s.bad AND o.item <> s.item"
    )
    add_reasons(con, _ITEM_CHANGED, moved, fields)


def _reject_withdrawn(
    con: duckdb.DuckDBPyConnection, item: Item, fields: list[StagedField]
) -> None:
    """What an officer withdrew stays withdrawn: a row that says something new is sent back."""
    gone = f"FROM compared_{item.id} WHERE by_act AND act = 'withdrawal'"
    if run(con, f"SELECT 1 {gone} LIMIT 1"):
        differs = _differs(item, _reported(item, fields, "g"), "p")
        rows = (
            f"SELECT g.row FROM staged AS g JOIN (SELECT * {gone}) AS p USING (source_key) "
            f"WHERE NOT g.bad AND g.item = {text(item.id)} AND {differs}"
        )
        add_reasons(con, _WITHDRAWN, rows, fields)


def _reported(item: Item, fields: list[StagedField], row: str) -> dict[str, str]:
    """Sealed column -> SQL for what the staged ``row`` says in it."""
    given = {field.name for field in fields}
    facts = {
        fact.column: f"{row}.{name(fact.name)}" if fact.name in given else f"NULL::{fact.sql_type}"
        for fact in fact_columns(item)
    }
    return {**{column: f"{row}.{column}" for column in CONTENT}, **facts}


def _differs(item: Item, reported: Mapping[str, str], compared: str) -> str:
    """SQL: whether the row says otherwise than the agency did last."""
    old = ", ".join(f"{compared}.{name(column)}" for column in sealed_columns(item))
    return f"ROW({', '.join(reported.values())}) IS DISTINCT FROM ROW({old})"


def _changes(source: Source, item: Item, fields: list[StagedField], first_delivery: bool) -> str:
    said = _reported(item, fields, "g")
    reported = ", ".join(
        ["g.row", "g.source_key", "g.original", *(f"{v} AS {name(c)}" for c, v in said.items())]
    )
    good = f"SELECT {reported} FROM good AS g WHERE g.item = {text(item.id)}"
    if first_delivery:
        return f"SELECT 'record' AS act, NULL::BIGINT AS supersedes, * FROM ({good})"
    same = {column: f"r.{name(column)}" for column in said}
    differs = _differs(item, same, "p")
    changed = (
        f"SELECT CASE WHEN p.leaf IS NULL THEN 'record' ELSE 'correction' END AS act, "
        f"p.leaf AS supersedes, r.* FROM ({good}) AS r "
        f"LEFT JOIN compared_{item.id} AS p USING (source_key) WHERE p.leaf IS NULL OR {differs}"
    )
    # What the agency left out of a snapshot and now says again is what it was before: with
    # what an officer had corrected in it.
    again = (
        f"SELECT 'correction' AS act, s.leaf AS supersedes, r.row, r.source_key, r.original, "
        f"{', '.join(f's.{name(column)}' for column in said)} FROM ({good}) AS r "
        f"JOIN compared_{item.id} AS p USING (source_key) "
        f"JOIN standing_{item.id} AS s USING (source_key) "
        f"WHERE p.act = 'withdrawal' AND NOT p.by_act AND NOT {differs}"
    )
    if not source.snapshot:
        return f"{changed} UNION ALL BY NAME {again}"
    return f"{changed} UNION ALL BY NAME {again} UNION ALL BY NAME {_withdrawals(item)}"


def _withdrawals(item: Item) -> str:
    """SQL: what stands but is no longer in the snapshot.

    A rejected row still counts as present, and if any row has lost its key nothing is
    withdrawn: then we cannot tell which record is meant.
    """
    return (
        f"SELECT 'withdrawal' AS act, leaf AS supersedes, 0 AS row, '{{}}' AS original, "
        f"* EXCLUDE (act, leaf, by_act) FROM standing_{item.id} WHERE act <> 'withdrawal' "
        "AND source_key NOT IN (SELECT source_key FROM staged WHERE source_key IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM staged WHERE source_key IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM broken_lines)"
    )


def _count(con: duckdb.DuckDBPyConnection, item: Item) -> Changes:
    acts = run(con, f"SELECT act, count(*)::BIGINT FROM changes_{item.id} GROUP BY act")
    counts = {str(act): int(str(n)) for act, n in acts}
    return Changes(
        counts.get("record", 0), counts.get("correction", 0), counts.get("withdrawal", 0)
    )
