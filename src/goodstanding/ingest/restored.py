"""Bring a restored node up to date: erase again what was erased since its backup, then open it.

Invariant: nothing that the erasure ledger says was erased is in a node that opens. And no key
signs two different trees of one size: unless it is shown that nothing was signed beyond the
backup, the restored log goes on under a new key alone, and says so in its first entry.

The order, and what a crash leaves; the same command is given again:

1. ledger and checkpoints are checked; nothing is written. A crash leaves all as it was;
2. the access log goes on (``AccessLog.resume``), before anything is done here;
3. ``log_restored``, and ``key_rotated`` where a new key is needed, are sealed as one batch. A crash
   before leaves a prepared key that no log names; after it, this step is found done;
4. each erasure of the ledger that the log does not have is sealed anew and carried out. A crash
   leaves some of them done; each is found done;
5. the mark of the restore goes, last of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goodstanding.catalogue import Pack
from goodstanding.ingest.erase import erase_ordered
from goodstanding.ingest.grounds import Grounds
from goodstanding.ingest.versions import record_at
from goodstanding.kernel import Clock, GoodStandingError, Noted
from goodstanding.register import NewEvent, Node
from goodstanding.register.batch import edge_at
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.durable import sync
from goodstanding.register.erase import erasure_events
from goodstanding.register.errors import LEDGER_INCOMPLETE, NOT_RESUMED, RESTORED
from goodstanding.register.keys import own_keys, prepare_rotation, read_key_command, retired_keys
from goodstanding.register.ledger import Line, check_complete, head_of, ledger_of, read_ledger
from goodstanding.register.model import KEY_ROTATED
from goodstanding.register.restored import LOG_RESTORED, Mark, has_gone_on, read_mark
from goodstanding.register.segments import EVENTS
from goodstanding.register.tiles import TileFolder


@dataclass(frozen=True, slots=True)
class Known:
    """What is known from outside of the register's life after the backup.

    ``lines`` are the ledger's, ``ledger`` where it lies; None where none was ever kept. ``newest``
    is the largest size that somebody has a checkpoint of, None if nobody was asked.
    """

    ledger: Path | None
    lines: tuple[Line, ...]
    newest: int | None
    mark: Mark

    @property
    def beyond(self) -> int:
        """How many entries the register had at least."""
        erasures = (line.entry + 1 for line in self.lines)
        return max(self.mark.head.size, self.newest or 0, *erasures, 0)

    @property
    def went_on(self) -> bool:
        """Whether other entries may have been signed beyond the backup."""
        return self.newest is None or self.beyond > self.mark.head.size


@dataclass(frozen=True, slots=True)
class Resumed:
    """How a restored node went on: what it lost at least, its key, and what was erased again."""

    size: int
    beyond: int
    new_key: str | None
    erased: tuple[int, ...]


def look_up(
    node: Node, ledger: Path | None, newest: Sequence[bytes], *, none_was_kept: bool = False
) -> Known:
    """What is known of the register's life after the backup; nothing is written.

    ``ledger`` is where it lies if not where node.toml says; ``newest`` are signed checkpoints kept
    by others; ``none_was_kept`` says that there never was a ledger. Raises GS-REGISTER-066 to 068,
    005 for a checkpoint that is not of this register, and 069 for one of another history.
    """
    mark = read_mark(node.layout)
    if mark is None:
        raise _not_resumed("it is up to date already", "There is nothing to do.")
    named = ledger_of(node.layout)
    file = ledger or named
    if file is None and not none_was_kept:
        reason = "no ledger is named, in node.toml or by --ledger (--no-ledger: none was ever kept)"
        raise GoodStandingError(RESTORED, folder=node.folder, reason=reason)
    if none_was_kept and file is not None:
        reason = "--no-ledger is for registers that never kept one"
        raise GoodStandingError(LEDGER_INCOMPLETE, file=file, reason=reason)
    lines: list[Line] = []
    if file is not None:
        if not file.exists():
            raise GoodStandingError(LEDGER_INCOMPLETE, file=file, reason="it is not there")
        lines = read_ledger(file, node.origin)
        check_complete(file, lines, erasure_events(node.log))
    sizes = [_size_of(node, note, mark) for note in newest]
    return Known(file, tuple(lines), max(sizes, default=None), mark)


def resume(
    node: Node,
    pack: Pack,
    known: Known,
    *,
    by: str,
    reason: str,
    passphrase: bytes | None = None,
    clock: Clock,
    noted: Noted,
) -> Resumed:
    """Steps 3 to 5. ``passphrase`` encrypts a new key. Raises GS-REGISTER-069 if the log cannot
    go on under any key, and what ``Log.append`` and ``erase_ordered`` raise."""
    log, mark = node.log, known.mark
    new_key = None
    if not has_gone_on(log, mark):
        new_key = _begin_again(node, known, by, reason, passphrase, clock, noted)
    erased: list[int] = []
    for line in known.lines:
        said = f"ledger line {line.number}: erased by entry {line.entry} before the restore"
        grounds = Grounds(by, said, line.basis)
        for leaf in line.leaves:
            if _stands(node, leaf, mark):
                done = erase_ordered(node, pack, leaf, grounds, clock=clock, noted=noted)
                erased += done.leaves
    node.layout.restored.unlink()
    sync(node.folder)
    return Resumed(mark.head.size, known.beyond, new_key, tuple(sorted(set(erased))))


def _begin_again(
    node: Node,
    known: Known,
    by: str,
    reason: str,
    passphrase: bytes | None,
    clock: Clock,
    noted: Noted,
) -> str | None:
    head, layout = known.mark.head, node.layout
    own = {tuple(event.members.get("marks", ())) for event in erasure_events(node.log)}
    lost = sorted({mark for line in known.lines if line.marks not in own for mark in line.marks})
    members: dict[str, object] = {
        "backup": known.mark.backup,
        "beyond": known.beyond,
        "by": by,
        "ledger": head_of(known.lines) if known.ledger else None,
        "marks": lost,
        "reason": reason,
        "root": head.root.hex(),
        "size": head.size,
    }
    events, new_key = [NewEvent(LOG_RESTORED, members)], None
    if known.went_on or not layout.private_key.exists():
        if read_key_command(layout.node_file) is not None:
            raise _not_resumed(
                "other entries may have been signed beyond it, and its key is behind a command",
                "Name the newest checkpoint that anyone has with --newest; if it reaches further, "
                "take key_command out of node.toml, so that a new key can be made.",
            )
        old = node.log.key
        new = prepare_rotation(layout.keys, old, passphrase=passphrase)
        new_key = str(new)
        rotated = {"old": str(old), "new": new_key, "by": by, "reason": "the log was restored"}
        events.append(NewEvent(KEY_ROTATED, rotated))
    node.log.append(events, clock=clock, noted=noted)
    return new_key


def _stands(node: Node, leaf: int, mark: Mark) -> bool:
    """Whether the payload of an entry of the backup is there."""
    segments = node.log.segments(sealed=True)
    if leaf >= mark.head.size:
        return False
    holding = next(s for s in segments if s.first <= leaf < s.end)
    return holding.item != EVENTS and record_at(segments, leaf) is not None


def _size_of(node: Node, note: bytes, mark: Mark) -> int:
    """The size of a checkpoint that somebody kept; the backup begins with it, or it goes beyond."""
    keys = [*own_keys(node.layout.keys), *retired_keys(node.layout.keys)]
    head = open_checkpoint(note, keys).head
    if head.size <= mark.head.size:
        try:
            edge_at(node.layout, TileFolder(node.layout.register), head)
        except GoodStandingError:
            raise _not_resumed(
                f"a checkpoint of {head.size} entries is of another history than this backup",
                "Find out which of the two is this register's, and use a backup of it.",
            ) from None
    return head.size


def _not_resumed(reason: str, remedy: str) -> GoodStandingError:
    return GoodStandingError(NOT_RESUMED, reason=reason, remedy=remedy)
