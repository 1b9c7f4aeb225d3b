"""A witness's own folder: who it is, its key, what it remembers and whom it watches.

Invariant: a folder is a witness from the moment ``witness.toml`` stands in it, which is written
last; a key without its memory is not a witness.

::

    witness.toml   name, and key_command if the key lies behind a command
    key            private key, plain or encrypted, for its owner alone
    vkey           public key with type 0x04, for the policies of others
    witness.db     the latest checkpoint of each log
    logs           one line `log VKEY` for each key of a log that is watched
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from goodstanding.kernel import Clock, GoodStandingError, read_settings
from goodstanding.register.cosignature import WitnessKey, witness_key
from goodstanding.register.durable import make_folders, write_atomically
from goodstanding.register.errors import NOT_A_WITNESS, WITNESS_TAKEN
from goodstanding.register.keys import (
    Passphrase,
    Signer,
    SigningKey,
    VerifyingKey,
    environment_passphrase,
    key_command,
    load_signer,
)
from goodstanding.register.policy import load_logs
from goodstanding.register.witness.store import Store
from goodstanding.register.witness.witness import Witness


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """The paths and settings of one witness."""

    folder: Path
    name: str
    command: tuple[str, ...] | None = None

    @classmethod
    def create(cls, folder: Path, name: str, passphrase: bytes | None = None) -> WitnessFolder:
        """Make a witness with a new key. Raises GS-REGISTER-004 or 032."""
        key = SigningKey.generate(name)
        folder = folder.absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise GoodStandingError(WITNESS_TAKEN, folder=folder)
        make_folders(folder)
        made = cls(folder, name)
        key.save(folder / "key", passphrase)
        write_atomically(folder / "vkey", f"{witness_key(key)}\n".encode())
        Store.create(made.memory)
        write_atomically(made.logs_file, b"# The logs this witness watches: log VKEY\n")
        # JSON's escapes are TOML's; a key's name holds no DEL, the one that TOML adds.
        settings = f"name = {json.dumps(name, ensure_ascii=False)}\n"
        write_atomically(folder / "witness.toml", settings.encode("utf-8"))
        return made

    @classmethod
    def open(cls, folder: Path) -> WitnessFolder:
        """Open a witness's folder. Raises GS-REGISTER-010 or 031."""
        file = folder.absolute() / "witness.toml"
        try:
            settings = read_settings(file)
        except FileNotFoundError:
            raise _not_a_witness(folder, "it has no witness.toml") from None
        except (OSError, ValueError) as error:
            raise _not_a_witness(folder, f"witness.toml cannot be read: {error}") from error
        name = settings.get("name")
        if not isinstance(name, str) or not name:
            raise _not_a_witness(folder, "witness.toml has no name")
        return cls(folder.absolute(), name, key_command(settings, file))

    @property
    def memory(self) -> Path:
        return self.folder / "witness.db"

    @property
    def logs_file(self) -> Path:
        return self.folder / "logs"

    @property
    def store(self) -> Store:
        return Store(self.memory)

    @property
    def key(self) -> WitnessKey:
        """The public key. Raises GS-REGISTER-010 or 031."""
        try:
            text = (self.folder / "vkey").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _not_a_witness(self.folder, f"vkey cannot be read: {error}") from error
        key = WitnessKey.parse(text)
        if key.name != self.name:
            raise _not_a_witness(self.folder, f"vkey is of {key.name}, not of {self.name}")
        return key

    def signer(self, passphrase: Passphrase = environment_passphrase) -> Signer:
        """What cosigns. Raises GS-REGISTER-010 or 031."""
        public = VerifyingKey(self.key.name, self.key.public)
        return load_signer(self.folder / "key", public, command=self.command, passphrase=passphrase)

    def trusted(self) -> tuple[VerifyingKey, ...]:
        """The keys of the logs that are watched, as they stand now. Raises GS-REGISTER-030."""
        return tuple(log.key for log in load_logs(self.logs_file))

    def trust(self, vkey: str) -> VerifyingKey:
        """Watch a log from now on; a log may have several keys. Raises GS-REGISTER-010 or 030."""
        key = VerifyingKey.parse(vkey.strip())
        if key not in self.trusted():
            text = self.logs_file.read_bytes() + f"log {key}\n".encode()
            write_atomically(self.logs_file, text)
        return key

    def witness(self, clock: Clock, passphrase: Passphrase = environment_passphrase) -> Witness:
        """The witness itself; ``logs`` is read anew at each ask. Raises GS-REGISTER-010 or 031."""
        return Witness(self.signer(passphrase), self.store, self.trusted, clock)


def _not_a_witness(folder: Path, reason: str) -> GoodStandingError:
    return GoodStandingError(NOT_A_WITNESS, folder=folder, reason=reason)
