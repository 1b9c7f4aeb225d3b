"""Which signer a folder of keys gives.

Invariant: a private key is used only together with the public key that the world knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goodstanding.register.keys.command import CommandSigner
from goodstanding.register.keys.passphrase import environment_passphrase
from goodstanding.register.keys.private import (
    Passphrase,
    Signer,
    SigningKey,
    is_encrypted,
    read_secret,
)
from goodstanding.register.keys.public import VerifyingKey, bad_key


def load_signer(
    private: Path,
    public: VerifyingKey,
    *,
    command: Sequence[str] | None = None,
    passphrase: Passphrase = environment_passphrase,
) -> Signer:
    """The signer for ``public``: the command if one is set, else the file ``private``.

    Plain or encrypted is told by the file itself; ``passphrase`` is called only for an encrypted
    one. Raises GS-REGISTER-010: the file is missing, others may read it, the passphrase is
    missing or wrong, or the key is another than ``public``.
    """
    if command is not None:
        return CommandSigner(public, tuple(command))
    key = load_signing_key(private, public.name, passphrase)
    if key.verifying_key != public:
        raise bad_key(private, f"it is not the private half of {public}")
    return key


def load_signing_key(private: Path, name: str, passphrase: Passphrase) -> SigningKey:
    """A private key from its file, plain or encrypted. Raises GS-REGISTER-010."""
    if is_encrypted(read_secret(private)):
        return SigningKey.load_encrypted(private, name, passphrase())
    return SigningKey.load(private)


def encrypt_key(private: Path, public: VerifyingKey, passphrase: bytes) -> None:
    """Encrypt a plain private key where it lies. Raises GS-REGISTER-010.

    A crash leaves the plain or the encrypted key, never a part: the new file takes the old
    one's name at once. What the plain key's blocks on the disk and its backups held stays there.
    """
    if is_encrypted(read_secret(private)):
        raise bad_key(private, "it is encrypted already")
    key = SigningKey.load(private)
    if key.verifying_key != public:
        raise bad_key(private, f"it is not the private half of {public}")
    key.save(private, passphrase)
