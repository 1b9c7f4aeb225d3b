"""What a night's run takes: whole, and only what 10,000 new entries touched.

Each function is one measurement in a process of its own; they are called in this order.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from benchmarks.ingesting.ours import NOTED
from benchmarks.place import (
    AS_OF,
    ITEMS,
    PACK,
    REASONS,
    SCHEME,
    STANDINGS,
    Place,
    Timed,
    Watch,
    settle,
)
from benchmarks.segments import make_later, make_segments, rows
from goodstanding.catalogue import load_pack
from goodstanding.evaluation import Scheme
from goodstanding.evaluation.engines.duckdb import run as evaluate
from goodstanding.evaluation.engines.incremental import (
    Changes,
    evaluate_since,
    forget,
)
from goodstanding.evaluation.engines.incremental import merge as merge_changes
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.manifest import MANIFEST, write_manifest
from goodstanding.register import Checkpoint, Head, Segment

#: Of the new entries, corrections (some of them to another business) and withdrawals.
NEW, CORRECTIONS, MOVED, WITHDRAWALS = 10_000, 500, 50, 100


def prepare(place: Place) -> None:
    """Write the register, the batch that comes later, and yesterday's results."""
    make_segments(place)
    make_later(place, NEW, CORRECTIONS, MOVED, WITHDRAWALS)
    base = place.folder / "base"
    if not (base / MANIFEST).is_file():
        _whole(place, base, later=False)


def whole(place: Place) -> Timed:
    """A whole run after the batch."""
    return _whole(place, place.folder / "whole", later=True)


def make_cache(place: Place) -> Timed:
    """The first incremental run of all: nothing is new, and the evaluation cache is made."""
    forget(place.folder / "cache")
    return _since(place, place.folder / "first", later=False)


def changes(place: Place) -> Timed:
    """The incremental run after the batch, the cache being of the day before."""
    return _since(place, place.folder / "changes", later=True)


def merge(place: Place) -> Timed:
    """Whole results from changes; they must be the bytes of the whole run."""
    out, expected = place.folder / "merged", place.folder / "whole"
    settle()
    watch = Watch()
    with watch.running():
        result = merge_changes(place.folder / "changes", out)
    for name in (STANDINGS, REASONS, MANIFEST):
        if (out / name).read_bytes() != (expected / name).read_bytes():
            raise AssertionError(f"merged {name} differs from that of a whole run")
    return Timed(watch.seconds, NEW, result.standings)


def _whole(place: Place, out: Path, *, later: bool) -> Timed:
    scheme, segments = _scheme(), _segments(place, later=later)
    shutil.rmtree(out, ignore_errors=True)
    settle()
    watch = Watch()
    with watch.running():
        relations = {item: [s.file for s in segments if s.item == item] for item in ITEMS}
        result = evaluate(scheme, relations, as_of=AS_OF, known_at=None, out=out)
        write_manifest(out, scheme, _checkpoint(segments), AS_OF, None, history=False, draft=False)
    return Timed(watch.seconds, rows([s.file for s in segments]), result.standings)


def _since(place: Place, out: Path, *, later: bool) -> Timed:
    scheme, segments = _scheme(), _segments(place, later=later)
    shutil.rmtree(out, ignore_errors=True)
    settle()
    watch = Watch()
    with watch.running():
        found = evaluate_since(
            scheme, place.folder / "base", _checkpoint(segments), segments, as_of=AS_OF,
            known_at=None, out=out, cache=place.folder / "cache", noted=NOTED,
        )  # fmt: skip
    if not isinstance(found, Changes):
        raise AssertionError(f"a whole run would be needed: {found.why}")
    if later and (found.made_cache or found.looked_at == 0):
        raise AssertionError("the cache of the day before was not used")
    return Timed(watch.seconds, NEW if later else rows([s.file for s in segments]), found.looked_at)


def _scheme() -> Scheme:
    return load_scheme(load_pack(PACK), SCHEME)


def _segments(place: Place, *, later: bool) -> list[Segment]:
    found = []
    for item in ITEMS:
        for file in [*place.segments(item), *(place.later(item) if later else ())]:
            first, count = (int(part) for part in file.stem.split("-"))
            found.append(Segment(first, count, item, file))
    return sorted(found)


def _checkpoint(segments: list[Segment]) -> Checkpoint:
    """As if signed; the root only has to differ where the size does."""
    size = segments[-1].end
    return Checkpoint("tarn.example/register", Head(size, sha256(str(size).encode()).digest()), "")
