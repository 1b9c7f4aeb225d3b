"""The Merkle tree of RFC 6962, built and proved by tiles of 256 hashes.

Invariant: a hash that stands in a full tile never changes again; only the right edge moves.

Everything here is a function of values; reading tiles is handed in. Hashes are 32 bytes.
``hashlib`` is called directly in the loops that run once an entry; tests hold them to
``kernel.leaf_hash`` and ``kernel.node_hash``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256

from goodstanding.kernel import EMPTY_ROOT, GoodStandingError, leaf_hash, node_hash
from goodstanding.register.errors import UNVERIFIED

HASH_BYTES = 32
#: Tiles are subtrees of height 8, so 256 hashes wide (C2SP tlog-tiles).
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

#: (level, index) -> the hashes of that tile, joined; at least as many as the tree has.
ReadTile = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """Consecutive hashes of one level, joined: 256 of them, fewer only at the right edge."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_BYTES


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: for each level the hashes not yet in a full tile."""

    size: int
    rows: tuple[tuple[bytes, ...], ...]

    def tiles(self) -> Iterator[Tile]:
        """The partial tiles of a tree of this size."""
        for level, row in enumerate(self.rows):
            if row:
                index = self.size >> (TILE_HEIGHT * (level + 1))
                yield Tile(level, index, b"".join(row))

    def root(self) -> bytes:
        """The root of the whole tree (RFC 6962 section 2.1)."""
        subtrees = [root for row in reversed(self.rows) for root in _perfect_subtrees(row)]
        return _fold(subtrees) if subtrees else EMPTY_ROOT


EMPTY_EDGE = Edge(0, ())


def partial_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every partial tile of a tree of ``size`` entries."""
    level = 0
    while size:
        size, width = divmod(size, TILE_WIDTH)
        if width:
            yield level, size, width
        level += 1


def tile_width(size: int, level: int, index: int) -> int:
    """How many hashes that tile holds in a tree of ``size`` entries; 0 if it is not there."""
    hashes = size >> (TILE_HEIGHT * level)
    return max(0, min(TILE_WIDTH, hashes - index * TILE_WIDTH))


def read_edge(size: int, read: ReadTile) -> Edge:
    """The right edge of the tree of ``size`` entries."""
    rows: list[tuple[bytes, ...]] = []
    for level, index, width in partial_widths(size):
        rows += [()] * (level - len(rows))
        rows.append(tuple(split_hashes(read(level, index)[: width * HASH_BYTES])))
    return Edge(size, tuple(rows))


def split_hashes(joined: bytes) -> list[bytes]:
    """Joined hashes, one by one."""
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def leaf_hashes(entries: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 leaf hashes of many entries."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Root over 2^n hashes of equal height."""
    while len(hashes) > 1:
        each = iter(hashes)
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)
        ]
    return hashes[0]


class TreeBuilder:
    """Grows a tree from its right edge; memory is a few tiles, however long the tree."""

    def __init__(self, edge: Edge = EMPTY_EDGE) -> None:
        self._size = edge.size
        self._rows = [list(row) for row in edge.rows]

    def extend(self, leaves: list[bytes]) -> list[Tile]:
        """Append leaf hashes; returns the tiles they filled, children before parents."""
        filled: list[Tile] = []
        index = self._size
        self._size += len(leaves)
        level = 0
        while leaves:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            index = (index - len(row)) >> TILE_HEIGHT
            row += leaves
            leaves = self._cut(level, index, row, filled)
            level += 1
        return filled

    @staticmethod
    def _cut(level: int, index: int, row: list[bytes], filled: list[Tile]) -> list[bytes]:
        """Take the full tiles off ``row``; returns their roots, the hashes one level up."""
        whole = len(row) - len(row) % TILE_WIDTH
        parents = []
        for at in range(0, whole, TILE_WIDTH):
            hashes = row[at : at + TILE_WIDTH]
            filled.append(Tile(level, index + at // TILE_WIDTH, b"".join(hashes)))
            parents.append(perfect_root(hashes))
        del row[:whole]
        return parents

    def edge(self) -> Edge:
        """The tree's right edge as it stands now."""
        return Edge(self._size, tuple(tuple(row) for row in self._rows))


def inclusion_path(leaf: int, size: int, read: ReadTile) -> list[bytes]:
    """PATH(leaf, D[size]) of RFC 6962 section 2.1.1, from the leaf upwards; 0 <= leaf < size."""
    return next(inclusion_paths([leaf], size, read))


def inclusion_paths(leaves: Iterable[int], size: int, read: ReadTile) -> Iterator[list[bytes]]:
    """The same for several leaves; what their paths share is hashed once."""
    subtree = cache(partial(_subtree, read=read))
    for leaf in leaves:
        path, low, high = [], 0, size
        while high - low > 1:
            middle = low + _largest_power_below(high - low)
            if leaf < middle:
                path.append(subtree(middle, high))
                high = middle
            else:
                path.append(subtree(low, middle))
                low = middle
        yield path[::-1]


def consistency_path(old: int, new: int, read: ReadTile) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 section 2.1.2; empty if old is 0 or equals new."""
    if old in (0, new):
        return []
    path, low, high, whole = [], 0, new, True
    while old < high:
        middle = low + _largest_power_below(high - low)
        if old <= middle:
            path.append(_subtree(middle, high, read))
            high = middle
        else:
            path.append(_subtree(low, middle, read))
            low, whole = middle, False
    if not whole:
        path.append(_subtree(low, high, read))
    return path[::-1]


def verify_inclusion(
    entry: bytes, leaf: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that ``entry`` (a commitment) is entry ``leaf`` of the tree (RFC 9162, 2.1.3.2).

    Raises GS-REGISTER-005.
    """
    # 1. The leaf lies in the tree.
    if not 0 <= leaf < size:
        raise GoodStandingError(UNVERIFIED, reason=f"entry {leaf} is not in a tree of {size}")
    # 2. Start from the leaf's hash, at its place among its level's last place.
    place, last, node = leaf, size - 1, leaf_hash(entry)
    # 3. Each hash of the path is the neighbour on the left or on the right.
    for neighbour in path:
        if last == 0:
            raise GoodStandingError(UNVERIFIED, reason="the inclusion path is too long")
        if place & 1 or place == last:
            node = node_hash(neighbour, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, neighbour)
        place, last = place >> 1, last >> 1
    # 4. The path is complete and ends in the root.
    if last != 0 or node != root:
        raise GoodStandingError(
            UNVERIFIED, reason=f"entry {leaf} does not lead to the root of {size} entries"
        )


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of ``new`` entries begins with that of ``old`` (RFC 9162, 2.1.4.2).

    Raises GS-REGISTER-005.
    """
    refused = GoodStandingError(
        UNVERIFIED, reason=f"the tree of {new} entries does not begin with that of {old}"
    )
    # 1. Trees of equal size are equal; the empty tree begins every tree. Neither needs a path.
    if old == new or old == 0:
        expected = new_root if old == new else EMPTY_ROOT
        if path or old > new or old_root != expected:
            raise refused
        return
    if not 0 < old < new or not path:
        raise refused
    # 2. If the old tree is one perfect subtree, its root begins the path unsaid.
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    # 3. Climb from the last subtree that both trees share.
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for node in hashes[1:]:
        if last == 0:
            raise refused
        if place & 1 or place == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, node)
        place, last = place >> 1, last >> 1
    # 4. Both roots come out, and the path is complete.
    if first != old_root or second != new_root or last != 0:
        raise refused


def _subtree(low: int, high: int, read: ReadTile) -> bytes:
    """MTH(D[low:high]) for a range that is a node of the tree."""
    parts = []
    while low < high:
        # The largest aligned perfect subtree that begins at `low` and fits.
        height = (high - low).bit_length() - 1
        level, inner = divmod(height, TILE_HEIGHT)
        index, at = divmod(low >> (TILE_HEIGHT * level), TILE_WIDTH)
        joined = read(level, index)[at * HASH_BYTES : (at + (1 << inner)) * HASH_BYTES]
        parts.append(perfect_root(split_hashes(joined)))
        low += 1 << height
    return _fold(parts)


def _perfect_subtrees(row: Sequence[bytes]) -> Iterator[bytes]:
    """Roots of the perfect subtrees that make up ``row``, the largest first."""
    at = 0
    for bit in reversed(range(len(row).bit_length())):
        if len(row) >> bit & 1:
            yield perfect_root(row[at : at + (1 << bit)])
            at += 1 << bit


def _fold(subtrees: list[bytes]) -> bytes:
    """Join perfect subtrees of falling size into one root, from the right."""
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


def _largest_power_below(count: int) -> int:
    """The largest power of two smaller than ``count`` (RFC 6962's k); ``count`` > 1."""
    return 1 << ((count - 1).bit_length() - 1)
