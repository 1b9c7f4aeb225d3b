"""Many processes append: no gap, no duplicate, one order, and readers may follow throughout."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from tests.concurrency.eight_writers import (
    APPENDS,
    CONTESTED,
    CONTESTS,
    EVENTS_EACH,
    SUBMITS,
    WRITERS,
)
from tests.durability.children import once, run_module

Told = dict[str, Any]


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What eight writers, the follower and the last look have said."""
    said = once(
        tmp_path_factory, "eight-writers", lambda: run_module("tests.concurrency.eight_writers")
    )
    scene: Told = json.loads(said)
    return scene


def acknowledged(scene: Told) -> list[Told]:
    return [told for told in scene["told"] if "leaf" in told]


def test_every_process_ends_well(scene: Told) -> None:
    assert set(scene["ended"]) == {0}


def test_every_entry_is_one_that_was_acknowledged(scene: Told) -> None:
    held = {each["leaf"]: each["token"] for each in scene["held"] if each["token"]}
    assert held == {told["leaf"]: told["token"] for told in acknowledged(scene)}


def test_there_is_no_gap_and_no_duplicate(scene: Told) -> None:
    assert [each["leaf"] for each in scene["held"]] == list(range(scene["check"][0]["head"]))


def test_nothing_but_stale_acts_was_refused(scene: Told) -> None:
    batches = WRITERS * APPENDS * EVENTS_EACH
    refused = [told for told in scene["told"] if "refused" in told]
    assert {told["stream"] for told in refused} == {CONTESTED}
    assert len(acknowledged(scene)) + len(refused) == WRITERS * (SUBMITS + CONTESTS) + batches


def test_whoever_loses_the_contested_stream_is_told(scene: Told) -> None:
    refused = Counter(told["refused"] for told in scene["told"] if "refused" in told)
    assert list(refused) == ["GS-REGISTER-016"]


def test_each_version_of_a_stream_stands_once_and_in_order(scene: Told) -> None:
    versions: dict[str, list[int]] = {}
    for each in scene["held"]:
        if each["stream"]:
            versions.setdefault(each["stream"], []).append(each["version"])
    assert len(versions) == WRITERS + 1
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


def test_each_winner_has_the_version_it_asked_for(scene: Told) -> None:
    held = {each["leaf"]: (each["stream"], each["version"]) for each in scene["held"]}
    won = [told for told in acknowledged(scene) if "stream" in told]
    assert all(held[told["leaf"]] == (told["stream"], told["version"]) for told in won)


def test_what_is_acknowledged_is_published(scene: Told) -> None:
    assert all(told.get("visible", True) for told in acknowledged(scene))


def test_known_at_never_falls(scene: Told) -> None:
    instants = [each["known_at"] for each in scene["held"]]
    assert instants == sorted(instants)


def test_the_follower_accepts_every_checkpoint(scene: Told) -> None:
    (follower,) = scene["follower"]
    assert follower["rising"]
    assert min(follower["checkpoints"], follower["proved"]) > WRITERS


def test_in_the_end_the_register_verifies(scene: Told) -> None:
    (check,) = scene["check"]
    assert check["verified"], check["findings"]
    assert check["unfinished"] == 0
    assert check["head"] == check["checkpoint"]
