"""Erase one record: from the register, then from all else that the node holds of it.

Invariant: no payload goes before the log says why, and an erasure that the log says is carried
out everywhere or still on the list of those that are not. The order, and what a crash leaves:

1. a note of what is to be erased (its key is needed below, when the register no longer has
   it). A crash leaves the note alone; nothing is sealed, and the next pass drops it;
2. the erasure is sealed and carried out in the register. A crash leaves it on the log's own
   list; the register finishes its part when it is opened;
3. kept originals, quarantine, results and bundles, index. A crash leaves some of them
   done; each is done again and finds nothing to do where it was;
4. the note goes. A crash before leaves all of 3 to be looked at once more;
5. the log takes the erasure from its list, last of all.

Whoever takes the node's workplace next (an erasure, an act or a delivery) takes it with
``tidy_workplace``, so nothing is built beside what is still to go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from goodstanding.catalogue import Act, Pack, Source
from goodstanding.ingest.contract import check_contract
from goodstanding.ingest.erased import mark
from goodstanding.ingest.grounds import Grounds, check_said, telling_values
from goodstanding.ingest.redact import (
    Erased,
    Redacted,
    check_files,
    delete_results,
    redact_originals,
    redact_quarantine,
)
from goodstanding.ingest.versions import erasure_of, find_source, record_at, versions_of
from goodstanding.ingest.workplace import workplace
from goodstanding.kernel import Clock, GoodStandingError, Noted, today
from goodstanding.register import Log, Node, Record
from goodstanding.register.durable import sync, write_atomically
from goodstanding.register.erase import Erasure, erase, erasures
from goodstanding.register.errors import SEQUENCER_BUSY

_NOTE = ".erasing.json"
#: Fields by which a line that could not be split is known to be about a record.
_WHOSE = ("source_key", "subject", "subject_name", "document")


class EraseStep(StrEnum):
    """Where a crash can fall, beside the register's own write points."""

    NOTED = "what is to be erased is noted"
    ORIGINALS = "kept originals redacted"
    QUARANTINE = "quarantine redacted"
    RESULTS = "results and bundles deleted"
    INDEX = "index has forgotten it"
    NOTE_GONE = "the note is gone"


#: Called when a step is done; tests crash there.
At = Callable[[EraseStep], None]


def on(_step: EraseStep) -> None:
    """Reaching a step means nothing, except to a test that crashes there."""


@dataclass(frozen=True, slots=True)
class ErasedRecord:
    """What an erasure did: the entry that says so, the versions erased, the files touched.

    ``already`` if the record had been erased before; then no file is named.
    """

    entry: int
    leaves: tuple[int, ...]
    already: bool
    rewritten: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def erase_record(
    node: Node,
    pack: Pack,
    leaf: int,
    *,
    authority: str,
    basis: str,
    by: str,
    reason: str,
    clock: Clock,
    noted: Noted,
    at: At = on,
) -> ErasedRecord:
    """Erase the record that has a version at ``leaf``, every version of it, everywhere.

    ``basis`` is the article that demands it, ``authority`` and ``by`` who decided. What an earlier
    erasure left undone is finished first. Raises GS-INGEST-001 and 009 if the source's contract
    cannot be used, 055 for a file that is not known, 180, 189 to 191 and 199 for the grounds,
    GS-REGISTER-011 and 020 for a leaf that is no record, and what ``Log.append`` raises; then
    nothing has changed.
    """
    grounds = Grounds(by, reason, basis, authority)
    grounds.check(pack, today(clock, pack.time_zone))
    check_said("authority", authority)
    return erase_ordered(node, pack, leaf, grounds, clock=clock, noted=noted, at=at)


def erase_ordered(
    node: Node,
    pack: Pack,
    leaf: int,
    grounds: Grounds,
    *,
    clock: Clock,
    noted: Noted,
    at: At = on,
) -> ErasedRecord:
    """The same where the order itself was checked before: its article may have ended since.

    One that is carried out again from the ledger names no authority: the entry that did is lost.
    Raises what ``erase_record`` raises, but GS-INGEST-180 and 189.
    """
    with tidy_workplace(node, pack, at) as place:
        segments = node.log.segments(sealed=True)
        record = record_at(segments, leaf)
        if record is None:
            event = erasure_of(segments, leaf)
            if event is None:
                # Not by us: verification says so too. There is nothing more to take away.
                return ErasedRecord(leaf, (leaf,), already=True)
            return ErasedRecord(event.leaf, tuple(event.members["leaves"]), already=True)
        _usable_source(pack, record.source)
        check_files(node)
        versions = versions_of(segments, record)
        if grounds.authority:
            grounds.check_power(pack, Act.ERASE, versions[0])
        grounds.check_silent(versions, pack.items.get(record.item))
        erased = _erased(pack, versions)
        write_atomically(_note(node), json.dumps(asdict(erased)).encode(), mode=0o600)
        at(EraseStep.NOTED)
        sealed = erase(
            node.log, erased.leaves, authority=grounds.authority or None, basis=grounds.basis,
            by=grounds.by, reason=grounds.reason,
            marks=[mark(node, erased.source, erased.key)], clock=clock, noted=noted,
        )  # fmt: skip
        done = _carry_out(node, pack, erased, place, at)
        _settle(node, sealed)
    return ErasedRecord(
        sealed.leaf, sealed.leaves, False, tuple(done.rewritten), tuple(done.deleted)
    )


@contextmanager
def tidy_workplace(node: Node, pack: Pack, at: At = on) -> Iterator[Path]:
    """The node's workplace, after what a crash left of an erasure has been carried out.

    Raises what ``finish_erasures`` raises.
    """
    with workplace(node) as place:
        finish_erasures(node, pack, place, at)
        yield place


def finish_erasures(node: Node, pack: Pack, place: Path, at: At = on) -> None:
    """Carry out what a crash left of an erasure; nothing to do costs two looks.

    Only for whoever holds the node's workplace, ``place``. Raises GS-INGEST-001 and 009 if the
    source's contract cannot be used: then it is still to be done.
    """
    unfinished = node.log.erasing()
    note = _note(node)
    if note.exists():
        erased = _read_note(note)
        open_ones = [e for e in erasures(node.log) if e.leaf in unfinished]
        if any(set(erased.leaves) == set(erasure.leaves) for erasure in open_ones):
            _carry_out(node, pack, erased, place, at)
        else:
            _remove_note(note)
    for erasure in erasures(node.log) if unfinished else ():
        if erasure.leaf in unfinished:
            _settle(node, erasure)


def _settle(node: Node, erasure: Erasure) -> None:
    """Take the erasure from the log's list, once no segment has any of its rows.

    Raises GS-REGISTER-006 if another writer still keeps the register from carrying it out.
    """
    if _stand(node, erasure):
        # Opening the log carries out what is on its list, unless someone else is writing.
        Log.open(node.folder, restored=node.restored)
        if _stand(node, erasure):
            raise GoodStandingError(SEQUENCER_BUSY)
    node.log.erased(erasure.leaf)


def _stand(node: Node, erasure: Erasure) -> bool:
    segments = node.log.segments(sealed=True)
    return any(record_at(segments, leaf) is not None for leaf in erasure.leaves)


def _carry_out(node: Node, pack: Pack, erased: Erased, place: Path, at: At) -> Redacted:
    source = _usable_source(pack, erased.source)
    done = Redacted()
    redact_originals(node, pack, source, erased, place, done)
    at(EraseStep.ORIGINALS)
    redact_quarantine(node, pack, source, erased, place, done)
    at(EraseStep.QUARANTINE)
    delete_results(node, erased, done)
    at(EraseStep.RESULTS)
    # Another process may have applied the erasure before the segments were written anew.
    node.index.consume()
    node.index.forget(erased.leaves)
    at(EraseStep.INDEX)
    _remove_note(_note(node))
    at(EraseStep.NOTE_GONE)
    return done


def _usable_source(pack: Pack, source_id: str) -> Source:
    """The contract, sound: a broken one must not look like unreadable files."""
    source = find_source(pack, source_id)
    for problem in check_contract(source, pack):
        raise problem
    return source


def _erased(pack: Pack, versions: Sequence[Record]) -> Erased:
    item = pack.items.get(versions[0].item)
    values = set[str]()
    for version in versions:
        told = dict(telling_values(version, item))
        # Amounts and other facts stand in lines about others too: these four tell whose it is.
        values |= {told[name] for name in (*_WHOSE, "subject's number") if name in told}
        originals = json.loads(version.original)
        values |= {v for f, v in originals.items() if f in _WHOSE and len(v.strip()) > 3}
    leaves = tuple(version.leaf for version in versions)
    return Erased(versions[0].source, versions[0].source_key, leaves, tuple(sorted(values)))


def _note(node: Node) -> Path:
    return node.folder / _NOTE


def _read_note(note: Path) -> Erased:
    said = json.loads(note.read_text("utf-8"))
    return Erased(said["source"], said["key"], tuple(said["leaves"]), tuple(said["values"]))


def _remove_note(note: Path) -> None:
    note.unlink(missing_ok=True)
    sync(note.parent)
