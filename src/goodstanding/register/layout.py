"""Where things lie in a node's folder (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one node."""

    folder: Path

    @property
    def node_file(self) -> Path:
        return self.folder / "node.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state.db"

    @property
    def index(self) -> Path:
        return self.folder / "index.db"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def private_key(self) -> Path:
        return self.keys / "register.key"

    @property
    def public_key(self) -> Path:
        return self.keys / "register.vkey"

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def checkpoint(self) -> Path:
        return self.register / "checkpoint"

    @property
    def unpublished(self) -> Path:
        """The newest signed checkpoint, while too few witnesses have cosigned it."""
        return self.register / "checkpoint.unpublished"

    @property
    def unfinished(self) -> Path:
        """There exactly while a batch is in flight, or after a crash in the middle of one."""
        return self.register / "unfinished"

    @property
    def turn(self) -> Path:
        """The lock of whoever appends."""
        return self.folder / "turn.lock"

    @property
    def receiving(self) -> Path:
        """The lock of whoever changes what stands: a delivery, an officer's act, an erasure."""
        return self.folder / ".receiving.lock"

    @property
    def restored(self) -> Path:
        """There from a restore until its erasures are applied: nothing is opened meanwhile."""
        return self.folder / "restored.json"

    @property
    def witness_policy(self) -> Path:
        """Whose cosignatures a checkpoint needs before it counts as published."""
        return self.folder / "witness-policy"

    @property
    def access(self) -> Path:
        """The folder of the access log, a log of its own."""
        return self.folder / "access"

    @property
    def segments(self) -> Path:
        return self.register / "segments"

    @property
    def packs(self) -> Path:
        """Every version of the pack that the register ever used, by digest."""
        return self.folder / "packs"

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries"

    @property
    def quarantine(self) -> Path:
        return self.folder / "quarantine"

    @property
    def evaluation(self) -> Path:
        """Evaluation caches, which hold payload of records and can be made again at any time."""
        return self.folder / "evaluation"
