"""The access log: what it takes, how it is read back, and how it fails."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from filelock import FileLock

from goodstanding.audit import AccessLog, Entry, events
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import NewEvent, Node, verify

NOTED = Noted("test", 0)
SHIP = "lum-op:0001"


def look(access: AccessLog, clock: FixedClock, subject: str = SHIP) -> Noted:
    return access.note(
        events.FILE_EXPLAINED, by="clerk", clock=clock, subject=subject, scheme="s", as_of="d"
    )


def entries(access: AccessLog) -> list[Entry]:
    return list(access.entries(noted=NOTED))


def test_an_entry_is_read_back_as_it_was_noted(access: AccessLog, clock: FixedClock) -> None:
    clock.instant += timedelta(hours=1)
    noted = access.note(
        events.RECORD_ERASED, by="officer 船", clock=clock, subject=SHIP, leaves=[9, 3, 9],
        purpose="order of the port court", basis="port_act.7",
    )  # fmt: skip
    assert entries(access)[0] == Entry(
        leaf=1,
        event="record_erased",
        known_at=clock.instant,
        by="officer 船",
        ticket=noted.ticket,
        subject=SHIP,
        leaves=(3, 9),
        purpose="order of the port court",
        members={"basis": "port_act.7"},
    )


def test_the_newest_entry_comes_first(access: AccessLog, clock: FixedClock) -> None:
    look(access, clock)
    access.note(events.INDEX_REBUILT, by="operator", clock=clock)
    found = [entry.event for entry in entries(access)]
    assert found == ["index_rebuilt", "file_explained", "node_founded"]


def test_since_includes_its_own_instant(access: AccessLog, clock: FixedClock) -> None:
    for _ in range(2):
        clock.instant += timedelta(minutes=1)
        look(access, clock)
    found = access.entries(since=clock.instant, noted=NOTED)
    assert [entry.known_at for entry in found] == [clock.instant]


def test_a_subject_sees_its_own_entries_only(access: AccessLog, clock: FixedClock) -> None:
    for subject in (SHIP, "lum-op:0002"):
        look(access, clock, subject)
    assert [entry.subject for entry in access.entries(SHIP, noted=NOTED)] == [SHIP]


def test_a_look_at_its_entries_is_a_look_at_the_subject(
    access: AccessLog, clock: FixedClock
) -> None:
    for leaf in (5, 6):
        access.note(events.RECORD_PROVED, by="clerk", clock=clock, leaves=[leaf])
    found = access.looks_at(SHIP, leaves=[4, 5], noted=NOTED)
    assert [entry.leaves for entry in found] == [(5,)]


def test_acts_are_no_looks(access: AccessLog, clock: FixedClock) -> None:
    access.note(
        events.RECORD_WITHDRAWN, by="officer", clock=clock, subject=SHIP, leaves=[1], basis="b"
    )
    look(access, clock)
    found = access.looks_at(SHIP, noted=NOTED)
    assert [entry.event for entry in found] == ["file_explained"]


def test_a_look_of_a_later_list_is_not_hidden(access: AccessLog, clock: FixedClock) -> None:
    said = {"by": "clerk", "ticket": 1, "subject": SHIP}
    access.log.append([NewEvent("file_exported", said)], clock=clock, noted=NOTED)
    found = access.looks_at(SHIP, noted=NOTED)
    assert [entry.event for entry in found] == ["file_exported"]


def test_an_entry_of_no_one_is_refused(access: AccessLog, clock: FixedClock) -> None:
    access.log.append([NewEvent("file_explained", {"ticket": 1})], clock=clock, noted=NOTED)
    with pytest.raises(GoodStandingError) as refused:
        entries(access)
    assert refused.value.code.id == "GS-AUDIT-005"


def test_it_verifies_like_any_log(access: AccessLog, node: Node, clock: FixedClock) -> None:
    look(access, clock)
    report = verify(node.layout.access)
    assert report.verified
    assert report.checkpoint is not None
    assert report.checkpoint.origin == "lumen.example/register/access"
    assert report.checkpoint.head.size == 2


def test_its_key_is_not_the_registers(access: AccessLog, node: Node) -> None:
    assert access.log.key.public != node.log.key.public


def test_a_note_waits_for_no_one(access: AccessLog, clock: FixedClock) -> None:
    """Another process that is sealing keeps nobody from noting: the entry is taken, and read
    back when the next one opens the log."""
    with FileLock(access.log.layout.turn):
        noted = look(access, clock)
    found = entries(AccessLog.open(access.log.layout.folder.parent))
    assert found[0].ticket == noted.ticket


def test_a_clock_that_runs_backwards_is_not_noted(access: AccessLog, clock: FixedClock) -> None:
    clock.instant = datetime(2026, 2, 28, tzinfo=UTC)
    with pytest.raises(GoodStandingError) as refused:
        look(access, clock)
    assert refused.value.code.id == "GS-AUDIT-003"
    assert len(entries(access)) == 1


@pytest.mark.parametrize("lost", ["state.db", "keys", "register"])
def test_a_log_that_cannot_be_used_takes_nothing(
    access: AccessLog, node: Node, clock: FixedClock, lost: str
) -> None:
    path = node.layout.access / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.mkdir()
    with pytest.raises(GoodStandingError) as refused:
        look(AccessLog.open(node.folder), clock)
    assert refused.value.code.id == "GS-AUDIT-003"


def test_the_refusal_names_cause_and_remedy(access: AccessLog, clock: FixedClock) -> None:
    access.log.layout.state.unlink()
    with pytest.raises(GoodStandingError) as refused:
        look(access, clock)
    assert "state.db is missing" in refused.value.what
    assert "Nothing was done." in refused.value.remedy


def test_a_node_without_one_is_told_apart(node: Node) -> None:
    shutil.rmtree(node.layout.access)
    with pytest.raises(GoodStandingError) as refused:
        AccessLog.open(node.folder)
    assert refused.value.code.id == "GS-AUDIT-004"


def test_a_log_begun_late_says_so_first(node: Node, clock: FixedClock) -> None:
    shutil.rmtree(node.layout.access)
    begun = AccessLog.of(node, by="operator", clock=clock)
    assert [(e.event, dict(e.members)) for e in entries(begun)] == [
        ("access_log_begun", {"register_size": node.log.head.size})
    ]


def test_a_log_is_begun_once(node: Node, clock: FixedClock) -> None:
    """Of two processes that find none, the slower one writes into the quicker one's."""
    shutil.rmtree(node.layout.access)
    key = AccessLog.of(node, by="operator", clock=clock).log.key
    slower, _ = AccessLog.create(
        node.folder, node.origin, events.ACCESS_LOG_BEGUN, by="two", clock=clock, register_size=1
    )
    assert slower.log.key == key
    assert [entry.by for entry in entries(slower)] == ["two", "operator"]
    assert not list(node.folder.glob(".access-*"))
