"""Whether the bottom of a ratio can be zero, as far as a scheme shows it.

Invariant: what is said never to be zero is so on every day and for every record; a value may
be missing, for then the ratio is missing too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from goodstanding.evaluation.language import Compare, Name, NameKind, Node, ParameterRef, walk
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    Extreme,
    Literal,
    Operator,
    Ratio,
    TableLookup,
)
from goodstanding.evaluation.model import Indicator, Scheme, Take

#: An indicator without a record has no value, so these are at least 1.
_COUNTS = (Take.COUNT, Take.CALENDAR_COUNT, Take.STREAK)
_OF_VALUES = (Take.LATEST, Take.FIRST, Take.MAX, Take.MIN)


def doubtful(scheme: Scheme, node: Node, items: Iterable[str] = ()) -> Iterator[Ratio]:
    """The ratios in an expression whose bottom may be zero; ``items`` are those of its records."""
    known = _Known(scheme, tuple(items))
    for part in walk(node):
        if isinstance(part, Ratio) and not known.nonzero(part.bottom):
            yield part


class _Known:
    """What is known of values over the records of some items, and of a subject's figures."""

    def __init__(self, scheme: Scheme, items: tuple[str, ...]) -> None:
        self.scheme = scheme
        self.items = items

    def nonzero(self, node: Node) -> bool:
        match node:
            case ParameterRef():
                return all(v.value.units for v in self.scheme.parameters[node.name].values)
            case Case():
                values = [value for when, value in node.branches if not _excludes_zero(when, value)]
                rest = [] if node.default is None else [node.default]
                return all(self.nonzero(value) for value in [*values, *rest])
            case Coalesce():
                return all(self.nonzero(operand) for operand in node.operands)
            case Arithmetic(operator="*"):
                return self.nonzero(node.left) and self.nonzero(node.right)
            case TableLookup():
                return all(self._rows(node))
            case Name(kind=NameKind.INDICATOR):
                return self._indicator(self.scheme.indicators[node.name], positive=False)
            case Name(kind=NameKind.DERIVED):
                return self.nonzero(self.scheme.derived[node.name].value)
        return self.positive(node)

    def positive(self, node: Node) -> bool:
        match node:
            case ParameterRef():
                return all(v.value.units > 0 for v in self.scheme.parameters[node.name].values)
            case Arithmetic(operator="+" | "*"):
                return self.positive(node.left) and self.positive(node.right)
            case Extreme() | Coalesce():
                return all(self.positive(operand) for operand in node.operands)
            case TableLookup():
                return all(units > 0 for units in self._rows(node))
            case Name(kind=NameKind.FACT):
                items = (self.scheme.population[item] for item in self.items)
                least = [item.facts[node.name].minimum for item in items]
                known = all(number is not None and number.units > 0 for number in least)
                return known and bool(least)
            case Name(kind=NameKind.INDICATOR):
                return self._indicator(self.scheme.indicators[node.name], positive=True)
            case Name(kind=NameKind.DERIVED):
                return self.positive(self.scheme.derived[node.name].value)
        return False

    def _rows(self, node: TableLookup) -> Iterator[int]:
        for value in self.scheme.tables[node.table].values:
            yield from (number.units for number in value.rows.values())

    def _indicator(self, indicator: Indicator, positive: bool) -> bool:
        if indicator.take in _COUNTS and indicator.value is None:
            return True
        if indicator.value is None:
            return False
        inside = _Known(self.scheme, self.scheme.selections[indicator.of].items)
        if indicator.take is Take.SUM or positive:
            return indicator.take in (Take.SUM, *_OF_VALUES) and inside.positive(indicator.value)
        return indicator.take in _OF_VALUES and inside.nonzero(indicator.value)


def _excludes_zero(when: Node, value: Node) -> bool:
    """`case when x <> 0 then x`, which is what nullif(x, 0) means."""
    zero = isinstance(when, Compare) and isinstance(when.right, Literal) and when.right.value == 0
    return (
        zero
        and isinstance(when, Compare)
        and when.operator in (Operator.NE, Operator.GT, Operator.LT)
        and when.left == value
    )
