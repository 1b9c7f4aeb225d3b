"""Tiles, roots and proofs against the plain recursion of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import EMPTY_ROOT, GoodStandingError, leaf_hash, node_hash
from goodstanding.register import verify_consistency, verify_inclusion
from goodstanding.register.tree import (
    EMPTY_EDGE,
    Edge,
    ReadTile,
    Tile,
    TreeBuilder,
    consistency_path,
    inclusion_path,
    leaf_hashes,
    partial_widths,
    perfect_root,
    read_edge,
    tile_width,
)

# Beyond 65,536 the tree has a third level of tiles.
LARGEST = 66_000
ENTRIES = [sha256(number.to_bytes(4, "big")).digest() for number in range(LARGEST)]
LEAVES = leaf_hashes(ENTRIES)
EDGES = [255, 256, 257, 511, 512, 513, 65_535, 65_536, LARGEST]
SIZES = st.integers(0, 1200) | st.sampled_from(EDGES)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def naive_path(leaf: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if leaf < split:
        return [*naive_path(leaf, leaves[:split]), naive_root(leaves[split:])]
    return [*naive_path(leaf - split, leaves[split:]), naive_root(leaves[:split])]


def naive_proof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        return [*naive_proof(old, leaves[:split], whole), naive_root(leaves[split:])]
    return [*naive_proof(old - split, leaves[split:], False), naive_root(leaves[:split])]


def tree_of(size: int) -> tuple[Edge, ReadTile]:
    builder = TreeBuilder()
    tiles = {(tile.level, tile.index): tile.hashes for tile in builder.extend(LEAVES[:size])}
    edge = builder.edge()
    tiles |= {(tile.level, tile.index): tile.hashes for tile in edge.tiles()}
    return edge, lambda level, index: tiles[level, index]


@given(SIZES)
def test_the_root_is_that_of_rfc_6962(size: int) -> None:
    assert tree_of(size)[0].root() == naive_root(LEAVES[:size])


@given(st.lists(st.integers(0, 700), max_size=6))
def test_growing_in_steps_is_growing_at_once(steps: list[int]) -> None:
    builder, tiles, size = TreeBuilder(), list[Tile](), 0
    for step in steps:
        builder = TreeBuilder(builder.edge())
        tiles += builder.extend(LEAVES[size : size + step])
        size += step
    at_once = TreeBuilder()
    assert sorted(tiles, key=lambda tile: (tile.level, tile.index)) == sorted(
        at_once.extend(LEAVES[:size]), key=lambda tile: (tile.level, tile.index)
    )
    assert builder.edge() == at_once.edge()


@given(SIZES)
def test_the_edge_is_read_back_from_tiles(size: int) -> None:
    edge, read = tree_of(size)
    again = read_edge(size, read)
    assert (again.root(), list(again.tiles())) == (edge.root(), list(edge.tiles()))


def test_seventy_thousand_entries_have_the_partial_tiles_the_specification_names() -> None:
    # The example in C2SP tlog-tiles, section "Partial Tiles".
    assert list(partial_widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [tile_width(70_000, 0, index) for index in (272, 273, 274)] == [256, 112, 0]
    assert list(partial_widths(256)) == [(1, 0, 1)]


@given(st.data())
def test_inclusion_is_proved_and_verified(data: st.DataObject) -> None:
    size = data.draw(SIZES.filter(bool))
    leaf = data.draw(st.integers(0, size - 1))
    edge, read = tree_of(size)
    path = inclusion_path(leaf, size, read)
    if size <= 1200:
        assert path == naive_path(leaf, LEAVES[:size])
    verify_inclusion(ENTRIES[leaf], leaf, size, path, edge.root())


@given(st.data())
def test_no_other_inclusion_verifies(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 600))
    leaf = data.draw(st.integers(0, size - 1))
    edge, read = tree_of(size)
    path = inclusion_path(leaf, size, read)
    other = data.draw(st.integers(-1, size + 1).filter(lambda number: number != leaf))
    wrong = data.draw(st.integers(0, len(path) - 1))
    bent = [*path[:wrong], sha256(path[wrong]).digest(), *path[wrong + 1 :]]
    cases = [
        (ENTRIES[leaf], other, size, path, edge.root()),
        (sha256(ENTRIES[leaf]).digest(), leaf, size, path, edge.root()),
        (ENTRIES[leaf], leaf, size, bent, edge.root()),
        (ENTRIES[leaf], leaf, size, path[:-1], edge.root()),
        (ENTRIES[leaf], leaf, size, [*path, bytes(32)], edge.root()),
        (ENTRIES[leaf], leaf, size, path, bytes(32)),
    ]
    for entry, at, of, hashes, root in cases:
        with pytest.raises(GoodStandingError) as refused:
            verify_inclusion(entry, at, of, hashes, root)
        assert refused.value.code.id == "GS-REGISTER-005"


@given(SIZES, SIZES)
def test_consistency_is_proved_and_verified(first: int, second: int) -> None:
    old, new = sorted((first, second))
    edge, read = tree_of(new)
    path = consistency_path(old, new, read)
    if 0 < old < new <= 1200:
        assert path == naive_proof(old, LEAVES[:new])
    verify_consistency(old, naive_root(LEAVES[:old]), new, edge.root(), path)


@given(st.data())
def test_no_other_consistency_verifies(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 600))
    old = data.draw(st.integers(1, new - 1))
    edge, read = tree_of(new)
    old_root, path = naive_root(LEAVES[:old]), consistency_path(old, new, read)
    wrong = data.draw(st.integers(0, len(path) - 1))
    bent = [*path[:wrong], sha256(path[wrong]).digest(), *path[wrong + 1 :]]
    cases = [
        (old, bytes(32), new, edge.root(), path),
        (old, old_root, new, bytes(32), path),
        (old, old_root, new, edge.root(), bent),
        (old, old_root, new, edge.root(), path[:-1]),
        (old, old_root, new, edge.root(), [*path, bytes(32)]),
        (new, edge.root(), old, old_root, path),
        (old, old_root, old, edge.root(), []),
        (0, old_root, new, edge.root(), []),
    ]
    for case in cases:
        with pytest.raises(GoodStandingError) as refused:
            verify_consistency(*case)
        assert refused.value.code.id == "GS-REGISTER-005"


def test_the_fast_loops_are_the_kernel_s_hashes() -> None:
    assert LEAVES[:300] == [leaf_hash(entry) for entry in ENTRIES[:300]]
    assert perfect_root(LEAVES[:256]) == naive_root(LEAVES[:256])
    assert EMPTY_EDGE.root() == EMPTY_ROOT
