"""The reference engine: what a scheme means.

Slow and plain on purpose. Where another engine differs from this package, that engine is wrong.

1. Subjects. A subject is evaluated if it has a live record of any item about its kind. A record
   is live if it was known, stands, has taken effect and has not ended: by its own ends_on, or by a
   newer record of an item that ends its own (``evaluation.ended``).
2. Selections. A selection takes the live records of its items for which ``where`` is true and
   whose window's span contains as_of; of records equal in all columns of ``distinct`` (no value
   equals no value) only the last, or the first; and of these the latest, or first, that ``keep``
   says. Records are ordered by (by, source, source key), no value first. With ``keep.of`` a
   group's time is the greatest ``by`` in it (for ``first``: the least), and equal times are
   ordered by the value of ``of``.
3. Indicators. An indicator makes one value of a selection; without a record it is null, never
   zero. ``latest`` and ``first`` are of the order of the selection's ``keep``, else of
   effective_on. ``calendar_count`` counts the different months (quarters, years) in which its
   dates lie, ``streak`` the longest run of such that follow each other; a record without a date
   is passed over, so that records without any date give 0.
4. Derived figures are computed in order, each of indicators and of derived figures before it.
5. Rules. A rule that is in force on as_of, whose ``when`` is true (or absent) and whose points are
   known, fires: its points are rounded to the scheme's scale if they have more places, then
   capped, then floored.
6. Groups. Of a group's rules that fired, the sum (or the highest, or lowest) counts, then is
   capped, then floored; what that differs from their sum is a reason of the group. A group of
   which no rule fired adds nothing, whatever its floor.
7. Total = base + rules + adjustments of groups. The reasons always add up to the total.
8. Grades. (a) The first exception that gives a grade, is in force and whose condition is true
   gives it; a carried grade that is null is none. (b) Else absence does, if its condition is
   true. (c) Else the band of the total; each joint bound whose figure has a value and whose band
   is worse lowers the grade to it, and every joint worse than the band of the total is a reason.
   Then each exception that changes a grade, in order and on the grade so far: ``at_best`` no
   better, ``at_worst`` no worse, ``down`` so many steps worse, at most to the worst grade; it is
   a reason if it changed the grade at its turn. Where absence is true there is no total.
9. Positions of reasons: the base 0, then rules, groups, joints, exceptions, absence, each list in
   order of the scheme.
10. ``next_change_on`` is stated in ``evaluation.due``.
11. Working days beyond a calendar are null, and refused: ``evaluation.calendar_uses`` says where.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from goodstanding.evaluation import errors
from goodstanding.evaluation.due import next_day
from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.language import Observer
from goodstanding.evaluation.language.evaluate import DIGITS
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import Question, ask
from goodstanding.evaluation.records import (
    RecordLike,
    by_subject,
    concerns,
    in_effect,
    standing_entries,
)
from goodstanding.evaluation.reference.calendars import check_days
from goodstanding.evaluation.reference.figures import Figures, figures_of
from goodstanding.evaluation.reference.grades import Graded, grade_of
from goodstanding.evaluation.reference.points import reasons_of
from goodstanding.evaluation.results import TOTAL_DIGITS, Evaluation, Reason, Standing
from goodstanding.kernel import Fixed, GoodStandingError


def evaluate_all(
    scheme: Scheme, records: Iterable[RecordLike], as_of: date, known_at: datetime | None
) -> list[Evaluation]:
    """Every subject with a live record, in order. Raises GS-SCHEME-020 to 022, GS-KERNEL-007."""
    scheme.check_applies(as_of)
    # What stands is settled first: a later version may be about another subject.
    standing = by_subject(standing_entries(records, known_at))
    found = (evaluate_subject(scheme, own, as_of, known_at) for own in standing.values())
    return [evaluation for evaluation in found if evaluation is not None]


def evaluate_subject(
    scheme: Scheme,
    records: Sequence[RecordLike],
    as_of: date,
    known_at: datetime | None,
    observe: Observer | None = None,
) -> Evaluation | None:
    """One subject, given its records; None if none of them is live. Raises the same."""
    question = ask(scheme, as_of, observe)
    known = [r for r in standing_entries(records, known_at) if concerns(scheme, r)]
    standing = with_ends(scheme.population, known)
    live = [record for record in standing if in_effect(record, as_of)]
    if not live:
        return None
    try:
        return _evaluation(question, standing, live)
    except OverflowError:
        raise too_large(scheme) from None


def too_large(scheme: Scheme) -> GoodStandingError:
    """The refusal of a number beyond what is exact."""
    limit = f"{DIGITS} digits, {TOTAL_DIGITS} for a total"
    return GoodStandingError(errors.NUMBER_TOO_LARGE, scheme=scheme.name, limit=limit)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the figures of a subject come to: its total in units of the scheme's scale, whether
    there is nothing to evaluate, the reasons of the total, and the grade with its own."""

    total: int
    absent: bool
    reasons: tuple[Reason, ...]
    graded: Graded


def judged(figures: Figures, live: Sequence[RecordLike]) -> Judged:
    """Steps 5 to 9 for the figures of a subject with these live records. Raises GS-KERNEL-007,
    and OverflowError beyond 18 digits."""
    absence = figures.question.scheme.absence
    absent = absence is not None and figures.holds(absence.when)
    reasons = tuple(reasons_of(figures))
    total = sum(reason.points.units for reason in reasons if reason.points)
    figures.set_total(total)
    check_days(figures, live)
    return Judged(total, absent, reasons, grade_of(figures, total, absent))


def _evaluation(
    question: Question, standing: Sequence[RecordLike], live: Sequence[RecordLike]
) -> Evaluation:
    """The steps for one subject, in the order of the module's text."""
    scheme = question.scheme
    figures = figures_of(question, live)
    found = judged(figures, live)
    told = None if found.absent else Fixed(found.total, scheme.scale)
    day = next_day(question, standing, figures.named)
    graded = found.graded
    return Evaluation(
        standing=Standing(figures.subject, question.as_of, graded.grade, told, day),
        reasons=graded.reasons if found.absent else (*found.reasons, *graded.reasons),
        selected=figures.selected,
        indicators={name: figures.names[name] for name in scheme.indicators},
        raw_total=found.total,
        absent=found.absent,
        derived={name: figures.names[name] for name in scheme.derived},
        banded=graded.banded,
        joint=graded.joint,
    )
