"""Hand what changed to the log: sorted, complete, as one batch with its delivery event.

Rows are sealed in the order item, subject, day of effect, source key: the same file gives
the same leaves, and the rows of one subject lie together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack, Source
from goodstanding.ingest.changes import Changes
from goodstanding.ingest.dating import Dated
from goodstanding.ingest.model import REDACTED, Delivery, IngestReport, Progress
from goodstanding.ingest.sql import run, text
from goodstanding.ingest.stage import StagedField
from goodstanding.ingest.standing import fact_columns
from goodstanding.kernel import Clock, Noted
from goodstanding.register import Appended, Log, NewEvent, RecordTable, StreamVersion
from goodstanding.register.durable import move_durably, sync


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery that was looked through: whose it is, what came of it, and on what it builds.

    ``stream`` is the source as it stood when changes were found: if anyone has changed its
    records meanwhile the log refuses, and the delivery can simply be sent again.
    """

    con: duckdb.DuckDBPyConnection
    pack: Pack
    source: Source
    delivery: Delivery
    dated: Dated
    fields: list[StagedField]
    report: IngestReport
    changes: Mapping[str, Changes]
    stream: StreamVersion

    @property
    def entries(self) -> int:
        """How many records there are to seal."""
        return sum(change.entries for change in self.changes.values())


def seal(found: Found, log: Log, progress: Progress, *, clock: Clock, noted: Noted) -> Appended:
    """Append the delivery and its entries as one batch."""
    con, tables = found.con, list[RecordTable]()
    for item_id, change in found.changes.items():
        if change.entries:
            progress("sorting", len(tables), len(found.changes))
            item = found.pack.items[item_id]
            run(con, f"CREATE TABLE sealed_{item.id} AS {_sealed(found, item)}")
            tables.append(RecordTable(con, f"sealed_{item.id}", item.id, fact_columns(item)))
    event = NewEvent("delivery", _event(found), found.stream)

    def sealing(done: int, total: int) -> None:
        progress("sealing", done, total)

    return log.append([event], tables, sealing, clock=clock, noted=noted)


def keep_original(found: Found, folder: Path) -> None:
    """Put the original bytes under their hash; they are there before anything relies on them.

    Of a file with rows that were erased by order the other rows are kept, as after an erasure.
    """
    delivery = found.delivery
    kept = folder / f"{delivery.sha256}{delivery.original.suffix}"
    redacted = folder / f"{delivery.sha256}{REDACTED}"
    if kept.exists() or redacted.exists():
        return
    if not run(found.con, "SELECT 1 FROM erased_rows LIMIT 1"):
        delivery.original.rename(kept)
        return
    temporary = folder / f".{redacted.name}.tmp"
    others = "FROM delivered WHERE row NOT IN (SELECT row FROM erased_rows) ORDER BY row"
    to = f"{text(str(temporary))} (FORMAT parquet, COMPRESSION zstd)"
    run(found.con, f"COPY ({others}) TO {to}")
    sync(temporary)
    move_durably(temporary, redacted)


def _sealed(found: Found, item: Item) -> str:
    """What is the same in every row of a delivery joins the rows only after they are sorted."""
    return (
        f"SELECT *, {text(found.source.id)} AS source, {text(item.id)} AS item, "
        f"{text(found.delivery.sha256)} AS delivery "
        f"FROM (FROM changes_{item.id} ORDER BY subject, effective_on, source_key)"
    )


def _event(found: Found) -> dict[str, object]:
    report = found.report
    counts = (
        *("read", "accepted", "rejected", "left_out", "held", "new", "corrected", "unchanged"),
        *("older", "ended", "withdrawn"),
    )
    return {
        "source": found.source.id,
        "authority": found.source.authority,
        "contract": found.source.digest,
        "pack_digest": found.pack.digest,
        "file_name": found.delivery.file_name,
        "sha256": found.delivery.sha256,
        "bytes": found.delivery.size,
        "as_of": report.as_of.isoformat(),
        "series": report.series,
        **{name: getattr(report, name) for name in counts},
        # Only of a mended quarantine: whose rejected rows it brings.
        **({"part_of": found.delivery.part_of} if found.delivery.part_of else {}),
    }
