"""Compare the good rows with what stands: what is new, what corrects, what is withdrawn.

Same source and source key are the same record (DESIGN 5.4). Changed content supersedes;
equal content changes nothing; a missing row is a withdrawal only if the contract says
that each file is a full snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack, Source
from goodstanding.ingest.errors import ITEM_CHANGED
from goodstanding.ingest.judge import add_reasons
from goodstanding.ingest.model import RowCheck
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.stage import StagedField
from goodstanding.register import FactColumn

_ITEM_CHANGED = RowCheck(ITEM_CHANGED, "item", "")
#: What a record says; the rest is how and when we came to know it.
_CONTENT = (
    "authority",
    "subject",
    "subject_kind",
    "subject_name",
    "document",
    "basis",
    "decided_on",
    "effective_on",
    "published_on",
    "amended_on",
    "ends_on",
)


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
    item is rejected (GS-INGEST-172).
    """
    items = [pack.items[item] for item in source.items]
    for item in items:
        run(con, f"CREATE VIEW standing_{item.id} AS {_standing(con, source, item, segments)}")
    if len(items) > 1 and any(segments.values()):
        _reject_moved_keys(con, items, fields)
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


def _standing(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    item: Item,
    segments: Mapping[str, Sequence[Path]],
) -> str:
    """SQL: the last version of each of the source's records of an item, withdrawn ones too."""
    files = segments.get(item.id, ())
    facts = {fact.column: fact.sql_type for fact in fact_columns(item)}
    if not files:
        nothing = "NULL::VARCHAR AS source_key, NULL::VARCHAR AS act, NULL::BIGINT AS leaf"
        return f"SELECT {nothing} WHERE false"
    scan = f"read_parquet([{', '.join(text(str(file)) for file in files)}], union_by_name = true)"
    sealed = {str(row[0]) for row in run(con, f"SELECT column_name FROM (DESCRIBE FROM {scan})")}
    # A fact added to the catalogue later is not in older segments: it is simply unknown there.
    columns = ", ".join(
        name(column) if column in sealed else f"NULL::{type_} AS {name(column)}"
        for column, type_ in facts.items()
    )
    tail = f", {columns}" if columns else ""
    return (
        f"SELECT source_key, act, leaf, {', '.join(_CONTENT)}{tail} FROM {scan} "
        f"WHERE source = {text(source.id)} AND leaf NOT IN "
        f"(SELECT supersedes FROM {scan} WHERE supersedes IS NOT NULL)"
    )


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


def _changes(source: Source, item: Item, fields: list[StagedField], first_delivery: bool) -> str:
    given = {field.name for field in fields}
    facts = [
        f"{f'g.{name(fact.name)}' if fact.name in given else f'NULL::{fact.sql_type}'} "
        f"AS {name(fact.column)}"
        for fact in fact_columns(item)
    ]
    reported = ", ".join(
        ["g.row", "g.source_key", *(f"g.{c}" for c in _CONTENT), "g.original", *facts]
    )
    if first_delivery:
        return (
            f"SELECT 'record' AS act, NULL::BIGINT AS supersedes, {reported} "
            f"FROM good AS g WHERE g.item = {text(item.id)}"
        )
    sealed = [*_CONTENT, *(fact.column for fact in fact_columns(item))]
    old = ", ".join(f"p.{name(column)}" for column in sealed)
    new = ", ".join(f"r.{name(column)}" for column in sealed)
    reappears_or_differs = (
        f"p.leaf IS NULL OR p.act = 'withdrawal' OR ROW({new}) IS DISTINCT FROM ROW({old})"
    )
    changed = (
        f"SELECT CASE WHEN p.leaf IS NULL THEN 'record' ELSE 'correction' END AS act, "
        f"p.leaf AS supersedes, r.* FROM (SELECT {reported} FROM good AS g "
        f"WHERE g.item = {text(item.id)}) AS r "
        f"LEFT JOIN standing_{item.id} AS p USING (source_key) WHERE {reappears_or_differs}"
    )
    return f"{changed} UNION ALL BY NAME {_withdrawals(item)}" if source.snapshot else changed


def _withdrawals(item: Item) -> str:
    """SQL: what stands but is no longer in the snapshot.

    A rejected row still counts as present, and if any row has lost its key nothing is
    withdrawn: then we cannot tell which record is meant.
    """
    return (
        f"SELECT 'withdrawal' AS act, leaf AS supersedes, 0 AS row, '{{}}' AS original, "
        f"* EXCLUDE (act, leaf) FROM standing_{item.id} WHERE act <> 'withdrawal' "
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
