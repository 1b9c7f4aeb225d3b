"""Account for every row of a delivery, and hold the whole of it against the declared gates.

Invariant: accepted + rejected = read, always, and each rejected row has a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from goodstanding.catalogue import Missing, Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.changes import Changes, Compared, unclear_rows
from goodstanding.ingest.errors import MAY_BE_A_PERSON
from goodstanding.ingest.judge import summary
from goodstanding.ingest.model import Delivery, Handover, IngestReport
from goodstanding.ingest.seal import Found
from goodstanding.ingest.sql import any_of, run
from goodstanding.kernel import Fixed, GoodStandingError, Place


def account(
    con: duckdb.DuckDBPyConnection,
    pack: Pack,
    source: Source,
    delivery: Delivery,
    read: int,
    compared: Compared,
    changes: Mapping[str, Changes],
) -> IngestReport:
    """Count everything, and say what was not taken as it was sent."""
    _check_rows(con, source, delivery)
    dated, rejected = compared.dated, _rejected(con)
    accepted, older = read - rejected, _count(con, "older")
    new = sum(change.new for change in changes.values())
    corrected = sum(change.corrected for change in changes.values())
    unchanged = sum(change.unchanged for change in changes.values())
    if accepted != new + corrected + unchanged + older:
        raise AssertionError(f"{accepted} rows are accepted, not all with an outcome")
    left_out = any_of(f"check_{c.id}" for c in source.checks if not c.fault)
    return IngestReport(
        source=source.id,
        file_name=delivery.file_name,
        sha256=delivery.sha256,
        as_of=dated.as_of,
        series=dated.series,
        read=read,
        accepted=accepted,
        rejected=rejected,
        left_out=_count(con, f"staged WHERE {left_out}"),
        new=new,
        corrected=corrected,
        unchanged=unchanged,
        older=older,
        ended=sum(change.ended for change in changes.values()),
        withdrawn=sum(change.withdrawn for change in changes.values()),
        reasons=summary(con),
        held=_count(con, f"(SELECT DISTINCT row FROM reasons WHERE code = '{MAY_BE_A_PERSON.id}')"),
        weak=_weak(con, pack),
        notes=(*_notes(con, source, delivery.sha256, compared, older),),
    )


def _check_rows(con: duckdb.DuckDBPyConnection, source: Source, delivery: Delivery) -> None:
    """Raises GS-INGEST-042 unless each delivered row was staged once."""
    # Each row has a number of its own, so the same count and sum are the same rows.
    rows = "SELECT count(*)::BIGINT, sum(row)"
    ((delivered, those),) = run(con, f"{rows} FROM delivered")
    ((staged, these),) = run(con, f"{rows} FROM staged")
    if (delivered, those) != (staged, these):
        raise GoodStandingError(
            errors.ROWS_LOST,
            place=Place(source.sql_path),
            source=source.id,
            file=delivery.file_name,
            staged=staged,
            delivered=delivered,
        )


def _weak(con: duckdb.DuckDBPyConnection, pack: Pack) -> int:
    """How many rows are accepted under a weak identifier."""
    weak = [f"starts_with(subject, '{s.id}:')" for s in pack.identifier_schemes.values() if s.weak]
    return _count(con, f"staged WHERE NOT bad AND ({any_of(weak)})") if weak else 0


def _notes(
    con: duckdb.DuckDBPyConnection, source: Source, sha256: str, compared: Compared, older: int
) -> Iterator[str]:
    """What became of the delivery otherwise than a reader would expect, in sentences."""
    dated, unclear = compared.dated, unclear_rows(con)
    newest = dated.newest
    if dated.is_older and newest is not None:
        yield (
            f"It is of {dated.as_of}, older than what was taken up to {newest.as_of}: {older:,} "
            "rows change nothing, since their records were told of later or left out since."
        )
    elif source.snapshot and newest and newest.as_of == dated.as_of and newest.sha256 != sha256:
        yield (
            f"A delivery of the same day was taken before (entry {newest.entry}); where the two "
            "differ this one counts."
        )
    if source.missing is not Missing.NOTHING and not dated.is_older and unclear:
        yield (
            f"{unclear:,} lines could not be split or have no key, so no record counts as missing "
            "from the list."
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


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(str(run(con, f"SELECT count(*)::BIGINT FROM {rows}")[0][0]))


def gate(found: Found, handover: Handover) -> GoodStandingError | None:
    """Why the gates that the contract declares stop the whole file, if they do.

    They are about whole files; a part is smaller, and what is left unmended in it is sent back.
    """
    if found.delivery.part_of is not None:
        return None
    source, report, last = found.source, found.report, found.dated.last
    place = Place(report.file_name)
    share = source.min_share_of_last
    fewer = share is not None and last is not None and _is_below(report.read, last.read, share)
    if last is not None and fewer and not handover.allow_fewer:
        return GoodStandingError(
            errors.FEWER_ROWS, place=place, file=report.file_name, rows=report.read,
            source=report.series or report.source, last=last.read, share=share,
        )  # fmt: skip
    share, claimed = source.max_rejected_share, report.read - report.left_out - report.held
    if share is not None and _is_above(report.faults, claimed, share):
        return GoodStandingError(
            errors.MANY_REJECTED, place=place, rejected=report.faults, rows=claimed,
            file=report.file_name, share=share, quarantine=report.quarantine or "the list above",
        )  # fmt: skip
    return None


def _is_below(part: int, whole: int, share: Fixed) -> bool:
    """Whether ``part`` is less than ``share`` of ``whole``, exactly."""
    return bool(part * 10**share.scale < whole * share.units)


def _is_above(part: int, whole: int, share: Fixed) -> bool:
    return bool(part * 10**share.scale > whole * share.units)
