"""What officers said of the clock, and the file that says so to readers of segments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from goodstanding.kernel import instant_text
from goodstanding.register.fsck.files import CLOCKS, read_at_most
from goodstanding.register.fsck.report import ClockSet
from goodstanding.register.fsck.rows import Members

CLOCK_SET = "clock_set"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A line is a leaf and an instant; a clock is not set back a thousand times.
_MAX_BYTES = 1 << 16


def clock_set(leaf: int, members: Members) -> ClockSet:
    """The act as its entry says."""
    said = (str(members.get(name, "")) for name in ("known_at", "by", "reason", "last"))
    return ClockSet(leaf, *said)


def clocks_problem(folder: Path, set_back: Sequence[tuple[int, int]]) -> str | None:
    """What is wrong with the file beside the segments; ``set_back`` as the entries have it."""
    lines = (f"{leaf} {_text(microseconds)}\n" for leaf, microseconds in set_back)
    expected = "".join(lines).encode()
    try:
        found = read_at_most(folder / CLOCKS, max(_MAX_BYTES, len(expected)))
    except FileNotFoundError:
        found = b""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if found == expected:
        return None
    return "does not say what the entries say of the clock that was set back"


def _text(microseconds: int) -> str:
    return instant_text(_EPOCH + timedelta(microseconds=microseconds))
