"""Our whole ingestion: read, check, quarantine, commit, seal, sync, index."""

from __future__ import annotations

from benchmarks.place import PACK, RECEIVED_AT, SOURCE, Place, Timed, Watch, settle
from goodstanding.catalogue import load_pack
from goodstanding.ingest import ingest
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Node

NOTED = Noted("benchmark", 0)


def run(place: Place) -> Timed:
    """Ingest the file into a fresh node; only `ingest` is on the clock."""
    place.put_aside("node")
    pack, clock = load_pack(PACK), FixedClock(RECEIVED_AT)
    node = Node.create(
        place.node, "tarn.example/register", pack.id, pack.digest, clock, noted=NOTED
    )
    settle()
    watch = Watch()
    with watch.running():
        report = ingest(node, pack, SOURCE, place.delivery, clock=clock, noted=NOTED)
    if report.read != place.records or report.new != report.accepted:
        raise AssertionError(f"{report.read} rows read, {report.new} of {report.accepted} new")
    return Timed(watch.seconds, report.read)
