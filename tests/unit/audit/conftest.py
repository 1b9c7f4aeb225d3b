"""A node of the Port of Lumen with nothing in it, and its access log."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodstanding.audit import AccessLog, found_node
from goodstanding.catalogue import Pack
from goodstanding.kernel import FixedClock
from goodstanding.register import Node


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, 9, tzinfo=UTC))


@pytest.fixture
def node(tmp_path: Path, harbour: Pack, clock: FixedClock) -> Node:
    return found_node(tmp_path / "node", "lumen.example/register", harbour, clock, by="operator")


@pytest.fixture
def access(node: Node) -> AccessLog:
    return AccessLog.open(node.folder)
