"""The checker's tree is that of RFC 6962, word for word."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny_log import tree_hash

from goodstanding.register.fsck.tree import edge_root, leaf_hashes, perfect_root, shared_roots

LARGEST = 700
ENTRIES = tuple(n.to_bytes(2, "big") * 16 for n in range(LARGEST))
SIZES = st.integers(1, LARGEST)


@cache
def root(size: int) -> bytes:
    return tree_hash(ENTRIES[:size])


def rows(size: int) -> list[list[bytes]]:
    """The right edge of a tree that has at most 256 tiles."""
    hashes = leaf_hashes(ENTRIES[:size])
    whole = size - size % 256
    roots = [perfect_root(hashes[at : at + 256]) for at in range(0, whole, 256)]
    return [hashes[whole:], roots]


def tile(size: int, level: int, index: int) -> bytes:
    hashes, roots = leaf_hashes(ENTRIES[:size]), rows(size)[1]
    return b"".join(([hashes, roots][level])[index * 256 : (index + 1) * 256])


@given(size=st.integers(0, LARGEST))
def test_the_root_of_an_edge(size: int) -> None:
    assert edge_root(rows(size)) == root(size)


@given(sizes=st.tuples(SIZES, SIZES).map(sorted))
def test_the_roots_of_two_trees_from_the_same_hashes(sizes: list[int]) -> None:
    old, new = sizes
    assert shared_roots(old, new, lambda level, at: tile(new, level, at)) == (root(old), root(new))


@pytest.mark.parametrize("old", [1, 255, 256, 257, 300])
def test_two_histories_never_give_both_roots(old: int) -> None:
    # The tiles are those of a tree whose first entry is another.
    other = (b"another" * 5)[:32], *ENTRIES[1:600]
    hashes = leaf_hashes(other)
    roots = [perfect_root(hashes[at : at + 256]) for at in (0, 256)]

    def read(level: int, at: int) -> bytes:
        return b"".join(([hashes, roots][level])[at * 256 : (at + 1) * 256])

    begun, whole = shared_roots(old, 600, read)
    assert whole == tree_hash(other)
    assert begun != root(old)
