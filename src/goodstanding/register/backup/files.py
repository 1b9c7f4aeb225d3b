"""Which files a backup holds, and how one is copied.

Everything in the node's folder is the node's, but for locks, what is worked on, and what can be
made again from the rest: the index and evaluation caches.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from goodstanding.register.durable import make_folders
from goodstanding.register.layout import Layout
from goodstanding.register.private import file_mode, folder_mode

_CHUNK = 1 << 20
#: Temporaries, work folders, locks; the note of an unfinished erasure is none of them.
_PASSING = re.compile(
    r"\..*\.tmp|\.(access|receiving|evaluating|making|backing-up|backtesting)-.*|(turn|\.receiving)\.lock"
)
_DATABASE = re.compile(r"(state|index)\.db(-wal|-shm|-journal)?")
_AGAIN = ("evaluation",)
#: What signs, and what knows erased records again.
_SECRET = re.compile(r"(access/)?keys/[^/]*\.keys?")

#: Called with files done and files in all.
Progress = Callable[[int, int], None]


def is_secret(path: str) -> bool:
    """Whether a file, by its path within the node, is a private key."""
    return _SECRET.fullmatch(path) is not None


def lasting_files(folder: Path) -> Iterator[str]:
    """Paths within the node of what a backup holds, but for databases and tiles, in order.

    A link to a file is followed: keys and settings may lie elsewhere.
    """
    for at, folders, names in os.walk(folder):
        inside = Path(at).relative_to(folder)
        tiles = inside in (Path("register"), Path("access/register"))
        folders[:] = sorted(
            name
            for name in folders
            if not _PASSING.fullmatch(name)
            and not (tiles and name == "tile")
            and not (inside == Path() and name in _AGAIN)
        )
        for name in sorted(names):
            passes = _PASSING.fullmatch(name) or _is_database(inside, name)
            if not passes and Path(at, name).is_file():
                yield (inside / name).as_posix()


def _is_database(inside: Path, name: str) -> bool:
    return inside in (Path(), Path("access")) and _DATABASE.fullmatch(name) is not None


def make_place(folder: Path, path: str) -> Path:
    """Where a file of the node lies in ``folder``, the folders above it made with their modes."""
    above = Path()
    for part in (Path(), *(Path(p) for p in Path(path).parent.parts)):
        above = above / part
        make_folders(folder / above, folder_mode(above))
    return folder / path


def copy_file(source: Path, folder: Path, path: str) -> tuple[str, int]:
    """Copy one file into ``folder`` and have it on the disk; its hash and its bytes.

    Read once: what is hashed is what is written. Raises OSError.
    """
    target = make_place(folder, path)
    digest, size = sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
        os.fchmod(descriptor, file_mode(Path(path)))
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
            size += len(chunk)
        written.flush()
        os.fsync(descriptor)
    return digest.hexdigest(), size


def logs_of(folder: Path) -> list[tuple[str, Layout]]:
    """The logs of a node with the path of each within it, the access log first, as one notes."""
    access = Layout(Layout(folder).access)
    found = [("access/", access)] if access.state.is_file() else []
    return [*found, ("", Layout(folder))]
