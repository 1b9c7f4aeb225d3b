"""Eight processes write at once, a ninth follows the published checkpoint throughout.

python -m tests.concurrency.eight_writers            what the test looks at, as JSON
python -m tests.concurrency.eight_writers rate 50 5  latency at 50 submits a second for 5 s
"""

from __future__ import annotations

import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from tests.durability.book import Message, say
from tests.durability.work import CLOCK, NOTED
from tests.durability.zygote import attend, fork

from goodstanding.kernel import GoodStandingError
from goodstanding.register import (
    Follower,
    Log,
    NewEvent,
    Node,
    StreamVersion,
    VerifyingKey,
    verify,
    verify_inclusion,
)
from goodstanding.register.segments import EVENTS, list_segments

WRITERS = 8
SUBMITS, CONTESTS, APPENDS, EVENTS_EACH = 20, 10, 2, 20
CONTESTED = "case/contested"
#: How often a writer acts on the contested stream as it was when it acted last.
STALE = 0.4
#: Seconds that a writer waits for the turn.
_PATIENCE = 60


class Writer:
    """One of the eight."""

    def __init__(self, folder: Path, number: int, pipe: int) -> None:
        self._log = Log.open(folder, patience=_PATIENCE)
        self._number = number
        self._pipe = pipe
        self._rng = Random(number)
        #: The contested stream as this writer last saw it.
        self._seen = 0

    def write(self) -> None:
        """Submits to its own stream, to the contested one, and batches, in a random order."""
        acts = ["own"] * SUBMITS + ["contest"] * CONTESTS + ["append"] * APPENDS
        self._rng.shuffle(acts)
        for n, act in enumerate(acts):
            token = f"{self._number}.{n}"
            if act == "append":
                self._append(token)
            else:
                self._submit(token, CONTESTED if act == "contest" else f"case/{self._number}")

    def _submit(self, token: str, stream: str) -> None:
        seen = self._log.stream_version(stream)
        if stream == CONTESTED and self._rng.random() < STALE:
            # It acts on what it saw the last time, as officers with an open page do.
            seen, self._seen = self._seen, seen
        event = NewEvent("hearing", {"token": token}, StreamVersion(stream, seen))
        begun = time.monotonic()
        try:
            leaf = self._log.submit(event, clock=CLOCK, noted=NOTED)
        except GoodStandingError as error:
            say(self._pipe, refused=error.code.id, stream=stream, seen=seen)
            return
        say(
            self._pipe,
            leaf=leaf,
            token=token,
            stream=stream,
            version=seen + 1,
            seconds=time.monotonic() - begun,
            visible=leaf is not None and leaf < self._log.checkpoint().head.size,
        )

    def _append(self, token: str) -> None:
        events = [NewEvent("note", {"token": f"{token}.{n}"}) for n in range(EVENTS_EACH)]
        begun = time.monotonic()
        appended = self._log.append(events, clock=CLOCK, noted=NOTED)
        first, seconds = appended.segments[0].first, time.monotonic() - begun
        for n in range(EVENTS_EACH):
            say(self._pipe, leaf=first + n, token=f"{token}.{n}", batch=seconds)


def write(folder: Path, number: int, pipe: int) -> None:
    Writer(folder, number, pipe).write()


def follow(folder: Path, stop: int, stopping: int, pipe: int) -> None:
    """Accept one checkpoint after the other, and prove random entries, until told to stop.

    ``stop`` and ``stopping`` are the ends of a pipe; its being closed is the word.
    """
    os.close(stopping)
    log, rng = Log(folder), Random(9)
    key: VerifyingKey = log.key
    follower = Follower(key, folder.parent / "follower")
    sizes, proved = [0], 0
    while not select.select([stop], [], [], 0)[0]:
        size = follower.follow(folder / "register").head.size
        proof = log.inclusion_proof(rng.randrange(size))
        head = proof.checkpoint.head
        verify_inclusion(proof.commitment, proof.leaf, head.size, proof.path, head.root)
        proved += 1
        if size != sizes[-1]:
            sizes.append(size)
    say(pipe, checkpoints=len(sizes) - 1, proved=proved, rising=sizes == sorted(set(sizes)))


def look(folder: Path, pipe: int) -> None:
    """What the register holds in the end: (leaf, token, stream, version, known_at) of all."""
    for segment in list_segments(folder / "register" / "segments"):
        assert segment.item == EVENTS
        with pq.ParquetFile(segment.file) as opened:
            for row in opened.read(use_threads=False).to_pylist():
                payload = json.loads(row["payload"])
                names = ("token", "stream", "version", "known_at")
                say(pipe, leaf=row["leaf"], **{name: payload.get(name) for name in names})


def check(folder: Path, pipe: int) -> None:
    report = verify(folder)
    log = Log.open(folder)
    say(
        pipe,
        verified=report.verified,
        findings=[str(found) for found in report.findings[:10]],
        unfinished=len(report.unfinished),
        head=log.head.size,
        checkpoint=log.checkpoint().head.size,
    )


def create(folder: Path, _pipe: int) -> None:
    Node.create(folder, "register.example/lumen", "harbour", "cd" * 32, CLOCK, noted=NOTED)


def at_rate(folder: Path, number: int, rate: float, seconds: float, pipe: int) -> None:
    """Submit at fixed instants, whether the last one was slow or not."""
    log, begun = Log.open(folder, patience=_PATIENCE), time.monotonic()
    for n in range(round(rate * seconds)):
        due = begun + (n + number / WRITERS) / rate
        select.select([], [], [], max(0.0, due - time.monotonic()))
        log.submit(NewEvent("hearing", {"token": f"{number}.{n}"}), clock=CLOCK, noted=NOTED)
        say(pipe, seconds=time.monotonic() - due)


def run(folder: Path) -> dict[str, object]:
    """The whole scene; what everyone said."""
    attend([fork(partial(create, folder))])
    stop, stopping = os.pipe()
    follower = fork(partial(follow, folder, stop, stopping))
    writers = [fork(partial(write, folder, number)) for number in range(WRITERS)]
    attend(writers)
    os.close(stopping)
    attend([follower])
    looker, checker = fork(partial(look, folder)), fork(partial(check, folder))
    attend([looker, checker])
    return {
        "ended": [child.code for child in (*writers, follower, looker, checker)],
        "told": [message for writer in writers for message in writer.heard],
        "follower": follower.heard,
        "held": looker.heard,
        "check": checker.heard,
    }


def rate(folder: Path, per_second: float, seconds: float) -> str:
    """Latencies in words: from the instant a submit was due to its leaf being published."""
    attend([fork(partial(create, folder))])
    each = per_second / WRITERS
    writers = [fork(partial(at_rate, folder, n, each, seconds)) for n in range(WRITERS)]
    attend(writers)
    heard: list[Message] = [message for writer in writers for message in writer.heard]
    times = sorted(float(str(message["seconds"])) for message in heard)
    cuts = statistics.quantiles(times, n=100)
    ended = Counter(writer.code for writer in writers)
    return (
        f"{len(times)} submits at {per_second:g}/s from {WRITERS} writers ({dict(ended)}): "
        f"median {cuts[49] * 1000:.0f} ms, 90 % {cuts[89] * 1000:.0f} ms, "
        f"99 % {cuts[98] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
    )


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "node"
        if arguments:
            said = rate(folder, float(arguments[1]), float(arguments[2]))
        else:
            said = json.dumps(run(folder))
    sys.stdout.write(said + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
