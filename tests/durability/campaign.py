"""Kills, one after the other, on a register that goes on living; seeds make them repeatable.

    python -m tests.durability.campaign points 0/3
    python -m tests.durability.campaign random 41 35

The first kills at the write points (a third of all plans), the second 35 times at random
moments. A run that finds a problem prints it with the command that repeats it, and leaves the
register where it prints.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.durability.book import Book, say
from tests.durability.check import Check
from tests.durability.work import CLOCK, DELIVERY, NOTED, Worker, never
from tests.durability.zygote import Child, attend, fork, hear

from goodstanding.register import Log, Node, WritePoint

#: Kills that one register lives through before a new one is begun.
LIFE = 12
#: Acts of a child at most; one that was not killed by then has survived.
MOST_ACTS = 40
#: Seconds in which a random kill comes, about ten acts.
WINDOW = 0.3

_BATCH = [
    WritePoint.BEGUN,
    WritePoint.SEGMENT_COMPLETE,
    WritePoint.SEGMENTS_NAMED,
    WritePoint.TILES_WRITTEN,
    WritePoint.TILES_SYNCED,
    WritePoint.HEAD_MOVING,
    WritePoint.HEAD_MOVED,
    WritePoint.CHECKPOINT_WRITTEN,
]
_ERASURE = [
    WritePoint.ERASURE_SEALED,
    WritePoint.LEDGER_WRITTEN,
    WritePoint.SEGMENT_REWRITTEN,
]


@dataclass(frozen=True, slots=True)
class Plan:
    """Die when ``point`` is reached for the ``nth`` time in acts of ``kind``.

    ``again``: the recovery dies too, at the first point of these that it reaches.
    """

    kind: str
    point: WritePoint
    nth: int = 1
    again: WritePoint | None = None


def plans() -> Iterator[Plan]:
    """Every write point in every kind of act that reaches it, early and late, and in recovery."""
    for kind, points in {
        "submit": [WritePoint.PENDING, *_BATCH],
        "append": _BATCH,
        DELIVERY: _BATCH,
        "erase": _BATCH + _ERASURE,
    }.items():
        for point in points:
            yield Plan(kind, point)
            yield Plan(kind, point, 2 if kind in (DELIVERY, "erase") else 3)
    # The second and third segment of one batch.
    yield Plan(DELIVERY, WritePoint.SEGMENT_COMPLETE, 2)
    yield Plan(DELIVERY, WritePoint.SEGMENT_COMPLETE, 3)
    for point in _BATCH:
        yield Plan("submit", WritePoint.PENDING, again=point)
    for kind, point in (("submit", WritePoint.HEAD_MOVED), ("append", WritePoint.TILES_SYNCED)):
        yield Plan(kind, point, again=WritePoint.SWEPT)
    for point in (WritePoint.ERASURE_SEALED, WritePoint.HEAD_MOVED):
        yield Plan("erase", point, again=WritePoint.SEGMENT_REWRITTEN)
        yield Plan("erase", point, again=WritePoint.LEDGER_WRITTEN)


class Campaign:
    """A series of kills."""

    def __init__(self, seed: int, room: Path) -> None:
        self._rng = Random(seed)
        self._room = room
        self._lives = 0
        self._book = Book()
        self._folder = room
        self.kills: Counter[str] = Counter()
        self.problems: list[str] = []

    def at_points(self, chosen: list[Plan]) -> None:
        for number, plan in enumerate(chosen):
            self._begin_life(number)
            child = fork(self._work(f"p{number}", plan, kind=plan.kind))
            attend([child])
            self._count(child, str(plan))
            hear(self._book, [child])
            if plan.again is not None:
                self._recover_and_die(plan.again)
            self._check(str(plan), last=(number + 1) % LIFE == 0)

    def at_random(self, kills: int) -> None:
        number = 0
        while not self.problems and sum(self.kills.values()) < kills:
            self._begin_life(number)
            writers = self._rng.choice([1, 1, 3])
            # Erasures write in place of what stands: they get kills of their own.
            kind = self._rng.choice([None, None, None, "erase"])
            children = [
                fork(self._work(f"r{number}{'abc'[n]}", None, kind=kind, survives=n > 0))
                for n in range(writers)
            ]
            after = self._rng.uniform(0, WINDOW)
            attend(children, children[0], after)
            what = f"kill {number}: {after:.4f} s, {writers} writers"
            self._count(children[0], "at random moments")
            for child in children[1:]:
                if child.code != 0:
                    self.problems.append(f"{what}: a writer beside it ended with {child.code}")
            hear(self._book, children)
            if self._rng.random() < 0.3:
                self._recover_and_die(None)
            number += 1
            self._check(what, last=number % LIFE == 0)

    def _begin_life(self, number: int) -> None:
        if number % LIFE:
            return
        self._folder, self._book = self._room / f"node-{number}", Book()
        made = fork(partial(_create, self._folder))
        attend([made])
        assert made.code == 0, "the node could not be made"

    def _work(
        self, name: str, plan: Plan | None, *, kind: str | None, survives: bool = False
    ) -> Callable[[int], None]:
        """What a child does: acts until it is killed, or a few if it is to survive."""
        rng = Random(self._rng.random())
        records = [
            leaf
            for leaf, token in self._book.leaves.items()
            if f".{DELIVERY}#" in token and not token.endswith("#0")
            if leaf not in self._book.gone
        ]
        most = rng.randrange(3, 9) if survives else MOST_ACTS
        return partial(_work, self._folder, name, rng, plan, kind, records, most)

    def _recover_and_die(self, point: WritePoint | None) -> None:
        """A recovery that is killed too: at a point, or within the time that it takes."""
        child = fork(partial(_recover, self._folder, point))
        if point is None:
            attend([child], child, self._rng.uniform(0, 0.05))
            self._count(child, "while recovering")
        else:
            attend([child])
            self._count(child, f"while recovering, {point}")

    def _count(self, child: Child, what: str) -> None:
        if child.code == -signal.SIGKILL:
            self.kills[what] += 1
        elif child.code != 0 or ("random" not in what and what != "while recovering"):
            self.problems.append(f"{what}: the child ended with {child.code} and was not killed")

    def _check(self, what: str, *, last: bool) -> None:
        child = fork(partial(_check, self._folder, self._book, last))
        attend([child])
        found = child.heard[-1] if child.heard else {"problems": ["the check died"], "firsts": {}}
        match found:
            case {
                "problems": [],
                "firsts": dict(firsts),
                "gone": list(gone),
                "size": int(size),
                "root": str(root),
            }:
                self._book.learn(firsts, gone, size, root)
            case {"problems": list(problems)}:
                self.problems += [f"{what}: {problem}" for problem in problems]


def _create(folder: Path, _pipe: int) -> None:
    Node.create(folder, "register.example/lumen", "harbour", "cd" * 32, CLOCK, noted=NOTED)
    ledger = folder.with_name(f"{folder.name}.ledger")
    with (folder / "node.toml").open("a") as settings:
        settings.write(f'erasure_ledger = "{ledger}"\n')


def _work(
    folder: Path,
    name: str,
    rng: Random,
    plan: Plan | None,
    kind: str | None,
    records: list[int],
    most: int,
    pipe: int,
) -> None:
    armed, reached = False, 0

    def trap(point: WritePoint) -> None:
        nonlocal reached
        reached += armed and plan is not None and point is plan.point
        if plan is not None and reached == plan.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    worker = Worker(folder, name, rng, pipe, records, trap if plan else never)
    say(pipe, ready=name)
    if plan is not None:
        worker.act(DELIVERY if plan.kind == "erase" else None)
    for _ in range(most):
        armed = plan is not None
        worker.act(kind)


def _recover(folder: Path, point: WritePoint | None, pipe: int) -> None:
    def trap(reached: WritePoint) -> None:
        if reached is point:
            os.kill(os.getpid(), signal.SIGKILL)

    say(pipe, ready="recovery")
    Log.open(folder, at=trap)


def _check(folder: Path, book: Book, last: bool, pipe: int) -> None:
    check = Check(folder, book)
    check.as_left()
    check.recovered(never)
    head = check.goes_on()
    if last:
        check.index()
    # Longer than a pipe holds; the other side reads while we write.
    say(
        pipe,
        problems=check.problems[:20],
        firsts=check.firsts,
        gone=sorted(check.gone),
        size=head.size,
        root=head.root.hex(),
    )


def main(arguments: list[str]) -> int:
    """Run one campaign; 0 if nothing was wrong."""
    room = Path(tempfile.mkdtemp(prefix="goodstanding-kills-"))
    match arguments:
        case ["points", part]:
            mine, of = (int(number) for number in part.split("/"))
            campaign = Campaign(mine, room)
            campaign.at_points(list(plans())[mine::of])
        case ["random", seed, kills]:
            campaign = Campaign(int(seed), room)
            campaign.at_random(int(kills))
        case _:
            raise SystemExit(__doc__)
    lines = [f"{sum(campaign.kills.values())} kills", *campaign.problems]
    if campaign.problems:
        lines.append(f"again: python -m tests.durability.campaign {' '.join(arguments)}")
        lines.append(f"the register lies in {room}")
    else:
        shutil.rmtree(room)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if campaign.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
