"""Run work in child processes, round by round, and keep what each took.

Invariant: this process stays small. A child's peak memory begins at its parent's, so nothing
heavy is ever imported or held here.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import COMPARE
from benchmarks.place import Place
from benchmarks.tasks import Task

_WATCH_EVERY = 0.25


class ChildError(Exception):
    """A child ended without a result; the message is the end of what it said."""


class TooLargeError(Exception):
    """A child was ended because it held more memory than it may."""


@dataclass(slots=True)
class Measured:
    """One task at one size: a value for each round, or why there is none."""

    task: Task
    seconds: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    records: int = 0
    subjects: int = 0
    problem: str | None = None
    parts: list[dict[str, float]] = field(default_factory=list)
    processor: list[dict[str, float]] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    @property
    def per_record(self) -> float:
        """Microseconds."""
        return self.median / self.records * 1e6

    @property
    def per_subject(self) -> float:
        """Microseconds."""
        return self.median / self.subjects * 1e6

    @property
    def peak(self) -> int:
        """Bytes, of the round that took most."""
        return max(self.peaks)


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size, by the ids of the tasks."""

    records: int
    rounds: int
    found: dict[str, Measured]


def measure(
    place: Place,
    rounds: int,
    tasks: Sequence[Task],
    say: Callable[[str], None],
    prepare: str | None = None,
) -> Size:
    """Prepare, then run every task once a round; peers must agree with us in the first.

    Tasks take turns so that other work on the machine falls on all of them alike.
    """
    if prepare is not None:
        say(f"preparing: {prepare}")
        run(prepare, place)
    found = {task.id: Measured(task) for task in tasks}
    for n in range(1, rounds + 1):
        for measured in found.values():
            if measured.problem is None:
                _once(measured, place, first=n == 1)
                say(f"round {n} of {rounds}: {_said(measured)}")
    return Size(place.records, rounds, found)


def _once(measured: Measured, place: Place, *, first: bool) -> None:
    task = measured.task
    try:
        result = run(task.id, place, task.most_memory)
    except TooLargeError as error:
        measured.problem = str(error)
        return
    measured.seconds.append(float(str(result["seconds"])))
    measured.peaks.append(int(str(result["peak"])))
    measured.records = int(str(result["records"]))
    measured.subjects = int(str(result["subjects"]))
    for kept, given in ((measured.parts, "parts"), (measured.processor, "processor")):
        found = result.get(given)
        if isinstance(found, dict) and found:
            kept.append({str(part): float(seconds) for part, seconds in found.items()})
    if first and task.writes:
        run(f"{COMPARE} {task.writes}", place)


def _said(measured: Measured) -> str:
    if measured.problem:
        return f"{measured.task.id}: {measured.problem}"
    return f"{measured.task.id}: {measured.seconds[-1]:.2f} s, {measured.peaks[-1] / 1e6:,.0f} MB"


def run(work: str, place: Place, most_memory: int | None = None) -> dict[str, object]:
    """What a child says of its work. Raises ChildError or TooLargeError."""
    place.folder.mkdir(parents=True, exist_ok=True)
    log = place.folder / "child.log"
    command = [sys.executable, "-m", "benchmarks.child", work, str(place.folder)]
    with log.open("w") as said:
        child = subprocess.Popen([*command, str(place.records)], stdout=said, stderr=said)
        try:
            _wait(child, most_memory)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    lines = log.read_text("utf-8", "replace").splitlines()
    if child.returncode != 0:
        raise ChildError(f"{work} failed ({child.returncode}):\n" + "\n".join(lines[-20:]))
    found: dict[str, object] = json.loads(lines[-1])
    return found


def _wait(child: subprocess.Popen[bytes], most_memory: int | None) -> None:
    """Wait for the child's end; end it if it holds more than it may."""
    while True:
        try:
            child.wait(_WATCH_EVERY)
        except subprocess.TimeoutExpired:
            if most_memory and (held := _resident(child.pid)) > most_memory:
                raise TooLargeError(
                    f"stopped at {held / 1e9:.1f} GB; it may use {most_memory / 1e9:.0f} GB"
                ) from None
        else:
            return


def _resident(process: int) -> int:
    """Bytes of memory a process holds now, on Linux; elsewhere 0, and nothing is ended."""
    status = Path(f"/proc/{process}/status")
    lines: Sequence[str] = status.read_text().splitlines() if status.is_file() else ()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)
