"""One delivery, from file to sealed entries.

Invariant: a delivery is taken whole or not at all. Until the log has acknowledged it,
nothing of it is visible and nothing is kept but, where rows were bad, the file of reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.account import account, gate
from goodstanding.ingest.changes import Compared, find_changes
from goodstanding.ingest.checks import row_checks
from goodstanding.ingest.dating import date_delivery
from goodstanding.ingest.erase import tidy_workplace
from goodstanding.ingest.erased import load_marks
from goodstanding.ingest.faults import find_fault
from goodstanding.ingest.judge import judge
from goodstanding.ingest.listing import Named, name_changes
from goodstanding.ingest.mended import check_part, read_as
from goodstanding.ingest.model import AS_IT_COMES, Delivery, Handover, IngestReport, Progress
from goodstanding.ingest.persons import remember_released
from goodstanding.ingest.quarantine import quarantine_name, tell_reasons, write_quarantine
from goodstanding.ingest.reading import open_delivered, receive
from goodstanding.ingest.seal import Found, keep_original, seal
from goodstanding.ingest.stage import stage
from goodstanding.ingest.versions import find_source
from goodstanding.ingest.workplace import DEFAULT_RESOURCES, Resources, bounded, database
from goodstanding.kernel import Clock, GoodStandingError, Noted, Place, day_of
from goodstanding.register import Log, Node, StreamVersion


def no_progress(_step: str, _done: int, _total: int | None) -> None:
    """For callers that show nothing."""


def source_stream(log: Log, source: str) -> StreamVersion:
    """The stream in which everything that changes a source's records stands, as of now."""
    name = f"source/{source}"
    return StreamVersion(name, log.stream_version(name))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would come of a delivery: the report, whom it concerns, and why it would be refused."""

    report: IngestReport
    named: Iterator[Named]
    refusal: GoodStandingError | None


def ingest(
    node: Node,
    pack: Pack,
    source_id: str,
    path: Path,
    *,
    clock: Clock,
    noted: Noted,
    handover: Handover = AS_IT_COMES,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress = no_progress,
) -> IngestReport:
    """Take one file of one source into the node's register.

    Raises GS-INGEST-001 to 059 for a delivery that is refused as a whole, with nothing
    applied; GS-REGISTER codes if the log cannot be written.
    """
    source = find_source(pack, source_id)
    job = Job(node, pack, source, path, handover, resources, progress)
    with _looked_through(job, clock) as found:
        report = found.report
        if report.reasons:
            with _refusals(found.con, job, found.delivery):
                report = replace(report, quarantine=_quarantine(node, found))
            found = replace(found, report=report)
        if refusal := gate(found, job.handover):
            raise refusal
        last = found.dated.last
        told = last is not None and (last.sha256, last.as_of) == (report.sha256, report.as_of)
        if told and not found.entries:
            return replace(report, log_size=node.log.head.size)
        with _refusals(found.con, job, found.delivery):
            keep_original(found, node.layout.deliveries)
            appended = seal(found, node.log, progress, clock=clock, noted=noted)
        node.index.consume()
    return replace(report, entry=appended.segments[0].first, log_size=appended.head.size)


@contextmanager
def rehearse(
    node: Node,
    pack: Pack,
    source_id: str,
    path: Path,
    *,
    clock: Clock,
    noted: Noted,
    handover: Handover = AS_IT_COMES,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress = no_progress,
) -> Iterator[Rehearsal]:
    """Do all that ``ingest`` does up to sealing; keep nothing when this is over.

    ``noted`` is the receipt of the access log for this look. Raises what ``ingest`` raises, but
    for the gates: they are told in the rehearsal.
    """
    source = find_source(pack, source_id)
    job = Job(node, pack, source, path, handover, resources, progress)
    with _looked_through(job, clock) as found:
        refusal = gate(found, job.handover)
        with _refusals(found.con, job, found.delivery):
            tell_reasons(found.con, found.fields)
        named = name_changes(found.con, [pack.items[item] for item in source.items])
        report = replace(found.report, log_size=node.log.head.size)
        yield Rehearsal(report, named, refusal)


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be looked through, for which node, and with what means."""

    node: Node
    pack: Pack
    source: Source
    path: Path
    handover: Handover
    resources: Resources
    progress: Progress


@contextmanager
def _looked_through(job: Job, clock: Clock) -> Iterator[Found]:
    """Read, check and compare the file; nothing has changed when this yields."""
    node, pack, source, progress = job.node, job.pack, job.source, job.progress
    with (
        tidy_workplace(node, pack) as place,
        database(node.layout, place, pack.time_zone, job.resources) as con,
    ):
        node.index.consume()
        form = read_as(job.path, source)
        delivery = receive(job.path, form.source, place, progress)
        progress("reading", 0, None)
        now, taken = clock.now(), node.index.deliveries(source.id)
        with _refusals(con, job, delivery):
            delivered = open_delivered(con, delivery, form.source)
            delivery, delivered = form.taken(con, delivery, delivered)
            check_part(node, source, delivery)
            today = day_of(now, pack.time_zone)
            dated = date_delivery(con, source, pack, delivery, job.handover, taken, today)
        read = delivered.rows + delivered.unreadable_lines
        progress("checking", 0, read)
        stream = source_stream(node.log, source.id)
        segments = {i: [s.file for s in node.log.segments(i, sealed=True)] for i in source.items}
        seconds = job.resources.seconds_for(read)
        slow = GoodStandingError(
            errors.TOO_SLOW,
            place=Place(source.sql_path),
            source=source.id,
            file=delivery.file_name,
            seconds=round(seconds),
        )
        with bounded(con, seconds, slow), _refusals(con, job, delivery):
            fields = stage(con, source, pack, delivered)
            remember_released(con, node, source.id, segments)
            checks = [*delivered.checks, *row_checks(source, pack, fields, now)]
            judge(con, source, pack, fields, checks)
            marks = load_marks(con, node, source.id)
            compared = Compared(dated, segments, marks, delivery.part_of is not None)
            changes = find_changes(con, source, pack, fields, compared)
            report = account(con, pack, source, delivery, read, compared, changes)
        progress("checking", read, read)
        report = replace(report, notes=(*delivery.notes, *delivered.notes, *report.notes))
        yield Found(con, pack, source, delivery, dated, fields, report, changes, stream)


@contextmanager
def _refusals(con: duckdb.DuckDBPyConnection, job: Job, delivery: Delivery) -> Iterator[None]:
    """What DuckDB cannot do with this file, as a refusal of the whole of it."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise GoodStandingError(
            errors.OUT_OF_MEMORY, limit=job.resources.memory, file=delivery.file_name
        ) from None
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise GoodStandingError(
            errors.SELECT_FAILED,
            place=Place(job.source.sql_path),
            file=delivery.file_name,
            source=job.source.id,
            problem=find_fault(con, job.source, error),
        ) from None


def _quarantine(node: Node, found: Found) -> Path:
    """Write the file of reasons."""
    path = node.layout.quarantine / quarantine_name(found.source.id, found.delivery.sha256)
    write_quarantine(found.con, found.fields, found.delivery, path)
    return path
