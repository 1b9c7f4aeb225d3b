"""Which points and totals a scheme can give on a date, as far as its form shows it.

Invariant: every total a scheme gives lies on the lattice; not every point of the lattice need
be given. What is computed freely is not limited at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from math import gcd

from goodstanding.evaluation.implied import has_value
from goodstanding.evaluation.language import (
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    rescale,
    scale_of,
)
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    Decayed,
    Extreme,
    Literal,
    TableLookup,
)
from goodstanding.evaluation.model import (
    Bands,
    Counts,
    Group,
    Indicator,
    Joint,
    PerUnit,
    Points,
    Rule,
    Scheme,
    Take,
)


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest value (None: no limit), all multiples of ``step``.

    ``step`` None: it can be anything, and is treated as moving in single units.
    """

    low: int | None
    high: int | None
    step: int | None

    def times(self, factor: int) -> Range:
        """The range of a multiple."""
        ends = [None if end is None else end * factor for end in (self.low, self.high)]
        low, high = ends if factor >= 0 else reversed(ends)
        return Range(low, high, None if self.step is None else self.step * abs(factor))

    def plus(self, other: Range) -> Range:
        """The range of a sum."""
        return Range(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            _common(self.step, other.step),
        )

    def either(self, other: Range) -> Range:
        """Whatever is in one or the other."""
        return Range(
            None if self.low is None or other.low is None else min(self.low, other.low),
            None if self.high is None or other.high is None else max(self.high, other.high),
            _common(self.step, other.step),
        )

    def limited(self, cap: int | None, floor: int | None) -> Range:
        """First at most ``cap``, then at least ``floor``."""
        low, high, step = self.low, self.high, self.step
        if cap is not None:
            high = cap if high is None else min(high, cap)
            low = None if low is None else min(low, cap)
            step = _common(step, abs(cap))
        if floor is not None:
            low = floor if low is None else max(low, floor)
            high = None if high is None else max(high, floor)
            step = _common(step, abs(floor))
        return Range(low, high, step)


_FREE = Range(None, None, None)
_ZERO = Range(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Lattice:
    """Which totals a scheme can give: ``base`` + multiples of ``step``, from low to high."""

    base: int
    step: int
    exact: bool
    low: int | None
    high: int | None

    def first_from(self, bound: int) -> int:
        """The smallest total at or above ``bound``."""
        return self.base + -(-(bound - self.base) // self.step) * self.step

    def reaches(self, start: int | None, end: int | None) -> bool:
        """Whether a total from ``start`` on and below ``end`` may be given (None: no limit)."""
        least = max((bound for bound in (start, self.low) if bound is not None), default=None)
        if least is None:
            return True
        first = self.first_from(least)
        return (end is None or first < end) and (self.high is None or first <= self.high)

    @classmethod
    def of(cls, scheme: Scheme, as_of: date) -> Lattice:
        """The totals of a scheme on a date; not exact where points are computed freely."""
        base = 0 if scheme.base is None else limit(scheme, scheme.base, as_of)
        given = [_group(scheme, group, as_of) for group in scheme.groups.values()]
        given += [_rule(scheme, r, as_of) for r in scheme.rules.values() if r.group is None]
        free = any(part.step is None for part in given)
        steps = [1 if part.step is None else part.step for part in given]
        total = reduce(Range.plus, given, _ZERO)
        return cls(
            base,
            gcd(*steps) or 1,
            not free,
            None if total.low is None else base + total.low,
            None if total.high is None else base + total.high,
        )


def limit(scheme: Scheme, parameter: str, as_of: date) -> int:
    """A parameter in units of the total."""
    scale = scheme.parameters[parameter].scale
    return rescale(scheme.values(as_of)[parameter], scale, scheme.scale)


def figure_bands(scheme: Scheme, joint: Joint, as_of: date) -> tuple[Lattice, list[int | None]]:
    """Where the figure of a joint bound can stand, and where its bands start, at one scale."""
    scales = [scheme.parameters[b.start].scale for b in joint.bands if b.start is not None]
    finest = max([scale_of(joint.of), *scales])
    values = scheme.values(as_of)
    starts = [
        None
        if band.start is None
        else rescale(values[band.start], scheme.parameters[band.start].scale, finest)
        for band in joint.bands
    ]
    found = _Values(scheme, as_of).of(joint.of).times(10 ** (finest - scale_of(joint.of)))
    step = found.step or 1
    return Lattice(0, step, found.step is not None, found.low, found.high), starts


def _common(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else gcd(a, b)


# -- rules and groups --------------------------------------------------------------------


def _limits(scheme: Scheme, part: Rule | Group, as_of: date) -> tuple[int | None, int | None]:
    cap, floor = (
        None if name is None else limit(scheme, name, as_of) for name in (part.cap, part.floor)
    )
    return cap, floor


def _group(scheme: Scheme, group: Group, as_of: date) -> Range:
    rules = [_rule(scheme, r, as_of) for r in scheme.rules.values() if r.group == group.id]
    joined: Callable[[Range, Range], Range] = Range.plus
    if group.counts is not Counts.ALL:
        joined = Range.either
    counted = reduce(joined, rules, _ZERO)
    # A group of which no rule fired adds nothing.
    return counted.limited(*_limits(scheme, group, as_of)).either(_ZERO)


def _rule(scheme: Scheme, rule: Rule, as_of: date) -> Range:
    """What a rule adds; nothing, if it does not fire."""
    points = _Values(scheme, as_of).points(rule.points)
    return points.limited(*_limits(scheme, rule, as_of)).either(_ZERO)


# -- values ------------------------------------------------------------------------------


class _Values:
    """The range of expressions on a date."""

    def __init__(self, scheme: Scheme, as_of: date, items: tuple[str, ...] = ()) -> None:
        self.scheme = scheme
        self.as_of = as_of
        self.items = items

    def points(self, points: Points | PerUnit | Bands) -> Range:
        """In units of the total."""
        match points:
            case Bands():
                values = [limit(self.scheme, s.points, self.as_of) for s in points.steps]
                return reduce(Range.either, [Range(v, v, abs(v)) for v in values])
            case PerUnit():
                parameter = self.scheme.parameters[points.points]
                each = self.scheme.values(self.as_of)[points.points]
                scale = scale_of(points.of) + parameter.scale
                return self.rounded(self.of(points.of).times(each), scale)
            case Points():
                return self.rounded(self.of(points.value), scale_of(points.value))

    def rounded(self, given: Range, scale: int) -> Range:
        """At the scale of the total; what is rounded may be anything between the ends."""
        places = self.scheme.scale - scale
        if places >= 0:
            return given.times(10**places)
        unit = 10**-places
        low = None if given.low is None else given.low // unit
        high = None if given.high is None else -(-given.high // unit)
        return Range(low, high, None)

    def of(self, node: Node) -> Range:
        """In units of the node's scale."""
        match node:
            case ParameterRef():
                value = self.scheme.values(self.as_of)[node.name]
                return Range(value, value, abs(value))
            case Literal():
                return _ZERO
            case TableLookup():
                rows = self.scheme.rows(self.as_of)[node.table].values()
                return reduce(Range.either, [Range(v, v, abs(v)) for v in rows], _ZERO)
            case Name():
                return self.name(node)
            case Decayed():
                if scale_of(node.value) > scale_of(node):
                    return _FREE
                whole = self.at(node.value, node)
                return Range(whole.low, whole.high, None).either(_ZERO)
        return self.computed(node)

    def computed(self, node: Node) -> Range:
        match node:
            case Case():
                values = [value for _, value in node.branches]
                return self.any_of(node, [*values, *([node.default] if node.default else [])])
            case Coalesce() if isinstance(node.type, NumberType):
                return self.any_of(node, node.operands)
            case Extreme() if isinstance(node.type, NumberType):
                return self.extreme(node)
            case Arithmetic(operator="*"):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if isinstance(other, ParameterRef):
                        factor = self.scheme.values(self.as_of)[other.name]
                        return self.of(one).times(factor)
            case Arithmetic():
                sign = 1 if node.operator == "+" else -1
                left, right = self.at(node.left, node), self.at(node.right, node)
                return left.plus(right.times(sign))
        return _FREE

    def at(self, node: Node, outer: Node) -> Range:
        return self.of(node).times(10 ** (scale_of(outer) - scale_of(node)))

    def any_of(self, outer: Node, nodes: Iterable[Node]) -> Range:
        return reduce(Range.either, [self.at(node, outer) for node in nodes])

    def extreme(self, node: Extreme) -> Range:
        """Never above (below) an operand that certainly has a value; the others may be missing."""
        found = self.any_of(node, node.operands)
        certain = [self.at(operand, node) for operand in node.operands if has_value(operand)]
        if node.greatest:
            lows = [part.low for part in certain if part.low is not None]
            return replace(found, low=max(lows, default=found.low))
        highs = [part.high for part in certain if part.high is not None]
        return replace(found, high=min(highs, default=found.high))

    def name(self, node: Name) -> Range:
        match node.kind:
            case NameKind.FACT:
                return self.fact(node)
            case NameKind.DERIVED:
                return self.of(self.scheme.derived[node.name].value)
            case NameKind.INDICATOR:
                return self.indicator(self.scheme.indicators[node.name])
        return _FREE

    def fact(self, node: Name) -> Range:
        """A fact that may be anything, or lies within the bounds of the catalogue."""
        facts = [self.scheme.population[item].facts[node.name] for item in self.items]
        scale = scale_of(node)
        found = [
            Range(
                None if f.minimum is None else f.minimum.units * 10 ** (scale - f.scale),
                None if f.maximum is None else f.maximum.units * 10 ** (scale - f.scale),
                1,
            )
            for f in facts
        ]
        return reduce(Range.either, found) if found else Range(None, None, 1)

    def indicator(self, indicator: Indicator) -> Range:
        match indicator.take:
            case Take.SHARE:
                return Range(0, None, None)
            case Take.COUNT | Take.COUNT_DISTINCT | Take.DAYS_SINCE:
                return Range(0, None, 1)
            case Take.CALENDAR_COUNT | Take.STREAK:
                return Range(0, None, 1)
        if indicator.value is None:
            return _FREE
        items = self.scheme.selections[indicator.of].items
        each = _Values(self.scheme, self.as_of, items).of(indicator.value)
        if indicator.take is not Take.SUM:
            return each
        low = 0 if each.low is not None and each.low >= 0 else None
        high = 0 if each.high is not None and each.high <= 0 else None
        return Range(low, high, each.step)
