"""Where the files of one size lie, and the one date everything is measured on."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

HERE = Path(__file__).parent
PACK = HERE / "pack"
SOURCE, SCHEME = "inspectorate", "conduct"
ITEMS = ("inspection", "penalty")
AS_OF = date(2025, 7, 1)
RECEIVED_AT = datetime(2025, 7, 1, 12, tzinfo=UTC)
KNOWN_AT = datetime(2025, 7, 1, 23, 59, 59, 999999, tzinfo=UTC)
STANDINGS, REASONS = "standings.parquet", "reasons.parquet"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one size: ``records`` is the number of rows in the agency's file."""

    folder: Path
    records: int

    @property
    def delivery(self) -> Path:
        """The agency's file."""
        return self.folder / "delivery.parquet"

    @property
    def node(self) -> Path:
        """The node that the last ingestion left."""
        return self.folder / "node"

    @property
    def lines(self) -> Path:
        """Rows of the file as one canonical JSON object a line, for the peer that hashes them."""
        return self.folder / "rows.jsonl"

    @property
    def segment_folder(self) -> Path:
        """The folder of all segments, of a node or made directly."""
        return self.node / "register" / "segments"

    @property
    def later_folder(self) -> Path:
        """The segments of one more batch."""
        return self.folder / "later"

    def segments(self, item: str) -> list[Path]:
        """The sealed segments of an item, in order."""
        return sorted((self.segment_folder / item).glob("*.parquet"), key=_first_leaf)

    def later(self, item: str) -> list[Path]:
        """Those of the batch that came later."""
        return sorted((self.later_folder / item).glob("*.parquet"), key=_first_leaf)

    def log_size(self) -> int:
        """The leaf after the last of the segments."""
        files = [file for item in ITEMS for file in self.segments(item)]
        return max(sum(int(part) for part in file.stem.split("-")) for file in files)

    def put_aside(self, name: str) -> Path:
        """A folder of this name that is not there, freeing only the large files of the last one.

        For some minutes ext4 walks past every inode that was just deleted before it gives out a
        new one. To delete thousands of tiles here would be to measure that walk in the next run.
        """
        folder = self.folder / name
        if folder.exists():
            former = self.folder / f"former-{name}-{len(list(self.folder.glob('former-*')))}"
            folder.rename(former)
            for large in (*former.rglob("*.parquet"), *former.glob("*.db")):
                large.unlink()
        return folder

    def results(self, peer: str) -> Path:
        """An empty folder for what a peer writes."""
        folder = self.folder / "results" / peer
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def _first_leaf(file: Path) -> int:
    return int(file.stem.split("-")[0])


@dataclass(slots=True)
class Watch:
    """Adds up the time spent inside ``running``."""

    seconds: float = field(default=0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of this block."""
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Timed:
    """What a task took; ``records`` and ``subjects`` are what it took it for (0: none).

    ``parts`` and ``processor`` are seconds, and seconds of all processors, by part of the work.
    """

    seconds: float
    records: int
    subjects: int = 0
    parts: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)


def settle() -> None:
    """Let what earlier measurements wrote reach the disk before a clock starts."""
    os.sync()
