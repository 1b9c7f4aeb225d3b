from pathlib import Path

import pytest

from goodstanding.kernel import GoodStandingError
from goodstanding.register.model import EMPTY_HEAD, Head
from goodstanding.register.state import State

NEW = Head(3, bytes(32))


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.create(tmp_path / "state.db")


def test_the_head_moves_when_the_turn_ends(state: State) -> None:
    with state.turn() as turn:
        turn.advance(NEW)
        assert state.head() == EMPTY_HEAD
    assert state.head() == NEW


def test_an_error_in_the_turn_leaves_the_head(state: State) -> None:
    def fail() -> None:
        with state.turn() as turn:
            turn.advance(NEW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state.head() == EMPTY_HEAD


def test_there_is_one_sequencer(state: State, tmp_path: Path) -> None:
    with state.turn() as turn:
        with (
            pytest.raises(GoodStandingError) as refused,
            State(tmp_path / "state.db", patience=0).turn(),
        ):
            pass
        assert refused.value.code.id == "GS-REGISTER-006"
        turn.advance(NEW)
    assert state.head() == NEW


def test_a_head_is_moved_from_the_one_that_was_read(state: State) -> None:
    with state.turn() as turn:
        turn.advance(NEW)
        with pytest.raises(GoodStandingError) as refused:
            turn.advance(Head(4, bytes(32)))
    assert refused.value.code.id == "GS-REGISTER-007"


def test_a_missing_or_broken_state_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    for content in (None, b"not a database, but long enough to be read as one" * 20):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(GoodStandingError) as refused:
            State(file).head()
        assert refused.value.code.id == "GS-REGISTER-009"
        assert str(file) in refused.value.what
