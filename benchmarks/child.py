"""One piece of work in a process of its own: python -m benchmarks.child WORK FOLDER RECORDS.

The last line it prints is a JSON object: what the work took and its peak memory in bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.place import Place

GENERATE, COMPARE = "generate", "compare"
#: Segments without a node; the same and one more batch, with the results of before.
SEGMENTS, FOLLOW = "segments", "follow"


def main(work: str, folder: str, records: str) -> None:
    """Do the work and print what it took."""
    place = Place(Path(folder), int(records))
    found: dict[str, object] = {}
    if work == GENERATE:
        from benchmarks.generate import generate
        from benchmarks.ingesting.merkle_tree import MOST_ROWS

        generate(place, min(place.records, MOST_ROWS))
    elif work == SEGMENTS:
        from benchmarks.segments import make_segments

        make_segments(place)
    elif work == FOLLOW:
        from benchmarks.following.ours import prepare

        prepare(place)
    elif work.startswith(COMPARE):
        from benchmarks.evaluating.compare import compare

        compare(place, work.removeprefix(f"{COMPARE} "))
    else:
        from benchmarks.tasks import ALL

        found |= asdict(ALL[work].load()(place))
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
