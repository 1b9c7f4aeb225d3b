"""Which bounds a scheme has, and whether its tests stand just below, at and above each.

A bound is a parameter that a value is compared with: the start of a band (of points or of
grades), or one side of a comparison in a condition. A place counts as tested if in some test

- below: the value was less than the bound by at most one step,
- at: the value was the bound,
- above: the value was more than the bound by anything.

One step is one unit of the value's last decimal place for a column or an indicator that can
take any value; other expressions, and shares, cannot be brought anywhere one likes, so there
any lesser value is below. A total moves in steps of what the rules can add to it: where all
points are multiples of 5, the total just below 20 is 15, and a bound of 18 is first reached at
20. What no total can reach need not be tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from math import gcd

from goodstanding.evaluation.language import (
    Compare,
    DateType,
    Name,
    Node,
    NumberType,
    ParameterRef,
    Value,
    rescale,
    scale_of,
    walk,
)
from goodstanding.evaluation.model import Bands, PerUnit, Points, Rule, Scheme, Take
from goodstanding.evaluation.results import Evaluation

BELOW, AT, ABOVE = "just below", "at", "above"


@dataclass(slots=True)
class Bound:
    """One bound, where it stands in the scheme's file, and where tests have stood."""

    label: str
    at: tuple[str | int, ...]
    exact: bool
    wanted: set[str] = field(default_factory=lambda: {BELOW, AT, ABOVE})
    seen: set[str] = field(default_factory=set)

    def note(self, difference: int, step: int = 1) -> None:
        """A test in which the value was ``difference`` away from the bound."""
        if difference == 0:
            self.seen.add(AT)
        elif difference > 0:
            self.seen.add(ABOVE)
        elif difference >= -step or not self.exact:
            self.seen.add(BELOW)

    def missing(self) -> list[str]:
        """Where no test stands yet."""
        return [place for place in (BELOW, AT, ABOVE) if place in self.wanted - self.seen]


class Bounds:
    """All bounds of a scheme; told of every comparison and result of its tests."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.of_compare: dict[int, Bound] = {}
        self.nodes: list[Node] = []
        for at, node in conditions(scheme):
            for part in walk(node):
                if isinstance(part, Compare) and (bound := self._compared(part, at)):
                    # By identity: equal comparisons at two places are two bounds.
                    self.of_compare[id(part)] = bound
                    self.nodes.append(part)
        self.of_step = {
            (rule.id, n): Bound(
                f"param.{step.start}", ("rules", rule.id, "bands", "steps", n), True
            )
            for rule in scheme.rules.values()
            if isinstance(rule.points, Bands)
            for n, step in enumerate(rule.points.steps)
            if step.start is not None
        }
        self.of_band = {
            n: Bound(f"param.{band.start}", ("grades", "bands", n), True)
            for n, band in enumerate(scheme.grades.bands)
            if band.start is not None
        }

    def all(self) -> list[Bound]:
        """Every bound of the scheme."""
        return [*self.of_compare.values(), *self.of_step.values(), *self.of_band.values()]

    def _compared(self, node: Compare, at: tuple[str | int, ...]) -> Bound | None:
        sides = [_has_parameter(node.left), _has_parameter(node.right)]
        if sum(sides) != 1 or not isinstance(node.left.type, NumberType | DateType):
            return None
        value, bound = (node.left, node.right) if sides[1] else (node.right, node.left)
        names = [p.name for p in walk(bound) if isinstance(p, ParameterRef)]
        label = " and ".join(f"param.{name}" for name in names)
        return Bound(label, at, self._exact(value))

    def _exact(self, value: Node) -> bool:
        if not isinstance(value, Name):
            return False
        indicator = self.scheme.indicators.get(value.name)
        return indicator is None or indicator.take is not Take.SHARE

    def observe(self, node: Compare, left: Value, right: Value) -> None:
        """Told of a comparison that a test made, numbers at one scale."""
        bound = self.of_compare.get(id(node))
        if bound is None:
            return
        if _has_parameter(node.left):
            left, right = right, left
        if isinstance(left, date) and isinstance(right, date):
            bound.note((left - right).days)
        elif isinstance(left, int) and isinstance(right, int):
            value = node.right if _has_parameter(node.left) else node.left
            other = node.left if value is node.right else node.right
            finest = max(scale_of(value), scale_of(other))
            bound.note(left - right, 10 ** (finest - scale_of(value)))

    def result(self, found: Evaluation, as_of: date) -> None:
        """Told of what a test gave."""
        scheme = self.scheme
        values = scheme.values(as_of)
        for (rule, n), bound in self.of_step.items():
            bands = scheme.rules[rule].points
            if isinstance(bands, Bands) and (start := bands.steps[n].start):
                value = found.indicators[bands.of.name]
                if isinstance(value, int):
                    self._step(bound, bands.of, value, start, values[start])
        if not found.absent:
            for n, bound in self.of_band.items():
                self._band(bound, n, found.raw_total, as_of)

    def _step(self, bound: Bound, of: Name, value: int, start: str, units: int) -> None:
        finest = max(scale_of(of), self.scheme.parameters[start].scale)
        bound.exact = self._exact(of)
        difference = rescale(value, scale_of(of), finest) - rescale(
            units, self.scheme.parameters[start].scale, finest
        )
        bound.note(difference, 10 ** (finest - scale_of(of)))

    def _band(self, bound: Bound, n: int, total: int, as_of: date) -> None:
        start = self.scheme.grades.bands[n].start
        if start is None:
            return
        lattice = Lattice.of(self.scheme, as_of)
        at = lattice.first_from(_limit(self.scheme, start, as_of))
        bound.exact = lattice.exact
        bound.note(total - at, lattice.step)
        if lattice.high is not None and at >= lattice.high:
            bound.wanted.discard(ABOVE)
        if lattice.low is not None and at <= lattice.low:
            bound.wanted.discard(BELOW)
        if lattice.high is not None and at > lattice.high:
            bound.wanted.discard(AT)


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

    @classmethod
    def of(cls, scheme: Scheme, as_of: date) -> Lattice:
        """The totals of a scheme on a date; not exact where points are computed freely."""
        base = 0 if scheme.base is None else _limit(scheme, scheme.base, as_of)
        parts = [_range(scheme, rule, as_of) for rule in scheme.rules.values()]
        steps = [1 if step is None else step for _, _, step in parts]
        for group in scheme.groups.values():
            steps += [_limit(scheme, p, as_of) for p in (group.cap, group.floor) if p is not None]
        lows, highs = [low for low, _, _ in parts], [high for _, high, _ in parts]
        free = any(group.cap or group.floor for group in scheme.groups.values())
        return cls(
            base,
            gcd(*steps) or 1,
            all(step is not None for _, _, step in parts),
            None if free or None in lows else base + sum(low or 0 for low in lows),
            None if free or None in highs else base + sum(high or 0 for high in highs),
        )


def conditions(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Every expression of the scheme, with its place in the file."""
    for selection in scheme.selections.values():
        if selection.where is not None:
            yield ("selections", selection.id, "where"), selection.where
    for indicator in scheme.indicators.values():
        if indicator.value is not None:
            yield ("indicators", indicator.id, "value"), indicator.value
    for rule in scheme.rules.values():
        if rule.when is not None:
            yield ("rules", rule.id, "when"), rule.when
        if isinstance(rule.points, Points):
            yield ("rules", rule.id, "points"), rule.points.value
    for n, exception in enumerate(scheme.grades.exceptions):
        yield ("grades", "exceptions", n, "when"), exception.when
    if scheme.absence is not None:
        yield ("absence", "when"), scheme.absence.when


def _has_parameter(node: Node) -> bool:
    return any(isinstance(part, ParameterRef) for part in walk(node))


def _limit(scheme: Scheme, parameter: str, as_of: date) -> int:
    """A parameter in units of the total."""
    scale = scheme.parameters[parameter].scale
    return rescale(scheme.values(as_of)[parameter], scale, scheme.scale)


#: The least and the most points (None: no limit), and their step (None: they can be anything).
_Range = tuple[int | None, int | None, int | None]


def _range(scheme: Scheme, rule: Rule, as_of: date) -> _Range:
    low, high, step = _raw_range(scheme, rule, as_of)
    for limit in (rule.cap, rule.floor):
        if limit is not None and step is not None:
            step = gcd(step, _limit(scheme, limit, as_of))
    if rule.cap is not None:
        cap = _limit(scheme, rule.cap, as_of)
        high = cap if high is None else min(high, cap)
    if rule.floor is not None:
        floor = _limit(scheme, rule.floor, as_of)
        low = floor if low is None else max(low, floor)
    # A rule that does not fire adds nothing.
    return (None if low is None else min(low, 0)), (None if high is None else max(high, 0)), step


def _raw_range(scheme: Scheme, rule: Rule, as_of: date) -> _Range:
    points = rule.points
    match points:
        case Bands():
            values = [_limit(scheme, step.points, as_of) for step in points.steps]
            return min(values), max(values), gcd(*values)
        case PerUnit():
            return _per_unit_range(scheme, points, as_of)
        case Points(value=ParameterRef() as only) if only.type.scale <= scheme.scale:
            value = _limit(scheme, only.name, as_of)
            return value, value, abs(value)
        case Points(value=Name() as only) if scale_of(only) <= scheme.scale:
            shares = scheme.indicators[only.name].take is Take.SHARE
            return None, None, None if shares else 10 ** (scheme.scale - scale_of(only))
    return None, None, None


def _per_unit_range(scheme: Scheme, points: PerUnit, as_of: date) -> _Range:
    take = scheme.indicators[points.of.name].take
    scale = scale_of(points.of) + scheme.parameters[points.points].scale
    if take is Take.SHARE or scale > scheme.scale:
        return None, None, None
    step = scheme.values(as_of)[points.points] * 10 ** (scheme.scale - scale)
    if take not in (Take.COUNT, Take.COUNT_DISTINCT):
        return None, None, abs(step)
    return (0, None, step) if step >= 0 else (None, 0, -step)
