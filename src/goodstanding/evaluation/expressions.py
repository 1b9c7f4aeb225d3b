"""Every expression of a scheme, with its place in the file and the records it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.evaluation.language import Node
from goodstanding.evaluation.model import Points, Scheme

#: The way from the top of a scheme file to one of its values.
At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression; ``items`` are those of its records, none if it is about a subject."""

    at: At
    node: Node
    items: tuple[str, ...] = ()


def expressions(scheme: Scheme) -> Iterator[Expression]:
    """Every expression of the file, each once: what the loader derived from rules is theirs."""
    hidden = {rule.per_record.indicator for rule in scheme.rules.values() if rule.per_record}
    lives = {f"{rule.id}_valid" for rule in scheme.rules.values() if rule.per_record}
    for selection in scheme.selections.values():
        if selection.where is not None and selection.id not in lives:
            yield Expression(
                ("selections", selection.id, "where"), selection.where, selection.items
            )
    for indicator in scheme.indicators.values():
        if indicator.value is not None and indicator.id not in hidden:
            items = scheme.selections[indicator.of].items
            yield Expression(("indicators", indicator.id, "value"), indicator.value, items)
    for figure in scheme.derived.values():
        yield Expression(("derived", figure.id, "value"), figure.value)
    yield from _rules(scheme)
    for n, exception in enumerate(scheme.grades.exceptions):
        yield Expression(("grades", "exceptions", n, "when"), exception.when)
    if scheme.absence is not None:
        yield Expression(("absence", "when"), scheme.absence.when)


def _rules(scheme: Scheme) -> Iterator[Expression]:
    for rule in scheme.rules.values():
        at = ("rules", rule.id)
        if rule.when is not None:
            yield Expression((*at, "when"), rule.when)
        if rule.per_record is not None:
            items = scheme.selections[rule.per_record.of].items
            yield Expression((*at, "per_record", "points"), rule.per_record.value, items)
        elif isinstance(rule.points, Points):
            yield Expression((*at, "points"), rule.points.value)
