"""What changes a standing by the passing of time alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.ends import named
from goodstanding.evaluation.explain.turn import Turn
from goodstanding.evaluation.explanation import Change
from goodstanding.evaluation.history import looked_at
from goodstanding.evaluation.results import Evaluation
from goodstanding.kernel import add_months

#: How far ahead we look for changes: years, or months where every single day is looked at.
_YEARS_AHEAD, _MONTHS_AHEAD_DAILY = 10, 24


def horizon(b: Base) -> date:
    """The last day looked at."""
    if b.as_of.year > date.max.year - _YEARS_AHEAD:
        return b.as_of  # the calendar itself ends before we could look ahead
    months = _MONTHS_AHEAD_DAILY if b.scheme.daily else 12 * _YEARS_AHEAD
    found = add_months(b.as_of, months)
    end = b.scheme.in_force.end
    return found if end is None else min(found, end - timedelta(days=1))


def changes(b: Base, until: date) -> Iterator[Change]:
    """The dates on which the standing changes by itself."""
    if until <= b.as_of:
        return
    before: Evaluation | None = b.found
    last = (b.found.standing.grade, b.found.standing.total)
    start = b.as_of + timedelta(days=1)
    for day, found in looked_at(b.scheme, b.records, until, b.known_at, start):
        grade = found.standing.grade if found else None
        total = found.standing.total if found else None
        if (grade, total) != last:
            last = (grade, total)
            turn = Turn(b, day, before, found, partial(named, b))
            yield Change(
                on=day,
                grade=grade,
                grade_title=b.grade(grade) if grade else None,
                total=None if total is None else str(total),
                because=tuple(turn.because()) or (b.say("days_pass"),),
            )
        before = found
