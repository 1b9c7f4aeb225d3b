"""Our trees, tiles, keys and checkpoints against the frozen vectors in tests/vectors/.

The vectors come from tools/tree_vectors.py, which shares no code with the package.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tools.tree_vectors import all_files

from goodstanding.register import verify_consistency, verify_inclusion
from goodstanding.register.checkpoint import open_checkpoint, sign_checkpoint
from goodstanding.register.keys import SigningKey, VerifyingKey, load_verifying_key
from goodstanding.register.model import Head
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import (
    TILE_WIDTH,
    ReadTile,
    Tile,
    TreeBuilder,
    consistency_path,
    inclusion_path,
    leaf_hashes,
    read_edge,
)

FOLDER = Path(__file__).parents[2] / "vectors"
VECTORS = json.loads((FOLDER / "tree.json").read_bytes())
ROOTS = {int(size): bytes.fromhex(root) for size, root in VECTORS["roots"].items()}

#: The eight leaves and the roots that Certificate Transparency's own tests have always used.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
CT_LEAVES += ["606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@cache
def entries(size: int) -> list[bytes]:
    return [sha256(b"vector %d" % number).digest() for number in range(size)]


@cache
def tiles(size: int) -> list[Tile]:
    builder = TreeBuilder()
    full = builder.extend(leaf_hashes(entries(size)))
    return [*full, *builder.edge().tiles()]


@cache
def reader(size: int) -> ReadTile:
    by_place = {(tile.level, tile.index): tile.hashes for tile in tiles(size)}
    return lambda level, index: by_place[level, index]


def signing_keys() -> Iterator[tuple[SigningKey, dict[str, str]]]:
    for vector in VECTORS["keys"]:
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["seed"]))
        yield SigningKey(vector["name"], private), vector


def test_the_frozen_files_are_those_that_were_computed() -> None:
    wrong = [file for file, data in all_files().items() if file.read_bytes() != data]
    assert not wrong


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_certificate_transparency(size: int) -> None:
    builder = TreeBuilder()
    builder.extend(leaf_hashes([bytes.fromhex(leaf) for leaf in CT_LEAVES[:size]]))
    assert builder.edge().root().hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize("size", list(ROOTS))
def test_roots(size: int) -> None:
    builder = TreeBuilder()
    builder.extend(leaf_hashes(entries(size)))
    assert builder.edge().root() == ROOTS[size]


def test_inclusion_paths() -> None:
    for vector in VECTORS["inclusion"]:
        leaf, size = vector["leaf"], vector["size"]
        path = inclusion_path(leaf, size, reader(size))
        assert [each.hex() for each in path] == vector["path"], (leaf, size)


def test_inclusion_paths_verify() -> None:
    for vector in VECTORS["inclusion"]:
        leaf, size = vector["leaf"], vector["size"]
        path = [bytes.fromhex(each) for each in vector["path"]]
        root = ROOTS.get(size) or read_edge(size, reader(size)).root()
        verify_inclusion(entries(size)[leaf], leaf, size, path, root)


def test_consistency_paths() -> None:
    for vector in VECTORS["consistency"]:
        old, new = vector["old"], vector["new"]
        path = consistency_path(old, new, reader(new))
        assert [each.hex() for each in path] == vector["path"], (old, new)


def test_consistency_paths_verify() -> None:
    for vector in VECTORS["consistency"]:
        old, new = vector["old"], vector["new"]
        path = [bytes.fromhex(each) for each in vector["path"]]
        old_root = ROOTS.get(old) or read_edge(old, reader(old)).root()
        verify_consistency(old, old_root, new, ROOTS[new], path)


@pytest.mark.parametrize("size", [int(size) for size in VECTORS["files"]])
def test_names_and_bytes_of_every_tile_and_bundle(tmp_path: Path, size: int) -> None:
    folder = TileFolder(tmp_path)
    folder.write_tiles(tiles(size))
    starts = range(0, size, TILE_WIDTH)
    folder.write_bundles(0, [entries(size)[start : start + TILE_WIDTH] for start in starts])
    folder.sync()
    written = {
        file.relative_to(tmp_path).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in tmp_path.rglob("*")
        if file.is_file()
    }
    assert written == VECTORS["files"][str(size)]


def test_the_specification_s_own_example_of_70000_entries() -> None:
    widths = [(tile.level, tile.width) for tile in tiles(70_000)]
    assert widths.count((0, 256)) == 273
    assert [each for each in widths if each != (0, 256)] == [(1, 256), (0, 112), (1, 17), (2, 1)]


def test_key_ids_and_verifier_keys() -> None:
    for key, vector in signing_keys():
        assert key.verifying_key.key_id.hex() == vector["id"]
        assert str(key.verifying_key) == vector["vkey"]
        assert VerifyingKey.parse(vector["vkey"]) == key.verifying_key


def test_signed_checkpoints() -> None:
    for key, vector in signing_keys():
        assert sign_checkpoint(Head(20, ROOTS[20]), key).note == vector["checkpoint"]


def test_a_published_log_is_read_to_its_root() -> None:
    folder = FOLDER / "tiles"
    key = load_verifying_key(folder / "vkey")
    head = open_checkpoint((folder / "checkpoint").read_bytes(), key).head
    read = TileFolder(folder)
    edge = read_edge(head.size, lambda level, index: read.read_tile(level, index, head.size))
    assert edge.root() == head.root


def test_a_published_log_is_read_to_its_entries() -> None:
    read = TileFolder(FOLDER / "tiles")
    assert [*read.read_bundle(0, 259), *read.read_bundle(1, 259)] == entries(259)
