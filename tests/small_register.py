"""A register of the Port of Lumen with some of everything: batches, facts, streams, an erasure.

Made by the package itself, to be damaged and checked from its files.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from goodstanding.kernel import FactType, FixedClock, Noted
from goodstanding.register import FactColumn, Log, NewEvent, RecordTable, StreamVersion
from goodstanding.register.erase import erase

ORIGIN = "register.example/lumen"
NOTED = Noted("test", 0)
START = datetime(2026, 1, 31, 12, 0, 0, 250, tzinfo=UTC)
FACTS = (
    FactColumn("amount", FactType.MONEY, 2),
    FactColumn("appealed", FactType.BOOLEAN),
    FactColumn("days", FactType.INTEGER),
    FactColumn("kind", FactType.CODE),
    FactColumn("paid_on", FactType.DATE),
)
#: Leaves whose rows are erased in ``build``.
ERASED = (7, 8)

_ROWS = """
SELECT
    CASE WHEN {supersedes} IS NULL THEN 'record' ELSE 'correction' END AS act,
    {supersedes}::BIGINT AS supersedes,
    'port_monthly' AS source,
    'K' || i AS source_key,
    '{item}' AS item,
    'harbour_office' AS authority,
    'lum-ship:' || (10000000 + i // 3) AS subject,
    'business' AS subject_kind,
    '光明 "Shipping" ' || (i // 3) AS subject_name,
    'Decision ' || i || '/2025' AS document,
    'port_act.7' AS basis,
    CASE WHEN i % 2 = 0 THEN DATE '2025-01-02' END AS decided_on,
    DATE '2025-01-03' AS effective_on,
    NULL::DATE AS published_on,
    NULL::DATE AS amended_on,
    DATE '2028-01-03' AS ends_on,
    '{sha}' AS delivery,
    i + 1 AS row,
    CASE WHEN i % 5 = 0 THEN '{{"amount":"' || i || ' crowns","kind":"LATE"}}' ELSE '{{}}' END
        AS original,
    (i * 100 - 50)::DECIMAL(18, 2) AS f_amount,
    i % 2 = 0 AS f_appealed,
    CASE WHEN i % 3 > 0 THEN -i END AS f_days,
    'late' AS f_kind,
    CASE WHEN i % 4 = 0 THEN DATE '2025-02-01' + i::INTEGER END AS f_paid_on
FROM range({count}) AS r(i)
"""


class Maker:
    """Appends batch after batch to a log, an hour apart."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.clock = FixedClock(log.known_at or START)
        self._connection = duckdb.connect(":memory:")
        self._tables = 0

    def table(
        self, count: int, item: str = "berth_fine", supersedes: int | None = None
    ) -> RecordTable:
        """``count`` records, one of which may correct the record at ``supersedes``."""
        name, self._tables = f"t{self._tables}", self._tables + 1
        replaced = "NULL" if supersedes is None else f"CASE WHEN i = 0 THEN {supersedes} END"
        sql = _ROWS.format(count=count, item=item, supersedes=replaced, sha="ab" * 32)
        self._connection.execute(f"CREATE TABLE {name} AS {sql}").fetchall()
        return RecordTable(self._connection, name, item, FACTS)

    def append(self, *tables: RecordTable) -> None:
        """One batch: an event of a stream, then the tables."""
        self.clock.instant += timedelta(hours=1)
        stream = StreamVersion("source/port", self.log.stream_version("source/port"))
        event = NewEvent("delivery", {"source": "port", "sha256": "ab"}, stream)
        self.log.append([event], tables, clock=self.clock, noted=NOTED)

    def erase(self, *leaves: int) -> None:
        """A batch of one erasure, carried out."""
        words = {"basis": "privacy_act.3", "by": "officer", "reason": "a court ordered it"}
        erase(self.log, leaves, **words, clock=self.clock, noted=NOTED)

    def close(self) -> None:
        """Let go of the tables."""
        self._connection.close()


def build(folder: Path) -> Log:
    """A register of 601 entries in four batches; two rows have been erased."""
    log = Log.create(folder, ORIGIN)
    maker = Maker(log)
    maker.append(maker.table(299))
    maker.append(maker.table(150), maker.table(100, "dues"))
    maker.append(maker.table(48, supersedes=3))
    maker.erase(*ERASED)
    maker.close()
    return log
