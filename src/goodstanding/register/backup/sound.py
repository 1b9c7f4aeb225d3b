"""Whether a copied node is sound: both logs verify, and are as far as the manifest says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from goodstanding.kernel import GoodStandingError
from goodstanding.register.backup.files import logs_of
from goodstanding.register.backup.manifest import Manifest
from goodstanding.register.fsck import verify
from goodstanding.register.model import Head


def check_copy(copy: Path, manifest: Manifest) -> str | None:
    """What is wrong with the copy, in words; None if it is sound."""
    expected = {"": Head(manifest.size, bytes.fromhex(manifest.root))}
    if manifest.access_size:
        expected["access/"] = Head(manifest.access_size, bytes.fromhex(manifest.access_root))
    logs = dict(logs_of(copy))
    if logs.keys() != expected.keys():
        return "it has not the logs that its manifest names"
    for name, layout in logs.items():
        try:
            report, head = verify(layout.folder), _head(layout.state)
        except GoodStandingError as error:
            return error.what.rstrip(".")
        except sqlite3.Error as error:
            return f"{name}state.db cannot be read: {error}"
        if not report.verified or report.checkpoint is None:
            finding = next(iter(report.findings), None)
            said = f"{finding.file}: {finding.problem}" if finding else "not all was there"
            return f"the copy does not verify: {said}"
        if not report.checkpoint.head == head == expected[name]:
            return "its state, its checkpoint and its manifest are not of one size"
    return None


def _head(file: Path) -> Head:
    """What a copied ``state.db`` knows, read without touching a byte of it."""
    with closing(sqlite3.connect(f"file:{quote(str(file))}?immutable=1", uri=True)) as copy:
        size, root = copy.execute("SELECT size, root FROM head").fetchone()
    return Head(size, root)
