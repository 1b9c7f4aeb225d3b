"""Erasure: the payload goes, the commitment and every proof stay (DESIGN 5).

Invariant: no entry is without payload before the log says why. The erasure is sealed first,
in one transaction with the note that it is still to be carried out; then every file is
written anew without the rows. A crash in between leaves that note: whoever opens the log
next carries on, and a row already gone is simply not found again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.kernel import Clock, GoodStandingError, Noted
from goodstanding.register.errors import NO_SUCH_LEAF, NOT_A_RECORD
from goodstanding.register.ledger import check_usable, ledger_of
from goodstanding.register.log import Log
from goodstanding.register.model import ERASURE, Event, NewEvent
from goodstanding.register.segments import EVENTS, read_events


@dataclass(frozen=True, slots=True)
class Erasure:
    """A sealed erasure: its own leaf, and the leaves whose payload it takes away."""

    leaf: int
    leaves: tuple[int, ...]


def erase(
    log: Log,
    leaves: Sequence[int],
    *,
    basis: str,
    by: str,
    reason: str,
    authority: str | None = None,
    marks: Sequence[str] = (),
    clock: Clock,
    noted: Noted,
) -> Erasure:
    """Seal an erasure of the records at ``leaves`` and carry it out in the register's segments.

    ``basis`` is the article that demands it, ``authority`` and ``by`` who decided, ``marks`` what
    recognises the records if they are delivered again. What else holds
    the payload (index, deliveries, quarantine) is for the caller, who then calls
    ``Log.erased``. Raises GS-REGISTER-011 for a leaf beyond the head, 020 for the leaf of an
    event, 067 if the erasure ledger cannot be used, and what ``Log.append`` raises.
    """
    wanted = tuple(sorted(set(leaves)))
    _check_records(log, wanted)
    members: dict[str, object] = {
        "leaves": list(wanted),
        "basis": basis,
        "by": by,
        "reason": reason,
    }
    if authority is not None:
        members["authority"] = authority
    if marks:
        members["marks"] = list(marks)
    file = ledger_of(log.layout)
    if file is not None:
        # Before anything is sealed: an erasure that cannot be written down does not happen.
        members["ledger"] = check_usable(file, log.origin)
    appended = log.append([NewEvent(ERASURE, members)], clock=clock, noted=noted)
    return Erasure(appended.segments[0].first, wanted)


def erasures(log: Log) -> list[Erasure]:
    """Every erasure in the log, in its order."""
    return [Erasure(event.leaf, tuple(event.members["leaves"])) for event in erasure_events(log)]


def erasure_events(log: Log) -> list[Event]:
    """The same as they are sealed."""
    return [
        event
        for segment in log.segments(EVENTS, sealed=True)
        for event in read_events(segment)
        if event.event == ERASURE
    ]


def _check_records(log: Log, leaves: Sequence[int]) -> None:
    segments, size = log.segments(sealed=True), log.head.size
    for leaf in leaves:
        if not 0 <= leaf < size:
            raise GoodStandingError(NO_SUCH_LEAF, leaf=leaf, size=size)
        at = bisect_right(segments, leaf, key=lambda segment: segment.first) - 1
        if segments[at].item == EVENTS:
            raise GoodStandingError(NOT_A_RECORD, leaf=leaf)
