"""A log of ours without payloads, to be judged by others; and how they are asked."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.keys import SigningKey
from goodstanding.register.model import Head
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import TILE_WIDTH, TreeBuilder, leaf_hashes

#: Runs gotlog; returns its exit status and its line.
RunGo = Callable[..., tuple[int, str]]


class SmallLog:
    """Checkpoint, tiles and entry bundles that grow."""

    def __init__(self, folder: Path, key: SigningKey, name: str = "entry") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.key = key
        self._name = name
        self._entries: list[bytes] = []
        self._tiles = TileFolder(folder)
        self._builder = TreeBuilder()

    def grow(self, size: int) -> Path:
        """Append up to ``size`` entries; returns a copy of the checkpoint that says so."""
        first = len(self._entries)
        new = [sha256(f"{self._name} {n}".encode()).digest() for n in range(first, size)]
        self._entries += new
        self._tiles.write_tiles(self._builder.extend(leaf_hashes(new)))
        edge = self._builder.edge()
        self._tiles.write_tiles(edge.tiles())
        changed = first - first % TILE_WIDTH
        starts = range(changed, size, TILE_WIDTH)
        bundles = [self._entries[start : start + TILE_WIDTH] for start in starts]
        self._tiles.write_bundles(changed // TILE_WIDTH, bundles)
        self._tiles.sync()
        note = sign_checkpoint(Head(size, edge.root()), self.key).note
        (self.folder / "checkpoint").write_text(note, encoding="utf-8")
        copy = self.folder / f"checkpoint.{size}"
        copy.write_text(note, encoding="utf-8")
        return copy
