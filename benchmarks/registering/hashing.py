"""The floor: the same entries hashed with ``hashlib`` in plain loops, their bytes ready.

SHA-256 of each preimage, the RFC 6962 hash of each leaf, and of every node above them.
"""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256

from benchmarks.place import Place, Timed, Watch, settle
from benchmarks.registering.append import ITEMS
from goodstanding.register.segments import duck
from goodstanding.register.segments.canonical import record_preimages
from goodstanding.register.segments.columns import facts_of

_CHUNK = 65_536


def run(place: Place) -> Timed:
    """Hash every record of the ingested node; making the bytes is not on the clock."""
    settle()
    watch, level = Watch(), list[bytes]()
    with closing(duck.connect()) as con:
        for item in ITEMS:
            for file in place.segments(item):
                sql = record_preimages(duck.parquet(file), item, facts_of(con, file))
                for batch in con.sql(sql).to_arrow_reader(_CHUNK):
                    preimages = batch.columns[1].to_pylist()
                    with watch.running():
                        for preimage in preimages:
                            level.append(sha256(b"\x00" + sha256(preimage).digest()).digest())
    count = len(level)
    with watch.running():
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=False)
            above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
            level = above + level[len(above) * 2 :]
    return Timed(watch.seconds, count)
