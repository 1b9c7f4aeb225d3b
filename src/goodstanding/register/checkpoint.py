"""Checkpoints: the register's head as a signed note.

Formats: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. The text is three
lines, origin, size and root; then an empty line, then signature lines. Signatures by keys we
do not know are ignored, as the note format asks, so that witnesses can add theirs.
"""

from __future__ import annotations

import base64
import re

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import SigningKey, VerifyingKey, decode_base64
from goodstanding.register.model import Checkpoint, Head
from goodstanding.register.tree import HASH_BYTES

_SIGNATURE = re.compile(r"\u2014 (?P<name>[^ +]+) (?P<data>[A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_ID_BYTES = 4
_MAX_BYTES = 1 << 20


def checkpoint_text(origin: str, head: Head) -> str:
    """The text that is signed, with its last newline."""
    return f"{origin}\n{head.size}\n{base64.b64encode(head.root).decode('ascii')}\n"


def sign_checkpoint(head: Head, key: SigningKey) -> Checkpoint:
    """The checkpoint of ``head``; its origin is the key's name."""
    text = checkpoint_text(key.name, head)
    signature = key.verifying_key.key_id + key.sign(text.encode("utf-8"))
    line = f"\u2014 {key.name} {base64.b64encode(signature).decode('ascii')}\n"
    return Checkpoint(key.name, head, f"{text}\n{line}")


def open_checkpoint(note: bytes, key: VerifyingKey) -> Checkpoint:
    """Read and verify a checkpoint. Raises GS-REGISTER-005, whatever is wrong with it."""
    # 1. It is text of the form of a note.
    text, signatures = _split(note)
    # 2. The one key we know has signed it, and every signature by that key holds.
    _check_signatures(text, signatures, key)
    # 3. The signed text is a checkpoint.
    origin, head = _parse(text)
    # 4. It is the checkpoint of the register that the key belongs to.
    if origin != key.name:
        raise _refused(f"the checkpoint is of {origin}, the key of {key.name}")
    return Checkpoint(origin, head, note.decode("utf-8"))


def _split(note: bytes) -> tuple[str, list[str]]:
    if len(note) > _MAX_BYTES:
        raise _refused("the checkpoint is longer than any checkpoint")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("the checkpoint is not UTF-8") from None
    text, separator, signatures = whole.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", whole):
        raise _refused("the checkpoint is not a signed note")
    return text + "\n", signatures[:-1].split("\n")


def _check_signatures(text: str, lines: list[str], key: VerifyingKey) -> None:
    verified = False
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise _refused("a signature line is malformed")
        try:
            data = decode_base64(match["data"])
        except ValueError:
            raise _refused("a signature is not base64") from None
        if match["name"] != key.name or data[:_KEY_ID_BYTES] != key.key_id:
            continue
        if not key.verifies(data[_KEY_ID_BYTES:], text.encode("utf-8")):
            raise _refused(f"the signature of {key.name} does not hold")
        verified = True
    if not verified:
        raise _refused(f"the checkpoint bears no signature of {key.name}")


def _parse(text: str) -> tuple[str, Head]:
    lines = text.split("\n")[:-1]
    if len(lines) < len(("origin", "size", "root")) or not all(lines):
        raise _refused("the checkpoint lacks origin, size or root")
    origin, size, encoded, *_ = lines
    try:
        root = decode_base64(encoded)
    except ValueError:
        raise _refused("the root is not base64") from None
    if not _SIZE.fullmatch(size) or len(root) != HASH_BYTES:
        raise _refused("the checkpoint's size or root is malformed")
    return origin, Head(int(size), root)


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
