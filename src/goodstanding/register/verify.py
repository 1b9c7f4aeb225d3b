"""The register read again from its files alone, by nothing that wrote them but the formats.

Invariant: the report says of how many things each step checked how many; what could not be
read counts as not checked, never as right.

1. The checkpoint bears a valid signature of the register's key.
2. Segments cover every entry below the checkpoint's size once, without a gap.
3. Every row's sealed bytes and salt give the commitment in the entry bundles.
4. Every bundle's commitments hash to its tile of level 0.
5. Every full tile's root stands in the tile above it.
6. The tiles' root is the one in the checkpoint.

Neither state nor index is looked at: they are not what others can check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.batch import Progress
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.keys import VerifyingKey, load_verifying_key
from goodstanding.register.layout import Layout
from goodstanding.register.model import Checkpoint
from goodstanding.register.segments import Segment, commitments, list_segments, strange_files
from goodstanding.register.tiles import ENTRIES, TileFolder, tile_path
from goodstanding.register.tree import (
    HASH_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    leaf_hashes,
    perfect_root,
    read_edge,
    split_hashes,
    tile_width,
)

#: Findings kept in a report; a register that is wrong everywhere needs no longer list.
MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up: in which file, and at which leaf if it is one."""

    step: int
    file: Path
    leaf: int | None
    problem: str


@dataclass(slots=True)
class Step:
    """``checked`` of ``total`` things held."""

    number: int
    title: str
    unit: str
    checked: int = 0
    total: int = 0


@dataclass(slots=True)
class VerifyReport:
    """What was checked and what was found. ``unfinished`` lies beyond the checkpoint."""

    checkpoint: Checkpoint | None = None
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    unfinished: list[Path] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Everything was checked and nothing found."""
        complete = all(step.checked == step.total for step in self.steps)
        return self.checkpoint is not None and complete and not self.findings

    def add(self, step: int, file: Path, problem: str, leaf: int | None = None) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(step, file, leaf, problem))
        else:
            self.more_findings += 1


def verify(
    folder: Path,
    key: VerifyingKey | None = None,
    progress: Progress = lambda _done, _total: None,
) -> VerifyReport:
    """Check the register in a node's folder against ``key`` (default: the key beside it).

    ``progress`` is told entries checked and entries in all. Raises only what reading the key
    raises (GS-REGISTER-010); everything else is a finding.
    """
    layout = Layout(folder)
    check = _Verification(layout, key or load_verifying_key(layout.public_key), progress)
    check.run()
    return check.report


class _Verification:
    """One pass over the files."""

    def __init__(self, layout: Layout, key: VerifyingKey, progress: Progress) -> None:
        self.report = VerifyReport()
        self._layout = layout
        self._key = key
        self._progress = progress
        self._tiles = TileFolder(layout.register)
        # Each tile above is asked for by up to 256 tiles in a row.
        self._above = lru_cache(maxsize=2)(self._tiles.read_tile)
        self._size = 0

    def run(self) -> None:
        # 1. The checkpoint bears a valid signature of the register's key.
        checkpoint = self._checkpoint()
        if checkpoint is None:
            return
        self._size = checkpoint.head.size
        # 2. Segments cover every entry below the checkpoint's size once, without a gap.
        segments = self._coverage()
        # 3. Every row's sealed bytes and salt give the commitment in the entry bundles.
        self._rows(segments)
        # 4. Every bundle's commitments hash to its tile of level 0.
        self._bundles()
        # 5. Every full tile's root stands in the tile above it.
        self._tile_roots()
        # 6. The tiles' root is the one in the checkpoint.
        self._root(checkpoint)

    def _checkpoint(self) -> Checkpoint | None:
        step, file = self._step(1, "signed checkpoint", "checkpoints", 1), self._layout.checkpoint
        try:
            self.report.checkpoint = open_checkpoint(file.read_bytes(), self._key)
        except OSError as error:
            self.report.add(1, file, f"cannot be read: {error.strerror}")
        except GoodStandingError as error:
            self.report.add(1, file, error.what)
        else:
            step.checked = 1
        return self.report.checkpoint

    def _coverage(self) -> list[Segment]:
        step = self._step(2, "entries covered by segments", "entries", self._size)
        covered, sound = 0, []
        self.report.unfinished = strange_files(self._layout.segments)
        for segment in list_segments(self._layout.segments):
            if segment.first >= self._size:
                self.report.unfinished.append(segment.file)
                continue
            if segment.first < covered or segment.end > self._size:
                self.report.add(2, segment.file, "overlaps others", segment.first)
                continue
            if segment.first > covered:
                self._gap(covered, segment.first)
            covered = segment.end
            step.checked += segment.count
            sound.append(segment)
        if covered < self._size:
            self._gap(covered, self._size)
        return sound

    def _gap(self, first: int, end: int) -> None:
        problem = f"no segment holds entries {first} to {end - 1}"
        self.report.add(2, self._layout.segments, problem, first)

    def _rows(self, segments: list[Segment]) -> None:
        step = self._step(3, "rows against commitments", "entries", self._size)
        bundled = _Entries(self._tiles, self._size)
        for segment in segments:
            leaf = segment.first
            try:
                for found in commitments(segment):
                    step.checked += self._compare(segment, leaf, found, bundled)
                    leaf += len(found)
                    self._progress(leaf, self._size)
            except GoodStandingError as error:
                # Rows before the one named have been checked; those behind it have not.
                at = error.values.get("leaf", leaf)
                self.report.add(3, segment.file, error.what, at if isinstance(at, int) else leaf)

    def _compare(self, segment: Segment, leaf: int, found: list[bytes], bundled: _Entries) -> int:
        """How many of ``found``, from ``leaf`` on, are the commitments in the bundles."""
        expected = bundled.between(leaf, leaf + len(found))
        wrong = _differences(found, expected)
        for at in wrong:
            if expected[at] is not None:
                self.report.add(3, segment.file, "is not what was sealed", leaf + at)
        return len(found) - len(wrong)

    def _bundles(self) -> None:
        count = -(-self._size // TILE_WIDTH)
        step = self._step(4, "entry bundles against tiles", "bundles", count)
        for index in range(count):
            file = self._file(ENTRIES, index)
            try:
                entries = self._tiles.read_bundle(index, self._size)
                file = self._file(0, index)
                hashes = self._tiles.read_tile(0, index, self._size)
            except GoodStandingError as error:
                self.report.add(4, file, error.what, index * TILE_WIDTH)
                continue
            wrong = _differences(leaf_hashes(entries), split_hashes(hashes))
            for at in wrong:
                self.report.add(4, file, "is not the hash of the entry", index * TILE_WIDTH + at)
            step.checked += not wrong

    def _tile_roots(self) -> None:
        step = self._step(5, "tiles against the tiles above", "tiles", 0)
        level, count = 0, self._size // TILE_WIDTH
        while count:
            step.total += count
            for index in range(count):
                step.checked += self._tile_root(level, index)
            level, count = level + 1, count // TILE_WIDTH

    def _tile_root(self, level: int, index: int) -> bool:
        parent, at = divmod(index, TILE_WIDTH)
        file = self._file(level, index)
        try:
            hashes = self._tiles.read_tile(level, index, self._size)
            file = self._file(level + 1, parent)
            above = self._above(level + 1, parent, self._size)
        except GoodStandingError as error:
            self.report.add(5, file, error.what)
            return False
        root = perfect_root(split_hashes(hashes))
        if above[at * HASH_BYTES : (at + 1) * HASH_BYTES] != root:
            first = (index * TILE_WIDTH) << (TILE_HEIGHT * level)
            self.report.add(5, file, f"does not hold the root of tile {level}/{index}", first)
            return False
        return True

    def _root(self, checkpoint: Checkpoint) -> None:
        step = self._step(6, "root against the checkpoint", "roots", 1)
        size = self._size
        try:
            edge = read_edge(size, lambda level, at: self._tiles.read_tile(level, at, size))
        except GoodStandingError as error:
            self.report.add(6, self._layout.register / "tile", error.what)
            return
        if edge.root() == checkpoint.head.root:
            step.checked = 1
        else:
            self.report.add(6, self._layout.checkpoint, "has another root than the tiles")

    def _step(self, number: int, title: str, unit: str, total: int) -> Step:
        self.report.steps.append(Step(number, title, unit, 0, total))
        return self.report.steps[-1]

    def _file(self, level: int | str, index: int) -> Path:
        width = tile_width(self._size, 0 if level == ENTRIES else int(level), index)
        return self._layout.register / tile_path(level, index, width)


class _Entries:
    """Commitments by leaf, read from the bundles in rising order."""

    def __init__(self, tiles: TileFolder, size: int) -> None:
        self._tiles = tiles
        self._size = size
        self._bundle = lru_cache(maxsize=2)(self._read)

    def between(self, first: int, end: int) -> list[bytes | None]:
        """Entries ``first`` to ``end - 1``; None where the bundle cannot be read (step 4 says)."""
        start = first // TILE_WIDTH
        bundles = range(start, -(-end // TILE_WIDTH))
        entries = [entry for index in bundles for entry in self._bundle(index)]
        return entries[first - start * TILE_WIDTH : end - start * TILE_WIDTH]

    def _read(self, index: int) -> Sequence[bytes | None]:
        try:
            return self._tiles.read_bundle(index, self._size)
        except GoodStandingError:
            return [None] * tile_width(self._size, 0, index)


def _differences(found: Sequence[bytes], expected: Sequence[bytes | None]) -> list[int]:
    """Where two lists of equal length differ."""
    if found == expected:
        return []
    pairs = enumerate(zip(found, expected, strict=True))
    return [at for at, (left, right) in pairs if left != right]
