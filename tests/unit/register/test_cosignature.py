from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError, parse_instant
from goodstanding.register.checkpoint import checkpoint_text
from goodstanding.register.cosignature import (
    TOLERANCE,
    WitnessKey,
    cosign,
    verify_cosignature,
    witness_key,
)
from goodstanding.register.keys import SigningKey
from goodstanding.register.model import Head
from goodstanding.register.note import NoteSignature, parse_signatures

NOW = parse_instant("2026-01-31T12:00:00Z")
SIGNER = SigningKey.generate("harbour-union.example/w1")
KEY = witness_key(SIGNER)
TEXT = checkpoint_text("register.example/lumen", Head(7, bytes(32)))
LINE = cosign(TEXT, SIGNER, NOW)


def refuse(line: NoteSignature, text: str = TEXT, key: WitnessKey = KEY) -> str:
    with pytest.raises(GoodStandingError) as refused:
        verify_cosignature(text, line, key, NOW)
    assert refused.value.code.id == "GS-REGISTER-005"
    return refused.value.what


def timed(time: int) -> NoteSignature:
    """A cosignature that holds, with any time."""
    data = time.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {time}\n{TEXT}".encode()
    return NoteSignature(KEY.name, KEY.key_id, data + SIGNER.sign(message))


def test_a_cosignature_says_when_it_was_made() -> None:
    assert verify_cosignature(TEXT, LINE, KEY, NOW) == NOW


def test_a_cosignature_is_time_and_ed25519_over_header_time_and_text() -> None:
    assert timed(int(NOW.timestamp())) == LINE


def test_a_cosignature_written_as_a_line_reads_back() -> None:
    assert parse_signatures(str(LINE)) == (LINE,)


def test_a_witness_key_reads_back_with_its_type() -> None:
    assert WitnessKey.parse(str(KEY)) == KEY


@given(st.integers(0, 71), st.integers(0, 7))
def test_no_bit_of_a_cosignature_can_be_changed(at: int, bit: int) -> None:
    data = bytearray(LINE.signature)
    data[at] ^= 1 << bit
    assert "does not hold" in refuse(NoteSignature(KEY.name, KEY.key_id, bytes(data)))


def test_a_cosignature_does_not_hold_for_another_text() -> None:
    assert "does not hold" in refuse(LINE, TEXT + "more\n")


def test_a_cosignature_of_another_witness_is_not_taken_for_this_ones() -> None:
    other = witness_key(SigningKey.generate("chamber.example/w1"))
    assert "not of chamber.example/w1" in refuse(LINE, key=other)


def test_a_clock_a_little_ahead_is_borne() -> None:
    line = cosign(TEXT, SIGNER, NOW + TOLERANCE)
    assert verify_cosignature(TEXT, line, KEY, NOW) == NOW + TOLERANCE


def test_a_time_to_come_is_refused() -> None:
    line = cosign(TEXT, SIGNER, NOW + TOLERANCE + timedelta(seconds=1))
    assert "dated in the future" in refuse(line)


def test_the_largest_time_the_format_has_is_refused_as_one_to_come() -> None:
    assert "dated in the future" in refuse(timed((1 << 63) - 1))


def test_a_time_beyond_the_format_does_not_hold() -> None:
    assert "does not hold" in refuse(timed(1 << 63))


def test_a_cosignature_without_a_time_is_refused() -> None:
    assert "bears no time" in refuse(timed(0))


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_no_made_up_bytes_are_a_cosignature(signature: bytes, text: bytes) -> None:
    assert not KEY.verifies(signature, text)
