"""From figures to points: the base, the rules and their groups.

Invariant: the points of these reasons add up to the total.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.evaluation.language import rescale, scale_of
from goodstanding.evaluation.language.evaluate import checked, int_of
from goodstanding.evaluation.model import Bands, Counts, Group, PerUnit, Points, ReasonKind, Rule
from goodstanding.evaluation.reference.figures import Figures, fits
from goodstanding.evaluation.results import BASE, Reason


def reasons_of(figures: Figures) -> Iterator[Reason]:
    """Whatever gave points, in order of position."""
    question, scheme = figures.question, figures.question.scheme
    if scheme.base is not None:
        values = scheme.parameters[scheme.base].values
        article = [value for value in values if value.start <= question.as_of][-1].article
        units = question.limit(scheme.base)
        yield figures.reason(0, ReasonKind.BASE, BASE, units, (), article)
    fired: dict[str, list[int]] = {}
    for position, rule in enumerate(scheme.rules.values(), 1):
        given = _rule(figures, rule)
        if given is not None:
            fired.setdefault(rule.group or "", []).append(given)
            kind = ReasonKind.RULE
            yield figures.reason(position, kind, rule.id, given, rule.selections, rule.article)
    for position, group in enumerate(scheme.groups.values(), len(scheme.rules) + 1):
        own = fired.get(group.id)
        adjustment = _adjustment(figures, group, own) if own else 0
        if adjustment:
            kind = ReasonKind.GROUP
            yield figures.reason(position, kind, group.id, adjustment, (), group.article)


def _adjustment(figures: Figures, group: Group, fired: list[int]) -> int:
    match group.counts:
        case Counts.ALL:
            counted = sum(fired)
        case Counts.HIGHEST:
            counted = max(fired)
        case Counts.LOWEST:
            counted = min(fired)
    return fits(figures.question.limited(counted, group.cap, group.floor) - sum(fired))


def _rule(figures: Figures, rule: Rule) -> int | None:
    """The points of a rule that fires, in units of the scheme's scale."""
    question = figures.question
    if rule.in_force is not None and not rule.in_force.contains(question.as_of):
        return None
    if rule.when is not None and not figures.holds(rule.when):
        return None
    units, scale = _raw(figures, rule.points)
    if units is None:
        return None
    return fits(
        question.limited(rescale(units, scale, question.scheme.scale), rule.cap, rule.floor)
    )


def _raw(figures: Figures, points: Points | PerUnit | Bands) -> tuple[int | None, int]:
    """Points before rounding, and the scale they are at."""
    question = figures.question
    match points:
        case Points():
            value = figures.value(points.value)
            return (None if value is None else int_of(value)), scale_of(points.value)
        case PerUnit():
            value = figures.named(points.of)
            scale = scale_of(points.of) + question.scheme.parameters[points.points].scale
            each = question.parameters[points.points]
            return (None if value is None else checked(int_of(value) * each)), scale
    return _banded(figures, points), question.scheme.scale


def _banded(figures: Figures, bands: Bands) -> int | None:
    value, question = figures.named(bands.of), figures.question
    if value is None:
        return None
    points = 0
    for step in bands.steps:
        if step.start is None or question.reaches(int_of(value), bands.of, step.start):
            points = question.limit(step.points)
    return points
