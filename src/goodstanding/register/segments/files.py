"""Segment files by name: ``segments/<item>/<first>-<count>.parquet``, each with its digest.

The digest lies beside it as ``<first>-<count>.sha256``, in the form ``sha256sum`` reads. It
finds what no commitment covers: a bit flipped where it changes no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.durable import make_folders, move_durably, sync, write_atomically
from goodstanding.register.errors import UNREADABLE_SEGMENT

#: The folder of entries that are not records. No catalogue item has this name.
EVENTS = "events"

_FILE = re.compile(r"(?P<first>0|[1-9][0-9]{0,17})-(?P<count>[1-9][0-9]{0,17})\.parquet")
_DIGEST = ".sha256"


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


def first_leaf(file: Path) -> int | None:
    """The first leaf of the segment that a file is by its name; None if it is none."""
    match = _FILE.fullmatch(file.name)
    return None if match is None else int(match["first"])


def digest_file(segment: Path) -> Path:
    """Where the digest of a segment's file lies."""
    return segment.with_suffix(_DIGEST)


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
    files = set(_files(folder))
    return sorted(
        file
        for file in files
        if not _FILE.fullmatch(file.name)
        and not (file.suffix == _DIGEST and file.with_suffix(".parquet") in files)
    )


def _files(folder: Path) -> Iterator[Path]:
    return (file for item in folder.glob("*") if item.is_dir() for file in item.iterdir())


@contextmanager
def new_file(file: Path, at: Callable[[], None]) -> Iterator[Path]:
    """A temporary beside ``file`` that gets its name when it is complete and on the disk.

    Its digest is named first: a crash in between leaves a digest without its file, which is
    as unfinished as a temporary.
    """
    make_folders(file.parent)
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.unlink(missing_ok=True)
    yield temporary
    sync(temporary)
    at()
    write_atomically(digest_file(file), digest_line(temporary, file.name))
    move_durably(temporary, file)


def digest_line(file: Path, name: str) -> bytes:
    """What ``sha256sum`` prints of ``file``, as if it were called ``name``."""
    with file.open("rb") as opened:
        return f"{file_digest(opened, 'sha256').hexdigest()}  {name}\n".encode()


def unreadable(file: Path, reason: str) -> GoodStandingError:
    """GS-REGISTER-014 for a segment's file."""
    return GoodStandingError(UNREADABLE_SEGMENT, file=file, reason=reason.splitlines()[0])
