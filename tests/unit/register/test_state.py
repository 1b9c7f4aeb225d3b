"""The head moves from the one that was read, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goodstanding.kernel import FixedClock, GoodStandingError
from goodstanding.register.layout import Layout
from goodstanding.register.model import EMPTY_HEAD, Head, NewEvent, StreamVersion
from goodstanding.register.state import State

NEW = Head(3, bytes(32))
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CLOCK = FixedClock(NOW)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.create(Layout(tmp_path))


def nothing() -> None:
    pass


def test_the_head_moves_at_the_commit(state: State) -> None:
    seen: list[Head] = []
    with state.turn(0) as turn:
        turn.advance(NEW, NOW, lambda: seen.append(state.head()))
        assert (turn.head, turn.known_at) == (NEW, NOW)
    assert seen == [EMPTY_HEAD]
    assert (state.head(), state.known_at()) == (NEW, NOW)


def test_an_error_before_the_commit_leaves_the_old_head(state: State) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    with state.turn(0) as turn, pytest.raises(KeyboardInterrupt):
        turn.advance(NEW, NOW, fail)
    assert state.head() == EMPTY_HEAD


def test_two_who_read_the_same_head_cannot_both_move_it(state: State) -> None:
    with state.turn(0) as turn:
        turn.advance(NEW, NOW, nothing)
        turn.head = EMPTY_HEAD
        with pytest.raises(GoodStandingError) as refused:
            turn.advance(Head(4, bytes(32)), NOW, nothing)
    assert refused.value.code.id == "GS-REGISTER-007"
    assert state.head() == NEW


def test_one_at_a_time_has_the_turn(state: State) -> None:
    with (
        state.turn(0),
        pytest.raises(GoodStandingError) as refused,
        state.turn(0.01),
    ):
        pass
    assert refused.value.code.id == "GS-REGISTER-006"
    with state.turn(0):
        pass


def test_pending_events_never_date_before_what_is_known(state: State) -> None:
    state.put(NewEvent("hearing", {"berth": "N1"}, StreamVersion("case/1", 0)), CLOCK, awaited=True)
    later = NOW.replace(hour=13)
    with state.turn(0) as turn:
        turn.advance(NEW, later, nothing)
        (pending,) = turn.pending(state.last_ticket())
        assert pending.dated.known_at == later + timedelta(microseconds=1)
        assert pending.dated.event.stream == StreamVersion("case/1", 0)
        turn.advance(Head(4, bytes(32)), later, nothing, tickets=[(pending, 3)])
        assert turn.pending(pending.ticket) == []
    assert state.take_receipt(pending.ticket) == 3
    assert state.take_receipt(pending.ticket) is None


@pytest.mark.parametrize("content", [None, b"not a database, but long enough to be one" * 99])
def test_a_lost_state_is_no_empty_register(tmp_path: Path, content: bytes | None) -> None:
    layout = Layout(tmp_path)
    if content is not None:
        layout.state.write_bytes(content)
    with pytest.raises(GoodStandingError) as refused:
        State(layout).head()
    assert refused.value.code.id == "GS-REGISTER-009"


@pytest.mark.parametrize("member", ["schema", "event", "known_at", "stream", "version"])
def test_what_sealing_says_an_event_cannot_say(member: str) -> None:
    with pytest.raises(ValueError, match=member):
        NewEvent("hearing", {"berth": "N1", member: 1})
