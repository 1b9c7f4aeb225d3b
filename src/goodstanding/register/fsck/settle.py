"""Row, entry bundle and tile each speak of an entry: who is right when they do not agree.

Invariant: two that agree outvote the third, and only the third is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.kernel import leaf_hash
from goodstanding.register.fsck.files import ENTRIES, tile_path
from goodstanding.register.fsck.tree import HASH_BYTES, HEIGHT, WIDTH

LENGTH = HASH_BYTES.to_bytes(2, "big")
_ENTRY_BYTES = len(LENGTH) + HASH_BYTES

#: Commitments or hashes, None where nothing gives them.
Hashes = list[bytes | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A tile of ``width`` hashes, or an entry bundle of as many entries."""

    level: int | str
    index: int
    width: int

    @property
    def path(self) -> str:
        """Below ``register/``."""
        return tile_path(self.level, self.index, self.width)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.width * (_ENTRY_BYTES if self.level == ENTRIES else HASH_BYTES)

    @property
    def leaf(self) -> int:
        """The first entry under it."""
        height = 0 if self.level == ENTRIES else HEIGHT * int(self.level)
        return (self.index * WIDTH) << height

    def of(self, width: int) -> Place:
        """The same tile when it has another width."""
        return Place(self.level, self.index, width)


@dataclass(frozen=True, slots=True)
class Settled:
    """What to go on with about one entry, and what is wrong with what spoke of it."""

    commitment: bytes | None
    hash: bytes | None
    row_holds: bool = False
    row_problem: str = ""
    bundle_problem: str = ""
    tile_problem: str = ""


def settle(
    row: bytes | None, bundled: bytes | None, hashed: bytes | None, tile_path: str
) -> Settled:
    """``row`` and ``bundled`` are commitments, ``hashed`` the leaf hash in the tile."""
    if row is not None and bundled not in (None, row) and hashed == leaf_hash(row):
        problem = "is not the commitment of the sealed row"
        return Settled(row, hashed, row_holds=True, bundle_problem=problem)
    if row is not None and bundled in (None, row):
        node = leaf_hash(row)
        wrong = "" if hashed in (None, node) else "is not the hash of the entry"
        return Settled(row, node, row_holds=bundled == row or hashed == node, tile_problem=wrong)
    row_problem = "is not what was sealed" if row is not None else ""
    if bundled is None:
        return Settled(None, hashed)
    node = leaf_hash(bundled)
    if hashed in (None, node):
        return Settled(bundled, node, row_problem=row_problem)
    # Nothing here says which of the two is wrong; the tile above may.
    problem = f"is not what {tile_path} was made of"
    return Settled(None, hashed, row_problem=row_problem, bundle_problem=problem)


def split_bundle(bundle: bytes | None, width: int) -> Hashes:
    """The commitments of a bundle; None for all or those that it does not hold."""
    if bundle is None:
        return [None] * width
    entries = [bundle[at : at + _ENTRY_BYTES] for at in range(0, len(bundle), _ENTRY_BYTES)]
    return [each[len(LENGTH) :] if each.startswith(LENGTH) else None for each in entries]


def bundle_of(commitments: Hashes) -> bytes | None:
    return None if None in commitments else LENGTH + LENGTH.join(known_of(commitments))


def joined_of(hashes: Hashes) -> bytes | None:
    return None if None in hashes else b"".join(known_of(hashes))


def known_of(hashes: Hashes) -> list[bytes]:
    return [each for each in hashes if each is not None]
