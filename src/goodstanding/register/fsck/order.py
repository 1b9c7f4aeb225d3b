"""What the entries say of each other: time, streams, what supersedes what, what was erased.

Invariant: one look at each entry in leaf order. Memory is a bit for each entry, a number for
each stream, and eight bytes for each entry whose row was erased.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.register.fsck.rows import Members, Rows, Say

_ERASURE, _CLOCK_SET = "erasure", "clock_set"


class Order:
    """Follows the log from its first entry to its last; ``say`` hears what is out of order."""

    def __init__(self, size: int, say: Say) -> None:
        self._say = say
        self._size = size
        self._latest: int | None = None
        self._superseded = bytearray(-(-size // 8))
        self._streams: dict[str, int] = {}
        #: Leaf and microseconds of each act that set the clock back.
        self.set_back: list[tuple[int, int]] = []

    def follow(self, rows: Rows) -> None:
        """The next rows."""
        self._time(rows)
        if rows.supersedes is not None and rows.supersedes.null_count < len(rows.leaves):
            self._supersedes(rows.leaves, rows.supersedes)
        for leaf, members in rows.events.items():
            self._stream(leaf, members)

    def _time(self, rows: Rows) -> None:
        times = rows.known_at
        bounds = pc.min_max(times).as_py()
        if bounds["max"] is None:
            return
        rises = pc.all(pc.greater_equal(times[1:], times[:-1])).as_py() in (True, None)
        if rises and (self._latest is None or bounds["min"] >= self._latest):
            self._latest = bounds["max"]
            return
        for leaf, time in zip(rows.leaves, times.to_pylist(), strict=True):
            if time is not None and self._latest is not None and time < self._latest:
                if rows.events.get(leaf, {}).get("event") == _CLOCK_SET:
                    # An officer says so: from here on time goes on from what is right.
                    self.set_back.append((leaf, time))
                    self._latest = time
                    continue
                self._say("was known earlier than an entry before it", leaf)
            elif time is not None:
                self._latest = time

    def _supersedes(self, leaves: Sequence[int], column: pa.Array) -> None:
        for at in pc.indices_nonzero(column.is_valid()).to_pylist():
            leaf, former = leaves[at], column[at].as_py()
            if not 0 <= former < min(leaf, self._size):
                self._say(f"supersedes entry {former}, which is not an earlier one", leaf)
                continue
            byte, bit = divmod(former, 8)
            if self._superseded[byte] >> bit & 1:
                self._say(f"supersedes entry {former}, which another has superseded", leaf)
            self._superseded[byte] |= 1 << bit

    def _stream(self, leaf: int, members: Members) -> None:
        if "stream" not in members and "version" not in members:
            return
        stream, version = members.get("stream"), members.get("version")
        if not isinstance(stream, str) or not _is_number(version):
            self._say("names no stream or no version", leaf)
            return
        expected = self._streams.get(stream, 0) + 1
        if version != expected:
            self._say(f"is version {version} of {stream[:200]!r}, after {expected - 1}", leaf)
        self._streams[stream] = max(expected, int(str(version)))


class Erased:
    """Rows that are gone, and the erasures that say so."""

    def __init__(self) -> None:
        self._absent = array("q")
        self._covered = array("q")
        self._unread: list[range] = []

    @property
    def count(self) -> int:
        """How many rows are gone."""
        return len(self._absent)

    def absent(self, leaves: range) -> None:
        """No row has these leaves, though their segment is sound."""
        self._absent.extend(leaves)

    def unread(self, leaves: range) -> None:
        """Nothing is known of these rows."""
        self._unread.append(leaves)

    def event(self, leaf: int, members: Members, say: Say) -> None:
        """Note what an event covers, if it is an erasure."""
        if members.get("event") != _ERASURE:
            return
        leaves = members.get("leaves")
        if not isinstance(leaves, list) or not all(map(_is_number, leaves)):
            say("is an erasure without leaves", leaf)
        elif leaves != sorted(set(leaves)) or not leaves or leaves[0] < 0 or leaves[-1] >= leaf:
            say("is an erasure of leaves out of order or not before it", leaf)
        else:
            self._covered.extend(leaves)

    def without_reason(self) -> Iterator[int]:
        """Leaves that are gone though no erasure covers them."""
        return _not_in(self._absent, self._covered)

    def still_there(self) -> Iterator[int]:
        """Leaves that an erasure covers though their rows are not gone."""
        unread = iter(self._unread)
        skipped = next(unread, None)
        for leaf in _not_in(self._covered, self._absent):
            while skipped is not None and skipped.stop <= leaf:
                skipped = next(unread, None)
            if skipped is None or leaf not in skipped:
                yield leaf


def _not_in(numbers: array[int], others: array[int]) -> Iterator[int]:
    """Each of ``numbers`` that is none of ``others``, once, in order."""
    if not numbers:
        return iter(())
    distinct = pc.unique(_as_arrow(numbers))
    missing = pc.invert(pc.is_in(distinct, value_set=_as_arrow(others)))
    left = distinct.filter(missing)
    return (value.as_py() for value in left.take(pc.sort_indices(left)))


def _as_arrow(numbers: array[int]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
