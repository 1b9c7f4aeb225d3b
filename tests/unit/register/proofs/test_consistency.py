"""A proof between two sizes holds for exactly those two trees."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Head, Log, NewEvent, verify_consistency
from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.key_history import KeyHistory, KeyPeriod
from goodstanding.register.keys import SigningKey
from goodstanding.register.proofs.consistency import Consistency, prove_consistency

NOTED = Noted("test", 0)
CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
SIZES = (3, 8, 300, 520)

Notes = dict[int, bytes]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, Notes]:
    """A log that grew in four batches, and its checkpoint after each."""
    log = Log.create(tmp_path_factory.mktemp("grown") / "log", "register.example/lumen")
    notes: Notes = {}
    for size in SIZES:
        events = [NewEvent("delivery", {"number": n}) for n in range(log.head.size, size)]
        log.append(events, clock=CLOCK, noted=NOTED)
        notes[size] = log.checkpoint().note.encode()
    return log, notes


def check(proof: Consistency, path: tuple[bytes, ...] | None = None) -> None:
    old, new = proof.old.head, proof.new.head
    nodes = proof.path if path is None else path
    verify_consistency(old.size, old.root, new.size, new.root, nodes)


def refusal(prove: Callable[[], object], code: str = "GS-REGISTER-005") -> str:
    with pytest.raises(GoodStandingError) as refused:
        prove()
    assert refused.value.code.id == code
    return refused.value.what


def signed(log: Log, size: int, root: bytes) -> bytes:
    """What a lying register signs."""
    key = SigningKey.load(log.layout.private_key)
    return sign_checkpoint(Head(size, root), key).note.encode()


@given(st.data())
def test_any_two_sizes_are_proved_and_no_changed_bit_is(
    grown: tuple[Log, Notes], data: st.DataObject
) -> None:
    new = data.draw(st.integers(0, SIZES[-1]))
    proof = prove_consistency(grown[0], data.draw(st.integers(0, new)), new)
    check(proof)
    if proof.path:
        at = data.draw(st.integers(0, len(proof.path) - 1))
        bit = data.draw(st.integers(0, 255))
        node = bytearray(proof.path[at])
        node[bit // 8] ^= 1 << bit % 8
        path = (*proof.path[:at], bytes(node), *proof.path[at + 1 :])
        refusal(lambda: check(proof, path))


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize("new", SIZES)
def test_checkpoints_of_one_history_belong_together(
    grown: tuple[Log, Notes], old: int, new: int
) -> None:
    log, notes = grown
    if old > new:
        said = refusal(lambda: prove_consistency(log, notes[old], notes[new]))
        assert "the older one comes first" in said
    else:
        proof = prove_consistency(log, notes[old], notes[new])
        assert (proof.old.note, proof.new.note) == (notes[old].decode(), notes[new].decode())


def test_the_file_says_all_that_a_checker_needs(grown: tuple[Log, Notes]) -> None:
    log, notes = grown
    proof = prove_consistency(log, 8, notes[300])
    assert proof.as_dict() == {
        "schema": "goodstanding/consistency/1",
        "origin": "register.example/lumen",
        "old": {"size": 8, "root": base64.b64encode(proof.old.head.root).decode()},
        "new": {
            "size": 300,
            "root": base64.b64encode(proof.new.head.root).decode(),
            "checkpoint": notes[300].decode(),
        },
        "path": [base64.b64encode(node).decode() for node in proof.path],
    }


def test_two_histories_of_one_size_are_named(grown: tuple[Log, Notes]) -> None:
    log, notes = grown
    fork = signed(log, 8, bytes(32))
    assert "two histories" in refusal(lambda: prove_consistency(log, notes[8], fork))


def test_a_checkpoint_of_another_history_is_refused(grown: tuple[Log, Notes]) -> None:
    log, notes = grown
    fork = signed(log, 8, bytes(32))
    said = refusal(lambda: prove_consistency(log, fork, notes[300]))
    assert "the checkpoint of 8 entries is of another history" in said


def test_a_checkpoint_of_another_register_is_refused(
    grown: tuple[Log, Notes], tmp_path: Path
) -> None:
    other = Log.create(tmp_path / "other", "register.example/other")
    note = other.checkpoint().note.encode()
    said = refusal(lambda: prove_consistency(grown[0], note, 8))
    assert "no signature of register.example/lumen" in said


def test_a_checkpoint_beyond_the_published_one_is_refused(grown: tuple[Log, Notes]) -> None:
    log, notes = grown
    ahead = signed(log, 1000, bytes(32))
    said = refusal(lambda: prove_consistency(log, notes[8], ahead))
    assert "1000 entries, but the register's published one of 520" in said


@pytest.mark.parametrize(("old", "new"), [(0, 521), (9, 8), (-1, 8), (2**70, 2**70)])
def test_sizes_that_are_not_there_are_refused(grown: tuple[Log, Notes], old: int, new: int) -> None:
    refusal(lambda: prove_consistency(grown[0], old, new), "GS-REGISTER-052")


def test_an_old_checkpoint_holds_under_the_key_of_its_time(grown: tuple[Log, Notes]) -> None:
    log, notes = grown
    new_key = SigningKey.generate(log.origin).verifying_key
    at = CLOCK.now()
    periods = (KeyPeriod(log.key, 0, 300, None, at), KeyPeriod(new_key, 300, None, at, None))
    history = KeyHistory(periods)
    check(prove_consistency(log, notes[8], notes[300], history))
    said = refusal(lambda: prove_consistency(log, notes[8], notes[520], history))
    assert "did not speak for the register at that size" in said


def test_what_is_no_checkpoint_is_refused(grown: tuple[Log, Notes]) -> None:
    assert refusal(lambda: prove_consistency(grown[0], b"\xff", 8))
