from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError, parse_instant
from goodstanding.register.key_history import (
    KEY_COMPROMISED,
    KeyEvent,
    KeyHistory,
    Verdict,
    check_compromised,
    first_key,
    key_history,
)
from goodstanding.register.keys import SigningKey, VerifyingKey
from goodstanding.register.model import KEY_ROTATED, Event

NAME = "register.example/lumen"
A, B, C = (SigningKey.generate(NAME).verifying_key for _ in range(3))
START = parse_instant("2026-01-01T00:00:00Z")
DAY = timedelta(days=1)


def rotated(leaf: int, old: VerifyingKey, new: VerifyingKey) -> KeyEvent:
    members = {"old": str(old), "new": str(new), "by": "operator", "reason": "yearly"}
    return KeyEvent(leaf, START + leaf * DAY, KEY_ROTATED, members)


def compromised(leaf: int, key: VerifyingKey, since: str) -> KeyEvent:
    members = {"key": str(key), "since": since, "by": "operator", "reason": "laptop lost"}
    return KeyEvent(leaf, START + leaf * DAY, KEY_COMPROMISED, members)


ROTATIONS = [rotated(9, A, B), rotated(19, B, C)]
HISTORY = key_history(A, ROTATIONS)
STOLEN = key_history(A, [*ROTATIONS, compromised(30, B, "2026-01-15T00:00:00Z")])


def test_periods_follow_each_other() -> None:
    assert [(p.key, p.first_size, p.last_size) for p in HISTORY.periods] == [
        (A, 0, 10),
        (B, 10, 20),
        (C, 20, None),
    ]


def test_periods_are_dated() -> None:
    assert [(p.since, p.until) for p in HISTORY.periods] == [
        (None, START + 9 * DAY),
        (START + 9 * DAY, START + 19 * DAY),
        (START + 19 * DAY, None),
    ]


@pytest.mark.parametrize(
    ("key", "size", "verdict"),
    [
        (A, 0, Verdict.GOOD),
        (A, 9, Verdict.GOOD),
        (A, 10, Verdict.GOOD),
        (A, 11, Verdict.BEYOND_ITS_PERIOD),
        (B, 9, Verdict.BEYOND_ITS_PERIOD),
        (B, 10, Verdict.GOOD),
        (B, 20, Verdict.GOOD),
        (B, 21, Verdict.BEYOND_ITS_PERIOD),
        (C, 19, Verdict.BEYOND_ITS_PERIOD),
        (C, 20, Verdict.GOOD),
        (C, 1 << 60, Verdict.GOOD),
    ],
)
def test_a_checkpoint_is_judged_by_the_key_of_its_size(
    key: VerifyingKey, size: int, verdict: Verdict
) -> None:
    assert HISTORY.judge(key, size, None).verdict is verdict


def test_a_key_that_the_log_never_named() -> None:
    stranger = SigningKey.generate(NAME).verifying_key
    assert HISTORY.judge(stranger, 5, None).verdict is Verdict.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("cosigned_at", "verdict"),
    [
        (None, Verdict.NEEDS_COSIGNATURE),
        ("2026-01-14T23:59:59Z", Verdict.GOOD),
        ("2026-01-15T00:00:00Z", Verdict.NEEDS_COSIGNATURE),
        ("2026-01-16T00:00:00Z", Verdict.NEEDS_COSIGNATURE),
    ],
)
def test_under_a_compromised_key_only_what_was_seen_before_stands(
    cosigned_at: str | None, verdict: Verdict
) -> None:
    seen = parse_instant(cosigned_at) if cosigned_at else None
    assert STOLEN.judge(B, 15, seen).verdict is verdict


def test_other_keys_stand_while_one_is_compromised() -> None:
    assert STOLEN.judge(A, 5, None).good
    assert STOLEN.judge(C, 25, None).good


def test_the_reason_names_both_times() -> None:
    judged = STOLEN.judge(B, 15, parse_instant("2026-01-16T00:00:00Z"))
    assert "since 2026-01-15T00:00:00" in judged.reason
    assert "first saw it at 2026-01-16T00:00:00" in judged.reason


def test_the_earliest_of_two_compromises_counts() -> None:
    events = [compromised(3, A, "2026-01-02"), compromised(4, A, "2026-01-01T12:00:00Z")]
    assert key_history(A, events).periods[0].compromised_since == START + DAY / 2


def test_the_first_key_is_the_one_before_all_rotations() -> None:
    assert first_key(ROTATIONS[::-1], C) == A


def test_without_rotation_the_current_key_is_the_first() -> None:
    assert first_key([], C) == C


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (rotated(3, B, C), "the key in force is"),
        (rotated(3, A, A), "was in force before"),
        (rotated(3, A, SigningKey.generate("other").verifying_key), "the new key is of other"),
        (KeyEvent(3, START, KEY_ROTATED, {"old": str(A)}), "it has no new"),
        (KeyEvent(3, START, KEY_ROTATED, {"old": "a+b", "new": 1}), "its old is not a key"),
        (compromised(3, B, "2026-01-01"), "the log never named"),
        (compromised(3, A, "yesterday"), "its since is not an instant"),
        (KeyEvent(3, START, KEY_COMPROMISED, {"key": str(A)}), "its since is not an instant"),
    ],
)
def test_a_history_that_does_not_hold_is_refused(event: KeyEvent, reason: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        key_history(A, [event])
    assert refused.value.code.id == "GS-REGISTER-037"
    assert reason in refused.value.what


def test_other_events_mean_nothing_to_keys() -> None:
    assert key_history(A, [KeyEvent(1, START, "delivery", {})]).periods[0].last_size is None


def test_an_entry_becomes_a_key_event() -> None:
    payload = f'{{"event":"key_rotated","new":"{B}","old":"{A}"}}'
    event = KeyEvent.of(Event(4, bytes(16), KEY_ROTATED, START, payload))
    assert key_history(A, [event]).current == B


@pytest.mark.parametrize("payload", ["", "[]", "[" * 100_000])
def test_an_entry_that_is_no_object_is_refused(payload: str) -> None:
    with pytest.raises(GoodStandingError, match="not an object"):
        KeyEvent.of(Event(4, bytes(16), KEY_ROTATED, START, payload))


@pytest.mark.parametrize(
    ("key", "since", "reason"),
    [
        (SigningKey.generate(NAME).verifying_key, "2026-01-01", "never named"),
        (C, "2026-02-02", "still to come"),
        (B, "2026-01-15", "already"),
        (B, "2026-01-16", "already"),
    ],
)
def test_a_compromise_that_says_nothing_new_is_refused(
    key: VerifyingKey, since: str, reason: str
) -> None:
    with pytest.raises(GoodStandingError, match=reason):
        check_compromised(STOLEN, key, parse_instant(since), parse_instant("2026-02-01"))


def test_a_compromise_may_be_found_to_be_older() -> None:
    check_compromised(STOLEN, B, parse_instant("2026-01-14"), parse_instant("2026-02-01"))


@given(st.lists(st.integers(0, 500), unique=True, max_size=5), st.integers(0, 600))
def test_every_size_has_a_key_and_at_most_two(leaves: list[int], size: int) -> None:
    keys = [SigningKey.generate(NAME).verifying_key for _ in range(len(leaves) + 1)]
    events = [rotated(leaf, keys[n], keys[n + 1]) for n, leaf in enumerate(sorted(leaves))]
    history: KeyHistory = key_history(keys[0], events)
    assert len(history.keys_at(size)) == (2 if size - 1 in leaves else 1)
