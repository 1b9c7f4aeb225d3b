"""Receive a file: keep its original bytes under their hash, and make it readable.

Invariant: the original is kept byte for byte under a name of ours; what is read further is
the original itself or a strict transcription of it, unpacked and in UTF-8. A file that
changes under the reading is refused.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import EMPTY_FILE, NO_SUCH_FILE
from goodstanding.ingest.model import Delivery, Progress
from goodstanding.ingest.reading.containers import unpack
from goodstanding.ingest.reading.encodings import decode_file, find_encoding
from goodstanding.ingest.reading.errors import FILE_CHANGED, NOT_A_FILE
from goodstanding.ingest.reading.kinds import ARCHIVES, check_kind, kind_of
from goodstanding.ingest.reading.names import harmless
from goodstanding.kernel import GoodStandingError, Place

_CHUNK = 1 << 20
_SUFFIX = {"gzip": ".gz"}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def receive(path: Path, source: Source, workplace: Path, progress: Progress) -> Delivery:
    """Copy ``path`` into ``workplace`` while hashing it; unpack and decode the copy.

    Raises GS-INGEST-002 (no such file), 003 (no bytes), 004 (not in the declared encoding),
    005 (damaged archive), 010 (no such encoding), 013 (no file), 014 (changed meanwhile), 015
    and 016 (never text), 017 (another format), 020 to 023 (archives) and 027 (workbooks).
    """
    encoding = find_encoding(source.encoding)
    file = harmless(path.name)
    copy = workplace / "received"
    digest, size = _copy(path, copy, file, progress)
    kind = kind_of(copy)
    packed = kind in ARCHIVES
    suffix = _SUFFIX.get(kind, f".{kind}") if packed else f".{source.format}"
    original = copy.rename(workplace / f"original{suffix}")
    readable = original
    if packed:
        readable = workplace / "unpacked"
        unpack(kind, original, readable, file)
        kind = kind_of(readable)
        if not readable.stat().st_size:
            raise GoodStandingError(EMPTY_FILE, place=Place(file), file=file)
    check_kind(kind, source.format, file)
    if kind == "text":
        readable = decode_file(readable, encoding, workplace / "utf-8.txt", file, progress)
    return Delivery(source.id, file, original, readable, digest, size)


def _copy(path: Path, target: Path, file: str, progress: Progress) -> tuple[str, int]:
    """Hash and size of what was copied, which is what stands in the file before and after."""
    _check_regular(path, file)
    digest, done = sha256(), 0
    try:
        with path.open("rb") as delivered, target.open("wb") as kept:
            before = os.fstat(delivered.fileno())
            while done <= before.st_size and (chunk := delivered.read(_CHUNK)):
                digest.update(chunk)
                kept.write(chunk)
                done += len(chunk)
                progress("receiving", done, before.st_size)
            after = os.fstat(delivered.fileno())
        now = path.stat()
    except (FileNotFoundError, PermissionError):
        raise GoodStandingError(NO_SUCH_FILE, file=harmless(str(path))) from None
    if not _same(before, after) or not _same(before, now) or done != before.st_size:
        raise GoodStandingError(FILE_CHANGED, place=Place(file), file=file)
    if not done:
        raise GoodStandingError(EMPTY_FILE, place=Place(file), file=file)
    return digest.hexdigest(), done


def _check_regular(path: Path, file: str) -> None:
    """A pipe would be opened for ever, a device read without end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        raise GoodStandingError(NO_SUCH_FILE, file=harmless(str(path))) from None
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "a device")
        raise GoodStandingError(NOT_A_FILE, place=Place(file), file=file, kind=kind)


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_ino, one.st_dev, one.st_size, one.st_mtime_ns) == (
        other.st_ino,
        other.st_dev,
        other.st_size,
        other.st_mtime_ns,
    )
