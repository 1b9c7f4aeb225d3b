"""Hand what changed to the log: sorted, complete, as one batch with its delivery event.

Rows are sealed in the order item, subject, day of effect, source key: the same file gives
the same leaves, and the rows of one subject lie together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack, Source
from goodstanding.ingest.changes import Changes, fact_columns
from goodstanding.ingest.model import Delivery, IngestReport, Progress
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import Clock, Noted
from goodstanding.register import Log, NewEvent, RecordTable, StreamVersion


def seal(
    con: duckdb.DuckDBPyConnection,
    log: Log,
    pack: Pack,
    source: Source,
    delivery: Delivery,
    report: IngestReport,
    changes: Mapping[str, Changes],
    stream: StreamVersion,
    progress: Progress,
    *,
    clock: Clock,
    noted: Noted,
) -> int:
    """Append the delivery and its entries; the log's size afterwards.

    ``stream`` is the source as it stood when changes were found: if anyone has changed its
    records meanwhile the log refuses, and the delivery can simply be sent again.
    """
    tables: list[RecordTable] = []
    for item_id, change in changes.items():
        if change.entries:
            progress("sorting", len(tables), len(changes))
            item = pack.items[item_id]
            run(con, f"CREATE TABLE sealed_{item.id} AS {_sealed(source, item, delivery)}")
            tables.append(RecordTable(con, f"sealed_{item.id}", item.id, fact_columns(item)))
    event = NewEvent("delivery", _event(pack, source, delivery, report), stream)

    def sealing(done: int, total: int) -> None:
        progress("sealing", done, total)

    return log.append([event], tables, sealing, clock=clock, noted=noted).head.size


def keep_original(delivery: Delivery, folder: Path) -> Path:
    """Put the original bytes under their hash; they are there before anything relies on them."""
    kept = folder / f"{delivery.sha256}{delivery.original.suffix}"
    if not kept.exists():
        delivery.original.rename(kept)
    return kept


def _sealed(source: Source, item: Item, delivery: Delivery) -> str:
    """What is the same in every row of a delivery joins the rows only after they are sorted."""
    return (
        f"SELECT *, {text(source.id)} AS source, {text(item.id)} AS item, "
        f"{text(delivery.sha256)} AS delivery "
        f"FROM (FROM changes_{item.id} ORDER BY subject, effective_on, source_key)"
    )


def _event(
    pack: Pack, source: Source, delivery: Delivery, report: IngestReport
) -> dict[str, object]:
    return {
        "source": source.id,
        "authority": source.authority,
        "contract": source.digest,
        "pack_digest": pack.digest,
        "file_name": delivery.file_name,
        "sha256": delivery.sha256,
        "bytes": delivery.size,
        "read": report.read,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "held": report.held,
        "new": report.new,
        "corrected": report.corrected,
        "unchanged": report.unchanged,
        "withdrawn": report.withdrawn,
    }
