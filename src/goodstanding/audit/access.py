"""The access log: who did and saw what, in a log of its own.

Invariant: an act or a look happens only after its entry is safe. ``note`` returns when the
entry is durable in the access log's ``state.db``; if that fails it raises, and what needs the
receipt cannot be called without it.

An entry says that something was begun, not what came of it: that stands in the register. A
refused act therefore leaves its entry too.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

from goodstanding.audit.entry import Value, entry_members, read_entry
from goodstanding.audit.errors import NO_ACCESS_LOG, NOT_NOTED, UNFIT_EVENT, UNKNOWN_EVENT
from goodstanding.audit.events import (
    ACCESS_LOG_BEGUN,
    CLOCK_SET,
    EVENTS,
    KEY_ROTATED,
    NODE_RESTORED,
)
from goodstanding.audit.model import Entry, EventType, Kind
from goodstanding.kernel import Clock, GoodStandingError, Identifier, Noted, instant_text
from goodstanding.register import Layout, Log, NewEvent, Node
from goodstanding.register.durable import move_durably, sync
from goodstanding.register.keys import prepare_rotation
from goodstanding.register.restored import has_gone_on, read_mark
from goodstanding.register.segments import EVENTS as EVENT_SEGMENTS
from goodstanding.register.segments import read_events

#: The receipt for what the access log writes into itself: an entry is its own trace.
_ITSELF = Noted("access_log", 0)
#: Tickets are random, so that one is known before its entry has a leaf; JSON takes 53 bits.
_TICKET_BITS = 53
#: Refusals that say already what is wrong.
_OWN = (UNKNOWN_EVENT, UNFIT_EVENT, NOT_NOTED, NO_ACCESS_LOG)


class AccessLog:
    """The log in ``node/access``: its own key, origin ``<origin>/access``, the same format."""

    def __init__(self, log: Log) -> None:
        self._log = log

    @classmethod
    def create(
        cls,
        folder: Path,
        origin: str,
        event: EventType,
        /,
        *,
        by: str,
        clock: Clock,
        **members: Value,
    ) -> tuple[AccessLog, Noted]:
        """A new access log for the node in ``folder`` (which must be there), with its first entry.

        It is made beside its place and moved there when the entry stands, so there is never
        an access log that does not say how it began; a crash leaves a ``.access-*`` folder
        that no one reads. If another process was quicker, its log gets the entry.
        Raises GS-AUDIT-001 to 003.
        """
        place = Layout(folder).access
        said = entry_members(event, by=by, members=members)
        with _fail_closed():
            making = Path(mkdtemp(prefix=".access-", dir=folder))
            made = cls(Log.create(making, f"{origin}/access"))
            noted = made._take(event, said, clock)
            try:
                move_durably(making, place)
            except OSError:
                shutil.rmtree(making)
                if not place.exists():
                    raise
                quicker = cls.open(folder)
                return quicker, quicker._take(event, said, clock)
        return cls(Log(place)), noted

    @classmethod
    def open(cls, folder: Path) -> AccessLog:
        """The access log of the node in ``folder``. Raises GS-AUDIT-003 or 004."""
        place = Layout(folder).access
        if not place.exists():
            raise GoodStandingError(NO_ACCESS_LOG, folder=folder)
        with _fail_closed():
            return cls(Log.open(place))

    @classmethod
    def of(cls, node: Node, *, by: str, clock: Clock) -> AccessLog:
        """The access log of a node; begun now if it has none, and saying so.

        A node without one is older than access logs, or someone has removed it. Either way
        the first entry, ``access_log_begun``, says how much the register held already.
        Raises GS-AUDIT-003.
        """
        if not node.layout.access.exists():
            size = node.log.head.size
            begun, _ = cls.create(
                node.folder, node.origin, ACCESS_LOG_BEGUN, by=by, clock=clock, register_size=size
            )
            return begun
        return cls.open(node.folder)

    @property
    def log(self) -> Log:
        """The log itself, to be verified like any other."""
        return self._log

    def note(
        self,
        event: EventType,
        /,
        *,
        by: str,
        clock: Clock,
        subject: str | None = None,
        leaves: Collection[int] = (),
        purpose: str | None = None,
        **members: Value,
    ) -> Noted:
        """Note an act or a look before it happens; returns the receipt it needs.

        ``by`` is who acts or looks; ``subject`` (scheme:value) and ``leaves`` of the register
        say what it concerns; ``members`` are the event's own. The entry is durable when this
        returns, and sealed by whoever has the turn. Raises GS-AUDIT-001 to 003, GS-KERNEL-001.
        """
        said = entry_members(
            event, by=by, subject=subject, leaves=leaves, purpose=purpose, members=members
        )
        return self._take(event, said, clock)

    def set_clock(self, *, by: str, clock: Clock, day: date, reason: str) -> Noted:
        """Note ``clock_set``; from then on this log goes on from the present instant.

        Sealed before this returns, in a batch of its own. Raises GS-AUDIT-002 and 003.
        """
        last = self._log.known_at
        members: dict[str, Value] = {
            "day": day.isoformat(),
            "last": None if last is None else instant_text(last),
            "reason": reason,
        }
        said = entry_members(CLOCK_SET, by=by, members=members)
        ticket = secrets.randbits(_TICKET_BITS)
        event = NewEvent(CLOCK_SET.name, {**said, "ticket": ticket})
        with _fail_closed():
            self._log.append([event], clock=clock, noted=_ITSELF)
        return Noted(CLOCK_SET.name, ticket)

    @classmethod
    def resume(cls, folder: Path, *, by: str, clock: Clock, reason: str) -> tuple[AccessLog, Noted]:
        """Go on with the access log of a node that was restored, noting ``node_restored``.

        A new key signs alone from here on: the old one may have signed other trees of the sizes
        that come now. A crash before the entry leaves all as it was, one after it leaves the log
        to be opened; either way this is done again. Raises GS-AUDIT-002 to 004.
        """
        place = Layout(folder).access
        mark = read_mark(Layout(folder))
        if mark is None or not place.exists():
            raise GoodStandingError(NO_ACCESS_LOG, folder=folder)
        members: dict[str, Value] = {
            "backup": mark.backup,
            "size": mark.head.size,
            "reason": reason,
        }
        said = entry_members(NODE_RESTORED, by=by, members=members)
        if not (place / Layout(folder).restored.name).exists():
            opened = cls.open(folder)
            return opened, opened._take(NODE_RESTORED, said, clock)
        with _fail_closed():
            log = Log.open(place, restored=True)
            old, ticket = log.key, secrets.randbits(_TICKET_BITS)
            if not has_gone_on(log, mark):
                new = prepare_rotation(log.layout.keys, old)
                rotated = {"by": by, "ticket": ticket, "old": str(old), "new": str(new)}
                batch = [
                    NewEvent(NODE_RESTORED.name, {**said, "ticket": ticket}),
                    NewEvent(KEY_ROTATED.name, rotated),
                ]
                log.append(batch, clock=clock, noted=_ITSELF)
            log.layout.restored.unlink()
            sync(place)
        return cls(log), Noted(NODE_RESTORED.name, ticket)

    def _take(self, event: EventType, said: Mapping[str, object], clock: Clock) -> Noted:
        ticket = secrets.randbits(_TICKET_BITS)
        new = NewEvent(event.name, {**said, "ticket": ticket})
        with _fail_closed():
            self._log.submit(new, clock=clock, noted=_ITSELF, wait=False)
        return Noted(event.name, ticket)

    def entries(
        self,
        subject: str | None = None,
        *,
        leaves: Collection[int] = (),
        since: datetime | None = None,
        noted: Noted,
    ) -> Iterator[Entry]:
        """What has been noted, the newest first.

        With a subject, only what names it or one of ``leaves`` (the subject's entries in the
        register). ``since`` is the earliest instant. ``noted`` is the receipt of this look.
        Raises GS-AUDIT-005, GS-REGISTER-014 and GS-KERNEL-001.
        """
        wanted = None if subject is None else str(Identifier.parse(subject))
        own = frozenset(leaves)
        for segment in reversed(self._log.segments(EVENT_SEGMENTS, sealed=True)):
            for event in reversed(read_events(segment)):
                if since is not None and event.known_at < since:
                    return
                entry = read_entry(event)
                if wanted is None or entry.concerns(wanted, own):
                    yield entry

    def looks_at(
        self, subject: str, *, leaves: Collection[int] = (), noted: Noted
    ) -> Iterator[Entry]:
        """The looks at one subject's file, the newest first: what the subject may read."""
        for entry in self.entries(subject, leaves=leaves, noted=noted):
            event = EVENTS.get(entry.event)
            # What a later version of the list calls a look is not hidden by an earlier one.
            if event is None or event.kind is Kind.LOOK:
                yield entry


@contextmanager
def _fail_closed() -> Iterator[None]:
    """Whatever keeps an entry from being taken, in one refusal that names the cause."""
    try:
        yield
    except GoodStandingError as error:
        if error.code in _OWN:
            raise
        reason, remedy = error.what, error.remedy
        raise GoodStandingError(NOT_NOTED, reason=reason, remedy=remedy) from error
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}."
        remedy = "Give this user the right to write in the node's folder, or make room."
        raise GoodStandingError(NOT_NOTED, reason=reason, remedy=remedy) from error
