"""Signed notes: text with signature lines (https://c2sp.org/signed-note).

Invariant: no text leaves ``open_note`` unless a key we know has signed it, and no signature of
a key we know was wrong.

Signatures of keys we do not know are passed over, as the format asks, so that witnesses can
add theirs. Base64 is taken only in its one spelling: a note that verifies has one form.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNVERIFIED

KEY_ID_BYTES = 4
#: The format asks for at least 16 signatures; Go's reader takes 100.
MAX_SIGNATURES = 100
MAX_BYTES = 1 << 20

_DASH = "\u2014"
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteKey(Protocol):
    """A public key that can judge a signature of its own type over a note's text."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes:
        """Four bytes."""
        ...

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether ``signature``, the bytes after the key id, holds over ``text``."""
        ...


Key = TypeVar("Key", bound=NoteKey)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: whose it says it is, and the bytes after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The line, with its newline."""
        data = base64.b64encode(self.key_id + self.signature).decode("ascii")
        return f"{_DASH} {self.name} {data}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart and not yet believed: text with its last newline, and signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


@dataclass(frozen=True, slots=True)
class OpenedNote(Generic[Key]):
    """A note that holds: each known key with its signature, in the note's order."""

    text: str
    signed: tuple[tuple[Key, NoteSignature], ...]


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """The first four bytes of SHA-256(name, newline, type, public key)."""
    return sha256(name.encode("utf-8") + b"\n" + bytes([algorithm]) + public).digest()[
        :KEY_ID_BYTES
    ]


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, valid text, no Unicode space, plus or control."""
    return bool(name) and not (
        "+" in name or _NOT_IN_A_NAME.search(name) or any(map(str.isspace, name))
    )


def parse_note(note: bytes) -> Note:
    """Take a note apart without believing it. Raises GS-REGISTER-005."""
    if len(note) > MAX_BYTES:
        raise _refused("the note is longer than any note")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("the note is not UTF-8") from None
    if _CONTROL.search(whole):
        raise _refused("the note holds a control character")
    # The last empty line parts text and signatures; the text may hold empty lines itself.
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise _refused("this is not a signed note")
    return Note(f"{text}\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """Read signature lines, each with its newline. Raises GS-REGISTER-005."""
    if not lines.endswith("\n"):
        raise _refused("a signature line does not end")
    found = lines[:-1].split("\n", MAX_SIGNATURES)
    if len(found) > MAX_SIGNATURES:
        raise _refused(f"there are more than {MAX_SIGNATURES} signatures")
    return tuple(map(_parse_signature, found))


def open_note(note: bytes, keys: Iterable[Key]) -> OpenedNote[Key]:
    """Read a note and check it against the keys we know. Raises GS-REGISTER-005."""
    return verify_note(parse_note(note), keys)


def verify_note(note: Note, keys: Iterable[Key]) -> OpenedNote[Key]:
    """Check a note against the keys we know. Raises GS-REGISTER-005."""
    known = {(key.name, key.key_id): key for key in keys}
    text = note.text.encode("utf-8")
    signed = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verifies(signature.signature, text):
            raise _refused(f"the signature of {key.name} does not hold")
        signed.append((key, signature))
    if not signed:
        raise _refused(f"the note bears no signature of {_names(known)}")
    return OpenedNote(note.text, tuple(signed))


def decode_base64(text: str) -> bytes:
    """The bytes of base64 text. Raises ValueError, also for a second spelling of the same bytes."""
    data = base64.b64decode(text, validate=True)
    # The last digit may carry bits that decoding drops: a note could change and still verify.
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the one spelling of these bytes")
    return data


def _parse_signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != _DASH or not is_key_name(name) or not encoded:
        raise _refused("a signature line is malformed")
    try:
        data = decode_base64(encoded)
    except ValueError:
        raise _refused("a signature is not base64") from None
    if len(data) <= KEY_ID_BYTES:
        raise _refused("a signature has no bytes after the key id")
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _names(known: Iterable[tuple[str, bytes]]) -> str:
    names: Sequence[str] = sorted({name for name, _ in known})
    return " or ".join(names) or "any key, for none is known"


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
