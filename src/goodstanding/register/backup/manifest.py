"""What stands beside a copy: ``manifest.json`` and ``SHA256SUMS``.

Invariant: a file of a backup that the list of hashes does not name makes it no backup, and so
does one that is missing or has another hash. ``sha256sum -c SHA256SUMS`` checks the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import NOT_A_BACKUP

MANIFEST, SUMS, COPY = "manifest.json", "SHA256SUMS", "node"
SCHEMA = "goodstanding/backup/1"
_MAX_MANIFEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of: whose, when, how far both logs had come, and what is in it.

    ``sums`` is the SHA-256 of the list of hashes, by which the backup is named; roots are in hex;
    ``length`` is in bytes; ``keys`` says whether the private keys are in it.
    """

    origin: str
    made_at: str
    size: int
    root: str
    access_size: int
    access_root: str
    keys: bool
    files: int
    length: int
    sums: str

    def as_bytes(self) -> bytes:
        """As it is written, for people too."""
        said = {"schema": SCHEMA, **asdict(self)}
        return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises GS-REGISTER-064."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            said = json.loads(file.read(_MAX_MANIFEST))
        if said.pop("schema") != SCHEMA:
            raise refused(folder, f"its {MANIFEST} is of another form")
        found = Manifest(**said)
    except FileNotFoundError:
        raise refused(folder, f"it has no {MANIFEST}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise refused(folder, f"its {MANIFEST} cannot be read") from None
    kinds = (type(getattr(found, name)).__name__ for name in Manifest.__annotations__)
    if list(kinds) != list(Manifest.__annotations__.values()):
        raise refused(folder, f"its {MANIFEST} cannot be read")
    return found


def read_sums(folder: Path, manifest: Manifest) -> dict[PurePosixPath, str]:
    """Path within the node -> SHA-256 in hex, of every file. Raises GS-REGISTER-064."""
    try:
        data = (folder / SUMS).read_bytes()
        lines = data.decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise refused(folder, f"its {SUMS} cannot be read") from None
    if sha256(data).hexdigest() != manifest.sums:
        raise refused(folder, f"its {SUMS} is not the one that {MANIFEST} names")
    found: dict[PurePosixPath, str] = {}
    for number, line in enumerate(lines[:-1], 1):
        digest, blanks, name = line[:64], line[64:66], line[66:]
        path = PurePosixPath(name)
        inside = path.parts[:1] == (COPY,) and ".." not in path.parts and len(path.parts) > 1
        if blanks != "  " or not inside or str(path) != name:
            raise refused(folder, f"line {number} of its {SUMS} names no file of a node")
        found[PurePosixPath(*path.parts[1:])] = digest
    return found


def sums_text(sums: dict[str, str]) -> bytes:
    """The list as ``sha256sum`` writes it; ``sums`` is path within the node -> hash."""
    return "".join(f"{sums[path]}  {COPY}/{path}\n" for path in sorted(sums)).encode()


def refused(folder: Path, reason: str) -> GoodStandingError:
    """GS-REGISTER-064."""
    return GoodStandingError(NOT_A_BACKUP, folder=folder, reason=reason)
