"""An officer releases one held row: of an establishment or permit that a statute orders published.

Invariant: a release is a named act under the article by which the item's records are published;
without one a held row stays refused, and a person's number is never released. The row is taken
from the delivery as it was kept, and judged by every other rule. Nothing else remembers the
release but the record itself: what stands released is taken again when it is delivered again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack, Source
from goodstanding.ingest.act_errors import (
    ALREADY_TAKEN,
    NO_KEPT_DELIVERY,
    NOT_HELD,
    NOT_RELEASED_YET,
    PERSONS_NUMBER,
    PUBLICATION_NOT_ORDERED,
    SAYS_PAYLOAD,
    WEAK_RELEASE,
)
from goodstanding.ingest.changes import Changes, Compared, find_changes
from goodstanding.ingest.checks import row_checks
from goodstanding.ingest.dating import Dated
from goodstanding.ingest.erase import tidy_workplace
from goodstanding.ingest.erased import load_marks
from goodstanding.ingest.errors import MAY_BE_A_PERSON
from goodstanding.ingest.grounds import TELLING, Grounds, holds
from goodstanding.ingest.judge import judge
from goodstanding.ingest.persons import persons_checks
from goodstanding.ingest.pipeline import source_stream
from goodstanding.ingest.redact import open_kept
from goodstanding.ingest.sql import any_of, run, text
from goodstanding.ingest.stage import StagedField, stage
from goodstanding.ingest.standing import fact_columns
from goodstanding.ingest.versions import find_source
from goodstanding.ingest.workplace import database
from goodstanding.kernel import Clock, GoodStandingError, Noted, day_of, today
from goodstanding.register import NewEvent, Node, RecordTable, StreamVersion
from goodstanding.register.index import RELEASE

_QUARANTINE = re.compile(r"(?P<source>.+)-(?P<digest>[0-9a-f]{12})(?:\.[a-z.]+)?")


@dataclass(frozen=True, slots=True)
class Released:
    """What a release sealed: the record at ``leaf``, found by its ``subject`` alone."""

    leaf: int
    event: int
    item: str
    subject: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    """A held row: where it was delivered, and what of it an act must name or must not."""

    source: Source
    digest: str
    row: int
    item: Item
    subject: str
    key: str
    says: tuple[str, ...]


def release(
    node: Node,
    pack: Pack,
    quarantined: str,
    row: int,
    *,
    by: str,
    reason: str,
    basis: str,
    clock: Clock,
    noted: Noted,
) -> Released:
    """Seal the row that was held in the delivery of the quarantine file ``quarantined``.

    ``basis`` is the article that orders the publication. Raises GS-INGEST-180, 189 and 191 for
    the grounds, 192 to 198 for a row that cannot be released, and what ``Log.append`` raises;
    then nothing has changed.
    """
    grounds = Grounds(by, reason, basis)
    grounds.check(pack, today(clock, pack.time_zone))
    with tidy_workplace(node, pack) as place:
        node.index.consume()
        source, digest, kept = _find_delivery(node, pack, quarantined)
        with database(node.layout, place, pack.time_zone) as con:
            delivered = open_kept(con, kept, source, place)
            _keep_only(con, row)
            fields = stage(con, source, pack, delivered)
            held = _find_held(con, pack, source, digest, row, basis)
            _check_silent(reason, held.says)
            stream = source_stream(node.log, source.id)
            changes = _judge(con, node, pack, held, fields, clock.now())
            return _seal(node, con, held, changes, grounds, stream, clock, noted)


def _find_delivery(node: Node, pack: Pack, quarantined: str) -> tuple[Source, str, Path]:
    if named := _QUARANTINE.fullmatch(quarantined):
        source = find_source(pack, named["source"])
        for delivery in node.index.deliveries(source.id):
            if delivery.sha256.startswith(named["digest"]):
                kept = sorted(node.layout.deliveries.glob(f"{delivery.sha256}*"))
                if kept:
                    return source, delivery.sha256, kept[-1]
    raise GoodStandingError(NO_KEPT_DELIVERY, file=quarantined)


def _keep_only(con: duckdb.DuckDBPyConnection, row: int) -> None:
    """Let `delivered` be the one row, and no line be broken."""
    run(con, f"CREATE TABLE one_row AS SELECT * FROM delivered WHERE row = {row}")
    views = run(con, "SELECT 1 FROM duckdb_views() WHERE view_name = 'delivered'")
    run(con, f"DROP {'VIEW' if views else 'TABLE'} delivered")
    run(con, "ALTER TABLE one_row RENAME TO delivered")
    run(con, "DELETE FROM broken_lines")


def _find_held(
    con: duckdb.DuckDBPyConnection, pack: Pack, source: Source, digest: str, row: int, basis: str
) -> _Held:
    """The row as held by a mark or by the file. Raises GS-INGEST-192, 193 and 198."""
    found = run(con, "SELECT item, subject, source_key, subject_name, document FROM staged_values")
    if not found:
        raise GoodStandingError(NOT_HELD, row=row, source=source.id)
    name, subject, key, *rest = found[0]
    item = pack.items.get(str(name)) if name in source.items else None
    ordered = item.establishments if item is not None else None
    if item is None or ordered is None or ordered != basis:
        only = f"only {ordered} orders it" if ordered else "no article of its item orders it"
        raise GoodStandingError(PUBLICATION_NOT_ORDERED, item=name, basis=basis, only=only)
    marks = [
        check.fails
        for check in persons_checks(source, pack)
        if check.code is MAY_BE_A_PERSON and check.field != "subject"
    ]
    if not run(con, f"SELECT 1 FROM staged_values WHERE {any_of(marks)}"):
        raise GoodStandingError(NOT_HELD, row=row, source=source.id)
    if pack.is_weak(str(subject)):
        raise GoodStandingError(WEAK_RELEASE, row=row)
    says = (subject, str(subject).partition(":")[2], key, *rest)
    return _Held(
        source, digest, row, item, str(subject), str(key), tuple(str(v) for v in says if v)
    )


def _check_silent(reason: str, says: tuple[str, ...]) -> None:
    """Raises GS-INGEST-191 if the reason, which stays for good, repeats what the row says."""
    for value in says:
        if len(value) >= TELLING and holds(reason, value):
            raise GoodStandingError(SAYS_PAYLOAD, field="--reason", says="a value of the row")


def _judge(
    con: duckdb.DuckDBPyConnection,
    node: Node,
    pack: Pack,
    held: _Held,
    fields: list[StagedField],
    now: datetime,
) -> Mapping[str, Changes]:
    """What the row changes, judged as released. Raises GS-INGEST-194, 195 and 197."""
    source = held.source
    run(con, f"INSERT INTO released VALUES ({text(held.key)}, {text(held.subject)})")
    judge(con, source, pack, fields, row_checks(source, pack, fields, now))
    segments = {i: [s.file for s in node.log.segments(i, sealed=True)] for i in source.items}
    # One row is a part of its delivery: nothing is missing from it.
    dated = Dated(day_of(now, pack.time_zone), None, ())
    compared = Compared(dated, segments, load_marks(con, node, source.id), is_part=True)
    changes = find_changes(con, source, pack, fields, compared)
    reasons = run(con, "SELECT DISTINCT sentence, code FROM reasons ORDER BY ALL")
    if any(code == MAY_BE_A_PERSON.id for *_, code in reasons):
        raise GoodStandingError(PERSONS_NUMBER, row=held.row)
    if reasons:
        said = " ".join(f"{sentence} ({code})" for sentence, code in reasons)
        raise GoodStandingError(NOT_RELEASED_YET, row=held.row, reasons=said)
    if changes[held.item.id].entries != 1:
        raise GoodStandingError(ALREADY_TAKEN, row=held.row)
    return changes


def _seal(
    node: Node,
    con: duckdb.DuckDBPyConnection,
    held: _Held,
    changes: Mapping[str, Changes],
    grounds: Grounds,
    stream: StreamVersion,
    clock: Clock,
    noted: Noted,
) -> Released:
    """One batch: the release as an event in the stream of its source, and the record."""
    item = held.item
    run(
        con,
        f"CREATE TABLE sealed_release AS SELECT *, {text(held.source.id)} AS source, "
        f"{text(item.id)} AS item, {text(held.digest)} AS delivery FROM changes_{item.id}",
    )
    members = {
        "source": held.source.id,
        "authority": held.source.authority,
        "delivery": held.digest,
        "row": held.row,
        "basis": grounds.basis,
        "by": grounds.by,
        "reason": grounds.reason,
    }
    table = RecordTable(con, "sealed_release", item.id, fact_columns(item))
    event = NewEvent(RELEASE, members, stream)
    appended = node.log.append([event], [table], clock=clock, noted=noted)
    segment = appended.segments[-1]
    node.index.consume()
    return Released(segment.first, segment.first - 1, item.id, held.subject, clock.now())
