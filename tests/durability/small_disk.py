"""A register on a disk that runs full, at every place where that can strike.

    unshare --map-root-user --mount python -m tests.durability.small_disk FOLDER tmpfs
    python -m tests.durability.small_disk FOLDER limit

The first mounts a disk of a few megabytes in FOLDER, in a mount namespace of its own. Where
that is not permitted, the second forbids this process to write to any file (RLIMIT_FSIZE).
Prints one JSON object a case: the refusal, the heads before and after it, and what followed
when there was room again.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from sqlite3 import connect

from tests.durability.work import CLOCK, NOTED, Worker

from goodstanding.kernel import GoodStandingError
from goodstanding.register import Log, Node, WritePoint, verify

_PAGE = 4096
_SIZE = "6m"
#: What the disk holds free for the cases in which it runs full somewhere, in pages.
LEFT = range(0, 40, 5)

#: (act, the write point at which the disk is full; None: before the act)
POINTS: list[tuple[str, WritePoint | None]] = [
    ("submit", None),
    ("submit", WritePoint.PENDING),
    ("submit", WritePoint.HEAD_MOVED),
    ("append", WritePoint.BEGUN),
    ("append", WritePoint.SEGMENT_COMPLETE),
    ("append", WritePoint.SEGMENTS_NAMED),
    ("append", WritePoint.TILES_SYNCED),
    ("append", WritePoint.HEAD_MOVED),
    ("deliver", WritePoint.BEGUN),
    ("deliver", WritePoint.SEGMENT_COMPLETE),
    ("erase", WritePoint.BEGUN),
    ("erase", WritePoint.ERASURE_SEALED),
]

#: Where it makes a difference that another process has SQLite's shared memory open.
WATCHED = [
    ("submit", WritePoint.PENDING),
    ("append", WritePoint.TILES_SYNCED),
    ("erase", WritePoint.ERASURE_SEALED),
]
CASES = [(*case, False) for case in POINTS] + [(*case, True) for case in WATCHED]


def name_of(act: str, point: WritePoint | None, watched: bool) -> str:
    """What a case is called; ``watched`` if another process has the state open meanwhile."""
    return f"{act}, {point.name if point else 'before'}{', watched' * watched}"


@dataclass(slots=True)
class Disk:
    """Where the register lies; ``fill`` leaves it some free pages, ``clear`` all of them."""

    folder: Path
    mounted: bool

    def fill(self, pages: int = 0) -> None:
        if not self.mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                try:
                    ballast.write(bytes(_PAGE))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break
            ballast.truncate(max(0, ballast.tell() - pages * _PAGE))

    def clear(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        (self.folder / "ballast").unlink(missing_ok=True)


class Writer:
    """One worker that lives through all cases."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._node = disk.folder / "node"
        self._full_at: WritePoint | None = None
        Node.create(self._node, "register.example/lumen", "harbour", "cd", CLOCK, noted=NOTED)
        quiet = os.open(os.devnull, os.O_WRONLY)
        self._worker = Worker(self._node, "w", Random(1), quiet, [], self._trap)
        self._worker.act("deliver")

    def _trap(self, point: WritePoint) -> None:
        if point is self._full_at:
            self._full_at = None
            self._disk.fill()

    def case(self, act: str, point: WritePoint | None) -> dict[str, object]:
        """The act fails for want of room at ``point``."""
        self._full_at = point
        return self._try(act, lambda: None if point else self._disk.fill())

    def left(self, pages: int) -> dict[str, object]:
        """A delivery that runs out of room wherever it does."""
        return self._try("deliver", lambda: self._disk.fill(pages))

    def _try(self, act: str, fill: Callable[[], None]) -> dict[str, object]:
        log = Log.open(self._node)
        before, refusal = log.head, None
        fill()
        try:
            self._worker.act(act)
        except GoodStandingError as error:
            refusal = {"code": error.code.id, "what": error.what}
        # What is published verifies while there is no room, too.
        as_left = [str(found) for found in verify(self._node).findings]
        self._disk.clear()
        after = log.head
        # The same process goes on, as if nothing had been; and so does a new one.
        self._worker.act("append")
        again = Log.open(self._node)
        report = verify(self._node)
        return {
            "refusal": refusal,
            "grown": after.size - before.size,
            "as_left": as_left,
            "head": again.head.size,
            "checkpoint": again.checkpoint().head.size,
            "findings": [str(found) for found in report.findings],
            "unfinished": [str(file) for file in report.unfinished],
            "mark": again.layout.unfinished.exists(),
        }


def main(folder: Path, how: str) -> None:
    mounted = how == "tmpfs"
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", folder], check=True)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    disk = Disk(folder, mounted)
    writer = Writer(disk)
    # Standard output is a pipe, which no limit stops.
    for act, point, watched in CASES:
        with closing(connect(disk.folder / "node/state.db")) as watcher:
            if watched:
                watcher.execute("SELECT * FROM head").fetchall()
            told = writer.case(act, point)
        sys.stdout.write(json.dumps({"case": name_of(act, point, watched), **told}) + "\n")
    for pages in LEFT if mounted else []:
        told = writer.left(pages)
        sys.stdout.write(json.dumps({"case": f"{pages} pages", **told}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
