"""The smallest sets of permitted changes that reach a grade, found by evaluation alone.

Invariant: every set that is found reaches the grade on its day by the reference engine, and no
proper subset of it reaches the grade on that day, nor on an earlier one that was looked at.

Sets are tried in order of size, waiting being one change. The search ends with ``most_changes``
or with the ``budget`` of evaluations, and says so (``complete``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference import Judged
from goodstanding.evaluation.varied import Variation, Varied
from goodstanding.evaluation.whatif.days import Turning, counts_days, first_day, halved
from goodstanding.evaluation.whatif.model import Change, Found, Kind, after
from goodstanding.kernel import Fixed, GoodStandingError
from goodstanding.kernel.refusals import BEYOND_CALENDAR


@dataclass(frozen=True, slots=True)
class Limits:
    """How far is looked: changes in one set, and evaluations in all; and whether everything
    that was found is shown, or the first of each group."""

    most_changes: int = 3
    budget: int = 1_500
    everything: bool = False


class _BudgetError(Exception):
    """The budget of evaluations is used up."""


class Search:
    """One search; ``run`` gives what was found, ``complete`` whether all was tried."""

    def __init__(
        self,
        scheme: Scheme,
        standing: Sequence[RecordLike],
        options: Sequence[Change],
        *,
        wished: str,
        as_of: date,
        horizon: date,
        limits: Limits,
        varied: Varied | None = None,
    ) -> None:
        self.scheme = scheme
        self.standing = standing
        self.varied = varied or Varied(scheme, standing)
        self.options = options
        self.as_of = as_of
        self.horizon = horizon
        self.limits = limits
        self.turning = Turning(scheme, standing, as_of, horizon)
        self.good = set(scheme.grades.order[: scheme.grades.order.index(wished) + 1])
        self.every_day = counts_days(scheme)
        self.evaluations = 0
        self.complete = True
        self.found: list[Found] = []

    def run(self) -> list[Found]:
        """Every smallest set, smallest first."""
        try:
            for count in range(1, self.limits.most_changes + 1):
                for changes in self.sets(count):
                    self.at_once(changes)
                for changes in self.sets(count - 1):
                    self.by_waiting(changes)
        except _BudgetError:
            self.complete = False
        return self.found

    def sets(self, size: int) -> Iterator[tuple[Change, ...]]:
        """The sets of this size whose changes can go together."""
        return (c for c in combinations(self.options, size) if _go_together(c))

    # -- trying ----------------------------------------------------------------------

    def at_once(self, changes: tuple[Change, ...]) -> None:
        """Take the set if it reaches the grade as soon as all of it can have effect."""
        start = self.start(changes)
        if start > self.horizon or self.best_subset(changes) <= start:
            return
        if self.reaches(changes, start):
            self.take(changes, start, waits=False)

    def by_waiting(self, changes: tuple[Change, ...]) -> None:
        """Take the set if it reaches the grade later, but before any of its subsets does."""
        start, bound = self.start(changes), self.best_subset(changes)
        if start >= min(bound, self.horizon):
            return
        day = self.first_reached(changes, start, bound)
        if day is not None and day > start:
            self.take(changes, day, waits=True)

    def first_reached(self, changes: tuple[Change, ...], start: date, bound: date) -> date | None:
        """The first day before ``bound`` on which the grade is reached.

        Waiting alone is looked at day by day. Together with changes it is halved, as if a grade
        once reached were kept until the last of these days: a day may then be missed, but none is
        ever found on which the grade is not reached.
        """
        look = first_day if not changes else halved
        while True:
            horizon = self.horizon
            days = [day for day in self.days(changes, start) if day < bound]
            day = look(days, lambda day: self.reaches(changes, day), every_day=self.every_day)
            # Halving begins at the end: where that proved to be unknown, it begins again nearer.
            if day is not None or self.horizon == horizon or not changes:
                return day

    def take(self, changes: tuple[Change, ...], day: date, *, waits: bool) -> None:
        if any(self.reaches(fewer, day) for fewer in _proper_subsets(changes)):
            return
        found = self.evaluated(changes, day)
        if found is not None:
            total = None if found.absent else str(Fixed(found.total, self.scheme.scale))
            self.found.append(Found(changes, day, waits, found.graded.grade, total))

    def best_subset(self, changes: tuple[Change, ...]) -> date:
        """The earliest day on which a set found before, all of it in this one, is enough."""
        own = set(map(id, changes))
        days = [f.on for f in self.found if own.issuperset(map(id, f.changes))]
        return min(days, default=date.max)

    # -- evaluating ------------------------------------------------------------------

    def start(self, changes: Sequence[Change]) -> date:
        return max((change.on for change in changes), default=self.as_of)

    def days(self, changes: Sequence[Change], start: date) -> list[date]:
        return self.turning.days(after(self.standing, changes), start, self.horizon)

    def evaluated(self, changes: Sequence[Change], day: date) -> Judged | None:
        gone = tuple(change.of for change in changes if change.of is not None)
        added = tuple(change.becomes for change in changes if change.becomes is not None)
        return self.varied.judged(Variation(gone, added), day)

    def reaches(self, changes: Sequence[Change], day: date) -> bool:
        """Whether the changes are known to reach the grade on a day."""
        return self.graded(changes, day) is True

    def graded(self, changes: Sequence[Change], day: date) -> bool | None:
        """Whether the changes reach the grade on a day; None where that cannot be known yet,
        because working days are known for some years only. It is then not looked beyond."""
        if self.evaluations >= self.limits.budget:
            raise _BudgetError
        self.evaluations += 1
        try:
            found = self.evaluated(changes, day)
        except GoodStandingError as error:
            if error.code is not BEYOND_CALENDAR:
                raise
            self.horizon = max(self.as_of, min(self.horizon, day - timedelta(days=1)))
            return None
        return found is not None and found.graded.grade in self.good

    def lasting(self, found: Found) -> Found:
        """The same with the day on which the grade is lost again, if that can be foreseen."""
        lost = first_day(
            self.days(found.changes, found.on),
            lambda day: self.graded(found.changes, day) is False,
            every_day=self.every_day,
        )
        return replace(found, until=lost)


def _go_together(changes: tuple[Change, ...]) -> bool:
    """Whether no record is changed twice, none is both wrong and remedied, and each change has
    the one it needs."""
    own = set(map(id, changes))
    if any(c.needs is not None and id(c.needs) not in own for c in changes):
        return False
    touched = [id(c.of) for c in changes if c.of is not None]
    wrong = {id(c.of) for c in changes if c.kind is Kind.OBJECT}
    remedied = {id(c.about) for c in changes if c.about is not None}
    return len(touched) == len(set(touched)) and not wrong & remedied


def _proper_subsets(changes: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    for size in range(len(changes)):
        yield from combinations(changes, size)
