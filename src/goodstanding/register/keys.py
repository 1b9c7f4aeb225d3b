"""Ed25519 keys of a register, in the text forms of signed notes (https://c2sp.org/signed-note).

The name of the key is the register's origin. The private key is written once, for its owner
alone (mode 0600), and never leaves ``keys/``.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from goodstanding.kernel import GoodStandingError
from goodstanding.register.durable import write_atomically
from goodstanding.register.errors import BAD_KEY, BAD_ORIGIN

#: Signature type of plain Ed25519 in signed notes.
_ED25519 = b"\x01"
_KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"
_OWNER_ONLY = 0o600
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half: anyone may have it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, type, public key)."""
        return sha256(self.name.encode("utf-8") + b"\n" + _ED25519 + self.public).digest()[:4]

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether ``signature`` (64 bytes) over ``text`` was made with the private half."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        """``name+id+key``, the form other readers of signed notes take."""
        return f"{self.name}+{self.key_id.hex()}+{_encoded(self.public)}"

    @classmethod
    def parse(cls, text: str, file: str | Path = "vkey") -> VerifyingKey:
        """Read ``name+id+key``. Raises GS-REGISTER-010."""
        name, key_id, data = _parts(text, file)
        key = cls(name, data)
        if key.key_id != key_id:
            raise GoodStandingError(BAD_KEY, file=file, reason="its id is not that of the key")
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half: it speaks for the register."""

    name: str
    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """A new key. Raises GS-REGISTER-004 if ``name`` cannot be an origin."""
        return cls(check_origin(name), Ed25519PrivateKey.generate())

    @property
    def verifying_key(self) -> VerifyingKey:
        return VerifyingKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(text)

    def save(self, file: Path) -> None:
        """Write the private key, readable by its owner alone."""
        key_id, seed = self.verifying_key.key_id.hex(), self._private.private_bytes_raw()
        text = f"{_PRIVATE}{self.name}+{key_id}+{_encoded(seed)}\n"
        write_atomically(file, text.encode("utf-8"), _OWNER_ONLY)

    @classmethod
    def load(cls, file: Path) -> SigningKey:
        """Read a private key. Raises GS-REGISTER-010, also if others may read the file."""
        text = _read_key(file)
        if file.stat().st_mode & _OTHERS:
            raise GoodStandingError(BAD_KEY, file=file, reason="others may read it")
        if not text.startswith(_PRIVATE):
            raise GoodStandingError(BAD_KEY, file=file, reason="it is not a private key")
        name, key_id, seed = _parts(text.removeprefix(_PRIVATE), file)
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.verifying_key.key_id != key_id:
            raise GoodStandingError(BAD_KEY, file=file, reason="its id is not that of the key")
        return key


def load_verifying_key(file: Path) -> VerifyingKey:
    """Read a public key from its file. Raises GS-REGISTER-010."""
    return VerifyingKey.parse(_read_key(file), file)


def check_origin(origin: str) -> str:
    """``origin`` itself, if it can name a register and its key. Raises GS-REGISTER-004."""
    if not origin or "+" in origin or not origin.isprintable() or any(map(str.isspace, origin)):
        raise GoodStandingError(BAD_ORIGIN, origin=origin)
    return origin


def decode_base64(text: str) -> bytes:
    """The bytes of base64 text. Raises ValueError, also for a second spelling of the same bytes."""
    data = base64.b64decode(text, validate=True)
    # The last digit may carry bits that decoding drops: a note could change and still verify.
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the one spelling of these bytes")
    return data


def _read_key(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise GoodStandingError(BAD_KEY, file=file, reason=str(error)) from error


def _parts(text: str, file: str | Path) -> tuple[str, bytes, bytes]:
    """Name, key id and 32 bytes of key."""
    # The key is base64 and may itself hold a plus sign; name and id never do.
    try:
        name, key_id, encoded = text.split("+", 2)
        data = decode_base64(encoded)
        found = name, bytes.fromhex(key_id), data[1:]
    except ValueError:
        raise GoodStandingError(BAD_KEY, file=file, reason="it is not name+id+key") from None
    if data[:1] != _ED25519 or len(data) != 1 + _KEY_BYTES:
        raise GoodStandingError(BAD_KEY, file=file, reason="it is not an Ed25519 key")
    return found


def _encoded(key: bytes) -> str:
    return base64.b64encode(_ED25519 + key).decode("ascii")
