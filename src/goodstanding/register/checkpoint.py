"""Checkpoints: the register's head as a signed note (https://c2sp.org/tlog-checkpoint).

Invariant: a checkpoint that is opened was signed by a key named like its origin.

The text is three lines, origin, size and root, and perhaps extension lines, which are signed
with it and mean nothing here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import Signer, VerifyingKey
from goodstanding.register.model import Checkpoint, Head
from goodstanding.register.note import (
    Note,
    NoteSignature,
    decode_base64,
    parse_note,
    verify_note,
)
from goodstanding.register.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_MAX_SIZE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that holds, and those of the known keys that signed it, in its order."""

    checkpoint: Checkpoint
    signers: tuple[VerifyingKey, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a checkpoint's text says, not yet believed."""

    origin: str
    head: Head
    extensions: tuple[str, ...] = ()


def checkpoint_text(origin: str, head: Head) -> str:
    """The text that is signed, with its last newline."""
    return f"{origin}\n{head.size}\n{base64.b64encode(head.root).decode('ascii')}\n"


def sign_checkpoint(head: Head, key: Signer, *others: Signer) -> Checkpoint:
    """The checkpoint of ``head``; its origin is the key's name.

    ``others`` are keys of the same name that sign too, as a log does while its key changes.
    Raises GS-REGISTER-010 if a key cannot sign.
    """
    origin = key.verifying_key.name
    text = checkpoint_text(origin, head)
    note = Note(text, tuple(sign_text(text, each) for each in (key, *others)))
    return Checkpoint(origin, head, str(note))


def sign_text(text: str, key: Signer) -> NoteSignature:
    """A plain Ed25519 signature over a note's text. Raises GS-REGISTER-010."""
    public = key.verifying_key
    return NoteSignature(public.name, public.key_id, key.sign(text.encode("utf-8")))


def open_checkpoint(note: bytes, keys: VerifyingKey | Sequence[VerifyingKey]) -> Checkpoint:
    """Read and verify a checkpoint. Raises GS-REGISTER-005, whatever is wrong with it."""
    return open_signed(note, keys).checkpoint


def open_signed(note: bytes, keys: VerifyingKey | Sequence[VerifyingKey]) -> SignedCheckpoint:
    """The same, and which of ``keys`` signed it. Raises GS-REGISTER-005."""
    known = [keys] if isinstance(keys, VerifyingKey) else list(keys)
    # 1. It is text of the form of a note.
    parsed = parse_note(note)
    # 2. A key we know has signed it, and every signature by such a key holds.
    opened = verify_note(parsed, known)
    # 3. The signed text is a checkpoint.
    claim = parse_checkpoint(opened.text)
    # 4. It is the checkpoint of the register that the keys belong to.
    signers = [key for key, _ in opened.signed]
    for key in signers:
        if claim.origin != key.name:
            raise _refused(f"the checkpoint is of {claim.origin}, the key of {key.name}")
    checkpoint = Checkpoint(claim.origin, claim.head, note.decode("utf-8"))
    return SignedCheckpoint(checkpoint, tuple(dict.fromkeys(signers)))


def parse_checkpoint(text: str) -> Claim:
    """What a checkpoint's text says, signed or not. Raises GS-REGISTER-005."""
    lines = text.split("\n")[:-1]
    if len(lines) < len(("origin", "size", "root")) or not all(lines):
        raise _refused("the checkpoint lacks origin, size or root")
    origin, size, encoded, *extensions = lines
    try:
        root = decode_base64(encoded)
    except ValueError:
        raise _refused("the root is not base64") from None
    if not _SIZE.fullmatch(size) or int(size) > _MAX_SIZE or len(root) != HASH_BYTES:
        raise _refused("the checkpoint's size or root is malformed")
    return Claim(origin, Head(int(size), root), tuple(extensions))


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
