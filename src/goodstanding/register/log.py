"""The log: what is sealed, in one order, for good.

Invariant: an entry is acknowledged exactly when the head in ``state.db`` covers it. Every
file that the head needs is on the disk before the head moves; the checkpoint follows it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.batch import (
    At,
    Batch,
    Progress,
    WritePoint,
    discard_beyond,
    edge_at,
    is_unfinished,
    write_segments,
    write_tiles,
)
from goodstanding.register.checkpoint import open_checkpoint, sign_checkpoint
from goodstanding.register.durable import make_folders, write_atomically
from goodstanding.register.errors import DAMAGED, HEAD_MOVED, NO_SUCH_LEAF, SEQUENCER_BUSY
from goodstanding.register.keys import SigningKey, VerifyingKey, load_verifying_key
from goodstanding.register.layout import Layout
from goodstanding.register.model import EMPTY_HEAD, Checkpoint, Head, NewEvent, Record
from goodstanding.register.segments import (
    EVENTS,
    RecordTable,
    Segment,
    list_segments,
    read_records,
)
from goodstanding.register.state import State, Turn
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import TILE_WIDTH, inclusion_path


@dataclass(frozen=True, slots=True)
class Appended:
    """What one batch added: its segments, in leaf order, and the head after it."""

    segments: tuple[Segment, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That ``commitment`` is entry ``leaf`` of the tree that ``checkpoint`` signs."""

    leaf: int
    commitment: bytes
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


def _on(_point: WritePoint) -> None:
    """Reaching a write point means nothing, except to a test that crashes there."""


def _quiet(_done: int, _total: int) -> None:
    """No one watches."""


class Log:
    """The register of one node's folder."""

    def __init__(self, folder: Path, *, patience: float = 5.0, at: At = _on) -> None:
        self.layout = Layout(folder)
        self._at = at
        self._state = State(self.layout.state, patience)
        self._tiles = TileFolder(self.layout.register)

    @classmethod
    def create(cls, folder: Path, origin: str) -> Log:
        """An empty log with a new key, its empty checkpoint signed. Raises GS-REGISTER-004."""
        key = SigningKey.generate(origin)
        layout = Layout(folder)
        for needed in (layout.private_key.parent, layout.segments):
            make_folders(needed)
        key.save(layout.private_key)
        write_atomically(layout.public_key, f"{key.verifying_key}\n".encode())
        State.create(layout.state)
        checkpoint = sign_checkpoint(EMPTY_HEAD, key)
        write_atomically(layout.checkpoint, checkpoint.note.encode())
        return cls(folder)

    @classmethod
    def open(cls, folder: Path, *, patience: float = 5.0, at: At = _on) -> Log:
        """The log of a folder, put in order if a crash left it otherwise.

        ``patience`` is how many seconds ``append`` waits for another writer.
        Raises GS-REGISTER-009 if files are missing.
        """
        log = cls(folder, patience=patience, at=at)
        log._recover()
        return log

    @property
    def origin(self) -> str:
        return self.key.name

    @property
    def key(self) -> VerifyingKey:
        """The public key. Raises GS-REGISTER-010."""
        return load_verifying_key(self.layout.public_key)

    @property
    def head(self) -> Head:
        """What has been acknowledged as of now."""
        return self._state.head()

    def checkpoint(self) -> Checkpoint:
        """The published checkpoint. Raises GS-REGISTER-005 or 009."""
        try:
            note = self.layout.checkpoint.read_bytes()
        except FileNotFoundError:
            raise GoodStandingError(
                DAMAGED, file=self.layout.checkpoint, reason="it is not there"
            ) from None
        return open_checkpoint(note, self.key)

    def append(
        self,
        events: Sequence[NewEvent] = (),
        tables: Sequence[RecordTable] = (),
        progress: Progress = _quiet,
        *,
        expected: Head | None = None,
    ) -> Appended:
        """Seal events, then each table's rows, as one batch: all of it or nothing.

        ``expected`` is the head the caller has read what it writes from: if another process
        has appended since, the batch is refused with GS-REGISTER-007.
        Raises GS-REGISTER-006 while another process appends, 008 or 013 for rows that cannot
        be sealed, 009 if the files do not agree with the head; then nothing has changed.
        """
        with self._state.turn() as turn:
            if expected not in (None, turn.head):
                raise GoodStandingError(HEAD_MOVED, size=turn.head.size)
            # Beyond the head lies at most what a crash left; it is ours to delete now.
            if is_unfinished(self.layout, turn.head):
                discard_beyond(self.layout, self._tiles, turn.head)
            try:
                segments, head = self._write(turn.head, Batch(events, tables), progress)
            except BaseException:
                # Also when interrupted: we still hold the turn, so this is still ours.
                discard_beyond(self.layout, self._tiles, turn.head)
                raise
            if segments:
                # 3. The head moves. Until the commit a crash leaves the old head and files
                #    beyond it; after it, everything is acknowledged and on the disk.
                turn.advance(head)
                self._at(WritePoint.HEAD_MOVING)
        self._at(WritePoint.HEAD_MOVED)
        # 4. The checkpoint follows the head. A crash before leaves one older than the head,
        #    true but behind; whoever opens the log next signs it again.
        self._publish()
        self._at(WritePoint.CHECKPOINT_WRITTEN)
        return Appended(tuple(segments), head)

    def _write(self, head: Head, batch: Batch, progress: Progress) -> tuple[list[Segment], Head]:
        """Steps 1 and 2 of a batch: everything the new head will need."""
        edge = edge_at(self.layout, self._tiles, head)
        # 1. Segments: rows with salts, each file synced, then named. A crash leaves
        #    temporaries and segments beyond the head.
        segments = write_segments(self.layout, head.size, batch, self._at)
        self._at(WritePoint.SEGMENTS_NAMED)
        # 2. Tiles and entry bundles, synced in one pass. A crash leaves some of them
        #    beyond the head; none of them is a path that the head relies on.
        new = write_tiles(self._tiles, edge, segments, progress)
        self._at(WritePoint.TILES_WRITTEN)
        self._tiles.sync()
        self._at(WritePoint.TILES_SYNCED)
        return segments, new

    def _publish(self) -> None:
        """Sign the head that stands. Under a turn, so that an older never covers a newer.

        If another process has the turn already, its batch ends by signing ours with its own.
        """
        with self._turn_if_free() as turn:
            if turn is not None and self.checkpoint().head != turn.head:
                signed = sign_checkpoint(turn.head, SigningKey.load(self.layout.private_key))
                write_atomically(self.layout.checkpoint, signed.note.encode())

    def _recover(self) -> None:
        head = self.head
        if is_unfinished(self.layout, head):
            # Either a crash left it, or another process is in the middle of a batch.
            with self._turn_if_free() as turn:
                if turn is not None:
                    discard_beyond(self.layout, self._tiles, turn.head)
        if self.checkpoint().head != head:
            self._publish()

    @contextmanager
    def _turn_if_free(self) -> Iterator[Turn | None]:
        with ExitStack() as held:
            try:
                turn = held.enter_context(State(self.layout.state, patience=0).turn())
            except GoodStandingError as error:
                if error.code is not SEQUENCER_BUSY:
                    raise
                turn = None
            yield turn

    def segments(self, item: str | None = None) -> list[Segment]:
        """The segments that the head covers, in leaf order, of one item if asked for."""
        size = self.head.size
        return [
            segment
            for segment in list_segments(self.layout.segments)
            if segment.end <= size and item in (None, segment.item)
        ]

    def records(self, leaves: Collection[int]) -> list[Record]:
        """The records at some leaves, in leaf order; leaves of events are left out.

        Raises GS-REGISTER-011 for a leaf beyond the head.
        """
        found: list[Record] = []
        for segment, wanted in _by_segment(self.segments(), leaves, self.head.size):
            if segment.item != EVENTS:
                found += read_records(segment, leaves=wanted)
        return found

    def inclusion_proof(self, leaf: int) -> InclusionProof:
        """Proof for one entry in the published checkpoint. Raises GS-REGISTER-011."""
        checkpoint = self.checkpoint()
        size = checkpoint.head.size
        if not 0 <= leaf < size:
            raise GoodStandingError(NO_SUCH_LEAF, leaf=leaf, size=size)
        read = lru_cache(partial(self._tiles.read_tile, size=size))
        path = inclusion_path(leaf, size, read)
        index, at = divmod(leaf, TILE_WIDTH)
        commitment = self._tiles.read_bundle(index, size)[at]
        return InclusionProof(leaf, commitment, tuple(path), checkpoint)


def _by_segment(
    segments: Sequence[Segment], leaves: Collection[int], size: int
) -> Iterable[tuple[Segment, list[int]]]:
    """The segments that hold ``leaves``, each with those that it holds, in leaf order."""
    firsts = [segment.first for segment in segments]
    wanted: dict[int, list[int]] = {}
    for leaf in sorted(leaves):
        if not 0 <= leaf < size:
            raise GoodStandingError(NO_SUCH_LEAF, leaf=leaf, size=size)
        wanted.setdefault(bisect_right(firsts, leaf) - 1, []).append(leaf)
    return [(segments[at], found) for at, found in wanted.items()]
