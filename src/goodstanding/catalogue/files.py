"""The files of a pack, which may come from a stranger: regular ones inside its folder alone.

Invariant: nothing outside the folder is read for what lies in it. A link, a pipe or a device is
refused before it is opened, and so is a file after the first few megabytes: to look at a pack
takes neither long nor much memory, whatever it holds.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from goodstanding.catalogue.errors import NOT_A_PACK_FILE, NOT_UTF8, PACK_TOO_LARGE
from goodstanding.kernel import GoodStandingError, Place, canonical_bytes, hash_hex

#: The largest pack so far has some 250 files of a megabyte in all.
_MOST_BYTES, _MOST_FILES, _DEEPEST = 4 << 20, 5_000, 4
_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISDIR, "a folder"),
)


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of one pack by their names below its folder, and what is not taken as one.

    Names that begin with a point are nobody's, and neither are files that are not YAML or SQL.
    """

    folder: Path
    names: tuple[str, ...]
    findings: list[GoodStandingError] = field(default_factory=list)

    def of(self, kind: str, suffix: str = ".yaml") -> list[Path]:
        """The files of one folder with that ending, in order of name."""
        return [
            self.folder / name
            for name in self.names
            if name.startswith(f"{kind}/") and name.count("/") == 1 and name.endswith(suffix)
        ]

    def digest(self) -> str:
        """SHA-256 over the list of the files and their hashes. Raises GS-PACK-019 and 020."""
        listing = {name: sha256(read_file(self.folder / name)).hexdigest() for name in self.names}
        return hash_hex(canonical_bytes(listing))


def list_files(folder: Path) -> PackFiles:
    """Every file of a pack's folder, and a finding for each thing that may not be in it."""
    names: list[str] = []
    findings: list[GoodStandingError] = []
    for entry, name in _walk(folder, ""):
        if not entry.is_file(follow_symlinks=False):
            findings.append(_refused(Path(entry.path), entry.stat(follow_symlinks=False)))
        elif name.endswith((".yaml", ".sql")):
            names.append(name)
        if len(names) + len(findings) > _MOST_FILES:
            problem = f"it has more than {_MOST_FILES:,} files"
            findings = [GoodStandingError(PACK_TOO_LARGE, place=Place(folder), problem=problem)]
            return PackFiles(folder, (), findings)
    return PackFiles(folder, tuple(sorted(names)), findings)


def _walk(folder: Path, below: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and name.count("/") < _DEEPEST:
                yield from _walk(Path(entry.path), f"{name}/")
            else:
                yield entry, name


def read_file(path: Path) -> bytes:
    """The bytes of a regular file. Raises OSError, GS-PACK-019 (another kind), 020 (too large)."""
    try:
        # Neither follows a link nor waits for somebody to write into a pipe.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _refused(path, path.lstat()) from None
        raise
    with os.fdopen(opened, "rb") as file:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, status)
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        problem = f"the file has more than {_MOST_BYTES >> 20} MiB"
        raise GoodStandingError(PACK_TOO_LARGE, place=Place(path), problem=problem)
    return content


def read_text(path: Path) -> str:
    """The text of a regular file. Raises OSError and GS-PACK-019 to 021."""
    content = read_file(path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start + 1
        raise GoodStandingError(
            NOT_UTF8, place=Place(path), file=path.name, position=position
        ) from None


def _refused(path: Path, status: os.stat_result) -> GoodStandingError:
    kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "a device")
    return GoodStandingError(NOT_A_PACK_FILE, place=Place(path), file=path.name, kind=kind)
