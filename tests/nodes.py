"""A node that keeps its pack, as commands need it."""

from __future__ import annotations

from pathlib import Path

from goodstanding.catalogue import Pack, keep_pack
from goodstanding.kernel import Clock, Noted
from goodstanding.register import Layout, Node


def create_node(folder: Path, origin: str, pack: Pack, clock: Clock, *, noted: Noted) -> Node:
    """A new node with its pack in it, and no access log yet."""
    keep_pack(pack, Layout(folder).packs)
    return Node.create(folder, origin, pack.id, pack.digest, clock, noted=noted)
