"""One delivery, from file to sealed entries.

Invariant: a delivery is taken whole or not at all. Until the log has acknowledged it,
nothing of it is visible and nothing is kept but, where rows were bad, the file of reasons.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.changes import Changes, find_changes
from goodstanding.ingest.checks import row_checks
from goodstanding.ingest.judge import judge, summary
from goodstanding.ingest.model import Delivery, IngestReport, Progress
from goodstanding.ingest.quarantine import write_quarantine
from goodstanding.ingest.reader import open_delivered
from goodstanding.ingest.receive import receive
from goodstanding.ingest.seal import keep_original, seal
from goodstanding.ingest.sql import run, text
from goodstanding.ingest.stage import create_macros, stage
from goodstanding.kernel import Clock, Fixed, GoodStandingError, Place
from goodstanding.register import Node


@dataclass(frozen=True, slots=True)
class Resources:
    """What a delivery may use: memory for tables (DuckDB's words) and threads."""

    memory: str = "2GB"
    threads: int | None = None


DEFAULT_RESOURCES = Resources()


def no_progress(_step: str, _done: int, _total: int | None) -> None:
    """For callers that show nothing."""


def find_source(pack: Pack, source: str) -> Source:
    """The source contract by id. Raises GS-INGEST-001, naming those there are."""
    if source not in pack.sources:
        known = ", ".join(sorted(pack.sources)) or "none"
        raise GoodStandingError(errors.NO_SUCH_SOURCE, pack=pack.id, source=source, known=known)
    return pack.sources[source]


def ingest(
    node: Node,
    pack: Pack,
    source_id: str,
    path: Path,
    *,
    clock: Clock,
    resources: Resources = DEFAULT_RESOURCES,
    allow_fewer: bool = False,
    progress: Progress = no_progress,
) -> IngestReport:
    """Take one file of one source into the node's register.

    Raises GS-INGEST-001 to 012 for a delivery that is refused as a whole, with nothing
    applied; GS-REGISTER codes if the log cannot be written.
    """
    source = find_source(pack, source_id)
    log, index = node.log, node.index
    with _workplace(node) as workplace, _database(workplace, resources) as con:
        index.consume()
        delivery = receive(path, source, workplace, progress)
        progress("reading", 0, None)
        delivered = open_delivered(con, delivery, source)
        read = delivered.rows + delivered.unreadable_lines
        last = index.deliveries(source.id)[-1:]
        if last and not allow_fewer:
            _gate_fewer(source, delivery, read, int(str(last[0].payload["read"])))
        progress("checking", 0, read)
        head, now = log.head, clock.now()
        segments = {item: [s.file for s in log.segments(item)] for item in source.items}
        with _refusals(source, delivery, resources):
            fields = stage(con, source, pack, delivered)
            judge(con, source, pack, fields, row_checks(source, pack, fields, now))
            changes = find_changes(con, source, pack, fields, segments)
        progress("checking", read, read)
        report = _report(con, node, source, delivery, read, changes)
        _gate_rejected(source, report)
        if last and last[0].sha256 == delivery.sha256 and not _entries(changes):
            return replace(report, log_size=head.size)
        keep_original(delivery, node.layout.deliveries)
        with _refusals(source, delivery, resources):
            size = seal(con, log, head, pack, source, delivery, report, changes, now, progress)
        index.consume()
    return replace(report, log_size=size)


@contextmanager
def _workplace(node: Node) -> Iterator[Path]:
    """A folder inside the node (same file system) that is gone afterwards, whatever happens.

    One delivery at a time: changes are found against a head, and the next delivery waits
    until that head has moved. Whoever holds the lock owns every such folder, so what a
    killed process left of an agency's file is deleted here.
    """
    with (node.folder / ".receiving.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in node.folder.glob(".receiving-*"):
            shutil.rmtree(abandoned)
        with tempfile.TemporaryDirectory(prefix=".receiving-", dir=node.folder) as folder:
            yield Path(folder)


@contextmanager
def _database(workplace: Path, resources: Resources) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB database on disk, so that memory stays bounded whatever the file's size."""
    with duckdb.connect(str(workplace / "work.duckdb")) as con:
        run(con, f"SET memory_limit = {text(resources.memory)}")
        run(con, f"SET temp_directory = {text(str(workplace / 'spill'))}")
        run(con, "SET enable_progress_bar = false")
        run(con, "SET TimeZone = 'UTC'")
        if resources.threads:
            run(con, f"SET threads = {resources.threads}")
        create_macros(con)
        yield con


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
