"""Our evaluation: the scheme compiled to SQL and run by our DuckDB engine."""

from __future__ import annotations

from benchmarks.place import AS_OF, KNOWN_AT, PACK, SCHEME, Place, Timed, Watch, settle
from goodstanding.catalogue import load_pack
from goodstanding.evaluation.engines.duckdb import run as evaluate
from goodstanding.evaluation.load import load_scheme
from goodstanding.register import Node


def run(place: Place) -> Timed:
    """Evaluate the sealed node; loading the pack is not on the clock, compiling is."""
    pack = load_pack(PACK)
    scheme = load_scheme(pack, SCHEME)
    log = Node.open(place.node).log
    relations = {item: [segment.file for segment in log.segments(item)] for item in pack.items}
    records = sum(segment.count for item in pack.items for segment in log.segments(item))
    out = place.results("ours")
    settle()
    watch = Watch()
    with watch.running():
        result = evaluate(scheme, relations, as_of=AS_OF, known_at=KNOWN_AT, out=out)
    return Timed(watch.seconds, records, result.standings)
