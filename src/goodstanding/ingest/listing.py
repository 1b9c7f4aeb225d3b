"""Name what a delivery does, record by record: who is new, changed, ended, withdrawn, rejected.

The same select names it before anything is sealed, from the tables of the delivery, and
afterwards, from the sealed entries of its batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby

import duckdb

from goodstanding.catalogue import Item, Pack
from goodstanding.ingest.act_errors import ITEM_GONE
from goodstanding.ingest.errors import NO_SUCH_DELIVERY
from goodstanding.ingest.quarantine import quarantine_name, read_quarantine
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.standing import sealed_columns
from goodstanding.kernel import GoodStandingError, Noted
from goodstanding.register import Node, Segment
from goodstanding.register.index import Delivery
from goodstanding.register.segments import EVENTS

_CHUNK = 1000
#: What an item's changes are in a table of their own, and what they supersede.
_SAID, _BEFORE = "changes", "standing"


@dataclass(frozen=True, slots=True)
class Named:
    """One record or row that a delivery concerns.

    ``what`` is new, changed, ended, withdrawn or rejected; ``row`` where it is found in the file,
    None for what the file does not have; ``leaf`` its entry, None before it is sealed; ``detail``
    says which fields changed and how, or why the row was rejected.
    """

    what: str
    row: int | None
    item: str | None
    source_key: str | None
    subject: str | None
    subject_name: str | None
    leaf: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery that was taken, and all that it concerned."""

    delivery: Delivery
    named: Iterator[Named]


def name_changes(
    con: duckdb.DuckDBPyConnection, items: Iterable[Item], *, rejected: bool = True
) -> Iterator[Named]:
    """Read what the tables of a delivery say: `changes_`, `standing_<item>`, `said`."""
    selects = [_REJECTED] if rejected else []
    selects += [_changes(item, "NULL::BIGINT") for item in items]
    yield from _fetch(con, " UNION ALL ".join(f"({select})" for select in selects))


def find_delivery(node: Node, asked: str) -> Delivery:
    """The delivery by its entry in the log or the beginning of its SHA-256.

    Raises GS-INGEST-039 if there is none, or more than one.
    """
    deliveries = node.index.deliveries()
    found = [d for d in deliveries if str(d.leaf) == asked]
    if not found and len(asked) >= 6:
        found = [d for d in deliveries if d.sha256.startswith(asked.lower())]
    if len(found) != 1:
        raise GoodStandingError(NO_SUCH_DELIVERY, asked=asked, count=len(found))
    return found[0]


@contextmanager
def show_delivery(node: Node, pack: Pack, delivery: Delivery, *, noted: Noted) -> Iterator[Shown]:
    """Name what a sealed delivery did, while this lasts; ``noted`` is the receipt of this look.

    Raises GS-INGEST-187 if an item has been taken out of the pack.
    """
    batch = _batch(node, delivery.leaf)
    with closing(duckdb.connect()) as con:
        items = [_item(pack, segment) for segment in {s.item: s for s in batch}.values()]
        for item in items:
            _view_batch(con, node, item, [s for s in batch if s.item == item.id])
        yield Shown(delivery, _named(con, node, items, delivery))


def _item(pack: Pack, segment: Segment) -> Item:
    if segment.item not in pack.items:
        raise GoodStandingError(ITEM_GONE, item=segment.item, leaf=segment.first, pack=pack.id)
    return pack.items[segment.item]


def _named(
    con: duckdb.DuckDBPyConnection, node: Node, items: Sequence[Item], delivery: Delivery
) -> Iterator[Named]:
    selects = [_changes(item, "c.leaf") for item in items]
    if selects:
        yield from _fetch(con, " UNION ALL ".join(f"({select})" for select in selects))
    file = node.layout.quarantine / quarantine_name(delivery.source, delivery.sha256)
    if file.exists():
        of_row = groupby(read_quarantine(file), key=lambda reason: (reason.row, reason.subject))
        for (row, _), reasons in of_row:
            first, *more = reasons
            detail = " | ".join(f"{r.sentence} ({r.code})" for r in (first, *more))
            yield Named(
                "rejected", row, first.item, first.source_key, first.subject,
                first.subject_name, None, detail,
            )  # fmt: skip


def _batch(node: Node, leaf: int) -> list[Segment]:
    """The segments of records that were sealed with the delivery at ``leaf``."""
    found: list[Segment] = []
    for segment in node.log.segments(sealed=True):
        if segment.item == EVENTS and segment.first > leaf:
            break
        if segment.item != EVENTS and segment.first > leaf:
            found.append(segment)
    return found


def _view_batch(
    con: duckdb.DuckDBPyConnection, node: Node, item: Item, batch: Sequence[Segment]
) -> None:
    """Create `changes_<item>` and `standing_<item>` of a batch: its rows, what they replace."""
    own, all_files = (
        f"read_parquet([{', '.join(text(str(s.file)) for s in segments)}], union_by_name = true)"
        for segments in (batch, node.log.segments(item.id, sealed=True))
    )
    run(con, f"CREATE VIEW {_SAID}_{item.id} AS FROM {own}")
    superseded = f"SELECT supersedes FROM {own}"
    run(
        con,
        f"CREATE VIEW {_BEFORE}_{item.id} AS FROM {all_files} WHERE leaf IN ({superseded})",
    )


def _changes(item: Item, leaf: str) -> str:
    """SQL: what the changes of an item do, row by row, with the fields that changed."""
    fields = [(c, c.removeprefix("f_")) for c in sealed_columns(item)]
    changed = ", ".join(
        f"CASE WHEN c.{name(c)} IS DISTINCT FROM s.{name(c)} THEN {text(said)} || ' ' || "
        f"coalesce(s.{name(c)}::VARCHAR, 'nothing') || ' -> ' || "
        f"coalesce(c.{name(c)}::VARCHAR, 'nothing') END"
        for c, said in fields
    )
    return (
        "SELECT CASE WHEN c.act = 'record' THEN 'new' WHEN c.act = 'withdrawal' THEN 'withdrawn' "
        "WHEN c.row = 0 THEN 'ended' ELSE 'changed' END AS what, nullif(c.row, 0) AS row, "
        f"{text(item.id)} AS item, c.source_key, c.subject, c.subject_name, {leaf} AS leaf, "
        f"CASE WHEN c.act = 'correction' THEN concat_ws('; ', {changed}) ELSE '' END AS detail "
        f"FROM {_SAID}_{item.id} AS c LEFT JOIN {_BEFORE}_{item.id} AS s "
        "ON s.leaf = c.supersedes "
        "ORDER BY what = 'new', what = 'changed', what, row, c.source_key"
    )


#: A line that could not be split shares its number with no row.
_REJECTED = """
    SELECT 'rejected' AS what, row, any_value(item), any_value(source_key), any_value(subject),
        any_value(subject_name), NULL::BIGINT,
        string_agg(concat(sentence, ' (', code, ')'), ' | ' ORDER BY code, field)
    FROM said GROUP BY row, field = 'line' ORDER BY row
"""


def _fetch(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Named]:
    found = con.execute(sql)
    while rows := found.fetchmany(_CHUNK):
        yield from (Named(*row) for row in rows)
