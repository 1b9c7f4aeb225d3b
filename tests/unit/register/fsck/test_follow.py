"""A follower accepts a log that grows, and nothing else; refusing, it keeps what it had."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny_log import TinyLog

from goodstanding.kernel import GoodStandingError
from goodstanding.register import Follower
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.fsck.tree import leaf_hashes, perfect_root
from goodstanding.register.keys import SigningKey

KEY = SigningKey.generate("register.example/lumen")
LOG = TinyLog(KEY, tuple(n.to_bytes(2, "big") * 16 for n in range(600)))
FORK = TinyLog(KEY, (*LOG.entries[:300], *(bytes([7]) * 32 for _ in range(300))))
SIZES = (0, 1, 2, 255, 256, 257, 300, 511, 512, 600)


def publish(folder: Path, log: TinyLog, size: int) -> Path:
    """The public files of the first ``size`` entries, without their partial predecessors."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint").write_text(log.note(size))
    hashes = leaf_hashes(log.entries[:size])
    roots = [perfect_root(hashes[at : at + 256]) for at in range(0, size - size % 256, 256)]
    for level, row in enumerate((hashes, roots)):
        for at in range(0, len(row), 256):
            part = row[at : at + 256]
            width = "" if len(part) == 256 else f".p/{len(part)}"
            file = folder / f"tile/{level}/{at // 256:03}{width}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"".join(part))
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Path]:
    folder = tmp_path_factory.mktemp("published")
    return {
        (name, size): publish(folder / f"{name}-{size}", log, size)
        for name, log in (("log", LOG), ("fork", FORK))
        for size in SIZES
    }


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(st.sampled_from(SIZES), min_size=1, max_size=6))
def test_only_a_log_that_grows_is_accepted(
    published: dict[tuple[str, int], Path],
    tmp_path_factory: pytest.TempPathFactory,
    shown: list[int],
) -> None:
    follower = Follower(KEY.verifying_key, tmp_path_factory.mktemp("client") / "memory")
    most = -1
    for size in shown:
        if size >= most:
            assert follower.follow(published["log", size]).head.size == size
            most = size
        else:
            with pytest.raises(GoodStandingError, match="rolled back"):
                follower.follow(published["log", size])


@pytest.mark.parametrize(("before", "after"), [(511, 512), (512, 600), (600, 600), (511, 511)])
def test_another_history_is_refused(
    published: dict[tuple[str, int], Path], tmp_path: Path, before: int, after: int
) -> None:
    memory = tmp_path / "memory"
    follower = Follower(KEY.verifying_key, memory)
    follower.follow(published["log", before])
    with pytest.raises(GoodStandingError, match="two histories") as refused:
        follower.follow(published["fork", after])
    assert refused.value.code is UNVERIFIED
    assert memory.read_text() == LOG.note(before)
    kept = {file.suffix: file.read_text() for file in tmp_path.glob("memory.*")}
    assert kept == {".remembered": LOG.note(before), ".shown": FORK.note(after)}


def test_the_common_beginning_of_two_histories_is_no_proof_of_either(
    published: dict[tuple[str, int], Path], tmp_path: Path
) -> None:
    follower = Follower(KEY.verifying_key, tmp_path / "memory")
    follower.follow(published["log", 300])
    assert follower.follow(published["fork", 512]).head.size == 512


def test_a_log_whose_tiles_are_missing_is_refused(tmp_path: Path) -> None:
    follower = Follower(KEY.verifying_key, tmp_path / "memory")
    follower.follow(publish(tmp_path / "a", LOG, 300))
    grown = publish(tmp_path / "b", LOG, 600)
    (grown / "tile/0/001").unlink()
    with pytest.raises(GoodStandingError, match="tile/0/001 is missing"):
        follower.follow(grown)


def test_a_key_of_before_is_good_for_what_was_remembered(tmp_path: Path) -> None:
    new = SigningKey.generate(KEY.name)
    memory = tmp_path / "memory"
    Follower(KEY.verifying_key, memory).follow(publish(tmp_path / "a", LOG, 300))
    grown = publish(tmp_path / "b", TinyLog(new, LOG.entries), 600)
    follower = Follower([new.verifying_key, KEY.verifying_key], memory)
    assert follower.follow(grown).head.size == 600


@pytest.mark.parametrize("note", [b"", b"nonsense", b"\xff" * 100])
def test_a_memory_that_does_not_verify_is_refused(tmp_path: Path, note: bytes) -> None:
    memory = tmp_path / "memory"
    memory.write_bytes(note)
    with pytest.raises(GoodStandingError) as refused:
        Follower(KEY.verifying_key, memory).follow(publish(tmp_path / "a", LOG, 300))
    assert refused.value.code is UNVERIFIED
    assert memory.read_bytes() == note


def test_a_checkpoint_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError, match="cannot be read"):
        Follower(KEY.verifying_key, tmp_path / "memory").follow(tmp_path)


def test_a_memory_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    register = publish(tmp_path / "a", LOG, 300)
    with pytest.raises(GoodStandingError, match="cannot be written"):
        Follower(KEY.verifying_key, tmp_path / "absent" / "memory").follow(register)
