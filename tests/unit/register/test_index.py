"""The index holds nothing of its own: applied step by step or rebuilt, it is the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Index, Log, NewEvent, Node, RecordTable, Subject
from goodstanding.register.erase import erase

CLOCK = FixedClock(datetime(2026, 2, 1, 12, tzinfo=UTC))
NOTED = Noted("test", 0)

Row = dict[str, object]
MakeRow = Callable[..., Row]
MakeTable = Callable[..., RecordTable]


def delivery(source: str, digest: str) -> NewEvent:
    return NewEvent("delivery", {"source": source, "sha256": digest, "read": 3})


def test_a_subject_is_found_with_its_records(
    node: Node, make_table: MakeTable, make_row: MakeRow
) -> None:
    fines = make_table([make_row(n) for n in range(5)])
    renamed = [make_row(n, item="dues", subject_name="Renamed 改名") for n in range(2)]
    node.log.append(
        [delivery("port", "ab")],
        [fines, make_table(renamed, item="dues")],
        clock=CLOCK,
        noted=NOTED,
    )
    records = node.records_of("lum-ship:00000000", noted=NOTED)
    assert [(record.item, record.leaf) for record in records] == [
        ("berth_fine", 2),
        ("berth_fine", 3),
        ("berth_fine", 4),
        ("dues", 7),
        ("dues", 8),
    ]
    assert node.index.subject("lum-ship:00000000") == Subject(
        "lum-ship:00000000", "business", "Renamed 改名", 5, 2, 8
    )
    assert node.index.subject("lum-ship:00000009") is None
    assert node.records_of("lum-ship:00000009", noted=NOTED) == []


def test_deliveries_are_listed_by_source(node: Node) -> None:
    node.log.append([delivery("port", "ab"), delivery("court", "cd")], clock=CLOCK, noted=NOTED)
    node.index.consume()
    assert [each.sha256 for each in node.index.deliveries()] == ["ab", "cd"]
    (court,) = node.index.deliveries("court")
    assert (court.leaf, court.payload["read"]) == (2, 3)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(st.integers(0, 30), max_size=8), min_size=1, max_size=3))
def test_step_by_step_is_the_same_as_rebuilt(
    log: Log, make_table: MakeTable, make_row: MakeRow, batches: list[list[int]]
) -> None:
    index = Index(log)
    for numbers in batches:
        rows = [make_row(n, subject_name=f"Name {len(numbers)}") for n in sorted(numbers)]
        log.append([delivery("port", "ab")], [make_table(rows)], clock=CLOCK, noted=NOTED)
        assert index.consume() == log.head.size
    digest = index.content_digest()
    told: list[tuple[int, int]] = []
    index.rebuild(lambda done, total: told.append((done, total)))
    assert index.content_digest() == digest
    assert told[-1] == (log.head.size, log.head.size)


def test_what_is_erased_is_forgotten(node: Node, make_table: MakeTable, make_row: MakeRow) -> None:
    first = [
        make_row(n, subject=f"lum-ship:{n % 3}", subject_name=f"Old {n % 3}") for n in range(6)
    ]
    second = [make_row(9, subject="lum-ship:1", subject_name="Unmistakable Lines")]
    for rows in (first, second):
        node.log.append(tables=[make_table(rows)], clock=CLOCK, noted=NOTED)
    node.index.consume()
    lines = node.index.subject("lum-ship:1")
    assert lines is not None
    assert (lines.name, lines.records) == ("Unmistakable Lines", 3)
    erase(
        node.log, [2, 7], basis="port_act.9", by="A. Registrar", reason="court order",
        clock=CLOCK, noted=NOTED,
    )  # fmt: skip
    node.index.consume()
    assert node.index.subject("lum-ship:1") == Subject("lum-ship:1", "business", "Old 1", 1, 5, 5)
    digest = node.index.content_digest()
    for file in node.folder.rglob("*"):
        assert not file.is_file() or b"Unmistakable" not in file.read_bytes(), file
    node.index.rebuild()
    assert node.index.content_digest() == digest


def test_different_content_has_a_different_digest(node: Node) -> None:
    node.index.consume()
    before = node.index.content_digest()
    node.log.append([delivery("port", "ab")], clock=CLOCK, noted=NOTED)
    node.index.consume()
    assert node.index.content_digest() != before


def test_a_lost_index_is_made_again(node: Node, make_table: MakeTable, make_row: MakeRow) -> None:
    node.log.append(tables=[make_table([make_row(n) for n in range(9)])], clock=CLOCK, noted=NOTED)
    node.index.consume()
    digest = node.index.content_digest()
    node.layout.index.unlink()
    again = Index(node.log)
    again.consume()
    assert again.content_digest() == digest


def test_an_index_in_another_format_is_built_again(
    node: Node, make_table: MakeTable, make_row: MakeRow
) -> None:
    node.log.append(tables=[make_table([make_row(n) for n in range(9)])], clock=CLOCK, noted=NOTED)
    node.index.consume()
    digest = node.index.content_digest()
    with sqlite3.connect(node.layout.index) as connection:
        connection.execute("DROP TABLE subjects")
        connection.execute("PRAGMA user_version = 999")
    assert Index(node.log).applied() == 0
    Index(node.log).consume()
    assert Index(node.log).content_digest() == digest


def test_an_index_of_another_history_is_refused(node: Node, log: Log) -> None:
    node.log.append([delivery("port", "ab")], clock=CLOCK, noted=NOTED)
    node.index.consume()
    log.layout.index.write_bytes(node.layout.index.read_bytes())
    with pytest.raises(GoodStandingError) as refused:
        Index(log).consume()
    assert refused.value.code.id == "GS-REGISTER-012"
    Index(log).rebuild()
    assert Index(log).consume() == 0


def test_a_broken_index_is_named_and_rebuilt(node: Node) -> None:
    node.index.consume()
    digest = node.index.content_digest()
    node.layout.index.write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(GoodStandingError) as refused:
        node.index.consume()
    assert refused.value.code.id == "GS-REGISTER-015"
    node.index.rebuild()
    assert node.index.content_digest() == digest
