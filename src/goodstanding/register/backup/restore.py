"""Make a node of a backup: whole, as its list of hashes says, and verified; or nothing.

Who owns the state: whoever restores, in a folder beside the place the node is to have. A crash
leaves that folder, which the next restore there deletes. What gets the node's name bears the
mark ``restored.json``: it opens for nobody until its erasures are applied.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register.backup.files import Progress, copy_file, logs_of
from goodstanding.register.backup.manifest import (
    COPY,
    SUMS,
    Manifest,
    read_manifest,
    read_sums,
    refused,
)
from goodstanding.register.backup.sound import check_copy
from goodstanding.register.durable import (
    make_folders,
    move_durably,
    refusing,
    sync,
    write_atomically,
)
from goodstanding.register.errors import FOLDER_TAKEN
from goodstanding.register.layout import Layout
from goodstanding.register.node import is_free
from goodstanding.register.private import folder_mode, private_from_now_on


def restore(
    backup: Path, folder: Path, progress: Progress = lambda _done, _total: None
) -> Manifest:
    """Make the node that ``backup`` is of in ``folder``, which must be new or empty.

    Raises GS-REGISTER-064 if the backup is not whole and sound, 002 if ``folder`` holds anything,
    018 if it cannot be written; then nothing is there.
    """
    private_from_now_on()
    folder = folder.absolute()
    manifest = read_manifest(backup)
    sums = read_sums(backup, manifest)
    _check_listed(backup, {str(path) for path in sums})
    if not is_free(folder):
        raise GoodStandingError(FOLDER_TAKEN, folder=folder)
    with refusing():
        make_folders(folder.parent)
        with scratch_folder(folder.parent, f".{folder.name}.restoring-") as work:
            node = work / "node"
            make_folders(node, folder_mode(Path()))
            for done, (path, expected) in enumerate(sorted(sums.items()), 1):
                found, _ = _copied(backup, node, str(path))
                if found != expected:
                    raise refused(backup, f"{path} has not the hash that {SUMS} names")
                progress(done, len(sums))
            if problem := check_copy(node, manifest):
                raise refused(backup, problem)
            for needed in (Layout(node).deliveries, Layout(node).quarantine):
                make_folders(needed)
            # The access log has a mark of its own: it goes on first, under a key of its own.
            mark = {"backup": manifest.sums, "size": manifest.size, "root": manifest.root}
            for _, layout in logs_of(node):
                write_atomically(layout.restored, json.dumps(mark).encode())
            sync(node)
            if folder.exists():
                folder.rmdir()
            move_durably(node, folder)
    return manifest


def _copied(backup: Path, node: Path, path: str) -> tuple[str, int]:
    source = backup / COPY / path
    if source.is_symlink() or not source.is_file():
        raise refused(backup, f"{path} is missing")
    return copy_file(source, node, path)


def _check_listed(backup: Path, listed: set[str]) -> None:
    """Nothing is in the copy that the list does not name. Raises GS-REGISTER-064."""
    for at, _, names in os.walk(backup / COPY):
        for name in names:
            path = Path(at, name).relative_to(backup / COPY).as_posix()
            if path not in listed:
                raise refused(backup, f"it holds {path}, which {SUMS} does not name")
