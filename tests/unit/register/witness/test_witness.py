from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny_log import TinyLog

from goodstanding.kernel import EMPTY_ROOT, FixedClock, GoodStandingError, parse_instant
from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.cosignature import cosign, verify_cosignature, witness_key
from goodstanding.register.errors import BAD_KEY
from goodstanding.register.keys import SigningKey
from goodstanding.register.model import Head
from goodstanding.register.note import open_note, parse_signatures
from goodstanding.register.witness import (
    Answer,
    Doubt,
    Outcome,
    Proof,
    Store,
    Witness,
    decide,
    submission,
)

NOW = parse_instant("2026-01-31T12:00:00Z")
LOG = SigningKey.generate("register.example/lumen")
SIGNER = SigningKey.generate("harbour-union.example/w1")
KEY = witness_key(SIGNER)

ENTRIES = tuple(bytes([n]) for n in range(20))
HONEST = TinyLog(LOG, ENTRIES)
#: The same log up to 5 entries, and then another story.
FORK = TinyLog(LOG, ENTRIES[:5] + tuple(b"x" + e for e in ENTRIES[5:]))


class Desk:
    """A witness with a memory of its own, asked without a network."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(NOW)
        self.store = Store.create(folder / "witness.db")
        self.witness = Witness(SIGNER, self.store, lambda: [LOG.verifying_key], self.clock)

    def ask(self, log: TinyLog, old: int, new: int) -> Answer:
        sent = submission(old, log.proof(old, new), log.note(new))
        return self.witness.add_checkpoint(sent.body())

    def send(self, note: str, old: int = 0, hashes: tuple[bytes, ...] = ()) -> Answer:
        return self.witness.add_checkpoint(submission(old, hashes, note).body())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_first_checkpoint_is_cosigned_with_the_time(desk: Desk) -> None:
    answer = desk.ask(HONEST, 0, 5)
    (line,) = parse_signatures(answer.lines)
    text = HONEST.note(5).rpartition("\n\n")[0] + "\n"
    assert verify_cosignature(text, line, KEY, NOW) == NOW


def test_growth_with_a_proof_is_cosigned(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    assert desk.ask(HONEST, 5, 12).outcome is Outcome.COSIGNED


def test_the_same_checkpoint_again_is_cosigned_again(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    assert desk.ask(HONEST, 5, 5).outcome is Outcome.COSIGNED


def test_what_is_remembered_bears_both_signatures(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    remembered = desk.store.latest(HONEST.key.name)
    assert remembered is not None
    assert len(open_note(remembered.note.encode(), [LOG.verifying_key]).signed) == 1
    assert len(open_note(remembered.note.encode(), [KEY]).signed) == 1


def test_signatures_of_others_are_not_passed_on(desk: Desk) -> None:
    text = HONEST.note(5).rpartition("\n\n")[0] + "\n"
    other = SigningKey.generate("mill.example")
    desk.send(HONEST.note(5) + str(cosign(text, other, NOW)))
    remembered = desk.store.latest(HONEST.key.name)
    assert remembered is not None
    assert "mill.example" not in remembered.note


def test_another_size_is_answered_with_the_one_seen(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    answer = desk.ask(HONEST, 0, 12)
    assert (answer.outcome, answer.size) == (Outcome.OTHER_SIZE, 5)


def test_a_checkpoint_older_than_its_old_size_is_malformed(desk: Desk) -> None:
    assert desk.send(HONEST.note(5), old=6).outcome is Outcome.MALFORMED


def test_a_fork_is_refused(desk: Desk) -> None:
    desk.ask(HONEST, 0, 10)
    assert desk.ask(FORK, 10, 12).outcome is Outcome.INCONSISTENT


def test_a_fork_is_kept_as_unproved(desk: Desk) -> None:
    desk.ask(HONEST, 0, 10)
    desk.ask(FORK, 10, 12)
    (kept,) = desk.store.evidence()
    assert (kept.doubt, kept.note, kept.head) == (Doubt.UNPROVED, FORK.note(12), FORK.head(12))


def test_a_doubt_goes_when_the_checkpoint_is_proved(desk: Desk) -> None:
    desk.ask(HONEST, 0, 10)
    desk.send(HONEST.note(12), old=10, hashes=(bytes(32),))
    assert [e.doubt for e in desk.store.evidence()] == [Doubt.UNPROVED]
    desk.ask(HONEST, 10, 12)
    assert desk.store.evidence() == []


@pytest.mark.parametrize(("old", "outcome"), [(10, "inconsistent"), (5, "other size")])
def test_two_roots_for_one_size_are_kept_however_asked(desk: Desk, old: int, outcome: str) -> None:
    desk.ask(HONEST, 0, 10)
    assert desk.ask(FORK, old, 10).outcome == outcome
    (kept,) = desk.store.evidence()
    assert kept.doubt is Doubt.CONTRADICTION
    assert open_note(kept.note.encode(), [LOG.verifying_key]).text != (
        open_note(kept.against.encode(), [LOG.verifying_key]).text
    )


def test_evidence_is_kept_once(desk: Desk) -> None:
    desk.ask(HONEST, 0, 10)
    for _ in range(3):
        desk.ask(FORK, 10, 10)
    assert len(desk.store.evidence()) == 1


def test_evidence_does_not_fill_the_disk(desk: Desk) -> None:
    desk.ask(HONEST, 0, 1)
    for n in range(103):
        desk.send(sign_checkpoint(Head(2, bytes([n]) * 32), LOG).note, old=1)
    assert len(desk.store.evidence()) == 100


def test_a_log_that_is_not_watched(desk: Desk) -> None:
    other = TinyLog(SigningKey.generate("register.example/other"), ENTRIES)
    assert desk.ask(other, 0, 5).outcome is Outcome.UNKNOWN_LOG


def test_another_key_in_the_logs_name(desk: Desk) -> None:
    impostor = TinyLog(SigningKey.generate(LOG.name), ENTRIES)
    assert desk.ask(impostor, 0, 5).outcome is Outcome.NOT_SIGNED


def test_a_bad_signature_of_the_logs_key(desk: Desk) -> None:
    note = HONEST.note(5).replace("\n5\n", "\n6\n")
    assert desk.send(note).outcome is Outcome.NOT_SIGNED


@pytest.mark.parametrize("note", ["", "text\n", "a\nb\nc\n\n\u2014 a AAAAAAA=\n"])
def test_what_is_no_checkpoint_is_malformed(desk: Desk, note: str) -> None:
    assert desk.send(note).outcome is Outcome.MALFORMED


def test_a_false_root_of_the_empty_tree(desk: Desk) -> None:
    note = sign_checkpoint(Head(0, bytes(32)), LOG).note
    assert desk.send(note).outcome is Outcome.INCONSISTENT


def test_the_empty_tree_is_cosigned(desk: Desk) -> None:
    assert desk.send(sign_checkpoint(Head(0, EMPTY_ROOT), LOG).note).outcome is Outcome.COSIGNED


def test_a_proof_from_nothing_is_refused(desk: Desk) -> None:
    assert desk.send(HONEST.note(5), hashes=(bytes(32),)).outcome is Outcome.INCONSISTENT


def test_a_clock_that_runs_backwards_stops_the_witness(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    desk.clock.instant = NOW - timedelta(seconds=1)
    with pytest.raises(GoodStandingError) as refused:
        desk.ask(HONEST, 5, 12)
    assert refused.value.code.id == "GS-REGISTER-033"


def test_a_refusal_by_the_clock_moves_nothing(desk: Desk) -> None:
    desk.ask(HONEST, 0, 5)
    desk.clock.instant = NOW - timedelta(seconds=1)
    with pytest.raises(GoodStandingError):
        desk.ask(HONEST, 5, 12)
    desk.clock.instant = NOW
    assert desk.ask(HONEST, 5, 12).outcome is Outcome.COSIGNED


def test_a_key_that_does_not_answer_moves_nothing(tmp_path: Path, desk: Desk) -> None:
    class Broken:
        verifying_key = SIGNER.verifying_key

        def sign(self, text: bytes) -> bytes:
            raise GoodStandingError(BAD_KEY, file="token", reason=f"no answer to {len(text)} bytes")

    broken = Witness(Broken(), desk.store, lambda: [LOG.verifying_key], desk.clock)
    with pytest.raises(GoodStandingError, match="no answer"):
        broken.consider(submission(0, (), HONEST.note(5)))
    assert desk.store.latest(LOG.name) is None


def test_a_lost_memory_is_not_begun_again(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "witness.db").unlink()
    with pytest.raises(GoodStandingError) as refused:
        desk.ask(HONEST, 0, 5)
    assert refused.value.code.id == "GS-REGISTER-034"


def test_a_damaged_memory_is_refused(desk: Desk, tmp_path: Path) -> None:
    for file in tmp_path.glob("witness.db*"):
        file.write_bytes(b"not a database" * 100)
    with pytest.raises(GoodStandingError) as refused:
        desk.ask(HONEST, 0, 5)
    assert refused.value.code.id == "GS-REGISTER-034"


@pytest.mark.parametrize("proved", [True, False])
def test_the_rule_is_a_function_of_values(proved: bool) -> None:
    hashes = tuple(HONEST.proof(5, 9)) if proved else ()
    ruling = decide(HONEST.head(5), Proof(5, hashes), HONEST.head(9))
    assert (ruling.answer.outcome is Outcome.COSIGNED) is proved


def numbered(folder: Path) -> Iterator[Path]:
    """Fresh folders, one an example."""
    for n in count():
        made = folder / str(n)
        made.mkdir()
        yield made


STORIES = (HONEST, FORK, TinyLog(LOG, tuple(b"y" + e for e in ENTRIES)))
ASKS = st.lists(
    st.tuples(st.sampled_from(STORIES), st.integers(0, 20), st.integers(0, 20), st.booleans()),
    max_size=12,
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return numbered(tmp_path_factory.mktemp("witnesses"))


@settings(max_examples=60, deadline=None)
@given(asks=ASKS)
def test_whatever_is_asked_the_cosigned_make_one_history(
    folders: Iterator[Path], asks: list[tuple[TinyLog, int, int, bool]]
) -> None:
    """The model: the sizes grow, and some one story contains every head that was cosigned."""
    desk = Desk(next(folders))
    cosigned: list[Head] = []
    for story, old, new, follow in asks:
        seen = cosigned[-1].size if cosigned else 0
        answer = desk.ask(story, seen if follow else min(old, new), new)
        fits = not cosigned or (seen <= new and story.root(seen) == cosigned[-1].root)
        if answer.outcome is Outcome.COSIGNED:
            cosigned.append(story.head(new))
        elif follow and fits and new >= seen:
            pytest.fail(f"honest growth from {seen} to {new} was refused: {answer}")
    assert [head.size for head in cosigned] == sorted(head.size for head in cosigned)
    assert any(all(story.head(h.size) == h for h in cosigned) for story in STORIES)
