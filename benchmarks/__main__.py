"""The command: measure every size, write the page, say which bars are met."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bars import bars
from benchmarks.machine import machine
from benchmarks.measure import ChildError, Size, measure
from benchmarks.page import count, page
from benchmarks.place import Place

PAGE = Path(__file__).parent.parent / "docs" / "evidence" / "benchmarks.md"
#: From this size on --runs-large says how many rounds there are.
LARGE = 10_000_000


def main() -> int:
    """Measure and write. Exit status 0 if everything was measured, whatever was found; 2 if a
    peer disagrees with us or a process fails, and then nothing is written."""
    given = _arguments()
    conditions = machine()
    with TemporaryDirectory(prefix="benchmarks-", dir=given.work) as work:
        try:
            sizes = [_measure(Path(work), records, given) for records in given.sizes]
        except ChildError as error:
            print(error, file=sys.stderr)
            return 2
        # Before the folder goes: deleting its many files takes minutes.
        given.page.parent.mkdir(parents=True, exist_ok=True)
        given.page.write_text(page(conditions, sizes), "utf-8")
    print(f"\n{given.page}")
    for size in sizes:
        _tell(size)
    return 0


def _measure(work: Path, records: int, given: argparse.Namespace) -> Size:
    start = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - start:7.0f} s  {count(records)}  {step}", flush=True)

    rounds = given.runs_large if records >= LARGE else given.runs
    return measure(Place(work / str(records), records), rounds, say)


def _tell(size: Size) -> None:
    for bar in bars(size):
        met = "met   " if bar.met else "MISSED"
        print(f"{count(size.records):>6}  {met}  {bar.promise}: {bar.found}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=_sizes("2M,20M"), help="2M,20M")
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    parser.add_argument("--runs-large", type=int, default=5, help="rounds from 10M on")
    parser.add_argument("--work", type=Path, default=None, help="folder for temporary files")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the tables")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    units = {"": 1, "k": 1_000, "M": 1_000_000}
    found = [re.fullmatch(r"([1-9]\d*)([kM]?)", part.strip()) for part in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of sizes like 200k,2M")
    return [int(match[1]) * units[match[2]] for match in found if match]


if __name__ == "__main__":
    sys.exit(main())
