"""Killed while a backup is made, a node restored, or a restored one brought up to date."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.durability.work import CLOCK, NOTED
from tests.durability.zygote import attend, fork

from goodstanding.register import NewEvent, Node, verify
from goodstanding.register.backup import BackupStep, back_up, restore


def die(at: object, reached: object) -> None:
    if at is reached:
        os.kill(os.getpid(), signal.SIGKILL)


def create(folder: Path, _pipe: int) -> None:
    node = Node.create(folder, "a.example/b", "harbour", "cd" * 32, CLOCK, noted=NOTED)
    node.log.append([NewEvent("hearing", {})], clock=CLOCK, noted=NOTED)


def copy(folder: Path, to: Path, at: BackupStep | None, _pipe: int) -> None:
    back_up(folder, to, keys=True, clock=CLOCK, noted=NOTED, at=partial(die, at))


def copy_back(backup: Path, to: Path, after: int | None, _pipe: int) -> None:
    def progress(done: int, _total: int) -> None:
        die(after, done)

    restore(backup, to, progress)


def ended(work: Callable[[int], None]) -> int | None:
    child = fork(work)
    attend([child])
    return child.code


@pytest.fixture
def node(tmp_path: Path) -> Path:
    assert ended(partial(create, tmp_path / "node")) == 0
    return tmp_path / "node"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("step", BackupStep)
def test_a_backup_is_there_whole_or_not_at_all(
    node: Path, tmp_path: Path, step: BackupStep
) -> None:
    before, inside = names(tmp_path), names(node)
    assert ended(partial(copy, node, tmp_path / "copy", step)) == -signal.SIGKILL
    assert not (tmp_path / "copy").exists()
    assert ended(partial(copy, node, tmp_path / "copy", None)) == 0
    # What the killed one left, links within the node too, is gone.
    assert names(tmp_path) - before == {"copy"}
    assert names(node) == inside
    assert verify(tmp_path / "copy/node").verified


@pytest.mark.parametrize("files", [1, 5, 11])
def test_a_restored_node_is_there_whole_or_not_at_all(
    node: Path, tmp_path: Path, files: int
) -> None:
    assert ended(partial(copy, node, tmp_path / "copy", None)) == 0
    shutil.rmtree(node)
    before = names(tmp_path)
    assert ended(partial(copy_back, tmp_path / "copy", node, files)) == -signal.SIGKILL
    assert not node.exists()
    assert ended(partial(copy_back, tmp_path / "copy", node, None)) == 0
    assert names(tmp_path) - before == {"node"}
    assert (node / "restored.json").exists()
