"""Ed25519 keys of a register, in the text forms of signed notes (https://c2sp.org/signed-note).

The name of the key is the register's origin. The private key is plain in a file for its owner
alone, encrypted with a passphrase, or behind a command that never shows it.

>>> from goodstanding.register.keys import SigningKey
>>> key = SigningKey.generate("register.example.org/meridia")
>>> key.verifying_key.verifies(key.sign(b"text"), b"text")
True
"""

from goodstanding.register.keys.command import CommandSigner, key_command, read_key_command
from goodstanding.register.keys.load import encrypt_key, load_signer
from goodstanding.register.keys.passphrase import environment_passphrase
from goodstanding.register.keys.private import Passphrase, Signer, SigningKey
from goodstanding.register.keys.public import (
    VerifyingKey,
    check_origin,
    load_verifying_key,
    parse_vkey,
    vkey_text,
)
from goodstanding.register.keys.rotate import (
    finish_rotation,
    next_key,
    own_keys,
    prepare_rotation,
    retired_keys,
    rotation_signers,
)
from goodstanding.register.note import decode_base64

__all__ = [
    "CommandSigner",
    "Passphrase",
    "Signer",
    "SigningKey",
    "VerifyingKey",
    "check_origin",
    "decode_base64",
    "encrypt_key",
    "environment_passphrase",
    "finish_rotation",
    "key_command",
    "load_signer",
    "load_verifying_key",
    "next_key",
    "own_keys",
    "parse_vkey",
    "prepare_rotation",
    "read_key_command",
    "retired_keys",
    "rotation_signers",
    "vkey_text",
]
