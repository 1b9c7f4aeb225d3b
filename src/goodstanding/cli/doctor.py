"""Is this node well? Each check says what it found, and what to do where it is not."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from goodstanding.audit import AccessLog
from goodstanding.cli.options import pack_of
from goodstanding.cli.passphrase import ask_passphrase
from goodstanding.kernel import GoodStandingError, SystemClock, instant_text
from goodstanding.register import Node
from goodstanding.register.cosignature import TOLERANCE
from goodstanding.register.erase import erasure_events as erased
from goodstanding.register.keys import read_key_command
from goodstanding.register.ledger import check_complete, ledger_of, read_ledger
from goodstanding.register.private import exposed, warning

_GIGABYTE = 10**9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    well: bool
    found: str


def examine(folder: Path) -> list[Check]:
    """Every check; the first that fails for want of a node ends the list.

    Raises GS-REGISTER-001 if the folder is no node.
    """
    node = Node.open(folder, ask_passphrase, restored=True)
    return [_attempt(name, check, node) for name, check in _CHECKS.items()]


def _attempt(name: str, check: Callable[[Node], tuple[bool, str]], node: Node) -> Check:
    try:
        return Check(name, *check(node))
    except GoodStandingError as error:
        return Check(name, False, f"{error.code.id} {error.what} {error.remedy}")


def _key(node: Node) -> tuple[bool, str]:
    if not node.layout.private_key.exists():
        behind = read_key_command(node.layout.node_file) is not None
        return behind, "behind a command" if behind else f"{node.layout.private_key} is not there"
    mode = stat.S_IMODE(node.layout.private_key.stat().st_mode)
    if mode & 0o077:
        return False, f"the signing key is readable by others ({mode:o}): chmod 600 it"
    return True, f"readable by its owner alone; public: {node.log.key}"


def _files(node: Node) -> tuple[bool, str]:
    if found := list(exposed(node.layout, deep=True)):
        refusal = warning(found, node.layout)
        return False, f"{refusal.what} {refusal.remedy}"
    return True, "private, but for checkpoint, tiles and entry bundles"


def _head(node: Node) -> tuple[bool, str]:
    head, newest = node.log.head, node.log.publication(SystemClock()).newest
    if newest.head != head:
        return False, f"checkpoint at {newest.head.size:,}, head at {head.size:,} entries"
    return True, f"{head.size:,} entries, signed checkpoint agrees"


def _witnesses(node: Node) -> tuple[bool, str]:
    found = node.log.publication(SystemClock())
    if found.up_to_date:
        return True, found.words
    behind = found.newest.head.size - found.published.head.size
    return False, f"{behind:,} entries are not published: {found.words}; `goodstanding log publish`"


def _clock(node: Node) -> tuple[bool, str]:
    clock = SystemClock()
    if fault := node.log.clock_fault(clock):
        return False, f"{fault} If this clock is right: `goodstanding log clock`"
    found, known = node.log.publication(clock), node.log.known_at
    seen = found.cosigned_at
    if seen is not None and known is not None and found.up_to_date and known > seen + TOLERANCE:
        told = f"the last entry bears {instant_text(known)}, witnesses saw it {instant_text(seen)}"
        return False, f"{told}: this clock was ahead; set it right, then `goodstanding log clock`"
    return True, "agrees with what the node knew last"


def _erasures(node: Node) -> tuple[bool, str]:
    if waiting := node.log.erasing():
        entries = ", ".join(str(leaf) for leaf in waiting)
        return False, f"not carried out everywhere: entry {entries}; the next delivery or act will"
    return True, "all carried out"


def _ledger(node: Node) -> tuple[bool, str]:
    if node.layout.restored.exists():
        return False, "restored from a backup and not up to date: `goodstanding log apply-ledger`"
    file = ledger_of(node.layout)
    if file is None:
        return True, "none: what is erased could come back from a backup (`erasure_ledger`)"
    lines = read_ledger(file, node.log.origin)
    erasures = erased(node.log)
    check_complete(file, lines, erasures)
    return True, f"{len(lines):,} lines in {file}, {len(erasures):,} erasures in the log"


def _access(node: Node) -> tuple[bool, str]:
    if not node.layout.access.exists():
        return False, "there is no access log; the next act or look begins one and says so"
    log = AccessLog.open(node.folder).log
    head, checkpoint = log.head, log.checkpoint()
    if checkpoint.head != head:
        return False, f"checkpoint at {checkpoint.head.size:,}, head at {head.size:,} entries"
    return True, f"{head.size:,} entries of {log.origin}, signed checkpoint agrees"


def _index(node: Node) -> tuple[bool, str]:
    applied, size = node.index.applied(), node.log.head.size
    if applied != size:
        return False, f"behind: {applied:,} of {size:,}; run `goodstanding index rebuild`"
    return True, f"{applied:,} entries applied"


def _pack(node: Node) -> tuple[bool, str]:
    pack = pack_of(node)
    return True, f"{pack.id}, digest {pack.digest[:16]} as in the log"


def _space(node: Node) -> tuple[bool, str]:
    free = shutil.disk_usage(node.folder).free
    return free > _GIGABYTE, f"{free / _GIGABYTE:,.1f} GB free"


_CHECKS: dict[str, Callable[[Node], tuple[bool, str]]] = {
    "files": _files,
    "key": _key,
    "log": _head,
    "witnesses": _witnesses,
    "clock": _clock,
    "erasures": _erasures,
    "ledger": _ledger,
    "access": _access,
    "index": _index,
    "pack": _pack,
    "disk": _space,
}
