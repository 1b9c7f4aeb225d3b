"""Folders to work in, gone afterwards whatever happens.

Invariant: whoever works in one holds its lock. A killed process holds none, so the next one
who works in the same place deletes what it left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp


@contextmanager
def scratch_folder(place: Path, prefix: str) -> Iterator[Path]:
    """A new folder in ``place`` whose name begins with ``prefix``. Raises OSError."""
    # Held while folders are made and looked at: a new one must not look abandoned.
    with _locked(place):
        for left in place.glob(f"{prefix}*"):
            _delete_abandoned(left)
        folder = Path(mkdtemp(prefix=prefix, dir=place))
        ours = os.open(folder, os.O_RDONLY)
        fcntl.flock(ours, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(ours)


def _delete_abandoned(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(handle)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
