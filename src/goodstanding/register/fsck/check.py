"""The register read again from its files alone, by nothing that wrote them but the formats.

Invariant: the report says of how many things each step checked how many; what could not be
read counts as not checked, never as right. Files are read once, in leaf order, in bounded
memory; nothing of the code that writes them is used.

1. The published checkpoint, and the newest if it is not published yet, are signed by the key;
   where the node has a witness policy, enough witnesses have cosigned the published one.
2. Segments cover every entry below the newest checkpoint's size once, without a gap.
3. Every segment's file has the digest that lies beside it.
4. Every row's columns and salt give the commitment that the entry bundle and the tile bear.
5. Every row that is gone is covered by an erasure, and no row that is covered is still there.
6. Entries follow each other: time never falls but where an officer set the clock right, streams
   count from 1 without a gap, what supersedes comes after what it supersedes and does so once.
7. Every entry bundle is what the commitments make, byte for byte.
8. So is every tile.
9. The root is the one in each checkpoint: the published is the beginning of the newest.
10. The register begins with every checkpoint that was seen earlier.
11. Nothing else is there: no complete entry beyond the checkpoint, no file of another kind.
12. The versions of the pack beside the register are those that its entries name, file by file.

Neither state nor index is looked at: they are not what others can check. Nor are deliveries,
quarantine and results, which prove nothing and are made of what is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from goodstanding.kernel import Clock, SystemClock
from goodstanding.register.fsck.clocks import CLOCK_SET, clock_set, clocks_problem
from goodstanding.register.fsck.coverage import Now, Plan, check_rest, check_sidecars, plan_reading
from goodstanding.register.fsck.files import CLOCKS, SegmentFile, take_inventory
from goodstanding.register.fsck.former import ROTATED, former_keys
from goodstanding.register.fsck.notes import Notes
from goodstanding.register.fsck.order import Erased, Order
from goodstanding.register.fsck.packs import NAMING, check_packs
from goodstanding.register.fsck.report import Progress, TileSteps, VerifyReport
from goodstanding.register.fsck.rows import Members, Rows, UnreadableError, read_rows
from goodstanding.register.fsck.tiles import TileCheck
from goodstanding.register.fsck.tree import WIDTH
from goodstanding.register.keys import VerifyingKey, load_verifying_key
from goodstanding.register.layout import Layout

SYSTEM_CLOCK = SystemClock()
#: Leaves handed on at a time where no row stands.
_BLANKS = WIDTH * WIDTH


def verify(
    folder: Path,
    key: VerifyingKey | None = None,
    progress: Progress = lambda _done, _total: None,
    seen: Sequence[bytes] = (),
    clock: Clock = SYSTEM_CLOCK,
) -> VerifyReport:
    """Check the register in a node's folder against ``key`` (default: the key beside it).

    ``progress`` is told entries checked and entries in all; ``seen`` are signed checkpoints of
    earlier days, which the register must still begin with; ``clock`` says which cosignatures
    lie in the future. Raises only what reading the key raises (GS-REGISTER-010); everything
    else is a finding.
    """
    layout, report = Layout(folder), VerifyReport()
    key = key or load_verifying_key(layout.public_key)
    notes = Notes(layout, key, report, clock.now())
    # 1. The published checkpoint, and the newest if it is not published yet, are signed.
    report.checkpoint = notes.read(report.step(1, "signed checkpoints", "checkpoints", 1))
    if report.checkpoint is None:
        return report
    size = report.checkpoint.head.size
    found = take_inventory(layout, size)
    now = Now(layout.unfinished.exists(), notes.size_now())
    # 2. Segments cover every entry once, without a gap.
    step = report.step(2, "entries covered by segments", "entries", size)
    plan = plan_reading(layout, found, report, step)
    if plan is None:
        return report
    # 3. Every segment's file has the digest that lies beside it.
    step = report.step(3, "segments against their digests", "segments", len(plan.segments))
    check_sidecars(plan.segments, report, step)
    # 4. Rows, 5. erasures, 6. order, 7. bundles, 8. tiles: one pass in leaf order.
    reading = _Pass(plan, report, progress)
    roots_step = report.step(9, "roots against the checkpoints", "roots", 1)
    seen_step = report.step(10, "checkpoints seen earlier", "checkpoints", len(seen))
    notes.read_seen(seen, seen_step)
    roots = reading.run(layout.register, notes.sizes, notes.seen_sizes)
    # 9. The root is the one in each checkpoint.
    notes.compare(roots, roots_step)
    # 10. The register begins with every checkpoint that was seen earlier.
    report.former_keys = former_keys(key, reading.rotations)
    notes.compare_seen(roots, report.former_keys, seen_step)
    # 11. Nothing else is there.
    check_rest(found, now, plan, report, report.step(11, "nothing else there", "files", 0))
    # 12. The versions of the pack are those that entries name.
    step = report.step(12, "versions of the pack", "versions", 0)
    check_packs(layout, reading.packs, report, step)
    return report


class _Pass:
    """Steps 4 to 8: every row once, and all that follows from it."""

    def __init__(self, plan: Plan, report: VerifyReport, progress: Progress) -> None:
        self._plan = plan
        self._report = report
        self._progress = progress
        self._erased = Erased()
        self.rotations: list[Members] = []
        self.packs: set[str] = set()
        size = plan.size
        self._rows = report.step(4, "rows against commitments", "entries", size)
        self._gone = report.step(5, "erased rows and their erasures", "entries", 0)
        self._ordered = report.step(6, "entries in order", "entries", size)
        self._bundles = report.step(7, "entry bundles, byte for byte", "bundles", _over(size))
        self._tiles = report.step(8, "tiles, byte for byte", "tiles", 0)
        while size:
            self._tiles.total += _over(size)
            size //= WIDTH

    def run(
        self, folder: Path, standing: Collection[int], seen: Collection[int]
    ) -> Mapping[int, bytes | None]:
        """The roots of trees of these sizes; tiles of ``standing`` ones must be there."""
        plan = self._plan
        steps = TileSteps(self._rows, self._bundles, self._tiles)
        tiles = TileCheck(folder, self._report, steps, plan.file_of, {*standing, *seen})
        order = Order(plan.size, self._out_of_order)
        end = 0
        for segment in plan.segments:
            self._blank(tiles, range(end, segment.first))
            self._segment(segment, tiles, order)
            end = segment.end
        self._blank(tiles, range(end, plan.size))
        tiles.finish(standing)
        self._erasures()
        self._clocks(order)
        return tiles.roots

    def _segment(self, segment: SegmentFile, tiles: TileCheck, order: Order) -> None:
        def say(problem: str, leaf: int) -> None:
            self._report.add(self._rows.number, segment.file, problem, leaf)

        at = segment.first
        try:
            for rows in read_rows(segment, say):
                at = self._hand_on(rows, at, tiles)
                order.follow(rows)
                self._ordered.checked += len(rows.leaves)
                for leaf, members in rows.events.items():
                    self._erased.event(leaf, members, say)
                    if members["event"] == ROTATED:
                        self.rotations.append(members)
                    elif members["event"] == CLOCK_SET:
                        self._report.clocks.append(clock_set(leaf, members))
                    elif members["event"] in NAMING:
                        self.packs.add(str(members["pack_digest"]))
                self._progress(at, self._plan.size)
        except UnreadableError as error:
            say(error.problem, at if error.leaf is None else error.leaf)
            self._erased.unread(range(at, segment.end))
        else:
            self._erased.absent(range(at, segment.end))
        self._blank(tiles, range(at, segment.end))

    def _hand_on(self, rows: Rows, at: int, tiles: TileCheck) -> int:
        """Give the rows' commitments to the tiles, and blanks where rows have been erased."""
        if rows.leaves[0] == at and isinstance(rows.leaves, range):
            tiles.extend(rows.commitments)
            return rows.leaves.stop
        for leaf, commitment in zip(rows.leaves, rows.commitments, strict=True):
            if leaf > at:
                self._erased.absent(range(at, leaf))
                self._blank(tiles, range(at, leaf))
            tiles.extend([commitment])
            at = leaf + 1
        return at

    def _blank(self, tiles: TileCheck, leaves: range) -> None:
        for first in range(leaves.start, leaves.stop, _BLANKS):
            tiles.extend([None] * min(_BLANKS, leaves.stop - first))

    def _out_of_order(self, problem: str, leaf: int) -> None:
        self._ordered.checked -= 1
        self._report.add(self._ordered.number, self._plan.file_of(leaf), problem, leaf)

    def _clocks(self, order: Order) -> None:
        """The file beside the segments says of the clock what the entries say."""
        if problem := clocks_problem(self._plan.folder, order.set_back):
            self._ordered.total += 1
            self._report.add(self._ordered.number, self._plan.folder / CLOCKS, problem)

    def _erasures(self) -> None:
        gone = self._erased.count
        self._rows.total -= gone
        self._ordered.total -= gone
        self._gone.total = self._gone.checked = gone
        number = self._gone.number
        for leaf in self._erased.without_reason():
            self._gone.checked -= 1
            problem = "its row is gone and no erasure covers it"
            self._report.add(number, self._plan.file_of(leaf), problem, leaf)
        for leaf in self._erased.still_there():
            problem = "erasure unfinished: it covers this row, which is still there"
            self._report.add(number, self._plan.file_of(leaf), problem, leaf)


def _over(size: int) -> int:
    """Tiles over ``size`` hashes."""
    return -(-size // WIDTH)
