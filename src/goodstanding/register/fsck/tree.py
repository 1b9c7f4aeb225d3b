"""The Merkle tree of RFC 6962 section 2.1, built a second time from its definition.

Invariant: nothing here is shared with the code that seals; both must come to the same bytes
because the standard says so. Hashes are 32 bytes, tiles subtrees of height 8 (C2SP tlog-tiles).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from goodstanding.kernel import EMPTY_ROOT

HASH_BYTES = 32
HEIGHT = 8
WIDTH = 1 << HEIGHT

#: (level, index) -> the hashes of that tile, joined.
ReadTile = Callable[[int, int], bytes]


def leaf_hashes(commitments: Sequence[bytes]) -> list[bytes]:
    """SHA-256(0x00, commitment) of each."""
    return [sha256(b"\x00" + commitment).digest() for commitment in commitments]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^n hashes of equal height."""
    while len(hashes) > 1:
        pair = iter(hashes)
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(pair, pair, strict=True)
        ]
    return hashes[0]


def edge_root(rows: Sequence[Sequence[bytes]]) -> bytes:
    """The root of a tree by its right edge.

    ``rows[level]`` are the hashes of that level that no tile above has taken in; at most 256.
    """
    root: bytes | None = None
    for row in rows:
        for subtree in _perfect_subtrees(row):
            root = subtree if root is None else sha256(b"\x01" + subtree + root).digest()
    return EMPTY_ROOT if root is None else root


def partial_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of ``size`` entries that is not full."""
    level = 0
    while size:
        size, width = divmod(size, WIDTH)
        if width:
            yield level, size, width
        level += 1


def shared_roots(old: int, new: int, read: ReadTile) -> tuple[bytes, bytes]:
    """The roots of the first ``old`` and of all ``new`` entries; 0 < ``old`` <= ``new``.

    Both are folded from the very same hashes, those of RFC 6962's PROOF(old, D[new]) and of
    the subtrees of the old tree. So if both are the roots that were signed, the new tree
    begins with the old one, whatever else the tiles hold.
    """
    whole, begun = _shared(0, new, old, read)
    return begun or EMPTY_ROOT, whole


def _shared(low: int, high: int, old: int, read: ReadTile) -> tuple[bytes, bytes | None]:
    """Roots of the entries ``low`` to ``high``, and of those among them that are old."""
    if high <= old or low >= old:
        root = _range_root(low, high, read)
        return root, root if high <= old else None
    middle = low + _split(high - low)
    left, old_left = _shared(low, middle, old, read)
    right, old_right = _shared(middle, high, old, read)
    whole = sha256(b"\x01" + left + right).digest()
    if old_left is None or old_right is None:
        return whole, old_left
    return whole, sha256(b"\x01" + old_left + old_right).digest()


def _range_root(low: int, high: int, read: ReadTile) -> bytes:
    """MTH(D[low:high]) for a range that is a node of the tree."""
    count = high - low
    if count & (count - 1):
        middle = low + _split(count)
        left, right = _range_root(low, middle, read), _range_root(middle, high, read)
        return sha256(b"\x01" + left + right).digest()
    level, inner = divmod(count.bit_length() - 1, HEIGHT)
    index, at = divmod(low >> (HEIGHT * level), WIDTH)
    return perfect_root(split(read(level, index))[at : at + (1 << inner)])


def split(joined: bytes) -> list[bytes]:
    """Hashes that stand one behind the other."""
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def _split(count: int) -> int:
    """The largest power of two below ``count`` (RFC 6962's k); ``count`` > 1."""
    return 1 << (count - 1).bit_length() - 1


def _perfect_subtrees(row: Sequence[bytes]) -> Iterator[bytes]:
    """Roots of the perfect subtrees that make up ``row``, the last and smallest first."""
    end = len(row)
    for bit in range(end.bit_length()):
        if end >> bit & 1:
            start = end - (1 << bit)
            yield perfect_root(row[start:end])
            end = start
