"""The tiled log on disk, to the letter of C2SP tlog-tiles (https://c2sp.org/tlog-tiles).

``tile/<level>/<index>`` holds hashes, ``tile/entries/<index>`` the entries themselves, each
behind its length as a big-endian uint16. An index is written in groups of three digits,
``x001/x234/067``; a tile at the right edge that is not full yet ends in ``.p/<width>``.
Our entries are commitments of 32 bytes, so a bundle betrays nothing about a payload.

Written files are only ever added: a path that a checkpoint relies on is never written again.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.durable import PUBLIC_FILE, PUBLIC_FOLDER, sync, sync_all
from goodstanding.register.errors import DAMAGED, LINK_IN_PLACE
from goodstanding.register.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tile, tile_width

ENTRIES = "entries"
_LENGTH = HASH_BYTES.to_bytes(2, "big")
_ENTRY_BYTES = len(_LENGTH) + HASH_BYTES
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/"
    r"(?P<number>(?!x000/)(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Path of a tile below the register's folder; ``level`` may be ``entries``.

    >>> tile_path(0, 1234067)
    'tile/0/x001/x234/067'
    >>> tile_path("entries", 273, 112)
    'tile/entries/273.p/112'
    """
    number = f"{index % 1000:03}"
    while index := index // 1000:
        number = f"x{index % 1000:03}/{number}"
    return f"tile/{level}/{number}" + (f".p/{width}" if width < TILE_WIDTH else "")


def parse_tile_path(path: str) -> tuple[int, int, int] | None:
    """(level, index, width) of a path as ``tile_path`` writes it, entries as level 0; else None."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level = 0 if match["level"] == ENTRIES else int(match["level"])
    index = int(match["number"].replace("/", "").replace("x", ""))
    return level, index, int(match["width"] or TILE_WIDTH)


def encode_bundle(commitments: Sequence[bytes]) -> bytes:
    """The entry bundle of up to 256 commitments."""
    return _LENGTH + _LENGTH.join(commitments)


def decode_bundle(bundle: bytes, file: str | Path = "entry bundle") -> list[bytes]:
    """The commitments of a bundle. Raises GS-REGISTER-009 if it holds anything else."""
    entries = [bundle[at : at + _ENTRY_BYTES] for at in range(0, len(bundle), _ENTRY_BYTES)]
    if any(len(entry) != _ENTRY_BYTES or entry[:2] != _LENGTH for entry in entries):
        raise GoodStandingError(DAMAGED, file=file, reason="it is not a list of commitments")
    return [entry[2:] for entry in entries]


class TileFolder:
    """Tiles and entry bundles below ``register/``."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._written: list[str] = []
        self._folders: set[str] = set()

    def write_tiles(self, tiles: Iterable[Tile]) -> None:
        """Write tiles; they are on the disk only after ``sync``."""
        self._write([(tile_path(t.level, t.index, t.width), t.hashes) for t in tiles])

    def write_bundles(self, first: int, bundles: Sequence[Sequence[bytes]]) -> None:
        """Write entry bundles from index ``first`` on; on the disk only after ``sync``."""
        self._write(
            [
                (tile_path(ENTRIES, index, len(commitments)), encode_bundle(commitments))
                for index, commitments in enumerate(bundles, first)
            ]
        )

    def sync(self) -> None:
        """Wait until everything written since the last call is on the disk, names included."""
        above: set[str] = set()
        for folder in self._folders:
            while len(folder) >= len(self._folder):
                above.add(folder)
                folder = folder.rpartition("/")[0]
        sync_all(self._written, sorted(above, key=len, reverse=True))
        self._written.clear()
        self._folders.clear()

    def discard_beyond(self, size: int) -> None:
        """Delete what is not part of the tree of ``size`` entries: left by an unfinished batch."""
        self._written.clear()
        self._folders.clear()
        emptied: set[str] = set()
        for folder, _, names in os.walk(f"{self._folder}/tile"):
            for name in names:
                place = parse_tile_path(f"{folder}/{name}".removeprefix(f"{self._folder}/"))
                if place is not None:
                    level, index, width = place
                    if index * TILE_WIDTH + width > size >> (TILE_HEIGHT * level):
                        Path(folder, name).unlink()
                        emptied.add(folder)
        for folder in emptied:
            sync(folder)

    def reaches_beyond(self, size: int) -> bool:
        """Whether entries lie behind a tree of ``size``: a look at where the next would be."""
        index, width = divmod(size, TILE_WIDTH)
        full = Path(self._folder, tile_path(ENTRIES, index))
        parts = full.with_name(f"{full.name}.p").glob("*")
        return full.exists() or any(int(p.name) > width for p in parts if p.name.isdecimal())

    def read_tile(self, level: int, index: int, size: int) -> bytes:
        """Hashes of a tile in a tree of ``size`` entries. Raises GS-REGISTER-009."""
        width = tile_width(size, level, index)
        data = self._read(level, index, width)
        if len(data) < width * HASH_BYTES:
            raise self._damaged(tile_path(level, index, width), "it is too short")
        return data[: width * HASH_BYTES]

    def read_bundle(self, index: int, size: int) -> list[bytes]:
        """Commitments of a bundle in a tree of ``size`` entries. Raises GS-REGISTER-009."""
        width = tile_width(size, 0, index)
        path = tile_path(ENTRIES, index, width)
        entries = decode_bundle(self._read(ENTRIES, index, width), f"{self._folder}/{path}")
        if len(entries) < width:
            raise self._damaged(path, "it is too short")
        return entries[:width]

    def _read(self, level: int | str, index: int, width: int) -> bytes:
        """The tile of that width, or the full one that has replaced it."""
        for path in dict.fromkeys([tile_path(level, index, width), tile_path(level, index)]):
            try:
                return Path(f"{self._folder}/{path}").read_bytes()
            except FileNotFoundError:
                continue
        raise self._damaged(tile_path(level, index, width), "it is not there")

    def _write(self, files: Sequence[tuple[str, bytes]]) -> None:
        for path, data in files:
            file = f"{self._folder}/{path}"
            folder = file.rpartition("/")[0]
            if folder not in self._folders:
                self._make_folder(folder)
                self._folders.add(folder)
            # Bare calls: this runs twice for every 256 entries, and buffered files cost double.
            descriptor = _open_tile(file)
            try:
                os.fchmod(descriptor, PUBLIC_FILE)
                # A full disk may take a part and say so only of the next.
                while data:
                    data = data[os.write(descriptor, data) :]
            finally:
                os.close(descriptor)
            self._written.append(file)

    def _make_folder(self, folder: str) -> None:
        """A folder for everybody, with those above it; none of them a link to elsewhere."""
        if len(folder) <= len(self._folder) or folder in self._folders:
            return
        self._make_folder(folder.rpartition("/")[0])
        try:
            Path(folder).mkdir()
            Path(folder).chmod(PUBLIC_FOLDER)
        except FileExistsError:
            if Path(folder).is_symlink():
                raise GoodStandingError(LINK_IN_PLACE, file=folder) from None

    def _damaged(self, path: str, reason: str) -> GoodStandingError:
        return GoodStandingError(DAMAGED, file=f"{self._folder}/{path}", reason=reason)


def _open_tile(file: str) -> int:
    """A new tile, or one that an unfinished batch left. Raises GS-REGISTER-061."""
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, PUBLIC_FILE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise GoodStandingError(LINK_IN_PLACE, file=file) from None
        raise
