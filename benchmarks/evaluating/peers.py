"""What the peers share: the sealed tables, and how many records and results there are."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.place import ITEMS, STANDINGS, Place, Timed


def timed(place: Place, seconds: float, out: Path) -> Timed:
    """The time with the records in the segments and the standings written to ``out``."""
    records = sum(rows_of(file) for item in ITEMS for file in place.segments(item))
    return Timed(seconds, records, rows_of(out / STANDINGS))


def rows_of(file: Path) -> int:
    """How many rows a Parquet file has."""
    return int(pq.ParquetFile(file).metadata.num_rows)


#: Every reason the scheme can give: position, kind, rule, article, whether it has points.
REASONS_GIVEN = (
    (0, "base", "base", "trade_act.21", True),
    (1, "rule", "penalties", "trade_act.21", True),
    (2, "rule", "fines", "trade_act.21", True),
    (3, "rule", "failures", "trade_act.21", True),
    (4, "rule", "findings", "trade_act.21", True),
    (5, "rule", "last_failed", "trade_act.21", True),
    (6, "group", "conduct", "trade_act.21", True),
    (7, "exception", "closed", "trade_act.23", False),
    (8, "exception", "heavy_fines", "trade_act.23", False),
    (9, "absence", "absence", "trade_act.24", False),
)
