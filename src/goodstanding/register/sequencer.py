"""The sequencer: batches on their way into the log, one after the other.

Who owns the state: whoever holds the turn. The order of writing is that of DESIGN 5:
segments, tiles, head, checkpoint; each step says what a crash in it leaves, and tests kill the
process at every ``WritePoint``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import lru_cache, partial
from time import monotonic

from goodstanding.kernel import Clock, GoodStandingError
from goodstanding.register.batch import (
    At,
    Batch,
    Progress,
    WritePoint,
    begin,
    discard_beyond,
    edge_at,
    finish,
    write_segments,
    write_tiles,
)
from goodstanding.register.durable import reason_of, refusing
from goodstanding.register.errors import (
    NOT_CARRIED_OUT,
    NOT_SIGNED,
    NOT_WRITTEN,
    SEQUENCER_BUSY,
    TAKEN,
)
from goodstanding.register.instants import is_behind
from goodstanding.register.keys import load_verifying_key
from goodstanding.register.layout import Layout
from goodstanding.register.ledger import append_erasures, ledger_of
from goodstanding.register.model import ERASURE, DatedEvent, Event, Head, NewEvent
from goodstanding.register.one_history import check_history
from goodstanding.register.published import Publication, Publisher
from goodstanding.register.segments import (
    EVENTS,
    RecordTable,
    Segment,
    list_segments,
    note_clock,
    read_events,
    rewrite_without,
)
from goodstanding.register.state import Pending, State, Turn
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import consistency_path

#: Seconds to wait for the turn before looking whether it is still needed.
_GLANCE = 0.01
#: How often whoever leaves the turn looks whether something was left for it meanwhile.
_ROUNDS = 3


def on(_point: WritePoint) -> None:
    """Reaching a write point means nothing, except to a test that crashes there."""


def quiet(_done: int, _total: int) -> None:
    """No one watches."""


class Sequencer:
    """What writes the register of one folder; many may be there, one at a time has the turn."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        publisher: Publisher,
        patience: float,
        at: At = on,
    ) -> None:
        self._layout = layout
        self._state = state
        self._tiles = TileFolder(layout.register)
        self._publisher = publisher
        self._patience = patience
        self._at = at

    def append(
        self,
        events: Sequence[NewEvent],
        tables: Sequence[RecordTable],
        progress: Progress,
        clock: Clock,
    ) -> tuple[list[Segment], Head]:
        """Seal one batch; its segments and the head after it."""
        with self._state.kept_open(), self._state.turn(self._patience) as turn:
            # First who came first: an event may build on one that waits.
            self._seal_pending(turn)
            now = turn.admit(events, clock.now())
            batch = Batch([DatedEvent(event, now) for event in events], tables, now)
            segments = self._seal(turn, batch, progress, events=events)
            head = turn.head
            # Who came while we wrote need not wait for the next writer.
            with suppress(GoodStandingError):
                self._seal_pending(turn)
        self._seal_unattended()
        return segments, head

    def submit(self, event: NewEvent, clock: Clock, *, wait: bool) -> int | None:
        """Take one event durably and seal it with all others that wait, if the turn is free."""
        with self._state.kept_open():
            return self._submit(event, clock, wait=wait)

    def _submit(self, event: NewEvent, clock: Clock, *, wait: bool) -> int | None:
        ticket = self._state.put(event, clock, awaited=wait)
        self._at(WritePoint.PENDING)
        try:
            self._seal_or_be_sealed(ticket, wait=wait)
            leaf = self._state.take_receipt(ticket) if wait else None
        except GoodStandingError as error:
            # It is ours to seal from the commit on; whoever sent it again would have it twice.
            if error.code is NOT_SIGNED:
                raise
            raise GoodStandingError(TAKEN, reason=error.what.rstrip(".")) from error
        self._seal_unattended()
        return leaf

    def _seal_or_be_sealed(self, ticket: int, *, wait: bool) -> None:
        """Take the turn and seal what waits, or see that another has sealed this ticket.

        Without the second, many writers would stand in line only to learn that they are done.
        """
        until = monotonic() + (self._patience if wait else 0)
        while True:
            with self._turn_if_free(min(_GLANCE, self._patience) if wait else 0) as turn:
                if turn is not None:
                    self._seal_pending(turn)
                    return
            leaf = self._state.receipt(ticket) if wait else None
            # Sealed is not yet signed: whoever asked may look at the checkpoint next.
            if leaf is not None and leaf < self._publisher.newest().head.size:
                return
            if monotonic() >= until:
                break
        if wait:
            self._state.leave(ticket)

    def _seal_unattended(self) -> None:
        """Seal what was left, while we had the turn, by those who did not wait for it.

        They found the turn taken and went; a few rounds, or a steady stream would keep us.
        If it fails, what we came for is done: theirs is safe, and sealed by the next writer.
        """
        with suppress(GoodStandingError):
            for _ in range(_ROUNDS):
                if not self._state.has_unattended():
                    return
                with self._turn_if_free(0) as turn:
                    if turn is None:
                        return
                    self._seal_pending(turn)

    def _seal_pending(self, turn: Turn) -> None:
        """Seal what waits now; those who come meanwhile wait for the turn themselves."""
        last = self._state.last_ticket()
        while waiting := turn.pending(last):
            dated = [pending.dated for pending in waiting]
            self._seal(turn, Batch(dated, (), dated[-1].known_at), quiet, waiting=waiting)

    def _seal(
        self,
        turn: Turn,
        batch: Batch,
        progress: Progress,
        *,
        events: Sequence[NewEvent] = (),
        waiting: Sequence[Pending] = (),
    ) -> list[Segment]:
        """One batch from rows to signed checkpoint, in the order of DESIGN 5."""
        first, committing = turn.head.size, False
        erasing = _erasures(batch.events, first)
        self._check_history(turn.head)
        try:
            # Beyond the head lies at most what a crash left; it is ours to delete now.
            if self._layout.unfinished.exists():
                discard_beyond(self._layout, self._tiles, turn.head)
            # 0. The mark of a batch in flight. A crash leaves it, and nothing else yet.
            begin(self._layout)
            self._at(WritePoint.BEGUN)
            try:
                self._note_clock(turn, batch)
                segments, head = self._write(turn.head, batch, progress)
                if not segments:
                    self._unmark(turn.head)
                    return []
                # 3. The head moves, with streams and tickets. Until the commit a crash leaves
                #    the old head and files beyond it; after it, all is acknowledged.
                committing = True
                turn.advance(
                    head,
                    batch.known_at,
                    lambda: self._at(WritePoint.HEAD_MOVING),
                    events=events,
                    tickets=[(pending, first + n) for n, pending in enumerate(waiting)],
                    erasing=erasing,
                )
            except BaseException:
                # Also when interrupted: we still hold the turn, so this is still ours. But an
                # interrupt may come when the commit has gone through, and then all of it is
                # what the head needs: the mark stays, and whoever comes next signs.
                if not committing or self._state.head() == turn.head:
                    discard_beyond(self._layout, self._tiles, turn.head)
                    self._unmark(turn.head)
                raise
        except OSError as error:
            raise GoodStandingError(NOT_WRITTEN, reason=reason_of(error)) from error
        self._at(WritePoint.HEAD_MOVED)
        # 4. The checkpoint follows the head, then the mark goes. A crash before leaves a
        #    checkpoint older than the head, true but behind; whoever opens next signs again.
        self._publisher.sign(turn.head)
        # A mark that cannot be taken away costs the next writer one look.
        with suppress(OSError):
            finish(self._layout)
        self._at(WritePoint.CHECKPOINT_WRITTEN)
        if self._state.erasing():
            self._at(WritePoint.ERASURE_SEALED)
            try:
                self._carry_out()
            except GoodStandingError:
                # Whoever only came by has been served; the erasure stays to be carried out.
                if erasing:
                    raise
        return segments

    def _note_clock(self, turn: Turn, batch: Batch) -> None:
        """Where the clock is set back, say so beside the segments, before it is sealed."""
        if is_behind(batch.known_at, turn.known_at):
            note_clock(self._layout.segments, turn.head.size, batch.known_at)

    def _unmark(self, head: Head) -> None:
        """Take the mark away, unless the checkpoint is still behind and needs it to be explained.

        Without the mark, entries beyond the checkpoint look as if it had been rolled back.
        """
        if self._publisher.newest().head == head:
            finish(self._layout)

    def _check_history(self, head: Head) -> None:
        """Refuse to go on from a head that is not the newest. Raises GS-REGISTER-009.

        A state, a register or an access log restored from another day than the rest, or one that
        lost its last pages, would have us write other entries where published ones are.
        """
        check_history(self._layout, self._tiles, head, self._publisher.newest().head)
        self._state.check_other()

    def _write(self, head: Head, batch: Batch, progress: Progress) -> tuple[list[Segment], Head]:
        """Steps 1 and 2 of a batch: everything the new head will need."""
        edge = edge_at(self._layout, self._tiles, head)
        # 1. Segments: rows with salts, each file synced, then named. A crash leaves
        #    temporaries and segments beyond the head.
        with closing(write_segments(self._layout, head.size, batch, self._at)) as segments:
            # 2. Tiles and entry bundles of each, synced in one pass. A crash leaves some of
            #    them beyond the head; none of them is a path that the head relies on.
            written, new = write_tiles(self._tiles, edge, segments, batch.count(), progress)
        self._at(WritePoint.TILES_WRITTEN)
        self._tiles.sync()
        self._at(WritePoint.TILES_SYNCED)
        return written, new

    def wait(self) -> None:
        """Until no batch is under way that began before now. Raises GS-REGISTER-006."""
        with self._state.turn(self._patience):
            return

    def publish(self, clock: Clock) -> Publication:
        """Ask the witnesses, without the turn; then publish if they are enough."""
        newest = self._publisher.newest().head.size

        def prove(old: int) -> Sequence[bytes]:
            read = lru_cache(partial(self._tiles.read_tile, size=newest))
            return consistency_path(old, newest, read)

        gathered = self._publisher.gather(prove, clock)
        if gathered is not None:
            with self._state.turn(self._patience), refusing():
                self._publisher.settle(gathered)
        return self._publisher.publication(clock, gathered)

    def recover(self) -> None:
        """The normal start: put right what a crash left, if there is anything and no one writes."""
        if not (
            self._layout.unfinished.exists()
            or self._publisher.newest().head != self._state.head()
            or self._state.has_pending()
            or self._state.erasing()
            or self._publisher.is_rotating(self._state.head())
        ):
            return
        with self._turn_if_free(0) as turn:
            if turn is None:
                return
            self._check_history(turn.head)
            if self._layout.unfinished.exists():
                with refusing():
                    discard_beyond(self._layout, self._tiles, turn.head)
            self._at(WritePoint.SWEPT)
            behind = self._publisher.newest().head != turn.head
            if behind or self._publisher.is_rotating(turn.head):
                self._publisher.sign(turn.head)
            # Last: a crash before finds the mark, and comes here again.
            with refusing():
                finish(self._layout)
            self._seal_pending(turn)
            self._carry_out()

    def _carry_out(self) -> None:
        """Take the payload of sealed erasures out of the segments. Raises GS-REGISTER-022."""
        try:
            self._rewrite_segments()
        except (OSError, GoodStandingError) as error:
            reason = error.what if isinstance(error, GoodStandingError) else reason_of(error)
            raise GoodStandingError(NOT_CARRIED_OUT, reason=reason.rstrip(".")) from error

    def _rewrite_segments(self) -> None:
        # Under the turn, or two at once would each bring back what the other took away. A
        # crash leaves some segments rewritten; the next pass finds nothing to do in them.
        self._write_ledger()
        for leaf in self._state.erasing():
            leaves = self._erased_by(leaf)
            for segment in list_segments(self._layout.segments):
                here = [leaf for leaf in leaves if segment.first <= leaf < segment.end]
                if here and rewrite_without(segment, here):
                    self._at(WritePoint.SEGMENT_REWRITTEN)

    def _write_ledger(self) -> None:
        """Write down, outside the node, what is about to be carried out. Raises GS-REGISTER-067.

        First of all: a crash in it leaves the erasure on the log's list, and whoever carries it
        on comes here again. A ledger that is new gets every erasure there ever was.
        """
        waiting, file = self._state.erasing(), ledger_of(self._layout)
        if file is None or not waiting:
            return
        is_begun = file.exists() and file.stat().st_size > 0
        events = self._erasures_at(waiting if is_begun else None)
        append_erasures(file, load_verifying_key(self._layout.public_key).name, events)
        self._at(WritePoint.LEDGER_WRITTEN)

    def _erased_by(self, leaf: int) -> list[int]:
        """The leaves that the erasure sealed at ``leaf`` takes the payload from."""
        events = self._erasures_at([leaf])
        return [int(erased) for event in events for erased in event.members["leaves"]]

    def _erasures_at(self, leaves: Sequence[int] | None) -> list[Event]:
        """The erasures sealed at some leaves, or all there are, in leaf order."""
        return [
            event
            for segment in list_segments(self._layout.segments)
            if segment.item == EVENTS
            if leaves is None or any(segment.first <= leaf < segment.end for leaf in leaves)
            for event in read_events(segment)
            if event.event == ERASURE and (leaves is None or event.leaf in leaves)
        ]

    @contextmanager
    def _turn_if_free(self, patience: float) -> Iterator[Turn | None]:
        """The turn, or None if another process still has it after ``patience`` seconds."""
        with ExitStack() as held:
            turn: Turn | None = None
            try:
                turn = held.enter_context(self._state.turn(patience))
            except GoodStandingError as error:
                if error.code is not SEQUENCER_BUSY:
                    raise
            yield turn


def _erasures(events: Sequence[DatedEvent], first: int) -> list[int]:
    """The leaves that erasures among ``events`` will have."""
    return [first + n for n, dated in enumerate(events) if dated.event.event == ERASURE]
