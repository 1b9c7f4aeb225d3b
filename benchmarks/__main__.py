"""The command: measure every stage, write the page, say which bars are met."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import FOLLOW, GENERATE, SEGMENTS
from benchmarks.machine import machine
from benchmarks.measure import ChildError, Size, measure
from benchmarks.page import all_bars, count, page
from benchmarks.place import Place
from benchmarks.tasks import ALL, OURS, STAGES, Task

PAGE = Path(__file__).parent.parent / "docs" / "evidence" / "benchmarks.md"
#: From this size on --runs-large says how many rounds there are.
LARGE = 10_000_000
#: Rows of the file that the stage `starting` ingests.
SMALL = 350


def main() -> int:
    """Measure and write. Exit status 0 if everything was measured, whatever was found; 2 if a
    peer disagrees with us or a process fails, and then nothing is written."""
    given = _arguments()
    conditions = machine()
    with TemporaryDirectory(prefix="benchmarks-", dir=given.work) as work:
        try:
            sizes = _sizes_measured(Path(work), given)
            scaling = _scaling_measured(Path(work), given)
        except ChildError as error:
            print(error, file=sys.stderr)
            return 2
        # Before the folder goes: deleting its many files takes minutes.
        given.page.parent.mkdir(parents=True, exist_ok=True)
        given.page.write_text(page(conditions, sizes, scaling), "utf-8")
    print(f"\n{given.page}")
    for records, bar in all_bars(sizes, scaling):
        met = "met   " if bar.met else "MISSED"
        print(f"{records:>16}  {met}  {bar.promise}: {bar.found}")
    return 0


def _sizes_measured(work: Path, given: argparse.Namespace) -> list[Size]:
    """What starts; ingestion, register and peers at each size, `explain` at the largest; then
    one more batch."""
    found = []
    if "starting" in given.only:
        place = Place(work / "starting", SMALL)
        found.append(measure(place, given.runs, STAGES["starting"], _say(SMALL)))
    for records in given.sizes if {"register", "peers", "explain"} & given.only else ():
        place, tasks = Place(work / str(records), records), list[Task]()
        explaining = "explain" in given.only and records == max(given.sizes)
        if "register" in given.only:
            tasks += STAGES["register"]
        if "peers" in given.only:
            tasks += STAGES["peers"]
        if explaining:
            tasks += STAGES["explain"]
        if not tasks:
            continue
        prepare: str | None = GENERATE if "register" in given.only or explaining else SEGMENTS
        if explaining and "register" not in given.only:
            _ingest(place, given)
            prepare = None
        found.append(measure(place, _rounds(records, given), tasks, _say(records), prepare))
    if "incremental" in given.only:
        place = Place(work / "following", given.follow)
        tasks = list(STAGES["incremental"])
        rounds = _rounds(given.follow, given)
        found.append(measure(place, rounds, tasks, _say(given.follow), FOLLOW))
    return found


def _ingest(place: Place, given: argparse.Namespace) -> None:
    """The node that `explain` asks, made once and not measured."""
    measure(place, 1, [ALL[OURS]], _say(place.records), GENERATE)


def _scaling_measured(work: Path, given: argparse.Namespace) -> list[Size]:
    found = []
    for records in given.scale if "scaling" in given.only else ():
        place = Place(work / f"scale-{records}", records)
        tasks = STAGES["scaling"]
        found.append(measure(place, given.runs_scale, tasks, _say(records), SEGMENTS))
    return found


def _rounds(records: int, given: argparse.Namespace) -> int:
    rounds: int = given.runs_large if records >= LARGE else given.runs
    return rounds


def _say(records: int) -> Callable[[str], None]:
    start = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - start:7.0f} s  {count(records)}  {step}", flush=True)

    return say


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    stages = ",".join(STAGES)
    parser.add_argument("--only", type=_stages, default=_stages(stages), help=stages)
    parser.add_argument("--sizes", type=_sizes, default=_sizes("2M,20M"), help="2M,20M")
    parser.add_argument("--follow", type=_size, default=_size("20M"), help="records before a batch")
    parser.add_argument(
        "--scale", type=_sizes, default=_sizes("1M,3.2M,10M,31.6M,100M"), help="sizes for growth"
    )
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    parser.add_argument("--runs-large", type=int, default=5, help="rounds from 10M on")
    parser.add_argument("--runs-scale", type=int, default=3, help="rounds of the stage scaling")
    parser.add_argument("--work", type=Path, default=None, help="folder for temporary files")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the tables")
    return parser.parse_args()


def _stages(text: str) -> set[str]:
    found = {part.strip() for part in text.split(",")}
    if strange := found - STAGES.keys():
        raise argparse.ArgumentTypeError(f"no stage is called {', '.join(sorted(strange))}")
    return found


def _size(text: str) -> int:
    units = {"": 1, "k": 1_000, "M": 1_000_000}
    match = re.fullmatch(r"([1-9]\d*(?:\.\d+)?)([kM]?)", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 200k or 3.2M")
    return round(float(match[1]) * units[match[2]])


def _sizes(text: str) -> list[int]:
    return [_size(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
