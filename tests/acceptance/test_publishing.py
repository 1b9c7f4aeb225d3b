"""A node whose checkpoints count only when two of three witnesses have seen them.

Fail closed: what is sealed but not published is safe, and no reader sees it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import NewEvent, Node, WritePoint, verify
from goodstanding.register.checkpoint import open_signed
from goodstanding.register.key_history import KEY_EVENTS, KeyEvent, key_history
from goodstanding.register.keys import VerifyingKey, load_verifying_key, prepare_rotation
from goodstanding.register.log import Log
from goodstanding.register.model import KEY_ROTATED
from goodstanding.register.segments import EVENTS, read_events
from goodstanding.register.witness import WitnessApp, WitnessFolder, serving

CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
NOTED = Noted("test", 0)
EVENT = NewEvent("hearing", {"berth": "N1"})
NAMES = ("harbour-union", "chamber", "mill")


@dataclass
class Town:
    """A node and its three witnesses, each of which can be stopped."""

    node: Node
    ends: dict[str, ExitStack]

    def append(self) -> None:
        self.node.log.append([EVENT], clock=CLOCK, noted=NOTED)

    def publish(self) -> bool:
        return self.node.log.publish(clock=CLOCK, noted=NOTED).up_to_date

    @property
    def published(self) -> int:
        return self.node.log.checkpoint().head.size

    def stop(self, *names: str) -> None:
        for name in names:
            self.ends[name].close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    node = Node.create(
        tmp_path / "node", "register.example/lumen", "harbour", "cd", CLOCK, noted=NOTED
    )
    lines = []
    with ExitStack() as stack:
        ends = {name: stack.enter_context(ExitStack()) for name in NAMES}
        for name in NAMES:
            folder = WitnessFolder.create(tmp_path / name, name)
            folder.trust(str(node.log.key))
            server = ends[name].enter_context(
                serving(WitnessApp(folder.witness(CLOCK), folder.store))
            )
            lines.append(f"witness {name} {folder.key} {server.url}")
        lines += [f"group town 2 {' '.join(NAMES)}", "quorum town", ""]
        node.layout.witness_policy.write_text("\n".join(lines))
        yield Town(node, ends)


def test_what_enough_witnesses_have_seen_is_published(town: Town) -> None:
    town.append()
    assert town.published == 1
    assert town.publish()
    assert town.published == 2
    report = verify(town.node.folder)
    assert report.verified, report.findings


def test_too_few_witnesses_publish_nothing(town: Town) -> None:
    assert town.publish()
    town.stop("chamber", "mill")
    town.append()
    publication = town.node.log.publish(clock=CLOCK, noted=NOTED)
    assert not publication.up_to_date
    assert publication.words.startswith("1 of 2 needed: harbour-union cosigned")
    assert [answer.partition(":")[0] for answer in publication.answers] == list(NAMES)
    assert (town.published, publication.newest.head.size) == (1, 2)


def test_no_reader_sees_what_is_not_published(town: Town) -> None:
    town.publish()
    town.stop(*NAMES)
    town.append()
    assert not town.publish()
    log = town.node.log
    assert [segment.end for segment in log.segments()] == [1]
    assert [segment.end for segment in log.segments(sealed=True)] == [1, 2]
    with pytest.raises(GoodStandingError) as refused:
        log.inclusion_proof(1)
    assert refused.value.code.id == "GS-REGISTER-011"


def test_what_waits_is_published_with_what_comes_later(town: Town) -> None:
    town.stop("chamber")
    town.append()
    town.append()
    assert town.publish()
    assert town.published == 3
    assert not town.node.layout.unpublished.exists()


def test_cosignatures_that_are_not_enough_are_kept(town: Town) -> None:
    town.publish()
    town.stop("chamber", "mill")
    town.append()
    town.publish()
    assert "harbour-union" in town.node.layout.unpublished.read_text()


def test_a_checkpoint_put_in_place_without_witnesses_is_found(town: Town) -> None:
    town.publish()
    town.append()
    town.node.layout.unpublished.replace(town.node.layout.checkpoint)
    (finding,) = verify(town.node.folder).findings
    assert finding.problem.startswith("is published without enough witnesses: 0 of 2 needed")


def test_a_node_that_was_put_back_and_went_another_way_finds_no_quorum(town: Town) -> None:
    town.publish()
    former = Path(shutil.copytree(town.node.folder, town.node.folder.with_name("former")))
    town.append()
    town.publish()
    fork = Node.open(former)
    for other in ("N7", "N8"):
        event = NewEvent("hearing", {"berth": other})
        fork.log.append([event], clock=CLOCK, noted=NOTED)
    publication = fork.log.publish(clock=CLOCK, noted=NOTED)
    assert not publication.up_to_date
    assert fork.log.checkpoint().head.size == 1


# ---- keys ---------------------------------------------------------------------------------


def rotation(node: Node) -> tuple[VerifyingKey, VerifyingKey, NewEvent]:
    old = node.log.key
    new = prepare_rotation(node.layout.keys, old)
    members = {"old": str(old), "new": str(new), "by": "A. Registrar", "reason": "yearly"}
    return old, new, NewEvent(KEY_ROTATED, members)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node.create(
        tmp_path / "node", "register.example/lumen", "harbour", "cd", CLOCK, noted=NOTED
    )


def test_a_new_key_is_named_by_the_old_and_both_sign_that_checkpoint(node: Node) -> None:
    old, new, event = rotation(node)
    node.log.append([event], clock=CLOCK, noted=NOTED)
    assert node.log.key == new
    signed = open_signed(node.layout.checkpoint.read_bytes(), [old, new])
    assert signed.signers == (old, new)


def test_after_a_rotation_only_the_new_key_signs(node: Node) -> None:
    old, new, event = rotation(node)
    node.log.append([event], clock=CLOCK, noted=NOTED)
    node.log.append([EVENT], clock=CLOCK, noted=NOTED)
    assert open_signed(node.layout.checkpoint.read_bytes(), [old, new]).signers == (new,)
    assert verify(node.folder).verified


def test_old_checkpoints_stay_verifiable_by_their_own_key(node: Node) -> None:
    before = node.layout.checkpoint.read_bytes()
    old, new, event = rotation(node)
    node.log.append([event], clock=CLOCK, noted=NOTED)
    node.log.append([EVENT], clock=CLOCK, noted=NOTED)
    events = [KeyEvent.of(e) for s in node.log.segments(EVENTS) for e in read_events(s)]
    history = key_history(old, [event for event in events if event.event in KEY_EVENTS])
    assert open_signed(before, history.keys).signers == (old,)
    assert history.judge(old, 1, None).good
    assert not history.judge(old, 3, None).good
    assert history.judge(new, 3, None).good
    report = verify(node.folder, seen=[before])
    assert report.verified, report.findings


@pytest.mark.parametrize(
    "point", [WritePoint.HEAD_MOVING, WritePoint.HEAD_MOVED, WritePoint.CHECKPOINT_WRITTEN]
)
def test_a_rotation_cut_short_is_finished_by_whoever_opens_next(
    node: Node, point: WritePoint
) -> None:
    class CrashError(Exception):
        pass

    def crash(reached: WritePoint) -> None:
        if reached is point:
            raise CrashError

    old, new, event = rotation(node)
    with pytest.raises(CrashError):
        Log.open(node.folder, at=crash).append([event], clock=CLOCK, noted=NOTED)
    log = Log.open(node.folder)
    expected = old if point is WritePoint.HEAD_MOVING else new
    assert load_verifying_key(node.layout.public_key) == log.key == expected
    log.append([EVENT], clock=CLOCK, noted=NOTED)
    assert verify(node.folder).verified


def test_a_key_that_was_stolen_needs_cosignatures_from_before(node: Node) -> None:
    stolen, _, event = rotation(node)
    node.log.append([event], clock=CLOCK, noted=NOTED)
    since = CLOCK.instant - timedelta(days=3)
    marked = NewEvent(
        "key_compromised",
        {"key": str(stolen), "since": since.isoformat(), "by": "A. Registrar", "reason": "theft"},
    )
    node.log.append([marked], clock=CLOCK, noted=NOTED)
    events = [KeyEvent.of(e) for s in node.log.segments(EVENTS) for e in read_events(s)]
    history = key_history(stolen, [each for each in events if each.event in KEY_EVENTS])
    assert not history.judge(stolen, 1, CLOCK.instant).good
    assert history.judge(stolen, 1, since - timedelta(days=1)).good
