"""Every tile and entry bundle made a second time and compared with its file, byte for byte.

Invariant: a file is believed only about a hash that nothing else gives. What disagrees is
named once, and does not spoil what is built on top of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from goodstanding.register.fsck.files import ENTRIES, partial_files, read_at_most
from goodstanding.register.fsck.report import TileSteps, VerifyReport
from goodstanding.register.fsck.settle import (
    Hashes,
    Place,
    bundle_of,
    joined_of,
    known_of,
    settle,
    split_bundle,
)
from goodstanding.register.fsck.tree import (
    WIDTH,
    edge_root,
    leaf_hashes,
    partial_tiles,
    perfect_root,
    split,
)


class TileCheck:
    """Takes commitments in leaf order, and compares all that follows from them.

    A commitment is None where no row gives it; then the entry bundle does. ``roots`` are
    those of the trees of ``sizes``, None where something is missing; ``segment_of`` gives the
    file that should hold a leaf's row.
    """

    def __init__(
        self,
        folder: Path,
        report: VerifyReport,
        steps: TileSteps,
        segment_of: Callable[[int], Path],
        sizes: Collection[int],
    ) -> None:
        self.roots: dict[int, bytes | None] = {}
        self._folder = str(folder)
        self._report = report
        self._steps = steps
        self._segment_of = segment_of
        self._sizes = sorted(sizes, reverse=True)
        self._waiting: Hashes = []
        # For each level: the hashes that no tile above has taken in, and the next tile's index.
        self._rows: list[Hashes] = [[]]
        self._index = [0]

    def extend(self, commitments: Sequence[bytes | None]) -> None:
        """The commitments of the next entries."""
        waiting = self._waiting
        waiting += commitments
        whole = len(waiting) - len(waiting) % WIDTH
        for at in range(0, whole, WIDTH):
            self._entries(waiting[at : at + WIDTH])
        del waiting[:whole]

    def finish(self, needed: Collection[int]) -> None:
        """There are no more. The partial tiles of trees of ``needed`` sizes must be there."""
        if self._waiting:
            self._entries(self._waiting)
        for level, row in enumerate(self._rows[1:], 1):
            if row:
                self._compare(Place(level, self._index[level], len(row)), row)
        for size in self._sizes:
            self.roots[size] = self._root([])
        for level, index, width in {each for size in needed for each in partial_tiles(size)}:
            # Where the tile is full now it may have gone; what is at the edge was just read.
            if index == self._index[level] and width < len(self._rows[level]):
                self._demand(Place(level, index, width))
                if level == 0:
                    self._demand(Place(ENTRIES, index, width))

    def _entries(self, commitments: Hashes) -> None:
        """The next entry bundle, and the tile of level 0 above it."""
        index, width = self._index[0], len(commitments)
        places = Place(ENTRIES, index, width), Place(0, index, width)
        bundle, tile = (self._stored(place) for place in places)
        known = known_of(commitments)
        hashes: Hashes = [*leaf_hashes(known)] if len(known) == width else []
        if hashes and bundle == bundle_of(commitments) and tile == joined_of(hashes):
            self._steps.rows.checked += width
            self._steps.bundles.checked += 1
            self._steps.tiles.checked += 1
        else:
            commitments, hashes = self._settle(places, commitments, bundle, tile)
        self._beside(places[0], bundle_of(commitments))
        self._beside(places[1], joined_of(hashes))
        self._note_roots(index * WIDTH, hashes)
        if width == WIDTH:
            self._grow(0, hashes)
        else:
            self._rows[0] = hashes

    def _settle(
        self,
        places: tuple[Place, Place],
        rows: Hashes,
        bundle: bytes | None,
        tile: bytes | None,
    ) -> tuple[Hashes, Hashes]:
        """Rows, bundle and tile do not agree: name what is wrong, entry by entry.

        Returns the commitments and leaf hashes to go on with.
        """
        bundled = split_bundle(bundle, len(rows))
        hashed: Hashes = [*split(tile)] if tile else [None] * len(rows)
        commitments, hashes = Hashes(), Hashes()
        for leaf, given in enumerate(zip(rows, bundled, hashed, strict=True), places[1].leaf):
            settled = settle(*given, tile_path=places[1].path)
            self._steps.rows.checked += settled.row_holds
            if settled.row_problem:
                file = self._segment_of(leaf)
                self._report.add(self._steps.rows.number, file, settled.row_problem, leaf)
            problems = settled.bundle_problem, settled.tile_problem
            if bundle is not None and given[1] is None:
                problems = "has not the length of an entry", settled.tile_problem
            for place, problem in zip(places, problems, strict=True):
                if problem:
                    self._wrong(place, problem, leaf)
            commitments.append(settled.commitment)
            hashes.append(settled.hash)
        self._steps.bundles.checked += bundle is not None and bundle == bundle_of(commitments)
        self._steps.tiles.checked += tile is not None and tile == joined_of(hashes)
        return commitments, hashes

    def _grow(self, level: int, hashes: Hashes) -> None:
        """A full tile becomes one hash of the tile above it."""
        self._index[level] += 1
        level += 1
        if level == len(self._rows):
            self._rows.append([])
            self._index.append(0)
        row = self._rows[level]
        known = known_of(hashes)
        row.append(perfect_root(known) if len(known) == WIDTH else None)
        if len(row) == WIDTH:
            self._rows[level] = []
            self._compare(Place(level, self._index[level], WIDTH), row)
            self._grow(level, row)

    def _compare(self, place: Place, hashes: Hashes) -> None:
        """A tile of hashes of tiles; those that are missing are taken from its file."""
        tile = self._stored(place)
        if tile is not None and tile == joined_of(hashes):
            self._steps.tiles.checked += 1
        elif tile is not None:
            for at, (derived, found) in enumerate(zip(hashes, split(tile), strict=True)):
                if derived is None:
                    hashes[at] = found
                elif derived != found:
                    child = Place(int(place.level) - 1, place.index * WIDTH + at, WIDTH)
                    self._wrong(place, f"does not hold the root of {child.path}", child.leaf)
        self._beside(place, joined_of(hashes))

    def _note_roots(self, start: int, hashes: Hashes) -> None:
        """Roots of the wanted trees that end among these leaves."""
        while self._sizes and self._sizes[-1] <= start + len(hashes):
            size = self._sizes.pop()
            self.roots[size] = self._root(hashes[: size - start])

    def _root(self, hashes: Hashes) -> bytes | None:
        rows = [hashes, *self._rows[1:]]
        return None if any(None in row for row in rows) else edge_root([*map(known_of, rows)])

    def _stored(self, place: Place) -> bytes | None:
        """What the file holds, if it is there and has the length it must have."""
        # A partial tile may be gone once the full one is there.
        for width in dict.fromkeys((place.width, WIDTH)):
            stored = place.of(width)
            try:
                data = read_at_most(f"{self._folder}/{stored.path}", stored.size)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._wrong(stored, f"cannot be read: {error.strerror}")
                return None
            if len(data) == stored.size:
                return data[: place.size]
            self._wrong(stored, f"is not {stored.size:,} bytes long")
            return None
        self._wrong(place, "is missing")
        return None

    def _beside(self, place: Place, data: bytes | None) -> None:
        """Partial tiles of earlier checkpoints must be the beginning of this one."""
        for width, path in partial_files(self._folder, place.of(WIDTH).path):
            if width >= place.width or data is None:
                continue
            part = place.of(width)
            try:
                same = read_at_most(f"{self._folder}/{path}", part.size) == data[: part.size]
            except OSError:
                same = False
            if not same:
                self._wrong(part, f"is not the beginning of {place.path}")

    def _demand(self, place: Place) -> None:
        if not any(Path(self._folder, p.path).is_file() for p in (place, place.of(WIDTH))):
            self._wrong(place, "is missing")

    def _wrong(self, place: Place, problem: str, leaf: int | None = None) -> None:
        step = self._steps.bundles if place.level == ENTRIES else self._steps.tiles
        file = Path(self._folder, place.path)
        self._report.add(step.number, file, problem, place.leaf if leaf is None else leaf)
