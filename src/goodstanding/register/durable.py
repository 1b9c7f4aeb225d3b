"""Files that are there after the power fails.

Invariant: when a function here returns, what it was given is on the disk, its name included.

Invariant: what is made here is for its owner alone, unless it is said to be public
(``goodstanding.register.private`` says what is).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import re
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import NOT_WRITTEN

#: Modes: for its owner alone; for everybody to read; to pass through, but not to list.
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
PUBLIC_FILE, PUBLIC_FOLDER, PASSAGE = 0o644, 0o755, 0o711
#: Beyond this many files one write-back of all is several times faster than waiting for each
#: file alone (a batch of a million entries makes eight thousand files).
_MANY = 64
_LIBC = ctypes.CDLL(None, use_errno=True)
_SYNCFS_REPORTS = (5, 8)
_THREADS = 8
#: Why a disk does not take what it is given.
_REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)


def write_atomically(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Put ``data`` at ``path`` so that a reader sees the old content or the new, never a part.

    A link at ``path`` is replaced, never written through.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        if mode != PRIVATE_FILE:
            # The process's mask keeps from others what is not said to be for them.
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    move_durably(temporary, path)


def move_durably(temporary: Path, path: Path) -> None:
    """Give a finished and synced file its name."""
    temporary.replace(path)
    sync(path.parent)


def make_folders(folder: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Create ``folder`` and the folders above it that are missing, their names on the disk.

    Those above are for their owner alone, ``folder`` itself as ``mode`` says.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(PRIVATE_FOLDER, exist_ok=True)
    if missing and mode != PRIVATE_FOLDER:
        folder.chmod(mode)
    for path in missing:
        sync(path.parent)


def make_private(file: Path) -> None:
    """Create an empty file for its owner alone, for a database that keeps the mode it finds."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
    os.close(os.open(file, flags, PRIVATE_FILE))


def sync(path: str | Path) -> None:
    """Wait until the file's content, or the folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(files: Collection[str], folders: Iterable[str]) -> None:
    """Files first, then the folders that name them."""
    if len(files) > _MANY and _sync_all_at_once(next(iter(files))):
        return
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(sync, files):
            pass
        for _ in threads.map(sync, folders):
            pass


def _sync_all_at_once(file: str) -> bool:
    """Write back the whole file system that ``file`` lies on; False if this system cannot.

    syncfs(2) of Linux since 5.8 reports what could not be written, to whoever asks next; before,
    and in ``os.sync`` to this day, such an error is lost. A fraction of the time of asking
    thousands of files one by one.
    """
    if not hasattr(_LIBC, "syncfs") or _linux_version() < _SYNCFS_REPORTS:
        return False
    descriptor = os.open(file, os.O_RDONLY)
    try:
        if _LIBC.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), file)
    finally:
        os.close(descriptor)
    return True


def _linux_version() -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", platform.release())[:2])


@contextmanager
def refusing() -> Iterator[None]:
    """What the system says of the disk is a refusal like any other: GS-REGISTER-018."""
    try:
        yield
    except OSError as error:
        raise GoodStandingError(NOT_WRITTEN, reason=reason_of(error)) from error


def reason_of(error: OSError) -> str:
    """The system's words; Arrow's errors bear words of their own beside the number."""
    return os.strerror(error.errno) if error.errno else str(error)


def plain_reason(words: str, folder: Path) -> str:
    """The system's own words for why nothing could be written in ``folder``.

    A database says it in its own, ``words``; the system's are looked for in them, then a disk
    that is full, or one that may not be written, is recognised as such.
    """
    named = [os.strerror(number) for number in _REFUSALS if os.strerror(number) in words]
    if named:
        return named[0]
    disk = os.statvfs(folder)
    if disk.f_flag & os.ST_RDONLY:
        return os.strerror(errno.EROFS)
    if not os.access(folder, os.W_OK):
        return os.strerror(errno.EACCES)
    return os.strerror(errno.ENOSPC) if disk.f_bavail == 0 else words.splitlines()[0]
