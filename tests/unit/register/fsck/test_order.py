"""Entries follow each other: each rule is broken once."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest

from goodstanding.register.fsck.order import Erased, Order
from goodstanding.register.fsck.rows import Rows


def records(times: list[int], supersedes: list[int | None] | None = None, first: int = 0) -> Rows:
    count = len(times)
    column = pa.array(supersedes or [None] * count, pa.int64())
    return Rows(range(first, first + count), [bytes(32)] * count, pa.array(times), column)


def events(*members: Mapping[str, object]) -> Rows:
    count = len(members)
    times = pa.array([0] * count)
    return Rows(range(count), [bytes(32)] * count, times, None, dict(enumerate(members)))


def said(*batches: Rows) -> list[tuple[int, str]]:
    heard: list[tuple[int, str]] = []
    order = Order(100, lambda problem, leaf: heard.append((leaf, problem)))
    for rows in batches:
        order.follow(rows)
    return heard


def test_time_may_stand_still() -> None:
    assert said(records([1, 1, 2]), records([2, 3], first=3)) == []


@pytest.mark.parametrize(
    ("batches", "leaf"),
    [
        ([records([1, 3, 2])], 2),
        ([records([1, 3]), records([2, 3], first=2)], 2),
    ],
)
def test_time_never_falls(batches: list[Rows], leaf: int) -> None:
    assert said(*batches) == [(leaf, "was known earlier than an entry before it")]


def test_a_stream_counts_from_one() -> None:
    sound = [{"stream": "a", "version": 1}, {"stream": "b", "version": 1}]
    assert said(events(*sound, {"stream": "a", "version": 2}, {"event": "delivery"})) == []


@pytest.mark.parametrize(
    ("versions", "leaf"), [([2], 0), ([1, 1], 1), ([1, 3], 1), ([1, 2, 1], 2), ([0], 0)]
)
def test_a_stream_has_no_gap_and_no_duplicate(versions: list[int], leaf: int) -> None:
    heard = said(events(*({"stream": "a", "version": version} for version in versions)))
    assert [at for at, _ in heard] == [leaf]


@pytest.mark.parametrize(
    "members",
    [
        {"stream": "a"},
        {"version": 1},
        {"stream": 1, "version": 1},
        {"stream": "a", "version": True},
    ],
)
def test_a_stream_has_a_name_and_a_number(members: Mapping[str, object]) -> None:
    assert said(events(members)) == [(0, "names no stream or no version")]


@pytest.mark.parametrize("former", [2, 3, -1, 2**40])
def test_only_an_earlier_entry_is_superseded(former: int) -> None:
    problem = f"supersedes entry {former}, which is not an earlier one"
    assert said(records([0, 0, 0], [None, None, former])) == [(2, problem)]


def test_no_entry_is_superseded_twice() -> None:
    rows = records([0] * 4, [None, None, 0, 1]), records([0], [0], first=4)
    assert said(*rows) == [(4, "supersedes entry 0, which another has superseded")]


@pytest.mark.parametrize("leaves", [None, [], ["1"], [True], [2, 1], [1, 1], [-1], [9], [5, 10]])
def test_an_erasure_names_leaves_before_it(leaves: object) -> None:
    heard: list[int] = []
    erased = Erased()
    members = {"event": "erasure", "leaves": leaves}
    erased.event(9, members, lambda _problem, leaf: heard.append(leaf))
    assert heard == [9]


def test_what_is_gone_and_what_is_covered_are_compared() -> None:
    erased = Erased()
    erased.absent(range(3, 6))
    erased.unread(range(20, 30))
    members = {"event": "erasure", "leaves": [4, 5, 7, 25]}
    erased.event(40, members, lambda problem, _leaf: pytest.fail(problem))
    assert list(erased.without_reason()) == [3]
    assert list(erased.still_there()) == [7]
