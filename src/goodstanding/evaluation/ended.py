"""Where a newer record of another item ends an older one: a rating ends an exemption.

Invariant: a pure function of the records that stand. A record of an item with ``ended_by`` ends
on the first day, from its own effective_on on, on which a standing record of one of those items,
about the same subject and of the same kind, takes effect; unless it has ended before. Of two on
one day the one that ends counts. What ends a record need not itself be live, then or later: a
rating that was replaced still ended the exemption. Only effective_on of the newer record matters,
so no order of working this out gives another result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from goodstanding.catalogue import Item
from goodstanding.evaluation.records import RecordLike, altered


def enders_of(item: Item, population: Mapping[str, Item]) -> list[Item]:
    """The items whose newer records end those of ``item``, in order of the scheme's items."""
    return [other for other in population.values() if other.id in item.ended_by]


def ender(
    items: Mapping[str, Item], record: RecordLike, standing: Iterable[RecordLike]
) -> RecordLike | None:
    """The record that ends this one; None if none does, or if it ends earlier or on that day by
    itself. Of several on one day the first by source and source key."""
    item = items.get(record.item)
    if item is None or not item.ended_by:
        return None
    newer = [
        other
        for other in standing
        if other.item in item.ended_by
        and other.subject == record.subject
        and other.subject_kind == record.subject_kind
        and other.effective_on >= record.effective_on
        and (record.ends_on is None or other.effective_on < record.ends_on)
    ]
    return min(newer, key=_place, default=None)


def with_ends(items: Mapping[str, Item], standing: Sequence[RecordLike]) -> list[RecordLike]:
    """The standing records, each with the end that a newer one gives it."""
    if not any(item.ended_by for item in items.values()):
        return list(standing)
    ends = [ender(items, record, standing) for record in standing]
    return [
        record if newer is None else altered(record, ends_on=newer.effective_on)
        for record, newer in zip(standing, ends, strict=True)
    ]


def _place(record: RecordLike) -> tuple[date, str, str, int]:
    return record.effective_on, record.source, record.source_key, record.leaf
