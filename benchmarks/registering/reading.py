"""Verification of the whole log, and proofs of single entries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from random import Random
from typing import TypeVar

from benchmarks.place import Place, Timed, Watch, settle
from benchmarks.registering.append import ITEMS, NOTED
from goodstanding.kernel import SystemClock
from goodstanding.register import Node, verify
from goodstanding.register.proofs.bundle import make_bundle
from goodstanding.register.proofs.verify import verify_bundle

_PROOFS = 500
T = TypeVar("T")


def full_verify(place: Place) -> Timed:
    """`goodstanding verify`: every file of the register, nothing remembered."""
    settle()
    watch = Watch()
    with watch.running():
        report = verify(place.node)
    if not report.verified or report.checkpoint is None:
        raise AssertionError(f"not verified: {report.findings[:3]}")
    return Timed(watch.seconds, report.checkpoint.head.size)


def inclusion(place: Place) -> Timed:
    """One inclusion proof from the tiles."""
    log = Node.open(place.node).log
    return _median(log.inclusion_proof, _leaves(place))


def bundles(place: Place) -> Timed:
    """One bundle verified, from its bytes to the verdict."""
    log = Node.open(place.node).log
    made = [
        make_bundle(log, leaf, lambda _article: None, noted=NOTED).as_bytes()
        for leaf in list(_leaves(place))[:50]
    ]
    key, now = str(log.key), SystemClock().now()

    def check(bundle: bytes) -> None:
        verify_bundle(bundle, [key], now=now)

    return _median(check, (made[n % len(made)] for n in range(_PROOFS)))


def _leaves(place: Place) -> Iterable[int]:
    log, random = Node.open(place.node).log, Random(3)
    segments = [segment for item in ITEMS for segment in log.segments(item)]
    for _ in range(_PROOFS):
        segment = random.choice(segments)
        yield random.randrange(segment.first, segment.end)


def _median(act: Callable[[T], object], over: Iterable[T]) -> Timed:
    """The median of one act."""
    seconds = []
    for value in over:
        start = time.perf_counter()
        act(value)
        seconds.append(time.perf_counter() - start)
    return Timed(statistics.median(seconds), 1)
