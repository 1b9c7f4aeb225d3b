"""What would change a standing: the passing of time, and the nearest other bands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.ends import named
from goodstanding.evaluation.explain.turn import Turn
from goodstanding.evaluation.explanation import Change, Neighbour
from goodstanding.evaluation.history import looked_at
from goodstanding.evaluation.model import Direction, ReasonKind
from goodstanding.evaluation.results import Evaluation
from goodstanding.kernel import Fixed, add_months, decimal_text

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


def neighbours(b: Base) -> Iterator[Neighbour]:
    """How far the total is from the bands beside it; nothing where no band applies."""
    total, grades = b.found.standing.total, b.scheme.grades
    given = {r.rule for r in b.found.reasons if r.kind is ReasonKind.EXCEPTION}
    if total is None or any(e.id in given for e in grades.exceptions if e.gives):
        return
    starts = [_start(b, band.start) for band in grades.bands]
    here = max(n for n, start in enumerate(starts) if start is None or total.units >= start)
    lower = grades.direction is Direction.LOWER_IS_BETTER
    if (own := starts[here]) is not None:
        yield _neighbour(b, grades.bands[here - 1].grade, own - 1, total, better=lower)
    if here + 1 < len(starts) and (above := starts[here + 1]) is not None:
        yield _neighbour(b, grades.bands[here + 1].grade, above, total, better=not lower)


def _start(b: Base, parameter: str | None) -> int | None:
    if parameter is None:
        return None
    return b.question.limit(parameter)


def _neighbour(b: Base, grade: str, reached: int, total: Fixed, *, better: bool) -> Neighbour:
    scale = b.scheme.scale
    distance = decimal_text(abs(reached - total.units), scale)
    bound, shown = decimal_text(reached, scale), b.grade(grade)
    key = "fewer" if reached < total.units else "more"
    unit = b.phrases.of_number(b.phrases.unit(b.scheme.unit), distance)
    words = b.say(key, distance=distance, unit=unit, bound=bound, grade=shown)
    return Neighbour(grade, shown, bound, distance, better, words)
