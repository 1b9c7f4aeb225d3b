"""Which stored columns of an item's segments a scheme looks at: nothing else is read."""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile.context import Context
from goodstanding.evaluation.language import Name, NameKind, Node, walk
from goodstanding.evaluation.model import Take
from goodstanding.evaluation.records import FACT_PREFIX

#: How an indicator takes dates when it names none: those on which its records took effect.
ON_DATES = frozenset({Take.CALENDAR_COUNT, Take.STREAK})


def columns_of(c: Context, item: Item) -> list[str]:
    """The stored columns of an item's segments that the scheme looks at, in order."""
    found: set[str] = set()
    for selection in c.scheme.selections.values():
        if item.id not in selection.items:
            continue
        nodes: list[Node | None] = [selection.where]
        own = [i for i in c.scheme.indicators.values() if i.of == selection.id]
        nodes += [indicator.value for indicator in own]
        if selection.distinct is not None:
            nodes += [*selection.distinct.columns, selection.distinct.by]
        if selection.keep is not None:
            nodes += [selection.keep.by, selection.keep.of]
        found |= _stored(nodes)
        takes = {i.take for i in own}
        dated = any(i.value is None and i.take in ON_DATES for i in own)
        if selection.window is not None or Take.DAYS_SINCE in takes or dated:
            found.add("effective_on")
        if selection.keep is not None or takes & {Take.LATEST, Take.FIRST}:
            found |= {"source", "source_key", "effective_on"}
        if selection.distinct is not None:
            found |= {"source", "source_key"}
    if c.history:
        found.add("effective_on")
    return sorted({*found, "ends_on"})


def _stored(nodes: Iterable[Node | None]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for part in walk(node) if node is not None else ():
            if isinstance(part, Name) and part.kind is NameKind.FACT:
                found.add(FACT_PREFIX + part.name)
            elif isinstance(part, Name) and part.kind is NameKind.RECORD and part.name != "item":
                found.add(part.name)
    return found
