"""The instants that entries may bear, told by the past alone.

Invariant: instants rise with the leaves, and no two batches share one; else "as known at" an
instant could mean one batch today and two of them tomorrow. The one exception is the act that
sets the clock right (``clock_set``), from which on they rise again
(``goodstanding.register.segments.clocks``).

A log knows only when it was written last. A clock behind that is wrong for certain. A clock far
ahead of it is a wrong clock or a long silence, and nobody here can tell which: an officer does,
by naming the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from goodstanding.kernel import GoodStandingError, instant_text
from goodstanding.register.errors import CLOCK_AHEAD, TIME_BACKWARDS
from goodstanding.register.model import CLOCK_SET, NewEvent

#: A node that takes a list every quarter is never silent longer: a quarter and its holidays.
LONGEST_SILENCE = timedelta(days=100)
#: First entries after a restore: the register's, and the access log's.
BEGINNINGS = ("log_restored", "node_restored")
#: A machine's clock is put right now and then; further back than this it is wrong.
_JITTER = timedelta(seconds=2)
_TICK = timedelta(microseconds=1)


def check_clock(now: datetime, last: datetime | None, *witnesses: datetime | None) -> None:
    """Whether the clock can be right. ``last`` is the log's own latest instant.

    ``witnesses`` are the latest instants of whatever else has told the time and was believed: the
    node's other log. Raises GS-REGISTER-017 for a clock that is behind, 062 for one far ahead.
    """
    if last is None:
        return
    if is_behind(now, last):
        raise GoodStandingError(TIME_BACKWARDS, now=instant_text(now), last=instant_text(last))
    latest = max(last, *(each for each in witnesses if each is not None), last)
    if is_ahead(now, latest):
        raise GoodStandingError(
            CLOCK_AHEAD,
            now=instant_text(now),
            last=instant_text(latest),
            days=(now - latest).days,
            day=now.date(),
        )


def is_behind(now: datetime, last: datetime | None) -> bool:
    """Whether the log already knew something later."""
    return last is not None and now < last - _JITTER


def is_ahead(now: datetime, last: datetime | None) -> bool:
    """Whether the log has been silent for so long that the clock may be wrong."""
    return last is not None and now > last + LONGEST_SILENCE


def after(last: datetime | None, now: datetime) -> datetime:
    """``now``, or just after ``last``: no two batches share an instant."""
    return now if last is None else max(now, last + _TICK)


def begins_again(events: Sequence[NewEvent]) -> bool:
    """Whether a restored log goes on with these: by a named act, after a silence of its own."""
    return bool(events) and events[0].event in BEGINNINGS


def sets_clock(events: Sequence[NewEvent]) -> bool:
    """Whether this is the act that says which instant it is; it is a batch of its own."""
    return [event.event for event in events] == [CLOCK_SET]
