"""The machine's clock is wrong: ahead, behind, or right again after it was ahead.

What the past knows decides what is refused; an officer's named act, sealed for good, is the one
way on; and what was known at an instant is always a beginning of the log.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from tests.small_register import Maker
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog, events, found_node
from goodstanding.catalogue import Pack
from goodstanding.cli.main import app
from goodstanding.evaluation.compile import empty_relation
from goodstanding.evaluation.compile.spark import to_spark
from goodstanding.evaluation.engines.files import entries_relation
from goodstanding.evaluation.engines.spark import configured, entries
from goodstanding.ingest.dating import _earlier
from goodstanding.kernel import FixedClock, GoodStandingError, Noted, SystemClock
from goodstanding.register import Log, NewEvent, Node, verify
from goodstanding.register.index import Delivery
from goodstanding.register.instants import LONGEST_SILENCE, after, check_clock
from goodstanding.register.segments.clocks import CLOCKS

NOTED = Noted("test", 0)
TRUE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AHEAD = TRUE + timedelta(days=3652)
WORDS = ("--by", "Ada Quay", "--reason", "the battery of the clock was empty")


@pytest.fixture
def set_machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set this machine's clock, for every command."""

    def set_to(instant: datetime) -> None:
        monkeypatch.setattr(SystemClock, "now", lambda _self: instant)

    set_to(TRUE)
    return set_to


Machine = Callable[[datetime], None]


@pytest.fixture
def node(tmp_path: Path, harbour: Pack, set_machine: Machine) -> Node:
    return found(tmp_path / "node", harbour, TRUE)


def found(folder: Path, pack: Pack, at: datetime) -> Node:
    return found_node(folder, "register.example/lumen", pack, FixedClock(at), by="Ada Quay")


def append(node: Node, at: datetime, kind: str = "hearing") -> None:
    node.log.append([NewEvent(kind, {})], clock=FixedClock(at), noted=NOTED)


def append_records(node: Node, at: datetime, count: int = 3) -> None:
    maker = Maker(node.log)
    maker.clock = FixedClock(at - timedelta(hours=1))
    maker.append(maker.table(count))
    maker.close()


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(result: Result) -> str:
    assert isinstance(result.exception, GoodStandingError), result.output
    return result.exception.code.id


def set_clock(node: Node, day: str, *more: str) -> Result:
    return run("log", "clock", "--node", node.folder, *WORDS, "--clock-is-right", day, *more)


@pytest.fixture
def ahead(tmp_path: Path, harbour: Pack, set_machine: Machine) -> Node:
    """A node that was founded and written under a clock ten years ahead, which is right now."""
    node = found(tmp_path / "ahead", harbour, AHEAD)
    append_records(node, AHEAD + timedelta(hours=2))
    set_machine(TRUE)
    return node


def known(node: Node, at: datetime) -> list[int]:
    """The leaves of the records known at an instant, read as an explanation reads them."""
    read = node.log.records(range(node.log.head.size), noted=NOTED)
    return [record.leaf for record in read if record.known_at <= at]


# ---- a clock that jumped forward ----------------------------------------------------------


def test_an_entry_ten_years_after_the_last_is_refused(node: Node) -> None:
    with pytest.raises(GoodStandingError) as error:
        append(node, AHEAD)
    assert error.value.code.id == "GS-REGISTER-062"
    assert "3652 days before" in error.value.what


def test_so_is_an_event_taken_to_be_sealed_later(node: Node) -> None:
    with pytest.raises(GoodStandingError) as error:
        node.log.submit(NewEvent("hearing", {}), clock=FixedClock(AHEAD), noted=NOTED)
    assert error.value.code.id == "GS-REGISTER-062"


def test_nothing_is_looked_at_or_dated_under_such_a_clock(node: Node, set_machine: Machine) -> None:
    """Evaluation asks the clock which day it is: it does not get so far."""
    set_machine(AHEAD)
    words = ("--node", node.folder, "--by", "Ada Quay")
    assert refused(run("access", "list", *words)) == "GS-AUDIT-003"
    assert node.log.head.size == 1


@pytest.mark.parametrize(("beyond", "taken"), [(0, True), (1, False)])
def test_the_bound_at_and_just_above(node: Node, beyond: int, taken: bool) -> None:
    at = TRUE + LONGEST_SILENCE + timedelta(microseconds=beyond)
    if taken:
        append(node, at)
        assert node.log.known_at == at
    else:
        with pytest.raises(GoodStandingError):
            append(node, at)


def test_what_the_access_log_saw_since_counts(node: Node) -> None:
    """A register may be silent for long while it is read every month."""
    for month in range(1, 5):
        at = FixedClock(TRUE + timedelta(days=30 * month))
        AccessLog.open(node.folder).note(events.ACCESS_LOG_READ, by="Ada Quay", clock=at)
    append(node, TRUE + timedelta(days=121))
    assert node.log.head.size == 2


def test_a_node_silent_for_a_year_goes_on_by_a_named_act(node: Node, set_machine: Machine) -> None:
    set_machine(TRUE + timedelta(days=365))
    assert refused(run("access", "list", "--node", node.folder, "--by", "a")) == "GS-AUDIT-003"
    assert set_clock(node, "2027-03-02").exit_code == 0
    assert run("access", "list", "--node", node.folder, "--by", "a").exit_code == 0
    append(node, TRUE + timedelta(days=365, hours=1))
    assert verify(node.folder).verified


def test_the_day_must_be_named_as_the_machine_has_it(node: Node, set_machine: Machine) -> None:
    set_machine(AHEAD)
    assert refused(set_clock(node, "2026-03-02")) == "GS-REGISTER-063"
    assert node.log.head.size == 1


def test_there_is_nothing_to_set_while_the_clock_agrees(node: Node) -> None:
    assert refused(set_clock(node, "2026-03-02")) == "GS-REGISTER-063"


# ---- a clock that is behind ---------------------------------------------------------------


def test_a_clock_that_went_back_is_refused_and_the_act_named(node: Node) -> None:
    append(node, TRUE + timedelta(days=10))
    with pytest.raises(GoodStandingError) as error:
        append(node, TRUE + timedelta(days=9))
    assert error.value.code.id == "GS-REGISTER-017"
    assert "log clock" in error.value.remedy


# ---- right again after it was ahead -------------------------------------------------------


def test_after_ten_years_ahead_the_register_goes_on_from_the_true_present(ahead: Node) -> None:
    with pytest.raises(GoodStandingError):
        append(ahead, TRUE)
    assert set_clock(ahead, "2026-03-02").exit_code == 0
    append(ahead, TRUE + timedelta(hours=1))
    assert ahead.log.known_at == TRUE + timedelta(hours=1)
    assert verify(ahead.folder).verified
    assert verify(ahead.layout.access).verified


def test_whoever_verifies_sees_the_act(ahead: Node) -> None:
    set_clock(ahead, "2026-03-02")
    said = run("verify", "--node", ahead.folder).stdout
    assert "by Ada Quay: the battery of the clock was empty (before: 2036-03-01T" in said


def test_what_was_sealed_in_the_future_is_known_from_the_act_on(ahead: Node) -> None:
    set_clock(ahead, "2026-03-02")
    append_records(ahead, TRUE + timedelta(hours=2))
    assert known(ahead, TRUE - timedelta(seconds=1)) == []
    assert known(ahead, TRUE) == [2, 3, 4]
    assert known(ahead, TRUE + timedelta(hours=2)) == [2, 3, 4, 7, 8, 9]


def test_what_is_sealed_stays_as_it_is(ahead: Node) -> None:
    (before,) = ahead.log.records([2], noted=NOTED)
    set_clock(ahead, "2026-03-02")
    (now,) = ahead.log.records([2], noted=NOTED)
    assert now.canonical() == before.canonical()
    assert (now.known_at, now.sealed_at) == (TRUE, AHEAD + timedelta(hours=2))


def test_sql_over_the_segments_says_the_same(ahead: Node, harbour: Pack) -> None:
    set_clock(ahead, "2026-03-02")
    append_records(ahead, TRUE + timedelta(hours=2))
    files = [segment.file for segment in ahead.log.segments("berth_fine")]
    relation = entries_relation(harbour.items["berth_fine"], files)
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT leaf, known_at FROM ({relation}) ORDER BY leaf").fetchall()
    read = ahead.log.records(range(ahead.log.head.size), noted=NOTED)
    assert [(leaf, at.replace(tzinfo=UTC)) for leaf, at in rows] == [
        (record.leaf, record.known_at) for record in read
    ]


def test_spark_says_the_same(ahead: Node, harbour: Pack, spark_here: SparkSession) -> None:
    set_clock(ahead, "2026-03-02")
    append_records(ahead, TRUE + timedelta(hours=2))
    session, item = configured(spark_here), harbour.items["berth_fine"]
    files = [segment.file for segment in ahead.log.segments("berth_fine")]
    empty = session.sql(to_spark(empty_relation(item)))
    rows = entries(session, files, empty).select("leaf", "known_at").collect()
    read = ahead.log.records(range(ahead.log.head.size), noted=NOTED)
    assert sorted((row["leaf"], row["known_at"].replace(tzinfo=UTC)) for row in rows) == [
        (record.leaf, record.known_at) for record in read
    ]


def test_a_list_dated_by_the_wrong_clock_does_not_outrank_those_to_come() -> None:
    said = {"as_of": "2036-03-01", "read": 3, "known_at": "2036-03-01T00:00:00.000000Z"}
    taken = Delivery(5, "port_monthly", "ab" * 32, said, known_by=TRUE)
    assert _earlier(taken).as_of == TRUE.date()


def test_entries_of_the_access_log_are_listed_newest_first_with_since(ahead: Node) -> None:
    set_clock(ahead, "2026-03-02")
    result = run(
        "access", "list", "--node", ahead.folder, "--by", "a", "--since", "2026-03-01", "--json"
    )
    assert [entry["event"] for entry in json.loads(result.stdout)] == [
        "access_log_read", "clock_set", "node_founded",
    ]  # fmt: skip


def test_what_waited_under_the_wrong_clock_follows_the_act(ahead: Node) -> None:
    """It was taken while another process had the turn."""
    log = ahead.log
    with log._state.turn(1):
        log.submit(
            NewEvent("hearing", {}), clock=FixedClock(AHEAD + timedelta(days=1)), noted=NOTED,
            wait=False,
        )  # fmt: skip
    set_clock(ahead, "2026-03-02")
    assert log.known_at == TRUE
    assert verify(ahead.folder).verified


def test_a_register_where_time_falls_without_the_act_is_a_finding(
    ahead: Node, tmp_path: Path
) -> None:
    set_clock(ahead, "2026-03-02")
    copy = Path(shutil.copytree(ahead.folder, tmp_path / "copy"))
    (copy / "register/segments" / CLOCKS).unlink()
    (finding,) = verify(copy).findings
    assert "does not say what the entries say of the clock" in finding.problem


def test_a_line_that_a_crash_left_of_an_act_never_sealed_is_not_heeded(node: Node) -> None:
    append_records(node, TRUE + timedelta(hours=2))
    (node.layout.segments / CLOCKS).write_text("5 2026-03-02T09:00:00.000000Z\n")
    assert known(node, TRUE) == []
    node.layout.unfinished.touch()
    Log.open(node.folder)
    assert (node.layout.segments / CLOCKS).read_text() == ""


def test_a_crash_between_both_logs_is_mended_by_the_same_command(ahead: Node) -> None:
    """The access log has the act, the register does not."""
    access = AccessLog.open(ahead.folder)
    access.set_clock(by="Ada Quay", clock=SystemClock(), day=TRUE.date(), reason="as before")
    assert set_clock(ahead, "2026-03-02").exit_code == 0
    append(ahead, TRUE + timedelta(hours=1))


def test_twice_ahead_is_set_right_twice(ahead: Node, set_machine: Machine) -> None:
    set_clock(ahead, "2026-03-02")
    append_records(ahead, TRUE + timedelta(days=30))
    set_machine(TRUE + timedelta(days=1))
    assert set_clock(ahead, "2026-03-03").exit_code == 0
    assert known(ahead, TRUE) == [2, 3, 4]
    assert known(ahead, TRUE + timedelta(days=1)) == [2, 3, 4, 7, 8, 9]
    assert verify(ahead.folder).verified


# ---- the rule itself ----------------------------------------------------------------------

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda instant: instant.replace(tzinfo=UTC)
)


@given(now=INSTANTS, last=INSTANTS)
def test_what_is_not_refused_makes_instants_rise(now: datetime, last: datetime) -> None:
    try:
        check_clock(now, last)
    except GoodStandingError:
        return
    assert last < after(last, now) <= max(now, last) + LONGEST_SILENCE


@given(now=INSTANTS, last=INSTANTS, seen=INSTANTS)
def test_a_witness_of_time_never_makes_a_right_clock_wrong(
    now: datetime, last: datetime, seen: datetime
) -> None:
    try:
        check_clock(now, last)
    except GoodStandingError:
        return
    check_clock(now, last, seen)
