"""The bars: what was promised, what was found, and whether it was met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from benchmarks.measure import Measured, Size
from benchmarks.tasks import (
    APPENDED,
    BUNDLED,
    CHANGED,
    EVALUATED,
    EXPLAINED,
    FISCA_GIVEN,
    FISCA_RECORDS,
    FLOOR,
    HANDWRITTEN,
    HASHED,
    HELPED,
    INGESTED,
    OURS,
    PANDAS,
    POLARS,
    PYMERKLE,
    ROOMY,
    SLOWEST,
    VERIFIED,
    WHOLE,
    ZEN_DOCUMENTED,
    ZEN_QUICKEST,
    ZEN_RECORDS,
)

MOST_MEMORY = 4 * 1024**3
_SLOWEST, _POLARS, _PANDAS, _ZEN, _FISCA = 1.5, 2, 8, 100, 10
_APPEND, _VERIFY, _BUNDLE = 3, 5, 0.002
_HELP, _INGEST, _PYMERKLE, _BARE = 0.35, 1.5, 1.1, 3
_INCREMENTAL, _EXPLAIN, _SLOPE = 20, 0.05, 1.05


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise at one size."""

    promise: str
    found: str
    met: bool


def bars(size: Size) -> Iterator[Bar]:
    """Every bar of what was measured at this size."""
    if HELPED in size.found:
        yield from _starting(size)
    if OURS in size.found:
        yield from _register(size)
    if EVALUATED in size.found and HANDWRITTEN in size.found:
        yield from _peers(size)
    if CHANGED in size.found:
        yield from _incremental(size)
    if EXPLAINED in size.found:
        middle = size.found[EXPLAINED].median
        yield Bar(
            f"the work of `explain` for one subject in less than {_EXPLAIN * 1e3:.0f} ms (median)",
            f"{middle * 1e3:.1f} ms",
            middle < _EXPLAIN,
        )


def _starting(size: Size) -> Iterator[Bar]:
    shown, ingested = size.found[HELPED].median, size.found[INGESTED].median
    yield Bar(
        f"`goodstanding --help` in less than {_HELP:.2f} s (median)",
        f"{shown:.2f} s",
        shown < _HELP,
    )
    yield Bar(
        f"`ingest` of {size.records} rows in less than {_INGEST:.1f} s of processor time (median)",
        f"{ingested:.2f} s",
        ingested < _INGEST,
    )


def _peers(size: Size) -> Iterator[Bar]:
    evaluate = size.found[EVALUATED]
    slower = evaluate.median / size.found[HANDWRITTEN].median
    yield Bar(
        f"evaluation at most {_SLOWEST}x the time of the hand-written query",
        f"{slower:.2f}x",
        slower <= _SLOWEST,
    )
    for task, least, how in (
        (POLARS, _POLARS, "Polars"),
        (PANDAS, _PANDAS, "pandas"),
        (ZEN_DOCUMENTED, _ZEN, "zen-engine, called as documented, indicators given"),
        (ZEN_QUICKEST, _ZEN, "zen-engine, its quickest call, indicators given"),
        (ZEN_RECORDS, _ZEN, "zen-engine, its quickest call, from the same records"),
        (FISCA_RECORDS, _FISCA, "OpenFisca-core, from the same records"),
        (FISCA_GIVEN, _FISCA, "OpenFisca-core, indicators given"),
    ):
        peer = size.found[task]
        promise = f"evaluation at least {least}x as fast a subject as {how}"
        if peer.problem:
            yield Bar(promise, peer.problem, met=True)
            continue
        times = peer.per_subject / evaluate.per_subject
        yield Bar(promise, f"{times:.1f}x", times >= least)
    yield _memory("evaluation", evaluate)


def _incremental(size: Size) -> Iterator[Bar]:
    times = size.found[WHOLE].median / size.found[CHANGED].median
    yield Bar(
        f"incremental run after 10,000 new entries at least {_INCREMENTAL}x as fast as a whole run",
        f"{times:.1f}x",
        times >= _INCREMENTAL,
    )


def _register(size: Size) -> Iterator[Bar]:
    ingest = size.found[OURS]
    pymerkle = size.found[PYMERKLE].per_record / ingest.per_record
    yield Bar(
        f"full ingest at least {_PYMERKLE}x pymerkle's append in memory, a record",
        f"{pymerkle:.2f}x its speed",
        pymerkle >= _PYMERKLE,
    )
    bare = size.found[FLOOR].per_record + size.found[HASHED].per_record
    times = ingest.per_record / bare
    yield Bar(
        f"full ingest at most {_BARE}x DuckDB's COPY and the bare hashing of the same rows",
        f"{times:.2f}x",
        times <= _BARE,
    )
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
    yield _memory("ingest", ingest)


def _memory(title: str, measured: Measured) -> Bar:
    found = f"{measured.peak / 1024**2:,.0f} MiB"
    return Bar(f"{title} in less than 4 GiB", found, measured.peak < MOST_MEMORY)


def slope(sizes: Sequence[Size]) -> float:
    """Of log time on log records, by least squares; at least two sizes."""
    points = [(log(found.records), log(found.median)) for found in (s.found[ROOMY] for s in sizes)]
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    rise = sum((a - x) * (b - y) for a, b in points)
    return float(rise / sum((a - x) ** 2 for a, _ in points))


def growth(sizes: Sequence[Size]) -> Bar:
    """The bar over all sizes of the stage ``scaling``."""
    found = slope(sizes)
    return Bar(
        f"time of evaluation grows with records on a log-log slope of at most {_SLOPE}",
        f"{found:.3f}",
        found <= _SLOPE,
    )
