"""The versions of the pack that lie in the node are those that its entries name, file by file.

The digest of a version is SHA-256 over the RFC 8785 JSON of an object: the name of each file of
YAML or SQL below its folder -> the SHA-256 of its bytes in hex. Names that begin with a point are
no part of it.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from goodstanding.kernel import canonical_bytes
from goodstanding.register.fsck.report import Step, VerifyReport
from goodstanding.register.layout import Layout

#: The events that name a version, in the member ``pack_digest``.
NAMING = frozenset({"node_created", "pack_adopted"})
_SUFFIXES = (".yaml", ".sql")


def check_packs(layout: Layout, named: Collection[str], report: VerifyReport, step: Step) -> None:
    """Find versions that are missing, changed, or named by no entry.

    Nothing is checked where there is no such folder: a log alone, or a node from before. Such a
    node does nothing until the version it uses is put there.
    """
    if not layout.packs.is_dir():
        return
    step.total = len(named)
    for digest in sorted(named):
        place = layout.packs / digest
        problem = "this version of the pack is missing"
        if place.is_dir():
            problem = "" if digest_of(place) == digest else "its files are not those of its digest"
        if problem:
            report.add(step.number, place, problem)
        else:
            step.checked += 1
    for other in sorted(layout.packs.iterdir()):
        if other.name not in named and not other.name.startswith("."):
            report.add(step.number, other, "no entry names this version of the pack")


def digest_of(folder: Path) -> str:
    """The digest of the version in a folder."""
    listing = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if path.suffix in _SUFFIXES and not hidden and path.is_file() and not path.is_symlink():
            listing[name.as_posix()] = sha256(path.read_bytes()).hexdigest()
    return sha256(canonical_bytes(listing)).hexdigest()
