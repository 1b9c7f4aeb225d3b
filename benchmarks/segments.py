"""Segments made directly, without a node: what evaluation reads, at sizes nobody ingests for it.

The rows are those of the agency's file that are good, in batches as ingestion seals them, each
with its inspections first; the columns are those that an evaluation may look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.generate import RECORDS_A_SUBJECT
from benchmarks.place import HERE, ITEMS, Place

#: Rows of the file that together make a segment of inspections and one of penalties.
BATCH = 349_000
_ROW_GROUP = 122_880
_EVENTS = {"inspection": "INSPECTION", "penalty": "PENALTY"}
_FACTS = {
    "inspection": "lower(result) AS f_result, findings::BIGINT AS f_findings",
    "penalty": "amount::DECIMAL(18, 2) AS f_amount, lower(breach) AS f_kind",
}
_ENDS = {"inspection": "NULL::DATE", "penalty": "(effective + INTERVAL 84 MONTH)::DATE"}
_GOOD = """
    business_no <> 'unknown' AND decided < DATE '2099-01-01'
    AND (event <> 'INSPECTION' OR result <> 'UNCLEAR')
    AND (event <> 'PENALTY' OR (breach <> 'OTHER' AND amount > 0))
"""


def make_segments(place: Place) -> None:
    """Write the segments of a place whose records nobody ingests, unless they are there."""
    if any(place.segments(item) for item in ITEMS):
        return
    with duckdb.connect(config={"memory_limit": "2GiB"}) as con:
        con.execute((HERE / "sql" / "generate.sql").read_text("utf-8")).fetchall()
        leaf = 1
        for start in range(0, place.records, BATCH):
            stop = min(start + BATCH, place.records)
            _draw(con, start, stop, place.records)
            leaf = _write(con, place.segment_folder, leaf)


def make_later(place: Place, new: int, corrections: int, moved: int, withdrawals: int) -> None:
    """Write one more batch: new records; corrections of old ones, some of which say that the
    record was about another business; withdrawals."""
    if any(place.later(item) for item in ITEMS):
        return
    with duckdb.connect(config={"memory_limit": "2GiB"}) as con:
        con.execute((HERE / "sql" / "generate.sql").read_text("utf-8")).fetchall()
        records = new - corrections - withdrawals
        _draw(con, place.records, place.records + records, place.records)
        # Every so manieth record from the whole log, so that no part of it is spared.
        old = [str(file) for file in place.segments("inspection")]
        changed = corrections + withdrawals
        con.execute(
            f"""
            CREATE TABLE changed AS
            SELECT *, row_number() OVER (ORDER BY hash(leaf), leaf) AS n
            FROM read_parquet({old}) ORDER BY n LIMIT {changed}
            """
        ).fetchall()
        con.execute(
            f"""
            CREATE TABLE successors AS SELECT
                CASE WHEN n > {corrections} THEN 'withdrawal' ELSE 'correction' END AS act,
                leaf AS supersedes,
                * EXCLUDE (leaf, act, supersedes, subject, n)
                    REPLACE (TIMESTAMP '2025-07-01 12:00:00' AS known_at,
                             CASE f_result WHEN 'pass' THEN 'fail' ELSE 'pass' END AS f_result),
                CASE WHEN n <= {moved} THEN subject || '1' ELSE subject END AS subject
            FROM changed
            """
        ).fetchall()
        _write(con, place.later_folder, place.log_size(), successors="successors")


def _draw(con: duckdb.DuckDBPyConnection, start: int, stop: int, records: int) -> None:
    businesses = max(1, records // RECORDS_A_SUBJECT)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE part AS SELECT record_no, event, business_no, decided, "
        f"effective, published, result, findings, amount, breach "
        f"FROM tarn_part({start}, {stop}, {businesses}) WHERE {_GOOD}"
    ).fetchall()


def _write(
    con: duckdb.DuckDBPyConnection, folder: Path, leaf: int, successors: str | None = None
) -> int:
    """Write the rows of ``part`` from this leaf on; the leaf after them."""
    for item in ITEMS:
        records = f"""
            SELECT
                'record' AS act, NULL::BIGINT AS supersedes, 'inspectorate' AS source,
                record_no AS source_key, '{item}' AS item, 'trade_inspectorate' AS authority,
                'tarn-biz:' || business_no AS subject, 'business' AS subject_kind,
                decided AS decided_on, effective AS effective_on, published AS published_on,
                NULL::DATE AS amended_on, {_ENDS[item]} AS ends_on,
                TIMESTAMP '2025-07-01 12:00:00' AS known_at, {_FACTS[item]}
            FROM part WHERE event = '{_EVENTS[item]}'
        """
        if successors and item == "inspection":
            records += f" UNION ALL BY NAME SELECT * FROM {successors}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE sealed AS {records}").fetchall()
        count = int(con.execute("SELECT count(*) FROM sealed").fetchall()[0][0])
        if not count:
            continue
        file = folder / item / f"{leaf}-{count}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        con.execute(
            f"COPY (SELECT {leaf} + row_number() OVER () - 1 AS leaf, * FROM sealed) "
            f"TO '{file}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
            f"ROW_GROUP_SIZE {_ROW_GROUP})"
        ).fetchall()
        leaf += count
    return leaf


def rows(files: Sequence[Path]) -> int:
    """How many records some segments hold, by their names."""
    return sum(int(file.stem.split("-")[1]) for file in files)
