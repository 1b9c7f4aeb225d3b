"""Kills while a backup is made or a node restored.

python -m tests.durability.backup_kills backup VERIFIED FOLDER
python -m tests.durability.backup_kills restore 5 FOLDER
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

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


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def kill_backup(node: Path, room: Path, step: BackupStep) -> None:
    """A backup is there whole or not at all; what the killed one left is gone after the next."""
    before, inside = names(room), names(node)
    assert ended(partial(copy, node, room / "copy", step)) == -signal.SIGKILL
    assert not (room / "copy").exists()
    assert ended(partial(copy, node, room / "copy", None)) == 0
    assert names(room) - before == {"copy"}
    assert names(node) == inside
    assert verify(room / "copy/node").verified


def kill_restore(node: Path, room: Path, files: int) -> None:
    """A restored node is there whole or not at all, killed when so many files are copied."""
    assert ended(partial(copy, node, room / "copy", None)) == 0
    shutil.rmtree(node)
    before = names(room)
    assert ended(partial(copy_back, room / "copy", node, files)) == -signal.SIGKILL
    assert not node.exists()
    assert ended(partial(copy_back, room / "copy", node, None)) == 0
    assert names(room) - before == {"node"}
    assert (node / "restored.json").exists()


def main(what: str, when: str, room: Path) -> None:
    """One kill and what comes after it; ends with an error if anything is wrong."""
    assert ended(partial(create, room / "node")) == 0
    if what == "backup":
        kill_backup(room / "node", room, BackupStep[when])
    else:
        kill_restore(room / "node", room, int(when))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
