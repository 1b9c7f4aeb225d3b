"""Segments read back: commitments in leaf order, records, events, and who they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Any

import duckdb
import pyarrow as pa

from goodstanding.kernel import Fixed, GoodStandingError
from goodstanding.kernel.honorifics import bears_honorific_sql
from goodstanding.register.errors import UNSEALABLE_ROW
from goodstanding.register.model import RECORD_COLUMNS, FactColumn, FactValue, Record
from goodstanding.register.segments import duck
from goodstanding.register.segments.canonical import record_preimages
from goodstanding.register.segments.clocks import known_by
from goodstanding.register.segments.columns import facts_of
from goodstanding.register.segments.events import event_commitments
from goodstanding.register.segments.files import EVENTS, Segment, unreadable

#: Rows hashed at a time: some tens of megabytes of sealed bytes.
_BATCH = 32_768


#: One subject within one segment: subject, the segment's first leaf, the subject's latest kind
#: and name, how many rows, and the leaves of the first and the last of them.
SubjectRow = tuple[str, int, str, str, int, int, int]


def commitments(segment: Segment) -> Iterator[list[bytes]]:
    """The commitments of a segment in leaf order, some thousands at a time.

    Raises GS-REGISTER-014 if the file is not the segment its name says, and GS-REGISTER-008
    for the first row that no seal can cover.
    """
    if segment.item == EVENTS:
        yield from event_commitments(segment)
        return
    expected, source = segment.first, duck.parquet(segment.file)
    # One thread, for it has company: hashing here, and the next segment being written.
    with closing(duck.shared(threads=1)) as connection:
        sql = record_preimages(source, segment.item, facts_of(connection, segment.file))
        try:
            for batch in _ahead(connection.sql(sql).to_arrow_reader(_BATCH)):
                leaves, preimages = batch.columns
                _check_order(segment, leaves, expected)
                if preimages.null_count:
                    leaf = leaves[preimages.is_null().to_pylist().index(True)].as_py()
                    raise GoodStandingError(UNSEALABLE_ROW, leaf=leaf, item=segment.item)
                expected += len(leaves)
                yield _digests(preimages)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise unreadable(segment.file, str(error)) from error
    if expected != segment.end:
        raise unreadable(segment.file, f"it ends before leaf {expected}, not {segment.end}")


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, the next one being worked out while one is in use."""
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = worker.submit(next, batches, None)
            yield batch


def _digests(blobs: pa.BinaryArray) -> list[bytes]:
    """SHA-256 of each blob where it lies, none of them copied.

    Straight to hashlib: kernel.commitment would cost as much again in calls.
    """
    _, offsets, data = blobs.buffers()
    if data is None:
        return [sha256(b"").digest()] * len(blobs)
    bounds = memoryview(offsets).cast("i")[blobs.offset : blobs.offset + len(blobs) + 1].tolist()
    whole = memoryview(data)
    return [sha256(whole[start:end]).digest() for start, end in pairwise(bounds)]


def read_records(
    segment: Segment,
    *,
    subject: str | None = None,
    leaves: Collection[int] | None = None,
) -> list[Record]:
    """Records of a segment in leaf order, of one subject or at some leaves if asked for.

    Raises GS-REGISTER-014.
    """
    bound = known_by(segment.file)
    with closing(duck.shared()) as connection:
        facts = facts_of(connection, segment.file)
        conditions, parameters = ["true"], list[object]()
        if subject is not None:
            conditions.append("subject = ?")
            parameters.append(subject)
        if leaves is not None:
            # The bounds are what row groups are skipped by; the list alone may not be.
            conditions.append("leaf BETWEEN ? AND ? AND list_contains(?, leaf)")
            parameters += [min(leaves, default=0), max(leaves, default=0), sorted(leaves)]
        rows = _fetch(
            connection,
            segment,
            f"SELECT * FROM {duck.parquet(segment.file)} "
            f"WHERE {' AND '.join(conditions)} ORDER BY leaf",
            parameters,
        )
    return [_record(row, facts, bound) for row in rows]


def read_subjects(
    segment: Segment, chunk: int, only: Collection[str] | None = None
) -> Iterator[list[SubjectRow]]:
    """One row a subject, sorted by subject, ``chunk`` rows at a time; of some if asked for.

    A name that bears a personal honorific is left empty: nobody is found by it.
    Raises GS-REGISTER-014.
    """
    wanted = "true" if only is None else "list_contains($only, subject)"
    parameters = {} if only is None else {"only": sorted(only)}
    sql = f"""
        SELECT
            subject,
            {segment.first} AS first,
            kind,
            CASE WHEN {bears_honorific_sql("name")} THEN '' ELSE name END,
            records,
            first_leaf,
            last_leaf
        FROM (
            SELECT
                subject,
                arg_max(subject_kind, leaf) AS kind,
                arg_max(subject_name, leaf) AS name,
                count(*) AS records,
                min(leaf) AS first_leaf,
                max(leaf) AS last_leaf
            FROM {duck.parquet(segment.file)}
            WHERE {wanted}
            GROUP BY subject
        )
        ORDER BY subject
    """
    with closing(duck.shared()) as connection:
        try:
            for batch in connection.sql(sql, params=parameters).to_arrow_reader(chunk):
                # By columns: half the time of fetching rows.
                yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise unreadable(segment.file, str(error)) from error


def read_superseded(segment: Segment, chunk: int) -> Iterator[list[tuple[int, int]]]:
    """(superseded leaf, leaf) of the segment's rows that supersede another, in leaf order.

    Raises GS-REGISTER-014.
    """
    sql = f"""
        SELECT supersedes, leaf FROM {duck.parquet(segment.file)}
        WHERE supersedes IS NOT NULL ORDER BY leaf
    """
    with closing(duck.shared()) as connection:
        rows = _fetch(connection, segment, sql, [])
    yield from (rows[at : at + chunk] for at in range(0, len(rows), chunk))


def _check_order(segment: Segment, leaves: pa.Int64Array, expected: int) -> None:
    _, numbers = leaves.buffers()
    found = memoryview(numbers).cast("q")[leaves.offset : leaves.offset + len(leaves)].tolist()
    if leaves.null_count or found != list(range(expected, expected + len(leaves))):
        raise unreadable(segment.file, f"its leaves from {expected} on are not in order")


def _fetch(
    connection: duckdb.DuckDBPyConnection, segment: Segment, sql: str, parameters: list[object]
) -> list[tuple[Any, ...]]:
    try:
        return duck.run(connection, sql, parameters)
    except duckdb.Error as error:
        raise unreadable(segment.file, str(error)) from error


def _record(row: tuple[Any, ...], facts: tuple[FactColumn, ...], bound: datetime | None) -> Record:
    fixed = dict(zip(RECORD_COLUMNS, row, strict=False))
    fixed["known_at"] = _in_utc(fixed["known_at"])
    if bound is not None and bound < fixed["known_at"]:
        fixed |= {"known_at": bound, "sealed_at": fixed["known_at"]}
    values = row[len(RECORD_COLUMNS) :]
    return Record(
        **fixed,
        facts={fact.name: _fact(value, fact) for fact, value in zip(facts, values, strict=True)},
    )


def _fact(value: Any, fact: FactColumn) -> FactValue:
    if isinstance(value, Decimal):
        return Fixed(int(value.scaleb(fact.scale)), fact.scale)
    # DuckDB's rows are untyped; the column's type was checked when the segment was opened.
    found: FactValue = value
    return found


def _in_utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)
