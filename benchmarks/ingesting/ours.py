"""Our whole ingestion: read, check, quarantine, commit, seal, sync, index."""

from __future__ import annotations

from benchmarks.place import PACK, RECEIVED_AT, SOURCE, Place, Timed, Watch, settle
from goodstanding.catalogue import load_pack
from goodstanding.ingest import ingest
from goodstanding.kernel import FixedClock
from goodstanding.register import Node


def run(place: Place) -> Timed:
    """Ingest the file into a fresh node; only `ingest` is on the clock."""
    _put_aside(place)
    pack, clock = load_pack(PACK), FixedClock(RECEIVED_AT)
    node = Node.create(place.node, "tarn.example/register", pack.id, pack.digest, clock)
    settle()
    watch = Watch()
    with watch.running():
        report = ingest(node, pack, SOURCE, place.delivery, clock=clock)
    if report.read != place.records or report.new != report.accepted:
        raise AssertionError(f"{report.read} rows read, {report.new} of {report.accepted} new")
    return Timed(watch.seconds, report.read)


def _put_aside(place: Place) -> None:
    """Make room for a fresh node, freeing the large files of the last one but not the small.

    For some minutes ext4 walks past every inode that was just deleted before it gives out a
    new one. To delete thousands of tiles here would be to measure that walk in the next run.
    """
    if not place.node.exists():
        return
    former = place.folder / f"former-node-{len(list(place.folder.glob('former-node-*')))}"
    place.node.rename(former)
    for large in (*former.rglob("*.parquet"), *former.glob("*.db")):
        large.unlink()
