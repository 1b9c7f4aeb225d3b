from pathlib import Path

import pytest

from goodstanding.kernel import FixedClock, GoodStandingError, Noted, parse_instant
from goodstanding.register import Node, verify
from goodstanding.register.segments import read_events

NOTED = Noted("test", 0)

CLOCK = FixedClock(parse_instant("2026-01-31T12:00:00Z"))


def create(folder: Path, origin: str = "register.example/lumen") -> Node:
    return Node.create(folder, origin, "harbour", "cd" * 32, CLOCK, noted=NOTED)


def refusal(folder: Path) -> GoodStandingError:
    with pytest.raises(GoodStandingError) as refused:
        Node.open(folder)
    return refused.value


def test_a_new_node_begins_with_its_own_creation(node: Node) -> None:
    (segment,) = node.log.segments()
    (event,) = read_events(segment)
    assert event.event == "node_created"
    assert event.payload == (
        '{"event":"node_created","known_at":"2026-01-31T12:00:00.000250Z",'
        f'"origin":"register.example/lumen","pack":"harbour","pack_digest":"{"cd" * 32}",'
        '"schema":"goodstanding/event/1"}'
    )
    assert verify(node.folder).verified


@pytest.mark.parametrize("origin", ["register.example/lumen", '灯港.example/"\\'])
def test_a_node_is_opened_as_it_was_made(tmp_path: Path, origin: str) -> None:
    made = create(tmp_path / "node", origin)
    assert Node.open(tmp_path / "node") == made
    assert made.layout.deliveries.is_dir()
    assert made.layout.quarantine.is_dir()
    assert made.log.origin == origin


def test_a_folder_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    create(tmp_path / "node")
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "node", tmp_path / "file"):
        with pytest.raises(GoodStandingError) as refused:
            create(folder)
        assert refused.value.code.id == "GS-REGISTER-002"
    (tmp_path / "empty").mkdir()
    create(tmp_path / "empty")


def test_an_unfit_origin_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        create(tmp_path / "node", "two words")
    assert refused.value.code.id == "GS-REGISTER-004"
    assert not (tmp_path / "node").exists()


def test_a_folder_without_node_file_is_no_node(tmp_path: Path) -> None:
    assert refusal(tmp_path).code.id == "GS-REGISTER-001"
    assert refusal(tmp_path / "none").code.id == "GS-REGISTER-001"


@pytest.mark.parametrize(
    "content", [b"origin = ", b"\xff", b'origin = "a"', b'origin = 1\npack = "b"', b'pack = "b"']
)
def test_a_broken_node_file_is_named(node: Node, content: bytes) -> None:
    node.layout.node_file.write_bytes(content)
    assert refusal(node.folder).code.id == "GS-REGISTER-003"
    assert "node.toml" in refusal(node.folder).what
