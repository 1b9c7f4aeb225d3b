"""One batch is all or nothing, in one order, on top of one head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodstanding.kernel import EMPTY_ROOT, GoodStandingError, commitment
from goodstanding.register import (
    Log,
    NewEvent,
    RecordTable,
    WritePoint,
    verify,
    verify_inclusion,
)
from goodstanding.register.state import State

Row = dict[str, object]
MakeRow = Callable[..., Row]
MakeTable = Callable[..., RecordTable]

EVENT = NewEvent("delivery", datetime(2026, 1, 31, tzinfo=UTC), {"source": "s", "sha256": "ab"})


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
    appended = log.append([EVENT], tables, lambda done, total: told.append((done, total)))
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
        log.append(tables=[make_table([make_row(n) for n in range(count)])])
        report = verify(log.layout.folder)
        assert report.verified, report.findings
        # What a checkpoint relied on is never written again.
        now = files(log)
        assert {name for name in before if now[name] != before[name]} == {"checkpoint"}
    assert log.head.size == 771


def test_nothing_to_append_changes_nothing(log: Log, make_table: MakeTable) -> None:
    before = files(log)
    assert log.append(tables=[make_table([])]).segments == ()
    assert files(log) == before


def test_a_row_that_cannot_be_sealed_leaves_nothing_of_its_batch(
    log: Log, make_table: MakeTable, make_row: MakeRow
) -> None:
    log.append([EVENT])
    before, head = files(log), log.head
    good, bad = make_table([make_row(0)]), make_table([make_row(1, basis=None)])
    with pytest.raises(GoodStandingError) as refused:
        log.append([EVENT], [good, bad])
    assert refused.value.code.id == "GS-REGISTER-008"
    assert (files(log), log.head) == (before, head)
    log.append([EVENT], [good])
    assert verify(log.layout.folder).verified


def test_an_interruption_leaves_nothing_of_its_batch(log: Log, make_table: MakeTable) -> None:
    before = files(log)

    def interrupt(point: WritePoint) -> None:
        if point is WritePoint.TILES_WRITTEN:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Log.open(log.layout.folder, at=interrupt).append([EVENT])
    assert files(log) == before
    assert log.append([EVENT]).head.size == 1


def test_two_writers_take_turns(log: Log) -> None:
    other = Log.open(log.layout.folder, patience=0)
    with State(log.layout.state).turn(), pytest.raises(GoodStandingError) as refused:
        other.append([EVENT])
    assert refused.value.code.id == "GS-REGISTER-006"
    other.append([EVENT])
    log.append([EVENT])
    assert log.head == other.head
    assert verify(log.layout.folder).verified


def test_opening_beside_a_writer_leaves_its_files(log: Log, make_table: MakeTable) -> None:
    opened: list[int] = []

    def look(point: WritePoint) -> None:
        if point in (WritePoint.SEGMENT_COMPLETE, WritePoint.SEGMENTS_NAMED):
            opened.append(Log.open(log.layout.folder).head.size)

    Log.open(log.layout.folder, at=look).append([EVENT])
    assert opened == [0, 0]
    assert verify(log.layout.folder).verified


def test_damaged_tiles_are_not_built_upon(log: Log) -> None:
    log.append([EVENT])
    tile = log.layout.register / "tile/0/000.p/1"
    whole = tile.read_bytes()
    for content in (bytes(32), whole[:31], None):
        tile.unlink()
        if content is not None:
            tile.write_bytes(content)
        with pytest.raises(GoodStandingError) as refused:
            log.append([EVENT])
        assert refused.value.code.id == "GS-REGISTER-009"
        tile.write_bytes(whole)
    assert log.append([EVENT]).head.size == 2


def test_every_record_is_proved(log: Log, make_table: MakeTable, make_row: MakeRow) -> None:
    log.append([EVENT], [make_table([make_row(n) for n in range(400)])])
    for record in log.records([1, 256, 257, 400]):
        proof = log.inclusion_proof(record.leaf)
        assert proof.commitment == commitment(record.salt, record.canonical())
        head = proof.checkpoint.head
        verify_inclusion(proof.commitment, proof.leaf, head.size, proof.path, head.root)


def test_leaves_beyond_the_head_are_refused(log: Log) -> None:
    log.append([EVENT])
    assert log.records([0]) == []
    for ask in (log.inclusion_proof, lambda leaf: log.records([leaf])):
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


def test_a_batch_on_another_head_than_expected_is_refused(log: Log) -> None:
    read_from = log.head
    log.append([EVENT])
    before = files(log)
    with pytest.raises(GoodStandingError) as refused:
        log.append([EVENT], expected=read_from)
    assert refused.value.code.id == "GS-REGISTER-007"
    assert files(log) == before
    assert log.append([EVENT], expected=log.head).head.size == 2
