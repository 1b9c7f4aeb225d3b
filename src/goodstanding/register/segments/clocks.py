"""Until when entries were known at the latest, where the node's clock was set right.

Invariant: what was known at an instant is a beginning of the log. A clock that runs ahead seals
entries with instants that are still to come; once it is right again, an officer's act goes on
from the true present (event ``clock_set``). Every entry before that act was known by then, what-
ever instant it bears: it counts as known from the earlier of the two. What is sealed stays.

``segments/clocks.txt`` says so to whoever reads segments, by whatever means: a line for each such
act, ``<leaf> <instant>``. It follows from the log, and ``verify`` compares it.

Who owns the state: the sequencer that holds the turn. The line is written before its act is
sealed; a crash in between leaves a line without its segment, which nobody heeds and the next
writer takes away.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from goodstanding.kernel import GoodStandingError, instant_text, parse_instant
from goodstanding.register.durable import write_atomically
from goodstanding.register.segments.files import EVENTS, first_leaf, segment_at, unreadable

CLOCKS = "clocks.txt"


def known_by(file: Path) -> datetime | None:
    """When all entries of this segment were known at the latest; None if their own word counts.

    A file that has not the name of a segment has its own word.

    Raises GS-REGISTER-014 if the file beside the segments cannot be read.
    """
    first = first_leaf(file)
    return None if first is None else known_before(file.parent.parent, first)


def known_before(folder: Path, leaf: int) -> datetime | None:
    """The same of the entry ``leaf``; ``folder`` is the one of all segments."""
    later = [at for first, at in read_clocks(folder) if first > leaf]
    return min(later, default=None)


def read_clocks(folder: Path) -> list[tuple[int, datetime]]:
    """(leaf, instant) of each act by which the clock was set back. Raises GS-REGISTER-014."""
    # The act is a batch of its own, so its segment has this name.
    return [(n, at) for n, at in _lines(folder) if segment_at(folder, EVENTS, n, 1).file.is_file()]


def note_clock(folder: Path, leaf: int, at: datetime) -> None:
    """Say that the entry to be sealed at ``leaf`` sets the clock back to ``at``."""
    _write(folder, [*(line for line in _lines(folder) if line[0] < leaf), (leaf, at)])


def forget_clocks(folder: Path, size: int) -> None:
    """Take away what a crash left of acts that were never sealed."""
    (folder / f".{CLOCKS}.tmp").unlink(missing_ok=True)
    lines = _lines(folder)
    sealed = [line for line in lines if line[0] < size]
    if sealed != lines:
        _write(folder, sealed)


def _lines(folder: Path) -> list[tuple[int, datetime]]:
    file = folder / CLOCKS
    try:
        text = file.read_text("ascii")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, str(error)) from error
    try:
        pairs = (line.split(" ") for line in text.splitlines())
        return [(int(leaf), parse_instant(at)) for leaf, at in pairs]
    except (ValueError, GoodStandingError):
        raise unreadable(file, "a line of it is not a leaf and an instant") from None


def _write(folder: Path, lines: list[tuple[int, datetime]]) -> None:
    text = "".join(f"{leaf} {instant_text(at)}\n" for leaf, at in lines)
    write_atomically(folder / CLOCKS, text.encode("ascii"))
