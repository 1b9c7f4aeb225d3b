"""The process dies at every write point: nothing acknowledged is lost, nothing unfinished shown.

Each crash is a real one: a child process kills itself with SIGKILL in the middle of a batch.
The parent then looks at what is on the disk, as the next process would.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goodstanding.kernel import FixedClock, parse_instant
from goodstanding.register import NewEvent, Node, WritePoint, verify
from goodstanding.register.segments import list_segments, strange_files

NOW = parse_instant("2026-01-31T12:00:00Z")

#: Appends 300 events in one batch and dies at the write point that is named.
_CHILD = """
import os, signal, sys
from pathlib import Path
from goodstanding.kernel import parse_instant
from goodstanding.register import Log, NewEvent

def die(point):
    if point.name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

event = NewEvent("delivery", parse_instant("2026-02-01"), {"source": "port", "sha256": "ab"})
Log.open(Path(sys.argv[1]), at=die).append([event] * 300)
"""

ACKNOWLEDGED = {WritePoint.HEAD_MOVED, WritePoint.CHECKPOINT_WRITTEN}


@pytest.fixture
def node(tmp_path: Path) -> Node:
    node = Node.create(
        tmp_path / "node", "register.example/lumen", "harbour", "cd", FixedClock(NOW)
    )
    event = NewEvent("delivery", NOW, {"source": "port", "sha256": "ef"})
    node.log.append([event] * 299)
    return node


def crash(node: Node, point: WritePoint) -> None:
    child = [sys.executable, "-c", _CHILD, str(node.folder), point.name]
    assert subprocess.run(child, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("point", list(WritePoint))
def test_a_crash_loses_nothing_and_shows_nothing_unfinished(node: Node, point: WritePoint) -> None:
    before = node.log.head
    crash(node, point)

    # As the crash left it, what is published still verifies, by files alone.
    published = verify(node.folder)
    assert published.verified, published.findings

    # The next process finds either the whole batch or none of it.
    log = Node.open(node.folder).log
    expected = before.size + 300 if point in ACKNOWLEDGED else before.size
    assert log.head.size == expected
    assert log.checkpoint().head == log.head
    if expected == before.size:
        assert log.head == before

    # Nothing beyond the head is left, and the next batch is sealed on top of it.
    assert strange_files(log.layout.segments) == []
    assert sum(segment.count for segment in list_segments(log.layout.segments)) == expected
    log.append([NewEvent("delivery", NOW, {"source": "port", "sha256": "01"})])
    report = verify(node.folder)
    assert report.verified, report.findings
    assert report.unfinished == []
    assert report.steps[1].total == expected + 1


def test_a_crash_while_recovering_is_recovered_from(node: Node) -> None:
    crash(node, WritePoint.TILES_SYNCED)
    # Recovery deletes tiles before segments; here it stopped half-way.
    (node.layout.register / "tile/0/001").unlink()
    log = Node.open(node.folder).log
    assert log.head.size == 300
    log.append([NewEvent("delivery", NOW, {"source": "port", "sha256": "01"})] * 400)
    assert verify(node.folder).verified


def test_an_index_catches_up_after_a_crash(node: Node) -> None:
    node.index.consume()
    crash(node, WritePoint.HEAD_MOVED)
    again = Node.open(node.folder)
    assert again.index.applied() == 300
    assert again.index.consume() == 600
    digest = again.index.content_digest()
    again.index.rebuild()
    assert again.index.content_digest() == digest
