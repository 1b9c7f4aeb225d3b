"""A node: one folder with a register, its keys, its state and its index.

A folder is a node from the moment ``node.toml`` stands in it, which is written last.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from goodstanding.kernel import Clock, GoodStandingError, Noted, read_settings
from goodstanding.register.durable import PASSAGE, make_folders, refusing, write_atomically
from goodstanding.register.errors import BAD_NODE_FILE, FOLDER_TAKEN, NOT_A_NODE
from goodstanding.register.index import NODE_CREATED, Index
from goodstanding.register.keys import Passphrase, check_origin, environment_passphrase
from goodstanding.register.layout import Layout
from goodstanding.register.log import Log
from goodstanding.register.model import NewEvent, Record
from goodstanding.register.private import private_from_now_on
from goodstanding.register.restored import refuse_restored
from goodstanding.register.segments import read_records

#: Segments that are read side by side for one subject; each takes some tens of megabytes.
_READERS = 4


@dataclass(frozen=True)
class Node:
    """An opened node: whose register it is and under which pack it records."""

    layout: Layout
    origin: str
    pack: str
    #: Asked for when the signing key is encrypted.
    passphrase: Passphrase = environment_passphrase
    #: Opened by who brings a restored node up to date, or shows no payload.
    restored: bool = False

    @classmethod
    def create(
        cls,
        folder: Path,
        origin: str,
        pack: str,
        pack_digest: str,
        clock: Clock,
        *,
        noted: Noted,
    ) -> Node:
        """Make a node and seal its first entry, ``node_created``.

        The access log in which ``noted`` stands may be there already, and the pack, nothing else.
        Raises GS-REGISTER-002 if ``folder`` holds anything, 004 for an unfit origin, 018 if it
        cannot be written.
        """
        check_origin(origin)
        layout = Layout(folder.absolute())
        node = cls(layout, origin, pack)
        private_from_now_on()
        with refusing():
            if not is_free(layout.folder, layout.access, layout.packs):
                raise GoodStandingError(FOLDER_TAKEN, folder=layout.folder)
            make_folders(layout.folder, PASSAGE)
            members = {"origin": origin, "pack": pack, "pack_digest": pack_digest}
            created = NewEvent(NODE_CREATED, members)
            Log.create(layout.folder, origin).append([created], clock=clock, noted=noted)
            for needed in (layout.deliveries, layout.quarantine):
                make_folders(needed)
            write_atomically(layout.node_file, node._settings().encode("utf-8"))
        return node

    def _settings(self) -> str:
        """The text of ``node.toml``."""
        return f"origin = {_quoted(self.origin)}\npack = {_quoted(self.pack)}\n"

    @classmethod
    def open(
        cls,
        folder: Path,
        passphrase: Passphrase = environment_passphrase,
        *,
        restored: bool = False,
    ) -> Node:
        """Open the node in ``folder``. Raises GS-REGISTER-001 or 003, 066 if it was restored and
        is not up to date, unless ``restored`` says that this is known."""
        private_from_now_on()
        layout = Layout(folder.absolute())
        if not layout.node_file.is_file():
            raise GoodStandingError(NOT_A_NODE, folder=folder)
        if not restored:
            refuse_restored(layout)
        try:
            settings = read_settings(layout.node_file)
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
        names = str(found["origin"]), str(found["pack"])
        return cls(layout, *names, passphrase, restored)

    @property
    def folder(self) -> Path:
        return self.layout.folder

    @cached_property
    def log(self) -> Log:
        """The register, put in order if a crash left it otherwise."""
        return Log.open(self.folder, passphrase=self.passphrase, restored=self.restored)

    @cached_property
    def index(self) -> Index:
        """The index, as far as it has been applied."""
        return Index(self.log)

    def records_of(
        self, subject: str, known_at: datetime | None = None, *, noted: Noted
    ) -> list[Record]:
        """Every published record about a subject (all versions) known by then, in leaf order.

        A version that says the record was about another subject is among them, or the one it
        superseded would seem to stand. Without ``known_at``, all that is published. ``noted``
        is the receipt of the access log for this look.
        """
        self.index.consume()
        size = self.log.checkpoint().head.size
        published = [s for s in self.index.segments_of(subject) if s.end <= size]
        with ThreadPoolExecutor(_READERS) as readers:
            # A row group is unpacked by one thread; segments can be side by side.
            parts = readers.map(partial(read_records, subject=subject), published)
            found = {record.leaf: record for part in parts for record in part}
        for segment, leaves in self.index.successors(found).items():
            if segment.end <= size:
                wanted = [leaf for leaf in leaves if leaf not in found]
                found |= {record.leaf: record for record in read_records(segment, leaves=wanted)}
        known = (found[leaf] for leaf in sorted(found))
        return [r for r in known if known_at is None or r.known_at <= known_at]


def is_free(folder: Path, *besides: Path) -> bool:
    """Whether a node can be made in ``folder``: it is not there, or holds only ``besides``."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(path in besides for path in folder.iterdir())


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, and DEL is the one TOML adds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
