"""What did not count, and why: superseded, over, too old, of another kind, or unusable."""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.evaluation.ended import ender
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.ends import named
from goodstanding.evaluation.explain.records import unusable, versions
from goodstanding.evaluation.explanation import Ignored
from goodstanding.evaluation.model import Selection, WindowKind
from goodstanding.evaluation.records import WITHDRAWAL, RecordLike, in_effect, standing_entries


def ignored(b: Base) -> Iterator[Ignored]:
    """The records that did not count, by reason; also for one selection, where another counts
    what it leaves out because a fact cannot be used."""
    reasons: dict[str, list[RecordLike]] = {}
    standing = standing_entries(b.records, b.known_at)
    looking = _looking(b)
    counted = {(r.item, r.leaf) for s in looking for r in b.found.selected[s.id]}
    for record in b.records:
        if (record.item, record.leaf) in counted:
            for why in _left_out_of(b, looking, record):
                reasons.setdefault(why, []).append(record)
        elif record.act != WITHDRAWAL:
            reasons.setdefault(_why(b, looking, record, standing), []).append(record)
    withdrawn = b.say("withdrawn")
    for why in sorted(reasons):
        records = sorted(reasons[why], key=lambda record: record.leaf)
        told = [versions(b, record) for record in records if why == withdrawn]
        yield Ignored(why, len(records), tuple(r.leaf for r in records), tuple(told))


def _looking(b: Base) -> list[Selection]:
    """The selections that something counts; where points live for a time, not the one without
    that time."""
    used = {name for i in b.scheme.indicators.values() for name in i.selections}
    return [s for s in b.scheme.selections.values() if s.id in used]


def _left_out_of(b: Base, looking: list[Selection], record: RecordLike) -> Iterator[str]:
    """For a record that counts elsewhere: where it does not, for a fact that cannot be used."""
    for selection in looking:
        if record.item in selection.items and _in_window(b, selection, record):
            for why in _unusable(b, selection, record):
                yield b.say("left_out_of", selection=b.selection(selection), why=why)


def _unusable(b: Base, selection: Selection, record: RecordLike) -> Iterator[str]:
    """The policies of the selection by which the record is left out."""
    for policy in selection.policies:
        why = unusable(b, record, policy) if policy.use is None else None
        if why is not None:
            yield b.say(why[0], **why[1])


def _why(
    b: Base, selections: list[Selection], record: RecordLike, standing: list[RecordLike]
) -> str:
    if record not in standing:
        replacing = [r for r in b.records if r.supersedes == record.leaf]
        gone = any(r.act == WITHDRAWAL and r.item == record.item for r in replacing)
        return b.say("withdrawn" if gone else "replaced")
    newer = ender(b.scheme.population, record, standing)
    if newer is not None and newer.effective_on <= b.as_of:
        return b.say("ended_newer", newer=named(b, newer))
    if not in_effect(record, b.as_of):
        return b.say("ended" if record.effective_on <= b.as_of else "not_yet")
    looking = [s for s in selections if record.item in s.items]
    if not looking:
        return b.say("not_looked_at")
    inside = [s for s in looking if _in_window(b, s, record)]
    if not inside:
        cycle = any(s.window and s.window.kind is WindowKind.CYCLE for s in looking)
        return b.say("not_in_period" if cycle else "too_long_ago")
    for why in (why for s in inside for why in _unusable(b, s, record)):
        return why
    if any(s.keep is not None and not s.keep.first for s in inside):
        return b.say("not_among_latest")
    if any(s.keep is not None or s.distinct is not None for s in inside):
        return b.say("not_among_kept")
    return b.say("not_of_the_kind")


def _in_window(b: Base, selection: Selection, record: RecordLike) -> bool:
    if selection.window is None:
        return True
    begin, end = b.question.span(selection.window, record.effective_on)
    return begin <= b.as_of < end
