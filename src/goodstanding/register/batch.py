"""One batch on its way into the log: segments first, then tiles, nothing acknowledged yet.

Who owns the state: the sequencer that holds the turn. Until the head has moved, all that
is written here lies beyond it, where no reader looks and ``discard_beyond`` deletes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.durable import PRIVATE_FILE, sync
from goodstanding.register.errors import DAMAGED
from goodstanding.register.layout import Layout
from goodstanding.register.model import DatedEvent, Head
from goodstanding.register.segments import (
    RecordTable,
    Segment,
    commitments,
    digest_file,
    forget_clocks,
    list_segments,
    strange_files,
    write_events,
    write_records,
)
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import (
    TILE_WIDTH,
    Edge,
    TreeBuilder,
    leaf_hashes,
    read_edge,
)

#: Segments that are written ahead of being hashed.
_AHEAD = 3

#: Called with entries sealed so far and entries in all.
Progress = Callable[[int, int], None]


class WritePoint(StrEnum):
    """Where a crash can fall; each is shown to lose nothing and to show nothing unfinished."""

    PENDING = "event taken, not sealed"
    BEGUN = "batch marked as begun"
    SEGMENT_COMPLETE = "segment complete, not named"
    SEGMENTS_NAMED = "segments named"
    TILES_WRITTEN = "tiles written, not synced"
    TILES_SYNCED = "tiles synced"
    HEAD_MOVING = "head moved, not committed"
    HEAD_MOVED = "head committed"
    CHECKPOINT_WRITTEN = "checkpoint written"
    ERASURE_SEALED = "erasure sealed, not carried out"
    LEDGER_WRITTEN = "erasure written into the ledger, not carried out"
    SEGMENT_REWRITTEN = "one segment rewritten without the payload"
    SWEPT = "recovery has deleted what lay beyond the head"


#: Called when a write point is reached.
At = Callable[[WritePoint], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sealed together, in leaf order: events, then each table's records.

    ``known_at`` is the instant of the records, and of the batch.
    """

    events: Sequence[DatedEvent]
    tables: Sequence[RecordTable]
    known_at: datetime

    def count(self) -> int:
        """How many entries it has."""
        return len(self.events) + sum(table.count() for table in self.tables)


def write_segments(
    layout: Layout, first: int, batch: Batch, at: At
) -> Generator[Segment, None, None]:
    """Write the batch's rows as segments from leaf ``first`` on, and give out each when named.

    A long table becomes several segments; the next ones are written while the caller hashes what
    it got, for writing is the database's work and hashing is ours. Empty tables make none.
    Close the iterator before anything is deleted: it may be writing.
    """
    writes = list(_writes(layout, first, batch, partial(at, WritePoint.SEGMENT_COMPLETE)))
    with ThreadPoolExecutor(1) as clerk:
        coming = deque(clerk.submit(write) for write in writes[:_AHEAD])
        for number in range(len(writes)):
            segment = coming.popleft().result()
            if number + _AHEAD < len(writes):
                coming.append(clerk.submit(writes[number + _AHEAD]))
            if not coming:
                at(WritePoint.SEGMENTS_NAMED)
            yield segment


def _writes(
    layout: Layout, first: int, batch: Batch, complete: Callable[[], None]
) -> Iterator[Callable[[], Segment]]:
    """One call for each segment of the batch, in leaf order."""
    if batch.events:
        yield partial(write_events, batch.events, layout.segments, first, complete)
        first += len(batch.events)
    for table in batch.tables:
        for rows in table.parts():
            yield partial(
                write_records, table, rows, layout.segments, first, batch.known_at, complete
            )
            first += len(rows)


def write_tiles(
    tiles: TileFolder, edge: Edge, segments: Iterable[Segment], total: int, progress: Progress
) -> tuple[list[Segment], Head]:
    """Hash the segments' rows into tiles and entry bundles; the segments, and the head over them.

    ``total`` is how many rows they have together. Raises GS-REGISTER-008 for a row that cannot
    be sealed. Not synced yet.
    """
    builder = TreeBuilder(edge)
    index, width = divmod(edge.size, TILE_WIDTH)
    waiting = tiles.read_bundle(index, edge.size) if width else []
    written: list[Segment] = []
    done = 0
    for segment in segments:
        written.append(segment)
        for entries in commitments(segment):
            tiles.write_tiles(builder.extend(leaf_hashes(entries)))
            waiting += entries
            whole = len(waiting) - len(waiting) % TILE_WIDTH
            full = [waiting[at : at + TILE_WIDTH] for at in range(0, whole, TILE_WIDTH)]
            tiles.write_bundles(index, full)
            index += len(full)
            del waiting[:whole]
            done += len(entries)
            progress(done, total)
    if total and waiting:
        tiles.write_bundles(index, [waiting])
    new = builder.edge()
    # A partial tile that has not grown is one the head relies on: it is left alone.
    standing = set(edge.tiles())
    tiles.write_tiles(tile for tile in new.tiles() if tile not in standing)
    return written, Head(new.size, new.root())


def edge_at(layout: Layout, tiles: TileFolder, head: Head) -> Edge:
    """The right edge of the tree as the tiles have it. Raises GS-REGISTER-009."""
    edge = read_edge(head.size, lambda level, index: tiles.read_tile(level, index, head.size))
    if edge.root() != head.root:
        raise GoodStandingError(
            DAMAGED,
            file=layout.register / "tile",
            reason=f"the tiles of {head.size} entries have another root",
        )
    return edge


def begin(layout: Layout) -> None:
    """Leave the mark of a batch in flight, before anything of it is on the disk.

    A crash from here on leaves the mark: it tells recovery that something may lie beyond the
    head, and a checker that it is no rolled-back checkpoint.
    """
    mark = os.open(layout.unfinished, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    os.close(mark)
    sync(layout.register)


def finish(layout: Layout) -> None:
    """Take the mark away: nothing lies beyond the checkpoint.

    Not synced: a mark that comes back after a power failure costs the next writer one look.
    """
    layout.unfinished.unlink(missing_ok=True)


def discard_beyond(layout: Layout, tiles: TileFolder, head: Head) -> None:
    """Delete what an unfinished batch left, but its mark. Only for whoever holds the turn.

    Synced before the mark may go: what came back after a power failure would look sealed.
    """
    tiles.discard_beyond(head.size)
    emptied: set[Path] = set()
    for file in strange_files(layout.segments):
        file.unlink(missing_ok=True)
        emptied.add(file.parent)
    for segment in list_segments(layout.segments):
        if segment.end > head.size:
            segment.file.unlink()
            digest_file(segment.file).unlink(missing_ok=True)
            emptied.add(segment.file.parent)
    for folder in emptied:
        sync(folder)
    forget_clocks(layout.segments, head.size)
