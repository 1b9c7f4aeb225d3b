"""Which records a selection takes, and in which order.

Invariant: the order of records is total (source and source key decide last), so every engine
takes the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from goodstanding.evaluation.language import Name, Value
from goodstanding.evaluation.model import Distinct, Keep, Selection
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike


def select(
    question: Question, selection: Selection, live: Sequence[RecordLike]
) -> tuple[RecordLike, ...]:
    """The records of the selection, the latest last."""
    within = candidates(question, selection, live)
    chosen = [record for record in within if _meets(question, selection, record)]
    if selection.distinct is not None:
        chosen = _distinct(question, selection.distinct, chosen)
    if selection.keep is not None:
        chosen = _keep(question, selection.keep, chosen)
    return tuple(sorted(chosen, key=lambda record: _place(question, selection, record)))


def candidates(
    question: Question, selection: Selection, live: Sequence[RecordLike]
) -> list[RecordLike]:
    """The records of the selection's items that are in its window."""
    own = [record for record in live if record.item in selection.items]
    if selection.window is None:
        return own
    spans = ((record, question.span(selection.window, record.effective_on)) for record in own)
    return [record for record, (begin, end) in spans if begin <= question.as_of < end]


def _meets(question: Question, selection: Selection, record: RecordLike) -> bool:
    if selection.where is None:
        return True
    return question.of_record(selection.where, record) is True


def _distinct(
    question: Question, distinct: Distinct, chosen: Sequence[RecordLike]
) -> list[RecordLike]:
    equals: dict[object, list[RecordLike]] = {}
    for record in chosen:
        key = tuple(question.column(record, name) for name in distinct.columns)
        equals.setdefault(key, []).append(record)

    def place(record: RecordLike) -> tuple[object, ...]:
        return (_sortable(question, record, distinct.by), *_own(record))

    pick = min if distinct.first else max
    return [pick(records, key=place) for records in equals.values()]


def _keep(question: Question, keep: Keep, chosen: Sequence[RecordLike]) -> list[RecordLike]:
    groups: dict[object, list[RecordLike]] = {}
    for record in chosen:
        key = _own(record) if keep.of is None else question.column(record, keep.of)
        groups.setdefault(key, []).append(record)
    time = min if keep.first else max

    def place(group: list[RecordLike]) -> tuple[object, ...]:
        by = time(_sortable(question, record, keep.by) for record in group)
        if keep.of is None:
            return (by, *_own(group[0]))
        return (by, _sortable(question, group[0], keep.of))

    ordered = sorted(groups.values(), key=place, reverse=not keep.first)
    return [record for group in ordered[: keep.number] for record in group]


def _place(question: Question, selection: Selection, record: RecordLike) -> tuple[object, ...]:
    keep = selection.keep
    if keep is None:
        return (record.effective_on, *_own(record))
    by = _sortable(question, record, keep.by)
    if keep.of is None:
        return (by, *_own(record))
    return (by, _sortable(question, record, keep.of), *_own(record))


def _own(record: RecordLike) -> tuple[str, str]:
    return (record.source, record.source_key)


def _sortable(question: Question, record: RecordLike, name: Name) -> tuple[bool, Value]:
    """No value comes before every value."""
    value = question.column(record, name)
    return (value is not None, 0 if value is None else value)
