import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import open_checkpoint, sign_checkpoint
from goodstanding.register.keys import SigningKey, VerifyingKey
from goodstanding.register.model import Head

KEY = SigningKey.generate("register.example/lumen")
OTHER = SigningKey.generate("witness.example")
HEAD = Head(20_852_163, bytes(range(32)))
NOTE = sign_checkpoint(HEAD, KEY).note


def refuse(note: bytes, key: VerifyingKey = KEY.verifying_key) -> str:
    with pytest.raises(GoodStandingError) as refused:
        open_checkpoint(note, key)
    assert refused.value.code.id == "GS-REGISTER-005"
    return refused.value.what


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens(size: int, root: bytes) -> None:
    signed = sign_checkpoint(Head(size, root), KEY)
    assert open_checkpoint(signed.note.encode(), KEY.verifying_key) == signed
    assert (signed.origin, signed.head) == (KEY.name, Head(size, root))


def test_the_note_is_the_one_of_the_specification() -> None:
    origin, size, root, empty, signature, end = NOTE.split("\n")
    assert (origin, size, empty, end) == (KEY.name, "20852163", "", "")
    assert base64.b64decode(root) == HEAD.root
    dash, name, data = signature.split(" ")
    assert (dash, name) == ("\u2014", KEY.name)
    assert base64.b64decode(data)[:4] == KEY.verifying_key.key_id


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_no_bit_can_be_changed(at: int, bit: int) -> None:
    note = bytearray(NOTE.encode())
    note[at] ^= 1 << bit
    refuse(bytes(note))


@given(st.binary(max_size=200))
def test_no_other_bytes_open(note: bytes) -> None:
    refuse(note)
    refuse(NOTE.encode() + note[:1] if note[:1] else b"")


def test_signatures_of_others_are_ignored_but_ours_must_hold() -> None:
    theirs = sign_checkpoint(HEAD, OTHER).note.rpartition("\n\n")[2]
    assert open_checkpoint((NOTE + theirs).encode(), KEY.verifying_key).head == HEAD
    assert "bears no signature" in refuse(NOTE.encode(), OTHER.verifying_key)
    wrong = sign_checkpoint(Head(1, HEAD.root), KEY).note.rpartition("\n\n")[2]
    assert "does not hold" in refuse((NOTE + wrong).encode())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("origin.example\n1\n" + base64.b64encode(bytes(32)).decode() + "\n", "the key of"),
        (f"{KEY.name}\n01\n" + base64.b64encode(bytes(32)).decode() + "\n", "malformed"),
        (f"{KEY.name}\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n", "malformed"),
        (f"{KEY.name}\n1\n" + base64.b64encode(bytes(31)).decode() + "\n", "malformed"),
        (f"{KEY.name}\n1\n!\n", "not base64"),
        (f"{KEY.name}\n1\n", "lacks"),
        (f"{KEY.name}\n1\n\n" + base64.b64encode(bytes(32)).decode() + "\n", "lacks"),
    ],
)
def test_a_signature_does_not_make_a_text_a_checkpoint(text: str, says: str) -> None:
    signature = base64.b64encode(KEY.verifying_key.key_id + KEY.sign(text.encode())).decode()
    assert says in refuse(f"{text}\n\u2014 {KEY.name} {signature}\n".encode())


def test_an_endless_note_is_not_read() -> None:
    assert "longer" in refuse(NOTE.encode() + b"x" * (1 << 20))
