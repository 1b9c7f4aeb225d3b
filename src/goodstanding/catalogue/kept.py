"""Every version of a pack that a node has ever used, as it was, each under its digest.

Invariant: what a node records and evaluates by is the copy in its own folder, found by the digest
that its log names. Whatever becomes of the folder from which it was taken changes nothing, and a
copy that no longer has its digest is not used.

Who owns the state: whoever adopts a version. A crash while it is copied leaves a folder under a
name of its own, which nobody reads and the next copy deletes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from goodstanding.catalogue import errors
from goodstanding.catalogue.files import list_files, read_file
from goodstanding.catalogue.load import load_pack
from goodstanding.catalogue.model import Pack
from goodstanding.kernel import GoodStandingError

_COPYING = ".copying-"


class How(StrEnum):
    """How a file of a later version differs from the earlier one."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a pack that differs between two versions, with lines that came and went."""

    file: str
    how: How
    more: int
    fewer: int


def keep_pack(pack: Pack, kept: Path) -> Path:
    """Copy the pack's files below ``kept`` under their digest; where it lies there.

    Raises GS-PACK-019 and 020 for files that are not a pack's, GS-PACK-024 if they have changed
    since the pack was read, and OSError.
    """
    place = kept / pack.digest
    if place.is_dir():
        if list_files(place).digest() == pack.digest:
            return place
        shutil.rmtree(place)
    kept.mkdir(parents=True, exist_ok=True)
    for left in kept.glob(f"{_COPYING}*"):
        shutil.rmtree(left)
    copy = Path(mkdtemp(prefix=_COPYING, dir=kept))
    for name in list_files(pack.folder).names:
        _write(copy / name, read_file(pack.folder / name))
    if list_files(copy).digest() != pack.digest:
        shutil.rmtree(copy)
        raise GoodStandingError(errors.PACK_CHANGED, pack=pack.id, folder=pack.folder)
    copy.rename(place)
    _sync(kept)
    return place


def load_kept(kept: Path, digest: str) -> Pack:
    """The version of that digest. Raises GS-PACK-023 and 024, and what ``load_pack`` raises."""
    place = kept / digest
    if not (place / "pack.yaml").is_file():
        raise GoodStandingError(errors.NOT_KEPT, digest=digest[:16], folder=kept)
    pack = load_pack(place)
    if pack.digest != digest:
        raise GoodStandingError(errors.PACK_CHANGED, pack=pack.id, folder=place)
    return pack


def compare(before: Pack, after: Pack) -> Iterator[FileChange]:
    """What changed from one version to the other, file by file, in order of name."""
    old, new = (_lines(pack) for pack in (before, after))
    for file in sorted(old.keys() | new.keys()):
        was, now = old.get(file, []), new.get(file, [])
        if was != now:
            how = How.ADDED if file not in old else How.CHANGED if file in new else How.REMOVED
            same = sum(b.size for b in SequenceMatcher(None, was, now, False).get_matching_blocks())
            yield FileChange(file, how, len(now) - same, len(was) - same)


def _lines(pack: Pack) -> dict[str, list[bytes]]:
    files = list_files(pack.folder)
    return {name: read_file(files.folder / name).splitlines() for name in files.names}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
