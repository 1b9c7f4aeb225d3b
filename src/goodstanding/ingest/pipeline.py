"""One delivery, from file to sealed entries.

Invariant: a delivery is taken whole or not at all. Until the log has acknowledged it,
nothing of it is visible and nothing is kept but, where rows were bad, the file of reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.changes import Changes, find_changes
from goodstanding.ingest.checks import row_checks
from goodstanding.ingest.erase import tidy_workplace
from goodstanding.ingest.judge import judge, summary
from goodstanding.ingest.model import Delivery, IngestReport, Progress
from goodstanding.ingest.quarantine import write_quarantine
from goodstanding.ingest.reading import open_delivered, receive
from goodstanding.ingest.seal import keep_original, seal
from goodstanding.ingest.sql import run
from goodstanding.ingest.stage import stage
from goodstanding.ingest.versions import find_source
from goodstanding.ingest.workplace import DEFAULT_RESOURCES, Resources, database
from goodstanding.kernel import Clock, Fixed, GoodStandingError, Noted, Place
from goodstanding.register import Log, Node, StreamVersion


def no_progress(_step: str, _done: int, _total: int | None) -> None:
    """For callers that show nothing."""


def source_stream(log: Log, source: str) -> StreamVersion:
    """The stream in which everything that changes a source's records stands, as of now."""
    name = f"source/{source}"
    return StreamVersion(name, log.stream_version(name))


def ingest(
    node: Node,
    pack: Pack,
    source_id: str,
    path: Path,
    *,
    clock: Clock,
    noted: Noted,
    resources: Resources = DEFAULT_RESOURCES,
    allow_fewer: bool = False,
    progress: Progress = no_progress,
) -> IngestReport:
    """Take one file of one source into the node's register.

    Raises GS-INGEST-001 to 028 for a delivery that is refused as a whole, with nothing
    applied; GS-REGISTER codes if the log cannot be written.
    """
    source = find_source(pack, source_id)
    log, index = node.log, node.index
    with tidy_workplace(node, pack) as place, database(place, resources) as con:
        index.consume()
        delivery = receive(path, source, place, progress)
        progress("reading", 0, None)
        with _refusals(source, delivery, resources):
            delivered = open_delivered(con, delivery, source)
        read = delivered.rows + delivered.unreadable_lines
        last = index.deliveries(source.id)[-1:]
        if last and not allow_fewer:
            _gate_fewer(source, delivery, read, int(str(last[0].payload["read"])))
        progress("checking", 0, read)
        stream, now = source_stream(log, source.id), clock.now()
        segments = {i: [s.file for s in log.segments(i, sealed=True)] for i in source.items}
        with _refusals(source, delivery, resources):
            fields = stage(con, source, pack, delivered)
            checks = [*delivered.checks, *row_checks(source, pack, fields, now)]
            judge(con, source, pack, fields, checks)
            changes = find_changes(con, source, pack, fields, segments)
        progress("checking", read, read)
        report = _report(con, node, source, delivery, read, changes)
        _gate_rejected(source, report)
        if last and last[0].sha256 == delivery.sha256 and not _entries(changes):
            return replace(report, log_size=log.head.size)
        keep_original(delivery, node.layout.deliveries)
        with _refusals(source, delivery, resources):
            size = seal(
                con, log, pack, source, delivery, report, changes, stream, progress,
                clock=clock, noted=noted,
            )  # fmt: skip
        index.consume()
    return replace(report, log_size=size)


@contextmanager
def _refusals(source: Source, delivery: Delivery, resources: Resources) -> Iterator[None]:
    """What DuckDB cannot do with this file, as a refusal of the whole of it."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise GoodStandingError(
            errors.OUT_OF_MEMORY, limit=resources.memory, file=delivery.file_name
        ) from None
    except duckdb.Error as error:
        raise GoodStandingError(
            errors.SELECT_FAILED,
            place=Place(source.sql_path),
            file=delivery.file_name,
            source=source.id,
            problem=str(error).splitlines()[0].rstrip("."),
        ) from error


def _gate_fewer(source: Source, delivery: Delivery, read: int, last: int) -> None:
    share = source.min_share_of_last
    if _is_below(read, last, share):
        raise GoodStandingError(
            errors.FEWER_ROWS,
            place=Place(delivery.file_name),
            file=delivery.file_name,
            rows=read,
            source=source.id,
            last=last,
            share=share,
        )


def _gate_rejected(source: Source, report: IngestReport) -> None:
    share = source.max_rejected_share
    if _is_above(report.rejected, report.read, share):
        raise GoodStandingError(
            errors.MANY_REJECTED,
            place=Place(report.file_name),
            rejected=report.rejected,
            rows=report.read,
            file=report.file_name,
            share=share,
            quarantine=report.quarantine,
        )


def _rejected(con: duckdb.DuckDBPyConnection) -> int:
    """How many rows and lines are rejected; each of them has a reason, or we are at fault."""
    bad = "(SELECT count(*) FROM staged WHERE bad) + (SELECT count(*) FROM broken_lines)"
    # A line that could not be split and a row may share a number; they are two.
    explained = "(SELECT count(*) FROM (SELECT DISTINCT row, field = 'line' FROM reasons))"
    ((rejected, with_reason),) = run(con, f"SELECT ({bad})::BIGINT, {explained}::BIGINT")
    if rejected != with_reason:
        raise AssertionError(f"{rejected} rows are rejected, {with_reason} with a reason")
    return int(str(rejected))


def _is_below(part: int, whole: int, share: Fixed) -> bool:
    """Whether ``part`` is less than ``share`` of ``whole``, exactly."""
    return bool(part * 10**share.scale < whole * share.units)


def _is_above(part: int, whole: int, share: Fixed) -> bool:
    return bool(part * 10**share.scale > whole * share.units)


def _entries(changes: dict[str, Changes]) -> int:
    return sum(change.entries for change in changes.values())


def _report(
    con: duckdb.DuckDBPyConnection,
    node: Node,
    source: Source,
    delivery: Delivery,
    read: int,
    changes: dict[str, Changes],
) -> IngestReport:
    """Count everything; write the file of reasons if there are any."""
    reasons = summary(con)
    rejected = _rejected(con)
    quarantine = (
        node.layout.quarantine / f"{source.id}-{delivery.sha256[:12]}.csv" if reasons else None
    )
    if quarantine:
        write_quarantine(con, source, quarantine)
    accepted = read - rejected
    new = sum(change.new for change in changes.values())
    corrected = sum(change.corrected for change in changes.values())
    return IngestReport(
        source=source.id,
        file_name=delivery.file_name,
        sha256=delivery.sha256,
        read=read,
        accepted=accepted,
        rejected=rejected,
        new=new,
        corrected=corrected,
        unchanged=accepted - new - corrected,
        withdrawn=sum(change.withdrawn for change in changes.values()),
        reasons=reasons,
        quarantine=quarantine,
        log_size=0,
    )
