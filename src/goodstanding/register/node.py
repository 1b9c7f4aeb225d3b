"""A node: one folder with a register, its keys, its state and its index.

A folder is a node from the moment ``node.toml`` stands in it, which is written last.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from goodstanding.kernel import Clock, GoodStandingError
from goodstanding.register.durable import make_folders, write_atomically
from goodstanding.register.errors import BAD_NODE_FILE, FOLDER_TAKEN, NOT_A_NODE
from goodstanding.register.index import Index
from goodstanding.register.keys import check_origin
from goodstanding.register.layout import Layout
from goodstanding.register.log import Log
from goodstanding.register.model import NewEvent, Record
from goodstanding.register.segments import read_records

NODE_CREATED = "node_created"


@dataclass(frozen=True)
class Node:
    """An opened node: whose register it is and under which pack it records."""

    layout: Layout
    origin: str
    pack: str
    #: Where the pack lies, if it is not one that comes with the software.
    pack_folder: str | None = None

    @classmethod
    def create(
        cls,
        folder: Path,
        origin: str,
        pack: str,
        pack_digest: str,
        clock: Clock,
        pack_folder: Path | None = None,
    ) -> Node:
        """Make a node and seal its first entry, ``node_created``.

        Raises GS-REGISTER-002 if ``folder`` holds anything, 004 for an unfit origin.
        """
        check_origin(origin)
        folder = folder.absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise GoodStandingError(FOLDER_TAKEN, folder=folder)
        make_folders(folder)
        layout = Layout(folder)
        created = NewEvent(
            NODE_CREATED,
            clock.now(),
            {"origin": origin, "pack": pack, "pack_digest": pack_digest},
        )
        Log.create(folder, origin).append(events=[created])
        for needed in (layout.deliveries, layout.quarantine):
            make_folders(needed)
        text = f"origin = {_quoted(origin)}\npack = {_quoted(pack)}\n"
        if pack_folder is not None:
            text += f"pack_folder = {_quoted(str(pack_folder.absolute()))}\n"
        write_atomically(layout.node_file, text.encode("utf-8"))
        return cls(layout, origin, pack, str(pack_folder.absolute()) if pack_folder else None)

    @classmethod
    def open(cls, folder: Path) -> Node:
        """Open the node in ``folder``. Raises GS-REGISTER-001 or 003."""
        layout = Layout(folder.absolute())
        if not layout.node_file.is_file():
            raise GoodStandingError(NOT_A_NODE, folder=folder)
        try:
            settings = tomllib.loads(layout.node_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise GoodStandingError(
                BAD_NODE_FILE, file=layout.node_file, reason=str(error)
            ) from error
        found = {name: settings.get(name) for name in ("origin", "pack")}
        for name, value in found.items():
            if not isinstance(value, str) or not value:
                raise GoodStandingError(
                    BAD_NODE_FILE, file=layout.node_file, reason=f"it names no {name}"
                )
        place = settings.get("pack_folder")
        return cls(
            layout, str(found["origin"]), str(found["pack"]), None if place is None else str(place)
        )

    @property
    def folder(self) -> Path:
        return self.layout.folder

    @cached_property
    def log(self) -> Log:
        """The register, put in order if a crash left it otherwise."""
        return Log.open(self.folder)

    @cached_property
    def index(self) -> Index:
        """The index, as far as it has been applied."""
        return Index(self.log)

    def records_of(self, subject: str) -> list[Record]:
        """Every record about a subject (all versions), in leaf order, from an up-to-date index."""
        self.index.consume()
        return [
            record
            for segment in self.index.segments_of(subject)
            for record in read_records(segment, subject=subject)
        ]


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, and DEL is the one TOML adds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
