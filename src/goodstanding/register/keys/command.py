"""A private key behind a command: a token, a smart card, a key service.

Invariant: nothing is signed with an answer that does not verify under the public key we hold.

The command gets the bytes to sign on its standard input and answers with 64 raw bytes, as
``pkcs11-tool --sign --mechanism EDDSA`` and the like can be made to do. Its words and its
complaints may hold a PIN: they are never shown.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from goodstanding.kernel import GoodStandingError, read_settings
from goodstanding.register.keys.passphrase import VARIABLES
from goodstanding.register.keys.public import VerifyingKey, bad_key

SETTING = "key_command"
#: How long a token may take, in seconds: some wait for a touch.
PATIENCE = 30.0
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class CommandSigner:
    """Signs by asking a command."""

    verifying_key: VerifyingKey
    command: Sequence[str] = field(repr=False)
    patience: float = PATIENCE

    def sign(self, text: bytes) -> bytes:
        """64 bytes that verify. Raises GS-REGISTER-010."""
        try:
            ended = subprocess.run(
                list(self.command),
                input=text,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self.patience,
                env=_without_passphrase(os.environ),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._refused(f"it did not answer within {self.patience:g} seconds") from None
        except (OSError, ValueError):
            raise self._refused("it cannot be run") from None
        if ended.returncode:
            raise self._refused(f"it ended with {ended.returncode}")
        if len(ended.stdout) != _SIGNATURE_BYTES:
            raise self._refused(
                f"it answered with {len(ended.stdout)} bytes instead of {_SIGNATURE_BYTES}"
            )
        if not self.verifying_key.verifies(ended.stdout, text):
            raise self._refused("its signature does not hold under the public key")
        return ended.stdout

    def _refused(self, reason: str) -> GoodStandingError:
        name = Path(self.command[0]).name if self.command else "no command"
        return bad_key(f"behind {SETTING} {name}", reason)


def read_key_command(file: Path) -> tuple[str, ...] | None:
    """The ``key_command`` of a node.toml or witness.toml, if it has one. Raises GS-REGISTER-010."""
    try:
        settings = read_settings(file)
    except (OSError, ValueError):
        raise bad_key(file, "its settings cannot be read") from None
    return key_command(settings, file)


def key_command(settings: Mapping[str, object], file: Path) -> tuple[str, ...] | None:
    """The ``key_command`` among settings, if there is one. Raises GS-REGISTER-010."""
    found = settings.get(SETTING)
    if found is None:
        return None
    if isinstance(found, list) and found and all(isinstance(w, str) and w for w in found):
        return tuple(str(word) for word in found)
    raise bad_key(file, f"{SETTING} is not a list of words, program first")


def _without_passphrase(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in VARIABLES}
