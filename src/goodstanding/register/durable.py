"""Files that are there after the power fails.

Invariant: when a function here returns, what it was given is on the disk, its name included.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: Beyond this many files one system-wide write-back first is several times faster than
#: waiting for each file alone (a batch of a million entries makes eight thousand files).
_MANY = 64
_THREADS = 8


def write_atomically(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` so that a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    move_durably(temporary, path)


def move_durably(temporary: Path, path: Path) -> None:
    """Give a finished and synced file its name."""
    temporary.replace(path)
    sync(path.parent)


def make_folders(folder: Path) -> None:
    """Create ``folder`` and the folders above it that are missing, their names on the disk."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync(path.parent)


def sync(path: str | Path) -> None:
    """Wait until the file's content, or the folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(files: Collection[str], folders: Iterable[str]) -> None:
    """Files first, then the folders that name them.

    ``os.sync`` only makes it quick: it reports no error, so each file is asked again.
    """
    if len(files) > _MANY:
        os.sync()
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(sync, files):
            pass
        for _ in threads.map(sync, folders):
            pass
