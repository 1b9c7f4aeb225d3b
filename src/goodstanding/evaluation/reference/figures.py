"""What is known of one subject: its selections, indicators and derived figures.

Invariant: a figure without a record is null, never zero.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cmp_to_key

from goodstanding.evaluation.dates import MONTHS
from goodstanding.evaluation.language import Name, Node, NumberType, Value
from goodstanding.evaluation.language.evaluate import checked, int_of, order
from goodstanding.evaluation.language.nodes import Unit
from goodstanding.evaluation.model import Indicator, ReasonKind, Take
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference.selections import select
from goodstanding.evaluation.results import TOTAL_DIGITS, Reason
from goodstanding.kernel import Fixed, Period, ratio_half_up


@dataclass(frozen=True, slots=True)
class Figures:
    """One subject's figures. ``names`` are what an expression over figures may name."""

    question: Question
    subject: str
    selected: dict[str, tuple[RecordLike, ...]]
    names: dict[str, Value]

    def named(self, name: Name) -> Value:
        """The value of a name."""
        return self.names[name.name]

    def value(self, node: Node) -> Value:
        """The value of an expression over figures."""
        return self.question.value(node, self.named)

    def holds(self, condition: Node, in_force: Period | None = None) -> bool:
        """Whether a condition is true on a day of its period; unknown is not true."""
        if in_force is not None and not in_force.contains(self.question.as_of):
            return False
        return self.value(condition) is True

    def set_total(self, units: int) -> None:
        """From here on exceptions may name the total. Raises OverflowError beyond 18 digits."""
        self.names["total"] = fits(units)

    def reason(
        self,
        position: int,
        kind: ReasonKind,
        name: str,
        units: int | None,
        selections: Sequence[str],
        article: str | None,
    ) -> Reason:
        """One reason; its records are those of the selections, once for each."""
        count = sum(len(self.selected[selection]) for selection in selections)
        points = None if units is None else Fixed(units, self.question.scheme.scale)
        as_of = self.question.as_of
        return Reason(self.subject, as_of, position, kind, name, points, count, article)


@dataclass(frozen=True, slots=True)
class Like:
    """Figures of the same subject of which some parts are the same again: the selections
    ``same`` take the same records, and only ``anew`` of their indicators may differ."""

    figures: Figures
    same: Collection[str]
    anew: Collection[str] = ()

    def keeps(self, indicator: Indicator) -> bool:
        """Whether an indicator has the same value again."""
        within = all(selection in self.same for selection in indicator.selections)
        return within and indicator.id not in self.anew


def figures_of(question: Question, live: Sequence[RecordLike], like: Like | None = None) -> Figures:
    """The figures of a subject with these live records, of which there is at least one.

    What is the same as in ``like`` is taken from there.
    """
    scheme = question.scheme
    selected = {
        s.id: like.figures.selected[s.id]
        if like is not None and s.id in like.same
        else select(question, s, live)
        for s in scheme.selections.values()
    }
    figures = Figures(question, live[0].subject, selected, question.dates())
    for indicator in scheme.indicators.values():
        figures.names[indicator.id] = (
            like.figures.names[indicator.id]
            if like is not None and like.keeps(indicator)
            else _indicator(figures, indicator)
        )
    for derived in scheme.derived.values():
        figures.names[derived.id] = figures.value(derived.value)
    return figures


def fits(units: int) -> int:
    """The same, if it fits the result files. Raises OverflowError."""
    if abs(units) >= 10**TOTAL_DIGITS:
        raise OverflowError(units)
    return units


def _indicator(figures: Figures, indicator: Indicator) -> Value:
    records = figures.selected[indicator.of]
    if indicator.take is Take.SHARE:
        return _share(figures, indicator)
    if not records:
        return None
    match indicator.take:
        case Take.COUNT:
            return len(records)
        case Take.DAYS_SINCE:
            return (figures.question.as_of - max(r.effective_on for r in records)).days
        case Take.LATEST:
            return _value(figures.question, indicator, records[-1])
        case Take.FIRST:
            return _value(figures.question, indicator, records[0])
    values = [_value(figures.question, indicator, record) for record in records]
    return _taken(indicator, [value for value in values if value is not None])


def _taken(indicator: Indicator, known: list[Value]) -> Value:
    """One value of the records' values, of which some may be missing."""
    match indicator.take:
        case Take.COUNT_DISTINCT:
            return len(set(known))
        case Take.CALENDAR_COUNT | Take.STREAK:
            places = {_place(value, indicator.every) for value in known if isinstance(value, date)}
            return len(places) if indicator.take is Take.CALENDAR_COUNT else _streak(places)
    if not known:
        return None
    if indicator.take is Take.SUM:
        return checked(sum(int_of(value) for value in known))
    pick = max if indicator.take is Take.MAX else min
    return pick(known, key=cmp_to_key(order))


def _place(day: date, every: Unit | None) -> int:
    """Which month (quarter, year) of all a day lies in, counted so that neighbours differ by 1."""
    return (12 * day.year + day.month - 1) // MONTHS[every or Unit.MONTHS]


def _streak(places: set[int]) -> int:
    longest = run = 0
    for place in sorted(places):
        run = run + 1 if place - 1 in places else 1
        longest = max(longest, run)
    return longest


def _value(question: Question, indicator: Indicator, record: RecordLike) -> Value:
    """The value of one record: of the expression, or (where there may be none) effective_on."""
    if indicator.value is None:
        return record.effective_on
    return question.of_record(indicator.value, record)


def _share(figures: Figures, indicator: Indicator) -> int | None:
    over = figures.selected[indicator.over or ""]
    if not over:
        return None
    scale = indicator.type.scale if isinstance(indicator.type, NumberType) else 0
    return ratio_half_up(len(figures.selected[indicator.of]), len(over), scale).units
