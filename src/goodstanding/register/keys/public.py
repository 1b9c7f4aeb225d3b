"""Public Ed25519 keys in the text form of signed notes (https://c2sp.org/signed-note).

Invariant: a key is taken only with the id that its name and bytes give.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import BAD_KEY, BAD_ORIGIN
from goodstanding.register.note import decode_base64, is_key_name, key_id

#: Signature type of plain Ed25519 in signed notes.
ED25519 = 0x01
KEY_BYTES = 32

_KEY_ID = re.compile(r"[0-9a-f]{8}")
_ALGORITHMS = {
    0x01: "plain Ed25519",
    0x02: "ECDSA",
    0x04: "an Ed25519 cosignature",
    0x05: "an RFC 6962 tree head",
    0x06: "ML-DSA-44",
}
#: A key file is one line; what is longer is something else.
_MAX_FILE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half: anyone may have it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, type, public key)."""
        return key_id(self.name, ED25519, self.public)

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether ``signature`` (64 bytes) over ``text`` was made with the private half."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        """``name+id+key``, the form other readers of signed notes take."""
        return vkey_text(self.name, ED25519, self.public)

    @classmethod
    def parse(cls, text: str, file: str | Path = "vkey") -> VerifyingKey:
        """Read ``name+id+key``. Raises GS-REGISTER-010."""
        name, public = parse_vkey(text, ED25519, file)
        return cls(name, public)


def vkey_text(name: str, algorithm: int, public: bytes) -> str:
    """``name+id+base64(algorithm, key)``."""
    return f"{name}+{key_id(name, algorithm, public).hex()}+{encoded(algorithm, public)}"


def parse_vkey(text: str, algorithm: int, file: str | Path = "vkey") -> tuple[str, bytes]:
    """Name and 32 bytes of a public key of that signature type. Raises GS-REGISTER-010."""
    name, stated, public = key_parts(text, algorithm, file)
    if key_id(name, algorithm, public) != stated:
        raise bad_key(file, "its id is not that of the key")
    return name, public


def key_parts(text: str, algorithm: int, file: str | Path) -> tuple[str, bytes, bytes]:
    """Name, stated key id and 32 bytes. Raises GS-REGISTER-010."""
    # The key is base64 and may itself hold a plus sign; name and id never do.
    try:
        name, stated, key = text.split("+", 2)
        data = decode_base64(key)
    except ValueError:
        raise bad_key(file, "it is not name+id+key") from None
    if not is_key_name(name) or not _KEY_ID.fullmatch(stated):
        raise bad_key(file, "it is not name+id+key")
    if data[:1] != bytes([algorithm]):
        found = _ALGORITHMS.get(data[0], "an unknown algorithm") if data else "no key at all"
        number = f" (0x{data[0]:02x})" if data else ""
        wanted = f"{_ALGORITHMS[algorithm]} (0x{algorithm:02x})"
        raise bad_key(file, f"it is for {found}{number}, not for {wanted}")
    if len(data) != 1 + KEY_BYTES:
        raise bad_key(file, f"it is not an Ed25519 key of {KEY_BYTES} bytes")
    return name, bytes.fromhex(stated), data[1:]


def load_verifying_key(file: Path) -> VerifyingKey:
    """Read a public key from its file. Raises GS-REGISTER-010."""
    return VerifyingKey.parse(read_key(file), file)


def check_origin(origin: str) -> str:
    """``origin`` itself, if it can name a register and its key. Raises GS-REGISTER-004."""
    if not is_key_name(origin) or not origin.isprintable():
        raise GoodStandingError(BAD_ORIGIN, origin=origin)
    return origin


def read_key(file: Path) -> str:
    """A key file's text, without the blanks around it. Raises GS-REGISTER-010."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise bad_key(file, error.strerror or "it cannot be read") from error
    if len(data) > _MAX_FILE_BYTES:
        raise bad_key(file, "it is longer than any key")
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        # Without the cause: a decoding error carries the bytes, and they may be secret.
        raise bad_key(file, "it is not text") from None


def encoded(algorithm: int, key: bytes) -> str:
    """Base64 of the signature type's byte and the key."""
    return base64.b64encode(bytes([algorithm]) + key).decode("ascii")


def bad_key(file: str | Path, reason: str) -> GoodStandingError:
    """The refusal of a key."""
    return GoodStandingError(BAD_KEY, file=file, reason=reason)
