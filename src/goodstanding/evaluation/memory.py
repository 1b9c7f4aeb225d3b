"""What stays the same from one day to the next of one subject's records, under one scheme.

Invariant: what is remembered is what working it out again would give. A value of an expression
over a record is remembered for each state of the law, unless it looks at the day; a selection is
the same on two days between which none of its records begins, ends, or enters or leaves its
window.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from goodstanding.evaluation.language import Decayed, Name, NameKind, Node, Value, walk
from goodstanding.evaluation.model import Scheme, Selection, Take
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference.figures import Figures, Like


class Memory:
    """A memory of these records, by item; they and the scheme live as long as it does."""

    def __init__(self, scheme: Scheme, by_item: Mapping[str, Sequence[RecordLike]]) -> None:
        self.scheme = scheme
        self.by_item = by_item
        self.law = sorted(set(scheme.changes_of_law()))
        # By identity: nothing else can have it as long as these are held.
        self.records = {id(record): record for own in by_item.values() for record in own}
        self.timeless: dict[int, bool] = {}
        self.values: dict[tuple[int, int, int], Value] = {}
        self.turns: dict[tuple[str, int], list[date]] = {}

    def value(self, question: Question, node: Node, record: RecordLike) -> Value:
        """What ``question.value`` gives of the record's columns."""
        if id(record) not in self.records or not self._is_timeless(node):
            return question.value(node, question.columns(record))
        key = (id(node), id(record), self._law(question.as_of))
        if key not in self.values:
            self.values[key] = question.value(node, question.columns(record))
        return self.values[key]

    def like(self, before: Figures, now: Question) -> Like | None:
        """What is the same as in figures of another day; None if that day had another law."""
        law = self._law(now.as_of)
        if law != self._law(before.question.as_of):
            return None
        same = {
            selection.id
            for selection in self.scheme.selections.values()
            if (selection.where is None or self._is_timeless(selection.where))
            and self._place(selection, now, law) == self._place(selection, before.question, law)
        }
        anew = {
            indicator.id
            for indicator in self.scheme.indicators.values()
            if indicator.take is Take.DAYS_SINCE
            or (indicator.value is not None and not self._is_timeless(indicator.value))
        }
        return Like(before, same, anew)

    def _law(self, day: date) -> int:
        """Which state of the law a day has."""
        return bisect_right(self.law, day)

    def _place(self, selection: Selection, question: Question, law: int) -> int:
        """Between which two of its turns a day lies."""
        key = (selection.id, law)
        if key not in self.turns:
            self.turns[key] = sorted(set(self._turns(selection, question)))
        return bisect_right(self.turns[key], question.as_of)

    def _turns(self, selection: Selection, question: Question) -> Iterator[date]:
        """The days on which one of its records begins, ends, enters its window or leaves it."""
        for record in (r for item in selection.items for r in self.by_item.get(item, ())):
            yield record.effective_on
            if record.ends_on is not None:
                yield record.ends_on
            if selection.window is not None:
                yield from question.span(selection.window, record.effective_on)

    def _is_timeless(self, node: Node) -> bool:
        """Whether an expression over a record does not look at the day of the question."""
        if id(node) not in self.timeless:
            self.timeless[id(node)] = not any(map(_is_dated, walk(node)))
        return self.timeless[id(node)]


def _is_dated(part: Node) -> bool:
    dated = (NameKind.AS_OF, NameKind.PERIOD)
    return isinstance(part, Decayed) or (isinstance(part, Name) and part.kind in dated)
