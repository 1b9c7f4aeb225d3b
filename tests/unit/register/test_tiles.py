from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError
from goodstanding.register.tiles import (
    TileFolder,
    decode_bundle,
    encode_bundle,
    parse_tile_path,
    tile_path,
)
from goodstanding.register.tree import TILE_WIDTH, Tile

COMMITMENTS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=TILE_WIDTH)


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 999, 256, "tile/0/999"),
        (3, 1000, 256, "tile/3/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (1, 1_234_067, 112, "tile/1/x001/x234/067.p/112"),
        ("entries", 273, 1, "tile/entries/273.p/1"),
        (63, 1_000_000_000, 256, "tile/63/x001/x000/x000/000"),
    ],
)
def test_paths_are_those_of_the_specification(
    level: int | str, index: int, width: int, path: str
) -> None:
    assert tile_path(level, index, width) == path


@given(st.integers(0, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_a_path_is_read_back(level: int, index: int, width: int) -> None:
    assert parse_tile_path(tile_path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path", ["tile/00/000", "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/001/000"]
)
def test_other_paths_are_none(path: str) -> None:
    assert parse_tile_path(path) is None


@given(COMMITMENTS)
def test_a_bundle_is_lengths_and_entries(commitments: list[bytes]) -> None:
    bundle = encode_bundle(commitments)
    assert bundle == b"".join(b"\x00\x20" + entry for entry in commitments)
    assert decode_bundle(bundle) == commitments


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x20" + bytes(31), b"\x00\x21" + bytes(32)])
def test_other_bytes_are_no_bundle(bundle: bytes) -> None:
    with pytest.raises(GoodStandingError) as refused:
        decode_bundle(bundle)
    assert refused.value.code.id == "GS-REGISTER-009"


def test_a_partial_tile_is_read_from_the_full_one_that_replaced_it(tmp_path: Path) -> None:
    tiles = TileFolder(tmp_path)
    full = bytes(range(256)) * 32
    tiles.write_tiles([Tile(0, 0, full)])
    tiles.sync()
    assert tiles.read_tile(0, 0, 256) == full
    assert tiles.read_tile(0, 0, 3) == full[: 3 * 32]


def test_missing_and_short_tiles_are_named(tmp_path: Path) -> None:
    tiles = TileFolder(tmp_path)
    for size, content in ((2, None), (2, bytes(32))):
        if content is not None:
            tiles.write_tiles([Tile(0, 0, content)])
            (tmp_path / "tile/0/000.p/1").rename(tmp_path / "tile/0/000.p/2")
        with pytest.raises(GoodStandingError) as refused:
            tiles.read_tile(0, 0, size)
        assert refused.value.code.id == "GS-REGISTER-009"
        assert "tile/0/000.p/2" in refused.value.what


def test_discarding_leaves_exactly_the_tree(tmp_path: Path) -> None:
    tiles = TileFolder(tmp_path)
    row = bytes(32)
    for width in (4, 5, 9, 256):
        tiles.write_tiles([Tile(0, 0, row * width)])
        tiles.write_bundles(0, [[row] * width])
    tiles.write_tiles([Tile(0, 1, row), Tile(1, 0, row)])
    tiles.discard_beyond(5)
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {
        "tile/0/000.p/4",
        "tile/0/000.p/5",
        "tile/entries/000.p/4",
        "tile/entries/000.p/5",
    }
