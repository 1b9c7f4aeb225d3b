"""The erasure ledger: what was erased by order, kept outside the node and its backups.

Invariant: an erasure is taken from the log's list of those to be carried out only when its line
is in the ledger and on the disk. So every erasure that was acknowledged is there, whatever
crashed when, and a backup of an earlier day cannot bring back what it took.

A text file, named by ``erasure_ledger`` in node.toml; one line an erasure, canonical JSON, each
with the SHA-256 of the line before (docs/formats/0003). A line names leaves, article and the
marks by which a record is known again, and nothing of what a record says.

Who owns the state: whoever has the turn of the register. A line is appended and synced at once.
A crash in it leaves a line without its end, which nobody acknowledged: the next writer cuts it
off and writes it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from goodstanding.kernel import GoodStandingError, canonical_bytes, read_settings
from goodstanding.register.durable import PRIVATE_FILE, reason_of, sync
from goodstanding.register.errors import BAD_NODE_FILE, LEDGER_INCOMPLETE, LEDGER_UNUSABLE
from goodstanding.register.layout import Layout
from goodstanding.register.model import ERASURE, Event
from goodstanding.register.private import refuse_link

SETTING = "erasure_ledger"
SCHEMA = "goodstanding/erasure-ledger/1"
#: What stands for the line before the first.
BEGINNING = "0" * 64
_MEMBERS = {"basis", "entry", "leaves", "marks", "number", "origin", "previous", "schema"}


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure: the register it is of, its entry there, and what it covers."""

    origin: str
    number: int
    entry: int
    leaves: tuple[int, ...]
    basis: str
    marks: tuple[str, ...]
    previous: str

    @property
    def text(self) -> bytes:
        """The line without its end."""
        return canonical_bytes(
            {
                "basis": self.basis,
                "entry": self.entry,
                "leaves": list(self.leaves),
                "marks": list(self.marks),
                "number": self.number,
                "origin": self.origin,
                "previous": self.previous,
                "schema": SCHEMA,
            }
        )

    @property
    def head(self) -> str:
        """What the next line names as the one before."""
        return sha256(self.text).hexdigest()

    def is_of(self, event: Event) -> bool:
        """Whether it is the line of this erasure."""
        said = event.members
        return (self.entry, self.leaves, self.marks, self.basis) == (
            event.leaf, tuple(said["leaves"]), tuple(said.get("marks", ())), said["basis"],
        )  # fmt: skip


def ledger_of(layout: Layout) -> Path | None:
    """Where the node keeps its ledger; None if it has none. Raises GS-REGISTER-003 and 067."""
    if not layout.node_file.exists():
        return None
    try:
        found = read_settings(layout.node_file).get(SETTING)
    except (OSError, ValueError) as error:
        raise GoodStandingError(BAD_NODE_FILE, file=layout.node_file, reason=str(error)) from error
    if found is None:
        return None
    file = Path(str(found))
    if not file.is_absolute():
        raise _unusable(file, "its path in node.toml does not begin with a slash")
    if file.resolve().is_relative_to(layout.folder.resolve()):
        raise _unusable(file, "it lies inside the node, so that a backup would put it back too")
    return file


def check_usable(file: Path, origin: str) -> str:
    """Whether the next erasure can be written down; the ledger's head. Raises GS-REGISTER-067."""
    lines = read_ledger(file, origin)
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE))
    except OSError as error:
        raise _unusable(file, reason_of(error)) from error
    return head_of(lines)


def head_of(lines: Sequence[Line]) -> str:
    """The number of the last line and its hash, as an erasure seals it: ``<number>:<hash>``."""
    return f"{len(lines)}:{lines[-1].head if lines else BEGINNING}"


def read_ledger(file: Path, origin: str) -> list[Line]:
    """The lines, each shown to follow the one before; none if there is no file yet.

    A last line without an end was never acknowledged and is left out. Raises GS-REGISTER-067.
    """
    refuse_link(file)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unusable(file, reason_of(error)) from error
    lines: list[Line] = []
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        line = _parse(text)
        if line is None or line.text != text:
            raise _unusable(file, f"line {number} is not one of an erasure ledger")
        if line.origin != origin:
            raise _unusable(file, f"line {number} is of {line.origin}, not of {origin}")
        previous = lines[-1].head if lines else BEGINNING
        if (line.number, line.previous) != (number, previous):
            raise _unusable(file, f"line {number} does not follow the line before it")
        lines.append(line)
    return lines


def append_erasures(file: Path, origin: str, events: Iterable[Event]) -> None:
    """Write a line for each erasure that has none. Only under the turn. Raises GS-REGISTER-067."""
    lines = read_ledger(file, origin)
    for event in events:
        if event.event != ERASURE or any(line.is_of(event) for line in lines):
            continue
        said = event.members
        marks = tuple(said.get("marks", ()))
        previous = lines[-1].head if lines else BEGINNING
        line = Line(
            origin,
            len(lines) + 1,
            event.leaf,
            tuple(said["leaves"]),
            said["basis"],
            marks,
            previous,
        )
        _append(file, lines, line)
        lines.append(line)


def check_complete(file: Path, lines: Sequence[Line], events: Iterable[Event]) -> None:
    """Whether the ledger has every erasure of the log, and is the one the log has seen.

    Raises GS-REGISTER-068.
    """
    for event in events:
        if event.event != ERASURE:
            continue
        number, _, head = str(event.members.get("ledger", f"0:{BEGINNING}")).partition(":")
        at = int(number)
        if at > len(lines) or (at and lines[at - 1].head != head):
            reason = f"when entry {event.leaf} was sealed it had {at} lines, and these are others"
            if at > len(lines):
                reason = f"it had {at} lines when entry {event.leaf} was sealed, now {len(lines)}"
            raise GoodStandingError(LEDGER_INCOMPLETE, file=file, reason=reason)
        if not any(line.is_of(event) for line in lines):
            reason = f"it has no line for the erasure in entry {event.leaf}"
            raise GoodStandingError(LEDGER_INCOMPLETE, file=file, reason=reason)


def _append(file: Path, lines: Sequence[Line], line: Line) -> None:
    end = sum(len(each.text) + 1 for each in lines)
    is_new = not file.exists()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
        try:
            # What lies behind the last end is a line that a crash cut off.
            os.ftruncate(descriptor, end)
            os.lseek(descriptor, end, os.SEEK_SET)
            data = line.text + b"\n"
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            sync(file.parent)
    except OSError as error:
        raise _unusable(file, reason_of(error)) from error


def _parse(text: bytes) -> Line | None:
    try:
        said = json.loads(text)
        if not isinstance(said, dict) or said.keys() != _MEMBERS or said["schema"] != SCHEMA:
            return None
        return Line(
            str(said["origin"]), int(said["number"]), int(said["entry"]),
            tuple(int(leaf) for leaf in said["leaves"]), str(said["basis"]),
            tuple(str(mark) for mark in said["marks"]), str(said["previous"]),
        )  # fmt: skip
    except (ValueError, TypeError, RecursionError):
        return None


def _unusable(file: Path, reason: str) -> GoodStandingError:
    return GoodStandingError(LEDGER_UNUSABLE, file=file, reason=reason)
