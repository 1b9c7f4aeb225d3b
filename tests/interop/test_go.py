"""Go's reference packages and our code judge each other's logs (C2SP tlog-tiles).

Both ways: Go accepts what we write and refuses it when a byte is changed; we accept what Go
writes, make the very proofs it makes, and refuse when a byte is changed.
"""

from __future__ import annotations

import base64
import json
import shutil
from functools import lru_cache, partial
from pathlib import Path

import pytest
from tests.interop.logs import RunGo, SmallLog

from goodstanding.kernel import FixedClock, GoodStandingError, Noted, parse_instant
from goodstanding.register import Log, NewEvent, verify_consistency, verify_inclusion
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.errors import DAMAGED, UNVERIFIED
from goodstanding.register.keys import SigningKey, load_verifying_key
from goodstanding.register.model import Head
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import (
    TILE_WIDTH,
    ReadTile,
    consistency_path,
    inclusion_path,
    read_edge,
)

ORIGIN = "register.example/lumen"
#: Around one tile, and one that needs a third level of tiles.
SIZES = (1, 255, 256, 257, 300, 65_791)
FILES = (
    "checkpoint",
    "tile/0/000",
    "tile/0/001.p/44",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/44",
)


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate(ORIGIN)


@pytest.fixture(scope="module")
def go_log(gotlog: RunGo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that Go built through all the sizes."""
    folder = tmp_path_factory.mktemp("go") / "log"
    status, words = gotlog("build", folder, "go.example/log", "lumen", *SIZES)
    assert status == 0, words
    return folder


def flip(file: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def tile_reader(folder: Path, size: int) -> ReadTile:
    return lru_cache(maxsize=None)(partial(TileFolder(folder).read_tile, size=size))


def check_log(folder: Path, checkpoint: str = "checkpoint") -> Head:
    """Our verdict on a log without payloads: signature, root, and entries proved one by one.

    Of a long log, every 97th entry is proved.
    """
    key = load_verifying_key(folder / "vkey")
    head = open_checkpoint((folder / checkpoint).read_bytes(), key).head
    read = tile_reader(folder, head.size)
    if read_edge(head.size, read).root() != head.root:
        raise GoodStandingError(UNVERIFIED, reason="the tiles have another root")
    bundle = lru_cache(partial(TileFolder(folder).read_bundle, size=head.size))
    for leaf in range(0, head.size, 1 if head.size < 1000 else 97):
        index, at = divmod(leaf, TILE_WIDTH)
        path = inclusion_path(leaf, head.size, read)
        verify_inclusion(bundle(index)[at], leaf, head.size, path, head.root)
    return head


# Go judges us.


@pytest.mark.parametrize("size", SIZES)
def test_go_accepts_our_log_at_every_stage_of_its_growth(
    gotlog: RunGo, key: SigningKey, tmp_path: Path, size: int
) -> None:
    log = SmallLog(tmp_path, key)
    older = [log.grow(stage) for stage in SIZES if stage <= size]
    status, words = gotlog("check", tmp_path, key.verifying_key, *older)
    assert (status, words) == (
        0,
        f"accepted: {size} entries of {ORIGIN}, grown from {len(older)} older checkpoints\n",
    )


def test_go_accepts_a_register(gotlog: RunGo, tmp_path: Path) -> None:
    log = Log.create(tmp_path / "node", ORIGIN)
    clock = FixedClock(parse_instant("2026-01-31T12:00:00Z"))
    older = []
    for count in (1, 254, 1, 1, 43):
        event = NewEvent("delivery", {"source": "port", "sha256": "ab"})
        log.append([event] * count, clock=clock, noted=Noted("test", 0))
        older.append(tmp_path / f"checkpoint.{log.head.size}")
        shutil.copy(log.layout.checkpoint, older[-1])
    status, words = gotlog("check", log.layout.register, log.key, *older)
    assert (status, words.split(",")[0]) == (0, f"accepted: 300 entries of {ORIGIN}")


@pytest.mark.parametrize("name", FILES)
def test_go_refuses_a_changed_bit(
    gotlog: RunGo, key: SigningKey, tmp_path: Path, name: str
) -> None:
    SmallLog(tmp_path, key).grow(300)
    flip(tmp_path / name)
    status, words = gotlog("check", tmp_path, key.verifying_key)
    assert (status, words.split(":")[0]) == (1, "refused")


def test_go_refuses_another_history_under_the_same_key(
    gotlog: RunGo, key: SigningKey, tmp_path: Path
) -> None:
    SmallLog(tmp_path / "one", key).grow(300)
    forked = SmallLog(tmp_path / "other", key, "another entry").grow(257)
    status, words = gotlog("check", tmp_path / "one", key.verifying_key, forked)
    assert status == 1
    assert "not grown from the 257 entries" in words


def test_go_refuses_another_key_of_the_same_name(
    gotlog: RunGo, key: SigningKey, tmp_path: Path
) -> None:
    SmallLog(tmp_path, key).grow(1)
    other = SigningKey.generate(ORIGIN).verifying_key
    assert gotlog("check", tmp_path, other) == (1, "refused: note has no verifiable signatures\n")


# We judge Go.


@pytest.mark.parametrize("size", SIZES)
def test_we_accept_go_s_log_at_every_stage_of_its_growth(go_log: Path, size: int) -> None:
    assert check_log(go_log, f"checkpoint.{size}").size == size


def test_we_make_the_inclusion_proofs_that_go_makes(go_log: Path) -> None:
    proofs = json.loads((go_log / "proofs.json").read_bytes())["inclusion"]
    assert len(proofs) == 3 * len(SIZES)
    for proof in proofs:
        leaf, size = proof["leaf"], proof["size"]
        path = [base64.b64decode(each) for each in proof["path"]]
        assert inclusion_path(leaf, size, tile_reader(go_log, size)) == path


def test_we_make_the_consistency_proofs_that_go_makes(go_log: Path) -> None:
    proofs = json.loads((go_log / "proofs.json").read_bytes())["consistency"]
    assert len(proofs) == len(SIZES) * (len(SIZES) - 1) // 2
    for proof in proofs:
        path = [base64.b64decode(each) for each in proof["path"]]
        made = consistency_path(proof["old"], proof["new"], tile_reader(go_log, proof["new"]))
        assert made == path


def test_we_accept_that_go_s_log_has_grown_and_no_changed_proof(go_log: Path) -> None:
    heads = {size: check_log(go_log, f"checkpoint.{size}") for size in SIZES}
    for proof in json.loads((go_log / "proofs.json").read_bytes())["consistency"]:
        old, new = heads[proof["old"]], heads[proof["new"]]
        path = [base64.b64decode(each) for each in proof["path"]]
        verify_consistency(old.size, old.root, new.size, new.root, path)
        for at in range(len(path)):
            changed = [bytes([each[0] ^ (n == at), *each[1:]]) for n, each in enumerate(path)]
            with pytest.raises(GoodStandingError):
                verify_consistency(old.size, old.root, new.size, new.root, changed)


@pytest.mark.parametrize("name", FILES)
def test_we_refuse_a_changed_bit_in_go_s_log(gotlog: RunGo, tmp_path: Path, name: str) -> None:
    assert gotlog("build", tmp_path, "go.example/log", "lumen", 300)[0] == 0
    flip(tmp_path / name)
    with pytest.raises(GoodStandingError) as refused:
        check_log(tmp_path)
    assert refused.value.code in (UNVERIFIED, DAMAGED)
