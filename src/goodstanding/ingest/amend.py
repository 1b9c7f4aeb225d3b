"""An officer corrects or withdraws one record: a new version that supersedes the one that stands.

Invariant: a corrected record holds every rule that a delivered one holds. It is staged and
judged as a delivery of one row under a contract of its own, so no rule is written twice.
A withdrawal frees, so it is judged by no rule: what is no longer lawful can be withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from goodstanding.catalogue import Act, Item, Pack, Source, law_end
from goodstanding.catalogue.model import OWN_END
from goodstanding.ingest.act_errors import (
    ITEM_GONE,
    NOT_A_RECORD_THEN,
    NOTHING_CHANGED,
    RECORD_ERASED,
    RECORD_WITHDRAWN,
    UNKNOWN_FIELD,
)
from goodstanding.ingest.checks import row_checks
from goodstanding.ingest.erase import tidy_workplace
from goodstanding.ingest.grounds import Grounds, check_said
from goodstanding.ingest.judge import judge
from goodstanding.ingest.model import VALUE
from goodstanding.ingest.persons import remember_released
from goodstanding.ingest.pipeline import source_stream
from goodstanding.ingest.reading import Delivered
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.stage import stage
from goodstanding.ingest.standing import (
    NOT_CONTENT,
    fact_columns,
    sealed_columns,
    view_standing,
)
from goodstanding.ingest.versions import erasure_of, find_source, record_at, versions_of
from goodstanding.ingest.workplace import database
from goodstanding.kernel import (
    Clock,
    GoodStandingError,
    Noted,
    canonical_text,
    today,
)
from goodstanding.register import NewEvent, Node, Record, RecordTable, Segment, StreamVersion
from goodstanding.register.history import (
    ACT,
    CONTENT,
    CORRECTION,
    WITHDRAWAL,
    FieldChange,
    chain,
    changes,
)
from goodstanding.register.segments import read_records

#: What a correction may set beside the item's facts; its document it names anyway.
_SETTABLE = (
    "subject_name",
    "basis",
    "decided_on",
    "effective_on",
    "published_on",
    "amended_on",
    "ends_on",
)


@dataclass(frozen=True, slots=True)
class Amended:
    """What an act sealed: the new version at ``leaf``, in place of ``supersedes``."""

    act: str
    leaf: int
    supersedes: int
    known_at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """The version that stands, with what is needed to put another in its place."""

    record: Record
    versions: tuple[Record, ...]
    item: Item
    segments: Sequence[Segment]
    stream: StreamVersion


def correct(
    node: Node,
    pack: Pack,
    leaf: int,
    values: Mapping[str, str],
    *,
    reason: str,
    authority: str,
    basis: str,
    by: str,
    document: str,
    clock: Clock,
    noted: Noted,
) -> Amended:
    """Put a corrected version in place of the one that stands of the record at ``leaf``.

    ``values`` are field or fact -> text, empty for nothing; ``document`` is what the correction
    rests on and becomes the record's. Raises GS-INGEST-180 to 191 and 199, GS-REGISTER-011 and 020
    for a leaf that is no record, and what ``Log.append`` raises; then nothing has changed.
    """
    grounds = Grounds(by, reason, basis, authority)
    grounds.check(pack, today(clock, pack.time_zone))
    check_said("document", document)
    with tidy_workplace(node, pack) as place:
        standing = _find_standing(node, pack, leaf)
        grounds.check_power(pack, Act.CORRECT, standing.versions[0])
        for field in values:
            _check_settable(field, standing.item)
        grounds.check_silent(standing.versions, standing.item)
        source = find_source(pack, standing.record.source)
        with database(node.layout, place, pack.time_zone) as con:
            view_standing(con, source.id, standing.item, _files(standing))
            remember_released(con, node, source.id, {standing.item.id: _files(standing)})
            _deliver(con, standing, pack, {**values, "document": document})
            kept = _kept_originals(standing, pack, values)
            _judge(con, standing, pack, source, kept, clock.now())
            _check_changed(con, standing)
            return _seal(node, con, standing, CORRECTION, grounds, clock, noted)


def withdraw(
    node: Node,
    pack: Pack,
    leaf: int,
    *,
    reason: str,
    authority: str,
    basis: str,
    by: str,
    clock: Clock,
    noted: Noted,
) -> Amended:
    """End the record at ``leaf``: its last version stands no longer, and no delivery revives it.

    Raises GS-INGEST-180 to 182, 187, 189 to 191 and 199, GS-REGISTER-011 and 020 for a leaf that
    is no record, and what ``Log.append`` raises; then nothing has changed.
    """
    grounds = Grounds(by, reason, basis, authority)
    grounds.check(pack, today(clock, pack.time_zone))
    with tidy_workplace(node, pack) as place:
        standing = _find_standing(node, pack, leaf)
        grounds.check_power(pack, Act.WITHDRAW, standing.versions[0])
        grounds.check_silent(standing.versions, standing.item)
        record, item = standing.record, standing.item
        with database(node.layout, place, pack.time_zone) as con:
            view_standing(con, record.source, item, _files(standing))
            rest = f"* EXCLUDE ({NOT_CONTENT}) FROM standing_{item.id}"
            run(
                con,
                f"CREATE TABLE sealed_act AS SELECT {_same(standing, WITHDRAWAL)}, "
                f"'{{}}' AS original, {rest} WHERE leaf = {record.leaf}",
            )
            return _seal(node, con, standing, WITHDRAWAL, grounds, clock, noted)


def _find_standing(node: Node, pack: Pack, leaf: int) -> _Standing:
    # The sealed entries, not only the published: an act builds on what is acknowledged.
    segments = node.log.segments(sealed=True)
    found = record_at(segments, leaf)
    if found is None:
        erasure = erasure_of(segments, leaf)
        number = "another entry" if erasure is None else erasure.leaf
        raise GoodStandingError(RECORD_ERASED, leaf=leaf, erasure=number)
    stream = source_stream(node.log, found.source)
    versions = chain(versions_of(segments, found), leaf)
    record = versions[-1]
    if record.act == WITHDRAWAL:
        raise GoodStandingError(RECORD_WITHDRAWN, leaf=leaf, withdrawal=record.leaf)
    item = pack.items.get(record.item)
    if item is None:
        raise GoodStandingError(ITEM_GONE, item=record.item, leaf=leaf, pack=pack.id)
    return _Standing(record, versions, item, segments, stream)


def _files(standing: _Standing) -> list[Path]:
    return [s.file for s in standing.segments if s.item == standing.item.id]


def _check_settable(field: str, item: Item) -> None:
    known = (*_SETTABLE, *item.facts)
    if field not in known:
        raise GoodStandingError(UNKNOWN_FIELD, field=field, known=", ".join(known))


def _deliver(
    con: duckdb.DuckDBPyConnection, standing: _Standing, pack: Pack, values: Mapping[str, str]
) -> None:
    """Create `delivered`: the standing version as texts, as if its agency sent it so."""
    columns = {"source_key": "source_key", "item": text(standing.item.id)}
    columns |= {field: f"CAST({field} AS VARCHAR)" for field in CONTENT}
    facts = fact_columns(standing.item)
    columns |= {fact.name: f"CAST({name(fact.column)} AS VARCHAR)" for fact in facts}
    columns |= dict.fromkeys(_computed(standing, pack), "NULL::VARCHAR")
    columns |= {field: text(value) for field, value in values.items()}
    given = ", ".join(f"{sql} AS {name(column)}" for column, sql in columns.items())
    run(
        con,
        f"CREATE TABLE delivered AS SELECT 0 AS row, {given} FROM standing_{standing.item.id} "
        f"WHERE leaf = {standing.record.leaf}",
    )


def _computed(standing: _Standing, pack: Pack) -> list[str]:
    """The dates that ingestion worked out, and now works out again from what is corrected."""
    record, found = standing.record, []
    if record.effective_on == record.decided_on:
        found.append("effective_on")
    law = None if standing.item.ends_from == OWN_END else law_end(pack, standing.item, record)
    if law is not None and record.ends_on == law:
        found.append("ends_on")
    return found


def _kept_originals(standing: _Standing, pack: Pack, values: Mapping[str, str]) -> dict[str, str]:
    """The texts as delivered of what is not corrected."""
    new = {"document", *values, *_computed(standing, pack)}
    originals = json.loads(standing.record.original)
    return {field: delivered for field, delivered in originals.items() if field not in new}


def _judge(
    con: duckdb.DuckDBPyConnection,
    standing: _Standing,
    pack: Pack,
    source: Source,
    originals: Mapping[str, str],
    now: datetime,
) -> None:
    """Create `staged` and `sealed_act` by the rules of a delivery. Raises GS-INGEST-186."""
    item = standing.item
    fields = ["source_key", "item", *CONTENT, *item.facts]
    named = run(con, "SELECT 1 FROM delivered WHERE subject_name <> ''")
    if not standing.record.subject_name and not named:
        fields.remove("subject_name")  # its source names nobody, and neither does the act
    select = f"SELECT {', '.join(name(field) for field in fields)} FROM delivered"
    # The agency's own checks are about columns of its file; here there are none.
    persons = replace(source.persons, when=None) if source.persons else None
    contract = replace(
        source,
        items=(item.id,), columns=tuple(fields), checks=(), sql=select, persons=persons,
    )  # fmt: skip
    run(con, "CREATE TABLE broken_lines (line BIGINT, content VARCHAR)")
    staged = stage(con, contract, pack, Delivered(1, 0, dict.fromkeys(fields, "VARCHAR")))
    judge(con, contract, pack, staged, row_checks(contract, pack, staged, now))
    quote = text("'")
    filled = f"replace(said, {text(VALUE)}, coalesce({quote} || value || {quote}, 'the value'))"
    reasons = run(con, f"SELECT DISTINCT field, {filled}, code, remedy FROM reasons ORDER BY ALL")
    if reasons:
        said = " ".join(f"{sentence} ({code})" for _, sentence, code, _ in reasons)
        remedies = " ".join(dict.fromkeys(str(remedy) for *_, remedy in reasons))
        raise GoodStandingError(NOT_A_RECORD_THEN, reasons=said, remedies=remedies)
    facts = [f"{name(fact.name)} AS {name(fact.column)}" for fact in fact_columns(item)]
    content = ", ".join(["source_key", *CONTENT, *facts])
    ((given,),) = run(con, "SELECT original FROM staged")
    original = canonical_text({**originals, **json.loads(str(given))})
    run(
        con,
        f"CREATE TABLE sealed_act AS SELECT {_same(standing, CORRECTION)}, "
        f"{text(original)} AS original, {content} FROM staged",
    )


def _check_changed(con: duckdb.DuckDBPyConnection, standing: _Standing) -> None:
    columns = ", ".join(name(column) for column in sealed_columns(standing.item))
    old = f"standing_{standing.item.id} WHERE leaf = {standing.record.leaf}"
    if not run(con, f"SELECT {columns} FROM sealed_act EXCEPT SELECT {columns} FROM {old}"):
        raise GoodStandingError(NOTHING_CHANGED, leaf=standing.record.leaf)


def _same(standing: _Standing, act: str) -> str:
    """SQL: what is the same in every version that an officer makes."""
    record = standing.record
    return (
        f"{text(act)} AS act, {record.leaf} AS supersedes, {text(record.source)} AS source, "
        f"{text(record.item)} AS item, {text(ACT)} AS delivery, 0 AS row"
    )


def _seal(
    node: Node,
    con: duckdb.DuckDBPyConnection,
    standing: _Standing,
    act: str,
    grounds: Grounds,
    clock: Clock,
    noted: Noted,
) -> Amended:
    """One batch: the act as an event in the stream of its source, and the new version."""
    record = standing.record
    members = {
        "supersedes": record.leaf,
        "authority": grounds.authority,
        "basis": grounds.basis,
        "by": grounds.by,
        "reason": grounds.reason,
    }
    event = NewEvent(act, members, standing.stream)
    table = RecordTable(con, "sealed_act", record.item, fact_columns(standing.item))
    appended = node.log.append([event], [table], clock=clock, noted=noted)
    segment = appended.segments[-1]
    (sealed,) = read_records(segment, leaves=[segment.first])
    node.index.consume()
    changed = changes(record, sealed) if act == CORRECTION else ()
    return Amended(act, sealed.leaf, record.leaf, sealed.known_at, changed)
