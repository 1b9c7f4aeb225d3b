"""Refusing a day of which a calendar says nothing (``evaluation.calendar_uses``).

Invariant: what is asked for does not depend on what an expression comes to; no observer is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from goodstanding.evaluation import calendar_uses
from goodstanding.evaluation.language import Lookup, evaluate
from goodstanding.evaluation.language.nodes import WorkingDaysBetween
from goodstanding.evaluation.model import Selection
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference.figures import Figures
from goodstanding.evaluation.reference.selections import candidates
from goodstanding.evaluation.same import Same
from goodstanding.kernel.calendars import calendar_of


def check_days(figures: Figures, live: Sequence[RecordLike]) -> None:
    """Raise GS-KERNEL-007 if a day beyond its calendar is asked for."""
    question = figures.question
    if not _asks(Same(question.scheme)):
        return
    for selection in question.scheme.selections.values():
        _check_records(figures, selection, live)
    for asked, in_force in calendar_uses.of_figures(question.scheme):
        if in_force is None or in_force.contains(question.as_of):
            _check(question, [asked], figures.named)


@lru_cache(maxsize=16)
def _asks(same: Same) -> bool:
    """Whether the scheme asks for any working day; a scheme does not change."""
    return calendar_uses.asks(same.scheme)


def _check_records(figures: Figures, selection: Selection, live: Sequence[RecordLike]) -> None:
    question = figures.question
    if asked := calendar_uses.of_condition(selection):
        for record in candidates(question, selection, live):
            _check(question, asked, question.columns(record))
    if asked := calendar_uses.of_values(question.scheme, selection):
        for record in figures.selected[selection.id]:
            _check(question, asked, question.columns(record))


def _check(question: Question, asked: Iterable[WorkingDaysBetween], lookup: Lookup) -> None:
    for node in asked:
        days = [
            evaluate(side, lookup, question.parameters, tables=question.tables)
            for side in (node.start, node.end)
        ]
        known = [day for day in days if isinstance(day, date)]
        for day in known if len(known) == len(days) else ():
            calendar_of(node.calendar).check(day)
