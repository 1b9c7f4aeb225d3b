"""On which day a grade is first reached, and on which it is lost again, if only time passes.

Between two ``turning_days`` nothing begins, ends, leaves a window or takes a new value: only
days are counted. There the day is found by halving, which supposes that what counts days turns
once in between; whatever is found has been evaluated, on the day itself and on the day before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from goodstanding.evaluation.as_of_uses import (
    all_bounds,
    all_decays,
    figure_expressions,
    record_expressions,
)
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.language import Node, Unit
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import Question, ask
from goodstanding.evaluation.records import RecordLike
from goodstanding.kernel import add_months

#: How many years ahead waiting is looked at.
YEARS_AHEAD = 10
#: That many closed periods of a cycle lie in these years, if they are months.
CYCLES_BACK = 12 * YEARS_AHEAD


def horizon_of(scheme: Scheme, as_of: date) -> date:
    """The last day that is looked at: some years ahead, or the last day of the scheme."""
    if as_of.year + YEARS_AHEAD > date.max.year:
        return as_of
    horizon = add_months(as_of, 12 * YEARS_AHEAD)
    end = scheme.in_force.end
    return horizon if end is None else min(horizon, end - timedelta(days=1))


def counts_days(scheme: Scheme) -> bool:
    """Whether a grade can change between two ``turning_days``."""
    return scheme.daily or bool(all_bounds(figure_expressions(scheme)))


class Turning:
    """The ``turning_days`` of a scheme from ``start`` to ``horizon``, both included; those of
    each of the ``lasting`` records are worked out once."""

    def __init__(
        self, scheme: Scheme, lasting: Sequence[RecordLike], start: date, horizon: date
    ) -> None:
        self.scheme, self.start, self.horizon = scheme, start, horizon
        self.law = {day for day in _days_of_law(scheme, horizon) if start <= day <= horizon}
        # The numbers of the law decide how long a record counts, so it is asked under each of them.
        self.questions = [ask(scheme, day) for day in sorted({start, *self.law})]
        self.items = {name: _Uses(record_expressions(scheme, name)) for name in scheme.population}
        # By identity: these records live as long as this does.
        self.lasting = {id(record): record for record in lasting}
        self.known: dict[int, frozenset[date]] = {}

    def days(self, records: Sequence[RecordLike], start: date, horizon: date) -> list[date]:
        """From ``start`` to ``horizon``, both included: the days on which something turns."""
        if horizon <= start:
            return [start]
        found = {start, *self.law, *([horizon] if counts_days(self.scheme) else [])}
        for record in with_ends(self.scheme.population, records):
            found |= self._of_record(record)
        return sorted(day for day in found if start <= day <= horizon)

    def _of_record(self, record: RecordLike) -> frozenset[date]:
        if id(record) not in self.lasting:
            return frozenset(self._days_of_record(record))
        if id(record) not in self.known:
            self.known[id(record)] = frozenset(self._days_of_record(record))
        return self.known[id(record)]

    def _days_of_record(self, record: RecordLike) -> Iterator[date]:
        yield record.effective_on
        if record.ends_on is not None:
            yield record.ends_on
        uses = self.items.get(record.item)
        for question in self.questions if uses is not None else ():
            for selection in self.scheme.selections.values():
                if selection.window is not None and record.item in selection.items:
                    yield from question.span(selection.window, record.effective_on)
            yield from uses.days(question, record) if uses is not None else ()


class _Uses:
    """How the expressions over the records of one item use as_of."""

    def __init__(self, expressions: list[Node]) -> None:
        self.bounds, self.decays = all_bounds(expressions), all_decays(expressions)

    def days(self, question: Question, record: RecordLike) -> Iterator[date]:
        """The days on which one of them turns."""
        columns = question.columns(record)
        for bound in self.bounds:
            day = question.value(bound, columns)
            if isinstance(day, date):
                yield from (day, add(day, Unit.DAYS, 1))
        for decay in self.decays:
            day = question.value(decay.start, columns)
            if isinstance(day, date):
                yield from (day, add(day, decay.unit, question.parameters[decay.length.name]))


def _days_of_law(scheme: Scheme, horizon: date) -> Iterator[date]:
    yield from scheme.changes_of_law()
    periods = [rule.in_force for rule in scheme.rules.values()]
    periods += [exception.in_force for exception in scheme.grades.exceptions]
    for period in periods:
        if period is not None:
            yield from (day for day in (period.start, period.end) if day is not None)
    if scheme.cycle is not None:
        question = ask(scheme, horizon)
        following = question.period[1] if question.period else date.min
        for _ in range(CYCLES_BACK):
            yield add(following, Unit.MONTHS, question.lag)
            following = add(following, scheme.cycle.unit, -1)


def first_day(
    days: Sequence[date], holds: Callable[[date], bool], *, every_day: bool
) -> date | None:
    """The first of ``days`` on which something holds, or, if it can turn on ``every_day``, the
    first day between the one before and that one."""
    before: date | None = None
    for day in days:
        if holds(day):
            return day if before is None or not every_day else _halved(before, day, holds)
        before = day
    return None


def halved(days: Sequence[date], holds: Callable[[date], bool], *, every_day: bool) -> date | None:
    """The same by halving, if it holds on the last of ``days``; otherwise None."""
    if not days or not holds(days[-1]):
        return None
    low, high = -1, len(days) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(days[middle]):
            high = middle
        else:
            low = middle
    if low < 0 or not every_day:
        return days[high]
    return _halved(days[low], days[high], holds)


def _halved(before: date, day: date, holds: Callable[[date], bool]) -> date:
    while (day - before).days > 1:
        middle = before + (day - before) // 2
        if holds(middle):
            day = middle
        else:
            before = middle
    return day
