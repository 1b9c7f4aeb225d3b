"""Private Ed25519 keys: in the plain form of signed notes, or encrypted with a passphrase.

Invariant: a private key is written for its owner alone (mode 0600), is not used when others
may read it, and stands in no text that this software shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from goodstanding.register.durable import write_atomically
from goodstanding.register.keys.public import (
    ED25519,
    VerifyingKey,
    bad_key,
    check_origin,
    encoded,
    key_parts,
    read_key,
)

_PRIVATE = "PRIVATE+KEY+"
_ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
_OWNER_ONLY = 0o600
_OTHERS = 0o077

#: Gives the passphrase when one is needed; None if there is none.
Passphrase = Callable[[], bytes | None]


class Signer(Protocol):
    """Whatever can sign in a name: a key in memory, or a command in front of a token."""

    @property
    def verifying_key(self) -> VerifyingKey: ...

    def sign(self, text: bytes) -> bytes:
        """64 bytes. Raises GS-REGISTER-010 if the key does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half: it speaks for the register."""

    name: str
    _private: Ed25519PrivateKey = field(repr=False)

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

    def save(self, file: Path, passphrase: bytes | None = None) -> None:
        """Write the private key, readable by its owner alone.

        With a passphrase it is PKCS#8 in PEM (RFC 5958, RFC 7468), encrypted; without one it is
        the plain form of signed notes.
        """
        if passphrase is not None:
            write_atomically(file, self._encrypted(passphrase), _OWNER_ONLY)
            return
        key_id, seed = self.verifying_key.key_id.hex(), self._private.private_bytes_raw()
        text = f"{_PRIVATE}{self.name}+{key_id}+{encoded(ED25519, seed)}\n"
        write_atomically(file, text.encode("utf-8"), _OWNER_ONLY)

    def _encrypted(self, passphrase: bytes) -> bytes:
        if not passphrase:
            raise bad_key("to be written", "its passphrase would be empty")
        return self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
        )

    @classmethod
    def load(cls, file: Path) -> SigningKey:
        """Read a plain private key. Raises GS-REGISTER-010, also if others may read the file."""
        text = read_secret(file)
        if is_encrypted(text):
            raise bad_key(file, "it is encrypted and no passphrase is given")
        if not text.startswith(_PRIVATE):
            raise bad_key(file, "it is not a private key")
        name, key_id, seed = key_parts(text.removeprefix(_PRIVATE), ED25519, file)
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.verifying_key.key_id != key_id:
            raise bad_key(file, "its id is not that of the key")
        return key

    @classmethod
    def load_encrypted(cls, file: Path, name: str, passphrase: bytes | None) -> SigningKey:
        """Read an encrypted private key; the file does not say its name. Raises GS-REGISTER-010."""
        text = read_secret(file)
        if not passphrase:
            raise bad_key(file, "it is encrypted and no passphrase is given")
        try:
            private = load_pem_private_key(text.encode("utf-8"), passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # Without the cause: what a library says of a secret is not ours to show.
            raise bad_key(file, "the passphrase is wrong, or the file is damaged") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise bad_key(file, "it is not an Ed25519 key")
        return cls(name, private)


def is_encrypted(text: str) -> bool:
    """Whether a private key's text is encrypted PEM."""
    return text.startswith(_ENCRYPTED)


def read_secret(file: Path) -> str:
    """A secret file's text. Raises GS-REGISTER-010 if it cannot be read or others may read it."""
    text = read_key(file)
    if file.stat().st_mode & _OTHERS:
        raise bad_key(file, "others may read it")
    return text
