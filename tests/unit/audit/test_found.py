"""A new node: the access log knows of it before the register does."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.audit import AccessLog, found_node
from goodstanding.catalogue import Pack
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Node, verify


def test_the_founding_is_the_first_entry(node: Node) -> None:
    first = next(AccessLog.open(node.folder).entries(noted=Noted("test", 0)))
    assert (first.event, first.by) == ("node_founded", "operator")
    assert dict(first.members) == {"origin": node.origin, "pack": "harbour"}


def test_the_node_is_whole(node: Node) -> None:
    assert verify(Node.open(node.folder).folder).verified


@pytest.mark.parametrize("left", ["access", ".access-abc", "notes.txt"])
def test_a_folder_that_holds_anything_is_not_begun_over(
    tmp_path: Path, harbour: Pack, clock: FixedClock, left: str
) -> None:
    (tmp_path / left).mkdir()
    with pytest.raises(GoodStandingError) as refused:
        found_node(tmp_path, "lumen.example/r", harbour, clock, by="operator")
    assert refused.value.code.id == "GS-REGISTER-002"
    assert [path.name for path in tmp_path.iterdir()] == [left]


def test_an_unfit_origin_leaves_nothing(tmp_path: Path, harbour: Pack, clock: FixedClock) -> None:
    with pytest.raises(GoodStandingError) as refused:
        found_node(tmp_path / "node", "two words", harbour, clock, by="operator")
    assert refused.value.code.id == "GS-REGISTER-004"
    assert not (tmp_path / "node").exists()
