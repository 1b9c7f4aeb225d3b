"""What lies under ``register/``, read without trusting a name or a length.

Invariant: only regular files are opened, and never more of one is read than its format
allows, so that no file can make the check wait or fill the memory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from goodstanding.register.fsck.tree import HEIGHT, WIDTH
from goodstanding.register.layout import Layout

ENTRIES = "entries"
#: Below ``segments/``: until when entries were known, where the clock was set back.
CLOCKS = "clocks.txt"
EVENTS = "events"
#: No signed note is as long.
MAX_NOTE = 1 << 20
#: Names of unfinished batches and odd files that are kept.
_MAX_NAMES = 1000
_CHUNK = 1 << 20

_TILE = re.compile(
    r"tile/(?P<level>entries|0|[1-9]|[1-5]\d|6[0-3])/(?P<number>(?:x\d{3}/)*\d{3})"
    r"(?:\.p/(?P<width>[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?",
    re.ASCII,
)
_SEGMENT = re.compile(
    r"segments/(?P<item>[a-z][a-z0-9_]{0,62})/"
    r"(?P<first>0|[1-9]\d{0,17})-(?P<count>[1-9]\d{0,17})\.(?P<kind>parquet|sha256)",
    re.ASCII,
)
_WIDTH = re.compile(r"[1-9][0-9]{0,2}")
_TEMPORARY = re.compile(r"(?:.*/)?\.[^/]+\.tmp")


@dataclass(frozen=True, slots=True, order=True)
class SegmentFile:
    """A Parquet file that by its name holds the entries ``first`` to ``end - 1``."""

    first: int
    end: int
    item: str
    file: Path

    @property
    def sidecar(self) -> Path:
        """The file with the digest of this one."""
        return self.file.with_suffix(".sha256")


@dataclass(slots=True)
class Inventory:
    """What is there, by kind; ``tiles_beyond`` and ``strange`` are cut off after a thousand."""

    files: int = 0
    tiles: int = 0
    segments: list[SegmentFile] = field(default_factory=list)
    lone_sidecars: list[SegmentFile] = field(default_factory=list)
    tiles_beyond: list[Path] = field(default_factory=list)
    temporaries: list[Path] = field(default_factory=list)
    strange: list[Path] = field(default_factory=list)


def take_inventory(layout: Layout, size: int) -> Inventory:
    """Every file under ``register/``, sorted into its kind; ``size`` is what a checkpoint says."""
    found = Inventory()
    sidecars: list[SegmentFile] = []
    known = {
        f"{layout.segments.name}/{CLOCKS}",
        layout.checkpoint.name,
        layout.unpublished.name,
        layout.unfinished.name,
    }
    for path, regular in _walk(str(layout.register)):
        file = layout.register / path
        found.files += 1
        if regular and path in known:
            continue
        if regular and (match := _SEGMENT.fullmatch(path)):
            first, count = int(match["first"]), int(match["count"])
            kind = found.segments if match["kind"] == "parquet" else sidecars
            kind.append(SegmentFile(first, first + count, match["item"], file))
        elif regular and (place := _tile_place(path)):
            level, index, width = place
            found.tiles += 1
            if index * WIDTH + width > size >> (HEIGHT * level):
                _keep(found.tiles_beyond, file)
        elif regular and _TEMPORARY.fullmatch(path):
            _keep(found.temporaries, file)
        else:
            _keep(found.strange, file)
    found.segments.sort()
    owned = {segment.sidecar for segment in found.segments}
    found.lone_sidecars = sorted(each for each in sidecars if each.file not in owned)
    return found


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Where a tile lies below ``register/`` (C2SP tlog-tiles); ``level`` may be ``entries``."""
    number = f"{index % 1000:03}"
    while index := index // 1000:
        number = f"x{index % 1000:03}/{number}"
    return f"tile/{level}/{number}" + (f".p/{width}" if width < WIDTH else "")


def read_at_most(file: str | Path, limit: int) -> bytes:
    """The file's bytes, of a longer one the first ``limit + 1``. Raises OSError."""
    # Neither a pipe nor a link: the one would make us wait, the other leads elsewhere.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        parts, left = [], limit + 1
        while left and (part := os.read(descriptor, left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def digest(file: Path) -> str:
    """SHA-256 of the whole file in hex. Raises OSError."""
    state = sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def partial_files(folder: str, path: str) -> list[tuple[int, str]]:
    """(width, path) of the partial tiles that stand beside the full one at ``path``."""
    try:
        names = [entry.name for entry in os.scandir(f"{folder}/{path}.p")]
    except OSError:
        return []
    return [(int(name), f"{path}.p/{name}") for name in names if _WIDTH.fullmatch(name)]


def _walk(folder: str, below: str = "") -> Iterator[tuple[str, bool]]:
    """Every path that is no folder, and whether it is a regular file."""
    try:
        entries = sorted(os.scandir(f"{folder}/{below}"), key=lambda entry: entry.name)
    except OSError:
        yield below.rstrip("/"), False
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, f"{below}{entry.name}/")
        else:
            yield below + entry.name, entry.is_file(follow_symlinks=False)


def _tile_place(path: str) -> tuple[int, int, int] | None:
    match = _TILE.fullmatch(path)
    if match is None:
        return None
    level = 0 if match["level"] == ENTRIES else int(match["level"])
    index = int(match["number"].replace("/", "").replace("x", ""))
    if not path.startswith(tile_path(match["level"], index)):
        return None
    return level, index, int(match["width"] or WIDTH)


def _keep(names: list[Path], file: Path) -> None:
    if len(names) < _MAX_NAMES:
        names.append(file)
