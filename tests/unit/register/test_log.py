"""One batch is all or nothing, in one order, on top of one head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goodstanding.kernel import EMPTY_ROOT, FixedClock, GoodStandingError, Noted, commitment
from goodstanding.register import (
    Log,
    NewEvent,
    RecordTable,
    StreamVersion,
    WritePoint,
    verify,
    verify_inclusion,
)
from goodstanding.register.segments import duck, read_events
from goodstanding.register.segments.write import SEGMENT_ROWS
from goodstanding.register.state import State

CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
NOTED = Noted("test", 0)

Row = dict[str, object]
MakeRow = Callable[..., Row]
MakeTable = Callable[..., RecordTable]

EVENT = NewEvent("delivery", {"source": "s", "sha256": "ab"})


def files(log: Log) -> dict[str, bytes]:
    folder = log.layout.register
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_a_new_log_is_empty_and_signed(log: Log) -> None:
    assert (log.head.size, log.head.root) == (0, EMPTY_ROOT)
    assert log.checkpoint().head == log.head
    assert log.origin == "register.example/lumen"
    assert verify(log.layout.folder).verified


def test_a_batch_is_events_and_then_each_table(
    log: Log, make_table: MakeTable, make_row: MakeRow
) -> None:
    told: list[tuple[int, int]] = []
    tables = [
        make_table([make_row(n) for n in range(300)]),
        make_table([], item="sailing_permit"),
        make_table([make_row(n, item="dues") for n in range(2)], item="dues"),
    ]
    appended = log.append(
        [EVENT], tables, lambda done, total: told.append((done, total)), clock=CLOCK, noted=NOTED
    )
    assert [(s.item, s.first, s.count) for s in appended.segments] == [
        ("events", 0, 1),
        ("berth_fine", 1, 300),
        ("dues", 301, 2),
    ]
    assert told[-1] == (303, 303)
    assert log.head == appended.head == log.checkpoint().head
    assert log.segments("dues") == [appended.segments[2]]
    assert verify(log.layout.folder).verified


def test_growing_in_batches_is_verified_at_each_step(
    log: Log, make_table: MakeTable, make_row: MakeRow
) -> None:
    for count in (1, 254, 1, 1, 255, 256, 3):
        before = files(log)
        log.append(
            tables=[make_table([make_row(n) for n in range(count)])], clock=CLOCK, noted=NOTED
        )
        report = verify(log.layout.folder)
        assert report.verified, report.findings
        # What a checkpoint relied on is never written again.
        now = files(log)
        assert {name for name in before if now[name] != before[name]} == {"checkpoint"}
    assert log.head.size == 771


def test_nothing_to_append_changes_nothing(log: Log, make_table: MakeTable) -> None:
    before = files(log)
    assert log.append(tables=[make_table([])], clock=CLOCK, noted=NOTED).segments == ()
    assert files(log) == before


def test_a_row_that_cannot_be_sealed_leaves_nothing_of_its_batch(
    log: Log, make_table: MakeTable, make_row: MakeRow
) -> None:
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    before, head = files(log), log.head
    good, bad = make_table([make_row(0)]), make_table([make_row(1, basis=None)])
    with pytest.raises(GoodStandingError) as refused:
        log.append([EVENT], [good, bad], clock=CLOCK, noted=NOTED)
    assert refused.value.code.id == "GS-REGISTER-008"
    assert (files(log), log.head) == (before, head)
    log.append([EVENT], [good], clock=CLOCK, noted=NOTED)
    assert verify(log.layout.folder).verified


def test_an_interruption_leaves_nothing_of_its_batch(log: Log, make_table: MakeTable) -> None:
    before = files(log)

    def interrupt(point: WritePoint) -> None:
        if point is WritePoint.TILES_WRITTEN:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Log.open(log.layout.folder, at=interrupt).append([EVENT], clock=CLOCK, noted=NOTED)
    assert files(log) == before
    assert log.append([EVENT], clock=CLOCK, noted=NOTED).head.size == 1


def test_two_writers_take_turns(log: Log) -> None:
    other = Log.open(log.layout.folder, patience=0)
    with State(log.layout).turn(0), pytest.raises(GoodStandingError) as refused:
        other.append([EVENT], clock=CLOCK, noted=NOTED)
    assert refused.value.code.id == "GS-REGISTER-006"
    other.append([EVENT], clock=CLOCK, noted=NOTED)
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    assert log.head == other.head
    assert verify(log.layout.folder).verified


def test_opening_beside_a_writer_leaves_its_files(log: Log, make_table: MakeTable) -> None:
    opened: list[int] = []

    def look(point: WritePoint) -> None:
        if point in (WritePoint.SEGMENT_COMPLETE, WritePoint.SEGMENTS_NAMED):
            opened.append(Log.open(log.layout.folder).head.size)

    Log.open(log.layout.folder, at=look).append([EVENT], clock=CLOCK, noted=NOTED)
    assert opened == [0, 0]
    assert verify(log.layout.folder).verified


def test_damaged_tiles_are_not_built_upon(log: Log) -> None:
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    tile = log.layout.register / "tile/0/000.p/1"
    whole = tile.read_bytes()
    for content in (bytes(32), whole[:31], None):
        tile.unlink()
        if content is not None:
            tile.write_bytes(content)
        with pytest.raises(GoodStandingError) as refused:
            log.append([EVENT], clock=CLOCK, noted=NOTED)
        assert refused.value.code.id == "GS-REGISTER-009"
        tile.write_bytes(whole)
    assert log.append([EVENT], clock=CLOCK, noted=NOTED).head.size == 2


def test_every_record_is_proved(log: Log, make_table: MakeTable, make_row: MakeRow) -> None:
    log.append([EVENT], [make_table([make_row(n) for n in range(400)])], clock=CLOCK, noted=NOTED)
    for record in log.records([1, 256, 257, 400], noted=NOTED):
        proof = log.inclusion_proof(record.leaf)
        assert proof.commitment == commitment(record.salt, record.canonical())
        head = proof.checkpoint.head
        verify_inclusion(proof.commitment, proof.leaf, head.size, proof.path, head.root)


def test_leaves_beyond_the_head_are_refused(log: Log) -> None:
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    assert log.records([0], noted=NOTED) == []
    for ask in (log.inclusion_proof, lambda leaf: log.records([leaf], noted=NOTED)):
        for leaf in (-1, 1):
            with pytest.raises(GoodStandingError) as refused:
                ask(leaf)
            assert refused.value.code.id == "GS-REGISTER-011"


def test_a_log_without_its_files_is_not_opened(tmp_path: Path, log: Log) -> None:
    with pytest.raises(GoodStandingError) as refused:
        Log.open(tmp_path / "elsewhere")
    assert refused.value.code.id == "GS-REGISTER-009"
    log.layout.checkpoint.unlink()
    with pytest.raises(GoodStandingError) as refused:
        Log.open(log.layout.folder)
    assert refused.value.code.id == "GS-REGISTER-009"


def claim(seen: int) -> NewEvent:
    return NewEvent("hearing", {"berth": "N1"}, StreamVersion("case/1", seen))


def test_a_stale_version_of_a_stream_is_refused(log: Log) -> None:
    log.append([claim(0)], clock=CLOCK, noted=NOTED)
    before = files(log)
    for late in (log.append, lambda events, **act: log.submit(events[0], **act)):
        with pytest.raises(GoodStandingError) as refused:
            late([claim(0)], clock=CLOCK, noted=NOTED)
        assert refused.value.code.id == "GS-REGISTER-016"
    assert files(log) == before
    assert log.stream_version("case/1") == 1
    assert log.submit(claim(1), clock=CLOCK, noted=NOTED) == 1
    assert log.stream_version("case/1") == 2


def test_two_events_of_a_batch_cannot_claim_one_version(log: Log) -> None:
    with pytest.raises(GoodStandingError) as refused:
        log.append([claim(0), claim(0)], clock=CLOCK, noted=NOTED)
    assert refused.value.code.id == "GS-REGISTER-016"
    assert (log.head.size, log.stream_version("case/1")) == (0, 0)
    assert log.append([claim(0), claim(1)], clock=CLOCK, noted=NOTED).head.size == 2


def test_a_clock_that_runs_backwards_is_refused(log: Log) -> None:
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    earlier = FixedClock(CLOCK.instant - timedelta(seconds=3))
    for ask in (log.append, lambda events, **act: log.submit(events[0], **act)):
        with pytest.raises(GoodStandingError) as refused:
            ask([EVENT], clock=earlier, noted=NOTED)
        assert refused.value.code.id == "GS-REGISTER-017"
    assert log.head.size == 1


def test_what_was_taken_while_another_writes_is_sealed_with_it(log: Log) -> None:
    taken: list[int | None] = []

    def submit(point: WritePoint) -> None:
        if point is WritePoint.SEGMENTS_NAMED and not taken:
            other = Log.open(log.layout.folder, patience=0)
            taken.append(other.submit(EVENT, clock=CLOCK, noted=NOTED))

    Log.open(log.layout.folder, at=submit).append([EVENT], clock=CLOCK, noted=NOTED)
    assert taken == [None]
    assert log.head.size == 2
    assert verify(log.layout.folder).verified


def test_what_waits_is_sealed_by_whoever_opens_next(log: Log) -> None:
    def die(point: WritePoint) -> None:
        if point is WritePoint.PENDING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Log.open(log.layout.folder, at=die).submit(claim(0), clock=CLOCK, noted=NOTED)
    assert log.head.size == 0
    assert Log.open(log.layout.folder).head.size == 1
    assert verify(log.layout.folder).verified


def test_no_two_batches_share_an_instant(log: Log) -> None:
    for _ in range(3):
        log.append([EVENT, EVENT], clock=CLOCK, noted=NOTED)
    instants = [e.known_at for s in log.segments("events") for e in read_events(s)]
    tick = timedelta(microseconds=1)
    assert instants == [CLOCK.instant + n * tick for n in (0, 0, 1, 1, 2, 2)]


def test_what_is_known_at_a_time_to_come_cannot_be_asked(log: Log) -> None:
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    log.check_instant(CLOCK.instant, CLOCK)
    with pytest.raises(GoodStandingError) as refused:
        log.check_instant(CLOCK.instant + timedelta(seconds=1), CLOCK)
    assert refused.value.code.id == "GS-REGISTER-024"


def test_an_instant_that_a_batch_under_way_may_bear_waits_for_it(log: Log) -> None:
    later = FixedClock(CLOCK.instant + timedelta(hours=1))
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    reader = Log.open(log.layout.folder, patience=0)
    with State(log.layout).turn(0):
        reader.check_instant(CLOCK.instant, later)
        with pytest.raises(GoodStandingError) as refused:
            reader.check_instant(CLOCK.instant + timedelta(minutes=1), later)
    assert refused.value.code.id == "GS-REGISTER-006"


def test_a_long_table_becomes_several_segments(
    log: Log, make_table: MakeTable, make_row: MakeRow
) -> None:
    one = make_table([make_row(0)])
    rows = SEGMENT_ROWS + 5
    duck.run(
        one.connection,
        f"CREATE OR REPLACE TABLE many AS SELECT t.* REPLACE (n AS row, 'K' || n AS source_key) "
        f"FROM {duck.name(one.relation)} AS t, range({rows}) AS r(n) ORDER BY n",
    )
    table = RecordTable(one.connection, "many", one.item, one.facts)
    appended = log.append([EVENT], [table], clock=CLOCK, noted=NOTED)
    assert [(s.first, s.count) for s in appended.segments] == [
        (0, 1),
        (1, SEGMENT_ROWS),
        (1 + SEGMENT_ROWS, 5),
    ]
    last = log.records([SEGMENT_ROWS, SEGMENT_ROWS + 5], noted=NOTED)
    assert [(r.leaf, r.row) for r in last] == [
        (SEGMENT_ROWS, SEGMENT_ROWS - 1),
        (SEGMENT_ROWS + 5, SEGMENT_ROWS + 4),
    ]
    assert verify(log.layout.folder).verified
