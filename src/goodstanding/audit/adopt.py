"""A later version of the pack comes into a register: an act with an entry of its own."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.catalogue import FileChange, Pack, compare, errors, keep_pack
from goodstanding.kernel import Clock, GoodStandingError, Noted
from goodstanding.register import NewEvent, Node, StreamVersion
from goodstanding.register.durable import refusing
from goodstanding.register.index import PACK_ADOPTED

_STREAM = "pack"


@dataclass(frozen=True, slots=True)
class Adopted:
    """The version that came in, what changed from the one before, and the entry that says so.

    ``entry`` is None if that version was in use already.
    """

    pack: Pack
    changes: tuple[FileChange, ...]
    entry: int | None


def what_changes(node: Node, before: Pack | None, pack: Pack) -> tuple[FileChange, ...]:
    """What ``adopt`` would change, file by file. Raises GS-PACK-025 for another law, and 027.

    ``before`` is the version in use; None if the node has lost it, and then nothing is compared.
    """
    if pack.id != node.pack:
        raise GoodStandingError(errors.OTHER_PACK, own=node.pack, other=pack.id)
    if before is None:
        return ()
    if before.draft != pack.draft:
        own, other = ("a draft" if p.draft else "a finished pack" for p in (before, pack))
        raise GoodStandingError(errors.DRAFT_OR_NOT, own=own, other=other)
    return tuple(compare(before, pack))


def adopt(
    node: Node,
    before: Pack | None,
    pack: Pack,
    *,
    reason: str,
    by: str,
    clock: Clock,
    noted: Noted,
) -> Adopted:
    """Use a later version of the pack from here on, and seal that it is so.

    The files are kept in the node before the entry names them: a crash in between leaves a copy
    that nobody uses. Raises GS-PACK-019, 020, 024, 025 and 027, and what ``Log.append`` raises.
    """
    changes = what_changes(node, before, pack)
    stream = StreamVersion(_STREAM, node.log.stream_version(_STREAM))
    node.index.consume()
    used = node.index.pack_digest()
    with refusing():
        keep_pack(pack, node.layout.packs)
    if pack.digest == used:
        return Adopted(pack, changes, None)
    event = NewEvent(
        PACK_ADOPTED,
        {
            "pack": pack.id,
            "pack_digest": pack.digest,
            "before": used,
            "changes": [f"{change.how} {change.file}" for change in changes],
            "by": by,
            "reason": reason,
        },
        stream,
    )
    appended = node.log.append([event], [], clock=clock, noted=noted)
    node.index.consume()
    return Adopted(pack, changes, appended.segments[0].first)
