"""Unpack a gzip or a zip that holds one file.

Invariant: an archive is unpacked as a stream into a file of our own name, never further than
the limits; nothing it says about sizes or paths is believed.
"""

from __future__ import annotations

import gzip
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.reading.errors import (
    LOCKED,
    NOT_ONE_FILE,
    UNPACKS_TOO_LARGE,
    UNSAFE_ARCHIVE,
)
from goodstanding.ingest.reading.kinds import ARCHIVES, DAMAGED, kind_of
from goodstanding.ingest.reading.names import harmless
from goodstanding.kernel import GoodStandingError, Place

_CHUNK = 1 << 20
_SEVERAL = 5
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an archive is unpacked: bytes in all, and times its own size beyond ``free``."""

    size: int = 16 << 30
    ratio: int = 250
    free: int = 64 << 20

    def problem(self, unpacked: int, packed: int) -> str | None:
        """The limit that ``unpacked`` bytes out of ``packed`` exceed, in words."""
        if unpacked > self.size:
            return f"{self.size} bytes"
        if unpacked > self.free and unpacked > packed * self.ratio:
            return f"{self.ratio} times its own size"
        return None


LIMITS = Limits()


def unpack(kind: str, packed: Path, target: Path, file: str, limits: Limits = LIMITS) -> None:
    """Write the one file of an archive to ``target``.

    Raises GS-INGEST-005 (damaged), 020 (not one file), 021 (a path), 022 (password) and 023
    (a bomb).
    """
    place = Place(file)
    if kind not in ("gzip", "zip"):
        raise GoodStandingError(
            NOT_ONE_FILE, place=place, file=file, found=f"what only a {kind} program can unpack"
        )
    size, done = packed.stat().st_size, 0
    with _refusals(kind, file), _opened(kind, packed, file) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            done += len(chunk)
            if limit := limits.problem(done, size):
                raise GoodStandingError(UNPACKS_TOO_LARGE, place=place, file=file, limit=limit)
            out.write(chunk)
    if kind_of(target) in ARCHIVES:
        raise GoodStandingError(NOT_ONE_FILE, place=place, file=file, found="a further archive")


@contextmanager
def _refusals(kind: str, file: str) -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise _damaged(kind, file, "it ends too early.") from None
    except (*DAMAGED, gzip.BadGzipFile):
        raise _damaged(kind, file, "it is damaged, or packed in an unusual way.") from None


def _damaged(kind: str, file: str, problem: str) -> GoodStandingError:
    return GoodStandingError(UNREADABLE, place=Place(file), file=file, format=kind, problem=problem)


@contextmanager
def _opened(kind: str, packed: Path, file: str) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if kind == "gzip":
        with gzip.open(packed) as source:
            yield source
        return
    with zipfile.ZipFile(packed) as archive, archive.open(_only_entry(archive, file)) as source:
        yield source


def _only_entry(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    place = Place(file)
    if len(entries) != 1:
        names = ", ".join(repr(harmless(entry.filename)) for entry in entries[:_SEVERAL])
        more = ", ..." if len(entries) > _SEVERAL else ""
        found = f"{len(entries)} files ({names}{more})" if entries else "no file"
        raise GoodStandingError(NOT_ONE_FILE, place=place, file=file, found=found)
    entry = entries[0]
    problem = None
    if _UNSAFE.search(entry.orig_filename):
        problem = "a path that leads out of the archive"
    elif stat.S_ISLNK(entry.external_attr >> 16):
        problem = "a link to another file"
    if problem:
        raise GoodStandingError(
            UNSAFE_ARCHIVE,
            place=place,
            file=file,
            entry=harmless(entry.orig_filename),
            problem=problem,
        )
    if entry.flag_bits & 1:
        raise GoodStandingError(LOCKED, place=place, file=file)
    return entry
