"""Before anything is written or signed: the files of this log are of one day.

Invariant: no key signs two different trees of one size. What is signed next holds all that was
signed before, by the tiles themselves; a state, a checkpoint, tiles or segments from different
days are refused, whichever of them is older.

What was put back as a whole, all files of one earlier day, agrees with itself: who kept a
checkpoint finds that (``verify --remember``, a witness), and a restore has to say what it knows
of later ones (``goodstanding.register.restored``).
"""

from __future__ import annotations

from goodstanding.kernel import GoodStandingError
from goodstanding.register.batch import edge_at
from goodstanding.register.errors import DAMAGED
from goodstanding.register.layout import Layout
from goodstanding.register.model import Head
from goodstanding.register.segments import EVENTS, list_segments
from goodstanding.register.tiles import TileFolder


def check_history(layout: Layout, tiles: TileFolder, head: Head, signed: Head) -> None:
    """Refuse a head that the rest does not lead up to. Raises GS-REGISTER-009.

    ``head`` is what ``state.db`` knows, ``signed`` the newest checkpoint's.
    """
    problem = None
    if signed.size > head.size or (signed.size == head.size and signed != head):
        problem = f"the checkpoint covers {signed.size} entries, it knows of {head.size}"
    elif tiles.reaches_beyond(head.size):
        problem = _beyond(layout, head)
    if problem is not None:
        raise GoodStandingError(DAMAGED, file=layout.state, reason=problem)
    if signed.size < head.size:
        _check_reached(layout, tiles, head, signed)


def _beyond(layout: Layout, head: Head) -> str | None:
    """What is wrong with entries beyond the head: at most one batch was in flight."""
    if not layout.unfinished.exists():
        return f"entries lie beyond the {head.size} it knows of, and no batch was in flight"
    # A batch begins with its events, and the next one begins when this one is done.
    beyond = [s for s in list_segments(layout.segments) if s.first >= head.size]
    if any(s.item == EVENTS and s.first > head.size for s in beyond):
        return f"more than one batch lies beyond the {head.size} entries it knows of"
    return None


def _check_reached(layout: Layout, tiles: TileFolder, head: Head, signed: Head) -> None:
    """What the state has acknowledged beyond the checkpoint is really there.

    A crash between the two leaves all of it; a register restored from an earlier day does not.
    """
    edge_at(layout, tiles, head)
    edge_at(layout, tiles, signed)
    covered = max((s.end for s in list_segments(layout.segments)), default=0)
    if covered < head.size:
        reason = f"they hold {covered} entries, {layout.state.name} knows of {head.size}"
        raise GoodStandingError(DAMAGED, file=layout.segments, reason=reason)
