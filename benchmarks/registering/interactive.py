"""Single events: one writer alone, and eight writers that together append fifty a second."""

from __future__ import annotations

import json
import multiprocessing
import statistics
import time
from pathlib import Path
from threading import Event

from benchmarks.place import Place, Timed, settle
from benchmarks.registering.append import NOTED
from goodstanding.kernel import SystemClock
from goodstanding.register import Log, NewEvent

WRITERS, PER_SECOND, SECONDS = 8, 50, 20
_SINGLE = 300
_EVENT = NewEvent("hearing", {"case": "B-17", "berth": "N1"})


def single(place: Place) -> Timed:
    """One event, from the call until it is sealed under a signed checkpoint."""
    log = Log.create(place.put_aside("single"), "tarn.example/register")
    settle()
    seconds = []
    for _ in range(_SINGLE):
        start = time.perf_counter()
        log.append([_EVENT], clock=SystemClock(), noted=NOTED)
        seconds.append(time.perf_counter() - start)
    return Timed(statistics.median(seconds), 1)


def middle(place: Place) -> Timed:
    """The median over all events of all writers."""
    folder = place.put_aside("many")
    Log.create(folder, "tarn.example/register")
    settle()
    context = multiprocessing.get_context("spawn")
    # Eight processes take some seconds to start.
    begin = time.time() + 15
    with context.Pool(WRITERS) as pool:
        waits = pool.starmap(_write, [(folder, n, begin) for n in range(WRITERS)])
    found = sorted(wait for each in waits for wait in each)
    if Log.open(folder).head.size != len(found):
        raise AssertionError("events were lost")
    (place.folder / "interactive.json").write_text(json.dumps(found))
    return Timed(statistics.median(found), 1)


def slowest(place: Place) -> Timed:
    """The slowest event of the run that ``middle`` made just before."""
    found: list[float] = json.loads((place.folder / "interactive.json").read_text())
    return Timed(found[-1], 1)


def _write(folder: Path, number: int, begin: float) -> list[float]:
    """Every writer keeps its own beat, whatever the last event took; seconds until visible."""
    log, waits, beat = Log.open(folder), list[float](), Event()
    for n in range(PER_SECOND * SECONDS // WRITERS):
        due = begin + (n * WRITERS + number) / PER_SECOND
        beat.wait(max(0.0, due - time.time()))
        start = time.perf_counter()
        leaf = log.submit(_EVENT, clock=SystemClock(), noted=NOTED)
        if leaf is None or log.checkpoint().head.size <= leaf:
            raise AssertionError("submitted, but not published")
        waits.append(time.perf_counter() - start)
    return waits
