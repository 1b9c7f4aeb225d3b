"""That a register of one size begins with the register of an earlier size.

Invariant: what ``prove_consistency`` hands out has been verified, from tiles alone, against the
roots of both sizes and against every checkpoint given.

Format: docs/formats/0002-bundle.md, section on consistency.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import open_signed
from goodstanding.register.errors import BEYOND_THE_LOG, UNVERIFIED
from goodstanding.register.key_history import KeyHistory
from goodstanding.register.log import Log
from goodstanding.register.model import Checkpoint, Head
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import (
    ReadTile,
    consistency_path,
    read_edge,
    verify_consistency,
)

CONSISTENCY_SCHEMA = "goodstanding/consistency/1"


@dataclass(frozen=True, slots=True)
class End:
    """One of the two trees; ``note`` is the checkpoint that signs it, if one was given."""

    head: Head
    note: str | None = None

    def as_dict(self) -> dict[str, object]:
        members = {"size": self.head.size, "root": _encoded(self.head.root)}
        return members if self.note is None else {**members, "checkpoint": self.note}


@dataclass(frozen=True, slots=True)
class Consistency:
    """The tree of ``new`` begins with that of ``old``; ``path`` shows it (RFC 9162, 2.1.4)."""

    origin: str
    old: End
    new: End
    path: tuple[bytes, ...]

    def as_dict(self) -> Mapping[str, object]:
        """The members of goodstanding/consistency/1."""
        return {
            "schema": CONSISTENCY_SCHEMA,
            "origin": self.origin,
            "old": self.old.as_dict(),
            "new": self.new.as_dict(),
            "path": [_encoded(node) for node in self.path],
        }


def prove_consistency(
    log: Log, old: int | bytes, new: int | bytes, history: KeyHistory | None = None
) -> Consistency:
    """Prove from the tiles that the tree of ``new`` begins with that of ``old``.

    Each is a size, or the bytes of a checkpoint of this register. ``history`` says which keys
    signed when; without it only the key in force is known. Raises GS-REGISTER-052 for
    sizes beyond the published checkpoint or in the wrong order, and GS-REGISTER-005 if a
    checkpoint is not this register's, or the two belong to different histories.
    """
    # 1. What is given is a size, or a checkpoint signed by this register's key of that time.
    first, second = (_opened(each, log, history) for each in (old, new))
    # 2. They stand in order, and the published checkpoint covers both.
    published = log.checkpoint().head
    _check_order(first, second, published)
    # 3. Each tree's root, computed from the tiles, is the one its checkpoint signs.
    tiles = TileFolder(log.layout.register)
    read = lru_cache(partial(tiles.read_tile, size=published.size))
    ends = tuple(_end(each, read) for each in (first, second))
    _check_published(published, read)
    # 4. The path leads from the old root to the new one.
    older, newer = (end.head for end in ends)
    path = consistency_path(older.size, newer.size, read)
    verify_consistency(older.size, older.root, newer.size, newer.root, path)
    return Consistency(log.origin, ends[0], ends[1], tuple(path))


def _opened(given: int | bytes, log: Log, history: KeyHistory | None) -> int | Checkpoint:
    if isinstance(given, int):
        return given
    signed = open_signed(given, log.key if history is None else history.keys)
    size = signed.checkpoint.head.size
    if history is not None and not set(signed.signers) & set(history.keys_at(size)):
        raise _refused(
            f"the checkpoint of {size} entries is signed with a key that did not speak for the "
            "register at that size"
        )
    return signed.checkpoint


def _size(given: int | Checkpoint) -> int:
    return given if isinstance(given, int) else given.head.size


def _check_order(first: int | Checkpoint, second: int | Checkpoint, published: Head) -> None:
    sizes = _size(first), _size(second)
    if isinstance(first, Checkpoint) and isinstance(second, Checkpoint):
        # Said before the tiles are looked at: these two notes alone convict their signer.
        if sizes[0] == sizes[1] and first.head.root != second.head.root:
            raise _refused(
                f"two histories: both checkpoints are of {sizes[0]} entries of {first.origin} "
                "and their roots differ"
            )
        if sizes[0] > sizes[1]:
            raise _refused(
                f"the first checkpoint is of {sizes[0]} entries and the second of {sizes[1]}; "
                "the older one comes first"
            )
    for given, size in zip((first, second), sizes, strict=True):
        if size > published.size and isinstance(given, Checkpoint):
            raise _refused(
                f"the checkpoint is of {size} entries, but the register's published one "
                f"of {published.size}"
            )
    if not 0 <= sizes[0] <= sizes[1] <= published.size:
        asked = sizes[0] if sizes[0] < 0 or sizes[0] > sizes[1] else sizes[1]
        raise GoodStandingError(BEYOND_THE_LOG, asked=asked, size=published.size)


def _end(given: int | Checkpoint, read: ReadTile) -> End:
    size = _size(given)
    root = read_edge(size, read).root()
    if isinstance(given, int):
        return End(Head(size, root))
    if given.head.root != root:
        raise _refused(
            f"the checkpoint of {size} entries is of another history: its root is "
            f"{_encoded(given.head.root)}, that of this register's tiles {_encoded(root)}"
        )
    return End(given.head, given.note)


def _check_published(published: Head, read: ReadTile) -> None:
    if read_edge(published.size, read).root() != published.root:
        raise _refused("the tiles do not lead to the root of the published checkpoint")


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)


def _encoded(node: bytes) -> str:
    return base64.b64encode(node).decode("ascii")
