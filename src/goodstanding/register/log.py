"""The log: what is sealed, in one order, for good.

Invariant: an entry is acknowledged exactly when ``state.db`` has it, as a pending event or
under the head. Every file that the head needs is on the disk before the head moves; the
checkpoint follows it.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from goodstanding.kernel import Clock, GoodStandingError, Noted, instant_text
from goodstanding.register.batch import At, Progress
from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.durable import PASSAGE, PUBLIC_FILE, make_folders, write_atomically
from goodstanding.register.errors import CLOCK_AHEAD, NO_SUCH_LEAF, NOT_YET, TIME_BACKWARDS
from goodstanding.register.keys import (
    Passphrase,
    SigningKey,
    VerifyingKey,
    environment_passphrase,
    load_verifying_key,
)
from goodstanding.register.layout import Layout
from goodstanding.register.model import EMPTY_HEAD, Checkpoint, Head, NewEvent, Record
from goodstanding.register.private import private_from_now_on, refuse_links
from goodstanding.register.published import Publication, Publisher
from goodstanding.register.restored import refuse_restored
from goodstanding.register.segments import (
    EVENTS,
    RecordTable,
    Segment,
    list_segments,
    read_records,
)
from goodstanding.register.sequencer import Sequencer, on, quiet
from goodstanding.register.state import State
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import TILE_WIDTH, inclusion_paths

#: Seconds to wait for another writer.
_PATIENCE = 5.0
#: Tiles kept while proofs are made, 8 KiB each.
_TILES_KEPT = 256


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


class Log:
    """The register of one node's folder."""

    def __init__(
        self,
        folder: Path,
        *,
        patience: float = _PATIENCE,
        passphrase: Passphrase = environment_passphrase,
        at: At = on,
    ) -> None:
        self.layout = Layout(folder)
        self._state = State(self.layout)
        self._tiles = TileFolder(self.layout.register)
        self._publisher = Publisher(self.layout, passphrase)
        self._sequencer = Sequencer(self.layout, self._state, self._publisher, patience, at)

    @classmethod
    def create(cls, folder: Path, origin: str) -> Log:
        """An empty log with a new key, its empty checkpoint signed. Raises GS-REGISTER-004."""
        key = SigningKey.generate(origin)
        layout = Layout(folder)
        private_from_now_on()
        make_folders(layout.register, PASSAGE)
        for needed in (layout.private_key.parent, layout.segments):
            make_folders(needed)
        key.save(layout.private_key)
        write_atomically(layout.public_key, f"{key.verifying_key}\n".encode())
        State.create(layout)
        checkpoint = sign_checkpoint(EMPTY_HEAD, key)
        write_atomically(layout.checkpoint, checkpoint.note.encode(), PUBLIC_FILE)
        return cls(folder)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        patience: float = _PATIENCE,
        passphrase: Passphrase = environment_passphrase,
        at: At = on,
        restored: bool = False,
    ) -> Log:
        """The log of a folder, put in order if a crash left it otherwise.

        Who may not write in the folder reads what is published, and puts nothing in order.
        ``patience`` is how many seconds a writer waits for another; ``passphrase`` is asked
        for when the signing key is encrypted.
        ``restored`` is for those who bring a restored node up to date.
        Raises GS-REGISTER-009 if files are missing, 061 if a link stands where it would write,
        066 if it was restored and is not up to date.
        """
        private_from_now_on()
        if not restored:
            refuse_restored(Layout(folder))
        log = cls(folder, patience=patience, passphrase=passphrase, at=at)
        if not log.read_only:
            refuse_links(log.layout)
            log._sequencer.recover()
        return log

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written here: a read-only disk, or no right to write."""
        folder = self.layout.folder
        return folder.is_dir() and not os.access(folder, os.W_OK)

    @property
    def origin(self) -> str:
        return self.key.name

    @property
    def key(self) -> VerifyingKey:
        """The public key. Raises GS-REGISTER-010."""
        return load_verifying_key(self.layout.public_key)

    @property
    def head(self) -> Head:
        """What has been sealed as of now."""
        return self._state.head()

    @property
    def known_at(self) -> datetime | None:
        """The instant of the last batch; None before the first."""
        return self._state.known_at()

    def stream_version(self, name: str) -> int:
        """The version at which a stream of events stands; 0 if it has none."""
        return self._state.stream_version(name)

    def checkpoint(self) -> Checkpoint:
        """The published checkpoint. Raises GS-REGISTER-005 or 009."""
        return self._publisher.published()

    def clock_fault(self, clock: Clock) -> str | None:
        """Why nothing could be sealed under this clock, in words; None if it can be right."""
        try:
            self._state.check_clock(clock.now(), self._state.last_instant())
        except GoodStandingError as error:
            if error.code in (CLOCK_AHEAD, TIME_BACKWARDS):
                return error.what
            raise
        return None

    def check_instant(self, known_at: datetime, clock: Clock) -> None:
        """Refuse an instant at which what was known can still change.

        Raises GS-REGISTER-024 for one that is yet to come, and 006 while a batch is under way
        that may have begun before it.
        """
        if known_at > clock.now():
            raise GoodStandingError(NOT_YET, known_at=instant_text(known_at))
        known = self.known_at
        if known is None or known_at > known:
            self._sequencer.wait()

    def publish(self, *, clock: Clock, noted: Noted) -> Publication:
        """Have the newest checkpoint cosigned, and publish it if the policy is met.

        Without a policy there is nobody to ask. Witnesses that do not answer are reported,
        not raised. Raises GS-REGISTER-006 and 018, and 030 for a policy that cannot be read.
        """
        return self._sequencer.publish(clock)

    def publication(self, clock: Clock) -> Publication:
        """What is published and what only signed, as of now, without asking anybody."""
        return self._publisher.publication(clock)

    def append(
        self,
        events: Sequence[NewEvent] = (),
        tables: Sequence[RecordTable] = (),
        progress: Progress = quiet,
        *,
        clock: Clock,
        noted: Noted,
    ) -> Appended:
        """Seal events, then each table's rows, as one batch: all of it or nothing.

        ``noted`` is the receipt of the access log for this act.
        Raises GS-REGISTER-006 while another process appends, 008 or 013 for rows that cannot
        be sealed, 009 if the files do not agree with the head, 016 for a stale stream, 017 or
        062 if the clock cannot be right, 018 if the disk does not take it; then nothing has
        changed.
        Raises 019 or 022 if the batch is sealed, but the checkpoint or an erasure in it is not
        carried to the disk yet.
        """
        segments, head = self._sequencer.append(events, tables, progress, clock)
        return Appended(tuple(segments), head)

    def submit(
        self, event: NewEvent, *, clock: Clock, noted: Noted, wait: bool = True
    ) -> int | None:
        """Take one event, safe from the moment this returns; many processes may at once.

        Whoever has the turn seals all that wait as one batch. Returns the leaf; None if the
        event is taken but will be sealed by another (``wait`` is false, or a long batch is
        under way). Raises GS-REGISTER-016, 017, 062 or 018; then nothing was taken. Raises 019
        or 021 if it is taken, but cannot be sealed or signed for now.
        """
        return self._sequencer.submit(event, clock, wait=wait)

    def erasing(self) -> list[int]:
        """Leaves of erasures that are sealed but perhaps not carried out everywhere."""
        return self._state.erasing()

    def erased(self, leaf: int) -> None:
        """The erasure sealed at ``leaf`` has been carried out in every file of the node."""
        self._state.erased(leaf)

    def segments(self, item: str | None = None, *, sealed: bool = False) -> list[Segment]:
        """The segments that the published checkpoint covers, in leaf order.

        Of one item if asked for; ``sealed`` adds what is sealed but not published yet, which
        is for those who write on top of it, not for readers.
        """
        size = self.head.size if sealed else self.checkpoint().head.size
        return [
            segment
            for segment in list_segments(self.layout.segments)
            if segment.end <= size and item in (None, segment.item)
        ]

    def records(self, leaves: Collection[int], *, noted: Noted) -> list[Record]:
        """The records at some leaves, in leaf order; leaves of events are left out.

        ``noted`` is the receipt of the access log for this look.
        Raises GS-REGISTER-011 for a leaf beyond the published checkpoint.
        """
        found: list[Record] = []
        size = self.checkpoint().head.size
        for segment, wanted in _by_segment(self.segments(), leaves, size):
            if segment.item != EVENTS:
                found += read_records(segment, leaves=wanted)
        return found

    def inclusion_proof(self, leaf: int) -> InclusionProof:
        """Proof for one entry in the published checkpoint. Raises GS-REGISTER-011."""
        return self.inclusion_proofs([leaf])[0]

    def inclusion_proofs(self, leaves: Sequence[int]) -> list[InclusionProof]:
        """Proofs for some entries in one published checkpoint, in their order; each tile is read
        once. Raises GS-REGISTER-011."""
        checkpoint = self.checkpoint()
        size = checkpoint.head.size
        read = lru_cache(_TILES_KEPT)(partial(self._tiles.read_tile, size=size))
        bundle = lru_cache(_TILES_KEPT)(partial(self._tiles.read_bundle, size=size))
        for leaf in leaves:
            if not 0 <= leaf < size:
                raise GoodStandingError(NO_SUCH_LEAF, leaf=leaf, size=size)
        found = []
        for leaf, path in zip(leaves, inclusion_paths(leaves, size, read), strict=True):
            index, at = divmod(leaf, TILE_WIDTH)
            found.append(InclusionProof(leaf, bundle(index)[at], tuple(path), checkpoint))
        return found


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
