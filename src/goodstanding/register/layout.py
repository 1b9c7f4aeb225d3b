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
    def private_key(self) -> Path:
        return self.folder / "keys" / "register.key"

    @property
    def public_key(self) -> Path:
        return self.folder / "keys" / "register.vkey"

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def checkpoint(self) -> Path:
        return self.register / "checkpoint"

    @property
    def segments(self) -> Path:
        return self.register / "segments"

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries"

    @property
    def quarantine(self) -> Path:
        return self.folder / "quarantine"
