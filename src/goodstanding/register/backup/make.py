"""Make a backup of a node that goes on being written.

Invariant: the copy is the node at one instant. While both logs' turns are held, which is short,
``state.db`` is copied by SQLite and every other file is linked; a file that is written anew later
gets another name's worth of disk, the link keeps what it was. Tiles are only ever added, so
those below the size are copied without a link.

Who owns the state: whoever makes the backup, in a folder beside the place it is to have. A crash
leaves that folder and the links, both of which the next backup deletes; the backup has its name
when it is complete, on the disk, and verified, or not at all.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from goodstanding.kernel import Clock, GoodStandingError, Noted, instant_text
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register.backup.files import (
    Progress,
    copy_file,
    is_secret,
    lasting_files,
    logs_of,
)
from goodstanding.register.backup.manifest import COPY, MANIFEST, SUMS, Manifest, sums_text
from goodstanding.register.backup.sound import check_copy
from goodstanding.register.durable import move_durably, reason_of, sync, write_atomically
from goodstanding.register.errors import NOT_BACKED_UP
from goodstanding.register.layout import Layout
from goodstanding.register.ledger import check_usable, ledger_of
from goodstanding.register.log import Log
from goodstanding.register.model import Head
from goodstanding.register.private import private_from_now_on
from goodstanding.register.published import Publisher
from goodstanding.register.state import State
from goodstanding.register.tiles import parse_tile_path
from goodstanding.register.tree import TILE_HEIGHT, TILE_WIDTH

#: Seconds to wait for a long batch to end.
_PATIENCE = 600.0
_LINKS = ".backing-up-"


class BackupStep(StrEnum):
    """Where a crash can fall."""

    PICTURED = "the picture of one instant is taken"
    COPIED = "every file is copied"
    LISTED = "the list of hashes is written"
    VERIFIED = "the copy verifies"


#: Called when a step is done; tests crash there.
At = Callable[[BackupStep], None]


@dataclass(frozen=True, slots=True)
class _Picture:
    """The node at one instant: where its files are linked, and how far each log had come."""

    folder: Path
    heads: dict[str, Head]


def on(_step: BackupStep) -> None:
    """Reaching a step means nothing, except to a test that crashes there."""


def back_up(
    folder: Path,
    to: Path,
    *,
    keys: bool,
    clock: Clock,
    noted: Noted,
    progress: Progress = lambda _done, _total: None,
    at: At = on,
) -> Manifest:
    """Make a backup of the node in ``folder`` at ``to``, which must not be there yet.

    With ``keys`` the private ones are in it. ``noted`` is the receipt of the access log. Raises
    GS-REGISTER-065 if it cannot be made, 067 if the node's ledger cannot be used, and 006 while
    another process keeps writing.
    """
    private_from_now_on()
    folder, to = folder.absolute(), to.absolute()
    if to.exists() or to.is_symlink():
        raise _refused(to, "something is there already")
    if to.resolve().is_relative_to(folder.resolve()):
        raise _refused(to, "it would lie inside the node that it is a copy of")
    if not to.parent.is_dir():
        raise _refused(to, f"there is no folder {to.parent}")
    try:
        with scratch_folder(to.parent, f".{to.name}.backing-up-") as work:
            made = work / "backup"
            made.mkdir()
            manifest = _copy(folder, made, keys, clock, progress, at)
            sync(made)
            move_durably(made, to)
    except OSError as error:
        raise _refused(to, reason_of(error)) from error
    return manifest


def _copy(
    folder: Path, made: Path, keys: bool, clock: Clock, progress: Progress, at: At
) -> Manifest:
    copy, sums, size = made / COPY, dict[str, str](), 0
    with _pictured(folder, made) as picture:
        at(BackupStep.PICTURED)
        sources = dict(_sources(folder, picture, keys))
        for done, (path, source) in enumerate(sorted(sources.items()), 1):
            sums[path], own = copy_file(source, copy, path)
            size += own
            progress(done, len(sources))
    at(BackupStep.COPIED)
    listed = sums_text(sums)
    none = Head(0, b"")
    head, access = picture.heads[""], picture.heads.get("access/", none)
    manifest = Manifest(
        origin=Log(folder).origin,
        made_at=instant_text(clock.now()),
        size=head.size,
        root=head.root.hex(),
        access_size=access.size,
        access_root=access.root.hex(),
        keys=keys,
        files=len(sums),
        length=size,
        sums=sha256(listed).hexdigest(),
    )
    write_atomically(made / SUMS, listed)
    write_atomically(made / MANIFEST, manifest.as_bytes())
    at(BackupStep.LISTED)
    if problem := check_copy(copy, manifest):
        raise _refused(made.parent.parent, problem)
    at(BackupStep.VERIFIED)
    return manifest


@contextmanager
def _pictured(folder: Path, made: Path) -> Iterator[_Picture]:
    """Links to every lasting file, and copies of the databases, of one instant."""
    for _, layout in logs_of(folder):
        # The normal start: what a crash left is put right before it is copied.
        Log.open(layout.folder)
    # Begun here if nothing was erased yet: one that is missing when it is needed was lost.
    if (ledger := ledger_of(Layout(folder))) is not None:
        check_usable(ledger, Log(folder).origin)
    with scratch_folder(folder, _LINKS) as links:
        with ExitStack() as turns:
            logs = logs_of(folder)
            for _, layout in logs:
                turns.enter_context(State(layout).turn(_PATIENCE))
            heads = {name: _settled_head(layout, made) for name, layout in logs}
            for name, layout in logs:
                _copy_database(layout.state, links, f"{name}state.db")
            for path in lasting_files(folder):
                _link(folder / path, links, path)
        yield _Picture(links, heads)


def _settled_head(layout: Layout, made: Path) -> Head:
    head = State(layout).head()
    newest = Publisher(layout, lambda: None).newest().head
    if newest != head or layout.unfinished.exists():
        raise _refused(made, "a writer was stopped in the middle just now; give the command again")
    return head


def _copy_database(file: Path, folder: Path, path: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # One file: a copy has no log beside it.
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()


def _link(source: Path, folder: Path, path: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_symlink():
        try:
            os.link(source, target)
        except OSError:
            # A disk without links: copied now, which takes longer.
            shutil.copyfile(source, target)
        return
    shutil.copyfile(source, target)


def _sources(folder: Path, picture: _Picture, keys: bool) -> Iterator[tuple[str, Path]]:
    """Path within the node -> where to read it."""
    for at, _, names in os.walk(picture.folder):
        for name in names:
            path = Path(at, name).relative_to(picture.folder).as_posix()
            if keys or not is_secret(path):
                yield path, Path(at, name)
    for log, head in picture.heads.items():
        for path in _tiles(folder / log / "register", head.size):
            yield f"{log}register/{path}", folder / log / "register" / path


def _tiles(register: Path, size: int) -> Iterator[str]:
    """Tiles and entry bundles of a tree of ``size`` entries."""
    for at, _, names in os.walk(register / "tile"):
        for name in names:
            path = Path(at, name).relative_to(register).as_posix()
            place = parse_tile_path(path)
            if place is None:
                continue
            level, index, width = place
            if index * TILE_WIDTH + width <= size >> (TILE_HEIGHT * level):
                yield path


def _refused(to: Path, reason: str) -> GoodStandingError:
    return GoodStandingError(NOT_BACKED_UP, folder=to, reason=reason.rstrip("."))
