"""Segment files by name: ``segments/<item>/<first>-<count>.parquet``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: The folder of entries that are not records. No catalogue item has this name.
EVENTS = "events"

_FILE = re.compile(r"(?P<first>0|[1-9][0-9]{0,17})-(?P<count>[1-9][0-9]{0,17})\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """Entries ``first`` to ``first + count - 1`` of one item, or of events."""

    first: int
    count: int
    item: str
    file: Path

    @property
    def end(self) -> int:
        """The first leaf after the segment."""
        return self.first + self.count


def segment_at(folder: Path, item: str, first: int, count: int) -> Segment:
    """The segment of that place; ``folder`` is the one of all segments."""
    return Segment(first, count, item, folder / item / f"{first}-{count}.parquet")


def list_segments(folder: Path) -> list[Segment]:
    """Every segment by its first leaf."""
    found = []
    for file in _files(folder):
        match = _FILE.fullmatch(file.name)
        if match:
            first, count = int(match["first"]), int(match["count"])
            found.append(Segment(first, count, file.parent.name, file))
    return sorted(found)


def strange_files(folder: Path) -> list[Path]:
    """What lies among the segments and is none, for example a temporary of a crashed write."""
    return sorted(file for file in _files(folder) if not _FILE.fullmatch(file.name))


def _files(folder: Path) -> Iterator[Path]:
    return (file for item in folder.glob("*") if item.is_dir() for file in item.iterdir())
