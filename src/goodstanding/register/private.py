"""Who may read a node's files: their owner alone, but for what the world is to read.

Invariant: whoever opens or makes a node makes files for their owner alone from then on (the
process's umask is 077), whatever library writes them. Three things are public by design, and
their modes are set by name: ``register/checkpoint``, and the tiles and entry bundles below
``register/tile/``. The node's folder and ``register/`` may be passed through to them, not listed.

Invariant: nothing is written through a link inside the node's folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from goodstanding.kernel import GoodStandingError
from goodstanding.register.durable import (
    PASSAGE,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    PUBLIC_FOLDER,
)
from goodstanding.register.errors import LINK_IN_PLACE, NOT_PRIVATE
from goodstanding.register.layout import Layout

_OTHERS_READ_OR_WRITE = 0o066
_OTHERS_WRITE = 0o022
_OTHERS = 0o077
#: What SQLite puts beside its file.
_BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Exposed:
    """A file or folder of a node that others can get at, how, and the command that mends it."""

    path: Path
    problem: str
    remedy: str


def private_from_now_on() -> None:
    """Make every file that this process creates one for its owner alone."""
    os.umask(_OTHERS)


def refuse_links(layout: Layout) -> None:
    """Refuse a log in which a link stands where the node itself writes. Raises GS-REGISTER-061.

    Keys and settings may be links: they are read, or replaced as a whole, never written through.
    """
    for path in _written(layout):
        refuse_link(path)


def refuse_link(path: Path) -> None:
    """Refuse a link in the place of one file or folder. Raises GS-REGISTER-061."""
    if path.is_symlink():
        raise GoodStandingError(LINK_IN_PLACE, file=path)


def exposed(layout: Layout, *, deep: bool = False) -> Iterator[Exposed]:
    """What of a node others can read, change or replace.

    The node's folder, what lies right in it, the keys and the parts of both logs; ``deep`` looks
    at every file there is, which takes time with the number of tiles.
    """
    owner = os.geteuid()
    for path in _all(layout.folder) if deep else _near(layout):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        is_public = _is_public(path.relative_to(layout.folder))
        problem = _problem(found, _allowed(layout, path, is_public), owner)
        if problem is not None:
            yield Exposed(path, problem, _remedy(layout, path, problem))


def warning(found: list[Exposed], layout: Layout) -> GoodStandingError:
    """The same as one refusal, for whoever only says so. ``found`` is not empty."""
    first, more = found[0], len(found) - 1
    besides = f", and {more:,} more" if more else ""
    problem = f"{first.path.relative_to(layout.folder)} {first.problem}{besides}"
    remedies = list(dict.fromkeys(each.remedy for each in found))
    return GoodStandingError(
        NOT_PRIVATE, folder=layout.folder, problem=problem, commands="; ".join(remedies[:3])
    )


def _written(layout: Layout) -> Iterator[Path]:
    """Where a link would be written through."""
    for database in (layout.state, layout.index):
        yield from (database.with_name(database.name + ending) for ending in _BESIDE_SQLITE)
    yield from (layout.turn, layout.unfinished, layout.receiving)
    for folder in (
        layout.keys, layout.keys / "retired", layout.register, layout.segments,
        layout.register / "tile", layout.access, layout.deliveries, layout.quarantine,
        layout.evaluation,
    ):  # fmt: skip
        yield folder
    for folder in (layout.segments, layout.register / "tile"):
        yield from _inside(folder)


def _near(layout: Layout) -> Iterator[Path]:
    """What tells at a glance whether a node is private: some tens of files."""
    yield layout.folder
    yield from _inside(layout.folder)
    for log in (layout, Layout(layout.access)):
        yield from _inside(log.keys)
        yield from _inside(log.register)


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    for at, folders, files in os.walk(folder):
        yield from (Path(at, name) for name in (*folders, *files))


def _inside(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder)]
    except OSError:
        return []


def file_mode(path: Path) -> int:
    """The mode of a file by its path within a node."""
    return PUBLIC_FILE if _is_public(path) else PRIVATE_FILE


def folder_mode(path: Path) -> int:
    """The mode of a folder by its path within a node, ``.`` for the node's own."""
    if path in (Path(), Path("register"), Path("access/register")):
        return PASSAGE
    return PUBLIC_FOLDER if _is_public(path) else PRIVATE_FOLDER


def _is_public(path: Path) -> bool:
    """Whether the world is to read it: of the access log too, whose folder shuts it in."""
    parts = path.parts[1:] if path.parts[:1] == ("access",) else path.parts
    return parts == ("register", "checkpoint") or parts[:2] == ("register", "tile")


def _allowed(layout: Layout, path: Path, is_public: bool) -> int:
    """The bits of group and others that this one may not have."""
    if is_public:
        return _OTHERS_WRITE
    if path in (layout.folder, layout.register) or path == Layout(layout.access).register:
        return _OTHERS_READ_OR_WRITE
    return _OTHERS


def _problem(found: os.stat_result, denied: int, owner: int) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        return "is a link, not the node's own"
    if found.st_uid != owner:
        return f"belongs to user {found.st_uid}, and this is user {owner}"
    if found.st_mode & denied:
        verb = "changed" if found.st_mode & _OTHERS_WRITE else "read"
        return f"can be {verb} by others ({stat.S_IMODE(found.st_mode):o})"
    return None


def _remedy(layout: Layout, path: Path, problem: str) -> str:
    if problem.startswith("is a link"):
        return f"put what it leads to in the place of {path}"
    if problem.startswith("belongs"):
        return f"chown -R {os.geteuid()} {quote(str(layout.folder))}"
    folder, register = quote(str(layout.folder)), quote(str(layout.register))
    return (
        f"chmod -R go= {folder} && chmod go=x {folder} {register} && "
        f"chmod -R go=rX {register}/checkpoint {register}/tile"
    )
