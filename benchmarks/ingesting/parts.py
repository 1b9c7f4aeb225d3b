"""Where the time of our ingestion goes: the same run as ``ours``, watched from beside it.

Some hundred times a second a second thread looks where the first one stands, and gives the
time since its last look, and the processor time of the whole process, to the part of the work
that the innermost function of ours belongs to.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType

from benchmarks.ingesting import ours
from benchmarks.ingesting.parted import CHECK, COMPARE, HASH, INDEX, PARTS, READ, REST, WRITE
from benchmarks.place import Place, Timed

#: What a module's own time is spent on; modules that serve several parts are not named.
_PARTS = {
    "ingest.reading.received": READ,
    "ingest.reading.containers": READ,
    "ingest.reading.encodings": READ,
    "ingest.reading.scan": READ,
    "ingest.reading.csv_file": READ,
    "ingest.reading.json_file": READ,
    "ingest.reading.parquet_file": READ,
    "ingest.reading.workbook": READ,
    "ingest.stage": CHECK,
    "ingest.judge": CHECK,
    "ingest.checks": CHECK,
    "ingest.persons": CHECK,
    "ingest.terms": CHECK,
    "ingest.account": CHECK,
    "ingest.quarantine": CHECK,
    "ingest.dating": COMPARE,
    "ingest.standing": COMPARE,
    "ingest.changes": COMPARE,
    "ingest.seal": WRITE,
    "register.segments.write": WRITE,
    "register.segments.read": HASH,
    "register.batch": HASH,
    "register.tree": HASH,
    "register.tiles": WRITE,
    "register.durable": WRITE,
    "register.state": WRITE,
    "register.published": WRITE,
    "register.index": INDEX,
}
_EVERY = 0.004


@dataclass(slots=True)
class Parts:
    """Seconds, and seconds of all processors, by part."""

    wall: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    processor: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))


def run(place: Place) -> Timed:
    """Ingest as ``ours`` does; the time, and what each part had of it."""
    with watched() as parts:
        timed = ours.run(place)
    return replace(timed, parts=parts.wall, processor=parts.processor)


@contextmanager
def watched() -> Iterator[Parts]:
    """Watch this thread while the block runs; what the parts had is complete after it."""
    parts, ended, watched_thread = Parts(), threading.Event(), threading.get_ident()

    def watch() -> None:
        wall, processor = time.perf_counter(), time.process_time()
        while not ended.wait(_EVERY):
            part = _part(sys._current_frames().get(watched_thread))
            now, used = time.perf_counter(), time.process_time()
            if part is not None:
                parts.wall[part] += now - wall
                parts.processor[part] += used - processor
            wall, processor = now, used

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield parts
    finally:
        ended.set()
        watcher.join()


def _part(frame: FrameType | None) -> str | None:
    """The part that the innermost of our functions belongs to; None outside of `ingest`."""
    modules = list(_modules(frame))
    if "ingest.pipeline" not in modules:
        return None
    # The index reads segments with the words that hashing has for it.
    if "register.index" in modules:
        return INDEX
    return next((_PARTS[module] for module in modules if module in _PARTS), REST)


def _modules(frame: FrameType | None) -> Iterator[str]:
    """The modules of ours on the stack, the innermost first."""
    while frame is not None:
        module = str(_globals(frame).get("__name__", ""))
        if module.startswith("goodstanding."):
            yield module.removeprefix("goodstanding.")
        frame = frame.f_back


def _globals(frame: FrameType) -> Mapping[str, object]:
    return frame.f_globals
