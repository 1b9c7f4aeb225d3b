"""When a standing may change by itself: the first day after as_of on which anything is due.

Invariant: with the register and the law as they are, nothing of a standing (grade, total,
reasons) changes before that day. It may also turn out not to change on it.

The day is the least after as_of of these. For each standing record about the subject that has
not ended (known, neither withdrawn nor superseded, of the scheme's kind and population):

(a) its effective_on, and for a record that has begun also
(b) its ends_on, or the day on which a newer record ends it (``evaluation.ended``),
(c) both ends of the span of the window of every selection of its item,
(d) for every comparison of as_of with a date, in an expression over its columns: that date and
    the day after it,
(e) for a value that falls in a straight line: the day it starts to fall; while it falls, tomorrow,
(f) for any other use of as_of in such an expression: tomorrow.

For the subject:

(g) the same as (d) and (f) for expressions over indicators and derived figures, and
(h) tomorrow while an indicator days_since has a value.

For everyone:

(i) the days on which a parameter or a table takes a new value, a rule's or an exception's time in
    force begins or ends, the scheme ends, and the next evaluated period of its cycle comes.

Numbers of the law are those of as_of: (i) says when they change. A day beyond the calendar is its
last day, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from goodstanding.evaluation.as_of_uses import (
    all_bounds,
    all_decays,
    any_daily,
    figure_expressions,
    record_expressions,
)
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.language import Lookup, Name, NameKind, Node, Unit
from goodstanding.evaluation.language.nodes import Decayed
from goodstanding.evaluation.model import Scheme, Take
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.same import Same


def next_day(question: Question, records: Iterable[RecordLike], named: Lookup) -> date | None:
    """The day for the subject of these standing records, whose figures are ``named``."""
    days = set(_days_of_law(question))
    days.update(_days_of_figures(question, named))
    same = Same(question.scheme)
    for record in records:
        days.update(_days_of_record(question, record, _uses_of_records(same, record.item)))
    return min((day for day in days if day > question.as_of), default=None)


class _Uses:
    """How some expressions use as_of."""

    def __init__(self, expressions: list[Node]) -> None:
        self.bounds = all_bounds(expressions)
        self.decays = all_decays(expressions)
        self.daily = any_daily(expressions)

    def days(self, question: Question, lookup: Lookup) -> Iterator[date]:
        """The days on which one of the expressions may change, for these values."""
        for bound in self.bounds:
            day = question.value(bound, lookup)
            if isinstance(day, date):
                yield day
                yield add(day, Unit.DAYS, 1)
        for decay in self.decays:
            yield from _days_of_decay(question, decay, lookup)
        if self.daily:
            yield _tomorrow(question)


# What a scheme says is read once, not once a subject and day: a scheme does not change.
@lru_cache(maxsize=256)
def _uses_of_records(same: Same, item: str) -> _Uses:
    return _Uses(record_expressions(same.scheme, item))


@lru_cache(maxsize=16)
def _uses_of_figures(same: Same) -> _Uses:
    return _Uses(figure_expressions(same.scheme))


def _days_of_decay(question: Question, decay: Decayed, lookup: Lookup) -> Iterator[date]:
    start = question.value(decay.start, lookup)
    if isinstance(start, date):
        yield start
        end = add(start, decay.unit, question.parameters[decay.length.name])
        if start <= question.as_of < end:
            yield _tomorrow(question)


def _days_of_record(question: Question, record: RecordLike, uses: _Uses) -> Iterator[date]:
    if record.effective_on > question.as_of:
        yield record.effective_on
        return
    if record.ends_on is not None:
        if record.ends_on <= question.as_of:
            return
        yield record.ends_on
    for selection in question.scheme.selections.values():
        if selection.window is not None and record.item in selection.items:
            yield from question.span(selection.window, record.effective_on)
    yield from uses.days(question, question.columns(record))


def _days_of_figures(question: Question, named: Lookup) -> Iterator[date]:
    scheme = question.scheme
    yield from _uses_of_figures(Same(scheme)).days(question, named)
    counting = (i for i in scheme.indicators.values() if i.take is Take.DAYS_SINCE)
    names = (Name(NameKind.INDICATOR, indicator.id, indicator.type) for indicator in counting)
    if any(named(name) is not None for name in names):
        yield _tomorrow(question)


def _days_of_law(question: Question) -> Iterator[date]:
    scheme = question.scheme
    yield from scheme.changes_of_law()
    yield from _ends_in_force(scheme)
    if scheme.cycle is not None and question.period is not None:
        following = add(question.period[1], scheme.cycle.unit, 1)
        yield add(following, Unit.MONTHS, question.lag)


def _ends_in_force(scheme: Scheme) -> Iterator[date]:
    periods = [rule.in_force for rule in scheme.rules.values()]
    periods += [exception.in_force for exception in scheme.grades.exceptions]
    for period in periods:
        if period is not None:
            yield period.start
            if period.end is not None:
                yield period.end
    if scheme.in_force.end is not None:
        yield scheme.in_force.end


def _tomorrow(question: Question) -> date:
    return add(question.as_of, Unit.DAYS, 1)
