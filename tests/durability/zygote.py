"""A process that has imported everything and forks: a kill costs no start of Python.

Invariant: it never lets DuckDB or Arrow start a thread, so that what it forks is as good as
new. What their allocators start when they are imported looks after itself in a fork.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from tests.durability.book import Book, Message

#: Seconds after which a child that neither speaks nor ends counts as hanging.
_HANGING = 60.0
_TASKS = Path("/proc/self/task")


@dataclass(slots=True)
class Child:
    """A forked process; ``heard`` is what it has said so far, ``code`` how it ended."""

    pid: int
    pipe: int
    heard: list[Message] = field(default_factory=list)
    code: int | None = None
    _part: bytes = b""

    def listen(self) -> bool:
        """Read what is there; False once the child and all it forked have ended."""
        data = os.read(self.pipe, 1 << 16)
        *lines, self._part = (self._part + data).split(b"\n")
        self.heard += [json.loads(line) for line in lines]
        return bool(data)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Wait for its end."""
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.pipe)


def _warm() -> int:
    """Import what is only imported when it is used; returns the threads there are then."""
    pa.array(["a"]).to_pylist()
    sa.create_engine("sqlite://").connect().close()
    return len(list(_TASKS.iterdir()))


_THREADS = _warm()


def fork(work: Callable[[int], None]) -> Child:
    """Run ``work(pipe)`` in a child; an error in it ends the child with code 1, in its words."""
    threads = len(list(_TASKS.iterdir()))
    assert threads <= _THREADS, f"{threads} threads, {_THREADS} after the imports"
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    code = 1
    try:
        work(writing)
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def attend(children: list[Child], kill: Child | None = None, after: float = _HANGING) -> None:
    """Listen to the children until all have ended; ``kill`` one of them ``after`` seconds.

    The time runs from its first word. A child that hangs is killed too, and its code says so.
    """
    begun: float | None = None
    open_ = {child.pipe: child for child in children}
    while open_:
        left = _HANGING
        if kill is not None and kill.pipe in open_ and begun is not None:
            left = max(0.0, begun + after - time.monotonic())
        ready, _, _ = select.select(list(open_), [], [], left)
        for pipe in ready:
            child = open_[pipe]
            if not child.listen():
                del open_[pipe]
            elif child is kill and begun is None:
                begun = time.monotonic()
        if kill is not None and begun is not None and time.monotonic() >= begun + after:
            kill.kill()
            kill = None
        elif not ready and kill is None:
            for child in open_.values():
                child.kill()
    for child in children:
        child.bury()


def hear(book: Book, children: list[Child]) -> None:
    """Write what they said into the book."""
    for child in children:
        for message in child.heard:
            book.hear(message)
