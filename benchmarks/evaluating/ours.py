"""Our evaluation: the scheme compiled to SQL and run by our DuckDB engine."""

from __future__ import annotations

from benchmarks.evaluating.peers import timed
from benchmarks.place import AS_OF, ITEMS, KNOWN_AT, PACK, SCHEME, Place, Timed, Watch, settle
from goodstanding.catalogue import load_pack
from goodstanding.evaluation.engines.duckdb import run as evaluate
from goodstanding.evaluation.load import load_scheme

#: What 100 M records need so that nothing is written to the disk and read again meanwhile.
ROOM = "16GiB"


def run(place: Place, memory_limit: str = "2GiB") -> Timed:
    """Evaluate the segments; loading the pack is not on the clock, compiling is."""
    scheme = load_scheme(load_pack(PACK), SCHEME)
    relations = {item: place.segments(item) for item in ITEMS}
    out = place.results("ours")
    settle()
    watch = Watch()
    with watch.running():
        evaluate(
            scheme, relations, as_of=AS_OF, known_at=KNOWN_AT, out=out, memory_limit=memory_limit
        )
    return timed(place, watch.seconds, out)


def roomy(place: Place) -> Timed:
    """The same with memory enough for the largest size."""
    return run(place, ROOM)
