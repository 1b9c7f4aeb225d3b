"""Which working days a scheme asks for, of calendars that know some years only.

Invariant: a day beyond its calendar is null within an expression and is refused apart from it:
for every place named here, whatever the expression around it makes of it. So no engine refuses
by the order in which it happens to look at things. Asked are

(a) the condition of a selection, of each live record of its items that is in its window,
(b) the values of indicators, of each record that their selection keeps at last,
(c) derived figures, absence, and the rules and exceptions in force, of each subject with a live
    record.

Refused is a day beyond the calendar where both days have a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from goodstanding.evaluation.language import Node, walk
from goodstanding.evaluation.language.nodes import WorkingDaysBetween
from goodstanding.evaluation.model import Points, Scheme, Selection
from goodstanding.kernel import Period
from goodstanding.kernel.calendars import calendar_of


def of_condition(selection: Selection) -> list[WorkingDaysBetween]:
    """What (a) asks for."""
    return _asked([selection.where])


def of_values(scheme: Scheme, selection: Selection) -> list[WorkingDaysBetween]:
    """What (b) asks for of a selection's records."""
    own = (i for i in scheme.indicators.values() if i.of == selection.id)
    return _asked(indicator.value for indicator in own)


def of_figures(scheme: Scheme) -> Iterator[tuple[WorkingDaysBetween, Period | None]]:
    """What (c) asks for, each with the time in which it does (None: always)."""
    for node, in_force in _figure_parts(scheme):
        yield from ((asked, in_force) for asked in _asked([node]))


def asks(scheme: Scheme) -> bool:
    """Whether the scheme asks for any."""
    selections = scheme.selections.values()
    of_records = any(of_condition(s) or of_values(scheme, s) for s in selections)
    return of_records or any(True for _ in of_figures(scheme))


def _figure_parts(scheme: Scheme) -> Iterator[tuple[Node | None, Period | None]]:
    for derived in scheme.derived.values():
        yield derived.value, None
    for rule in scheme.rules.values():
        yield rule.when, rule.in_force
        if isinstance(rule.points, Points):
            yield rule.points.value, rule.in_force
    for exception in scheme.grades.exceptions:
        yield exception.when, exception.in_force
    if scheme.absence is not None:
        yield scheme.absence.when, None


def _asked(nodes: Iterable[Node | None]) -> list[WorkingDaysBetween]:
    """The different ones whose calendar ends somewhere."""
    parts = (part for node in nodes if node is not None for part in walk(node))
    asked = (part for part in parts if isinstance(part, WorkingDaysBetween))
    return list(dict.fromkeys(node for node in asked if _ends(node.calendar)))


def _ends(calendar: str) -> bool:
    known = calendar_of(calendar)
    return (known.first, known.last) != (date.min, date.max)
