"""pymerkle: the same rows appended to a Merkle tree in memory, and nothing else.

It keeps every row and every node, about a kilobyte a row, so that it is given the first two
million rows at most; its time for a row is what is compared.
"""

from __future__ import annotations

from itertools import islice

from pymerkle import InmemoryTree

from benchmarks.place import Place, Timed, Watch, settle

MOST_ROWS = 2_000_000
_CHUNK = 50_000


def run(place: Place) -> Timed:
    """Append rows whose bytes are ready; reading them is not on the clock."""
    tree = InmemoryTree(algorithm="sha256")
    settle()
    watch, rows = Watch(), 0
    with place.lines.open("rb") as lines:
        while chunk := [line.rstrip(b"\n") for line in islice(lines, _CHUNK)]:
            with watch.running():
                tree.append_entries(chunk)
            rows += len(chunk)
    if tree.get_size() != rows or rows != min(place.records, MOST_ROWS):
        raise AssertionError(f"the tree has {tree.get_size()} entries of {rows}")
    return Timed(watch.seconds, rows)
