"""From the total to a grade: exceptions that give one, absence, bands, joint bounds, changes.

Invariant: whatever decided or changed the grade is a reason, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goodstanding.evaluation.language.evaluate import int_of
from goodstanding.evaluation.model import Band, GradeException, Joint, ReasonKind
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.reference.figures import Figures
from goodstanding.evaluation.results import ABSENCE, Reason


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade and its reasons; the band of the total, and of each joint that has a value."""

    grade: str
    reasons: tuple[Reason, ...]
    banded: str
    joint: dict[str, str]


def grade_of(figures: Figures, total: int, absent: bool) -> Graded:
    """The grade of a subject with this total, in units of the scheme's scale."""
    scheme = figures.question.scheme
    grades, absence = scheme.grades, scheme.absence
    # Every condition is looked at, so that an observer sees each bound.
    held = [e for e in grades.exceptions if figures.holds(e.when, e.in_force)]
    limit = figures.question.limit
    banded = _last(b for b in grades.bands if b.start is None or total >= limit(b.start))
    joint = {j.id: grade for j in grades.joint if (grade := _joint(figures, j)) is not None}
    for exception in held:
        given = _given(figures, exception)
        if given is not None:
            return Graded(given, (_applied(figures, exception),), banded, joint)
    if absent and absence is not None:
        return Graded(absence.grade, (_absence(figures),), banded, joint)
    grade, reasons = _lowered(figures, banded, joint)
    for exception in held:
        changed = changed_by(figures.question, exception, grade)
        if changed != grade:
            grade = changed
            reasons.append(_applied(figures, exception))
    return Graded(grade, tuple(reasons), banded, joint)


def _given(figures: Figures, exception: GradeException) -> str | None:
    """The grade an exception gives, if it does."""
    if exception.carry is None:
        return exception.grade
    carried = figures.named(exception.carry)
    return carried if isinstance(carried, str) else None


def _lowered(figures: Figures, banded: str, joint: dict[str, str]) -> tuple[str, list[Reason]]:
    """The worse of the total's band and every joint's, and which joints are worse than it."""
    scheme = figures.question.scheme
    rank = scheme.grades.order.index
    worse = {name: grade for name, grade in joint.items() if rank(grade) > rank(banded)}
    first = 1 + len(scheme.rules) + len(scheme.groups)
    reasons = [
        figures.reason(first + n, ReasonKind.JOINT, j.id, None, j.selections, j.article)
        for n, j in enumerate(scheme.grades.joint)
        if j.id in worse
    ]
    return max([banded, *worse.values()], key=rank), reasons


def changed_by(question: Question, exception: GradeException, grade: str) -> str:
    """The grade after the turn of an exception that holds and gives none of its own."""
    order = question.scheme.grades.order
    rank = order.index(grade)
    if exception.at_best is not None:
        rank = max(rank, order.index(exception.at_best))
    if exception.at_worst is not None:
        rank = min(rank, order.index(exception.at_worst))
    if exception.down is not None:
        rank = min(rank + question.at_scale(exception.down, 0), len(order) - 1)
    return order[rank]


def _joint(figures: Figures, joint: Joint) -> str | None:
    """The grade of the band in which the joint's figure stands; None without a value."""
    value = figures.named(joint.of)
    if value is None:
        return None
    units, reaches = int_of(value), figures.question.reaches
    return _last(b for b in joint.bands if b.start is None or reaches(units, joint.of, b.start))


def _last(reached: Iterable[Band]) -> str:
    """Bands ascend: the last one reached is the band."""
    return list(reached)[-1].grade


def _applied(figures: Figures, exception: GradeException) -> Reason:
    scheme = figures.question.scheme
    first = 1 + len(scheme.rules) + len(scheme.groups) + len(scheme.grades.joint)
    position = first + scheme.grades.exceptions.index(exception)
    kind, article = ReasonKind.EXCEPTION, exception.article
    return figures.reason(position, kind, exception.id, None, exception.selections, article)


def _absence(figures: Figures) -> Reason:
    scheme = figures.question.scheme
    before = (scheme.rules, scheme.groups, scheme.grades.joint, scheme.grades.exceptions)
    position = 1 + sum(len(part) for part in before)
    article = scheme.absence.article if scheme.absence else None
    return figures.reason(position, ReasonKind.ABSENCE, ABSENCE, None, (), article)
