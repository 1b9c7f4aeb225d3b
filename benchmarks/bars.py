"""The bars: what was promised, what was found, and whether it was met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measure import Measured, Size
from benchmarks.tasks import (
    APPENDED,
    BUNDLED,
    EVALUATED,
    HANDWRITTEN,
    HASHED,
    OURS,
    PYMERKLE,
    SLOWEST,
    VERIFIED,
    ZEN_DOCUMENTED,
    ZEN_QUICKEST,
    ZEN_RECORDS,
)

MOST_MEMORY = 4 * 1024**3
_SLOWEST, _ZEN = 2.0, 50
_APPEND, _VERIFY, _BUNDLE = 3, 5, 0.002


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise at one size."""

    promise: str
    found: str
    met: bool


def bars(size: Size) -> Iterator[Bar]:
    """Every bar of this size."""
    ingest, evaluate = size.found[OURS], size.found[EVALUATED]
    pymerkle = size.found[PYMERKLE].per_record / ingest.per_record
    yield Bar(
        "full ingest at least as fast a record as pymerkle's append in memory",
        f"{pymerkle:.2f}x its speed",
        pymerkle >= 1,
    )
    yield from _register(size)
    slower = evaluate.median / size.found[HANDWRITTEN].median
    yield Bar(
        f"evaluation at most {_SLOWEST}x the time of the hand-written query",
        f"{slower:.2f}x",
        slower <= _SLOWEST,
    )
    for task, how in (
        (ZEN_DOCUMENTED, "called as documented, indicators given"),
        (ZEN_QUICKEST, "its quickest call, indicators given"),
        (ZEN_RECORDS, "its quickest call, from the same records"),
    ):
        times = size.found[task].per_subject / evaluate.per_subject
        promise = f"evaluation at least {_ZEN}x as fast a subject as zen-engine, {how}"
        yield Bar(promise, f"{times:.1f}x", times >= _ZEN)
    for title, measured in (("ingest", ingest), ("evaluation", evaluate)):
        yield _memory(title, measured)


def _register(size: Size) -> Iterator[Bar]:
    append, floor = size.found[APPENDED].per_record, size.found[HASHED].per_record
    rate = size.found[PYMERKLE].per_record / append
    yield Bar(f"batch append at least {_APPEND}x pymerkle's rate", f"{rate:.2f}x", rate >= _APPEND)
    above = size.found[VERIFIED].per_record / floor
    yield Bar(
        f"full verify at most {_VERIFY}x the bare hashing of the same leaves",
        f"{above:.2f}x",
        above <= _VERIFY,
    )
    bundle = size.found[BUNDLED].median
    yield Bar(
        f"a bundle verified in less than {_BUNDLE * 1e3:.0f} ms (median)",
        f"{bundle * 1e3:.2f} ms",
        bundle < _BUNDLE,
    )
    slowest = max(size.found[SLOWEST].seconds)
    yield Bar(
        "50 appends a second from 8 writers: each sealed and visible in less than 1 s",
        f"slowest {slowest * 1e3:,.0f} ms",
        slowest < 1,
    )


def _memory(title: str, measured: Measured) -> Bar:
    found = f"{measured.peak / 1024**2:,.0f} MiB"
    return Bar(f"{title} in less than 4 GiB", found, measured.peak < MOST_MEMORY)
