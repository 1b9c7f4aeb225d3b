"""Which bounds a scheme has, and whether its tests stand just below, at and above each.

A bound is a parameter that a value is compared with: the start of a band (of points, of grades
or of a joint bound), one side of a comparison in a condition, or the age at which a value that
falls in a straight line has fallen to nothing. A place counts as tested if in some test

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

from dataclasses import dataclass, field
from datetime import date

from goodstanding.evaluation.dates import add
from goodstanding.evaluation.expressions import At, expressions
from goodstanding.evaluation.language import (
    Compare,
    DateType,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Value,
    rescale,
    scale_of,
    walk,
)
from goodstanding.evaluation.language.nodes import Case, Decayed, TableLookup, children
from goodstanding.evaluation.lattice import Lattice, limit
from goodstanding.evaluation.model import Bands, Scheme, Take
from goodstanding.evaluation.results import Evaluation

BELOW, AT, ABOVE = "just below", "at", "above"


@dataclass(slots=True)
class Bound:
    """One bound, where it stands in the scheme's file, and where tests have stood."""

    label: str
    at: At
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


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of a band of a figure other than the total."""

    of: Name
    parameter: str
    bound: Bound


class Bounds:
    """All bounds of a scheme; told of every comparison and result of its tests."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.of_compare: dict[int, Bound] = {}
        self.nodes: list[Node] = []
        for expression in expressions(scheme):
            for part in walk(expression.node):
                if isinstance(part, Compare) and (bound := self._compared(part, expression.at)):
                    # By identity: equal comparisons at two places are two bounds.
                    self.of_compare[id(part)] = bound
                    self.nodes.append(part)
        self.of_start = [*self._steps(), *self._joints()]
        self.of_band = {
            n: Bound(f"param.{band.start}", ("grades", "bands", n), True)
            for n, band in enumerate(scheme.grades.bands)
            if band.start is not None
        }
        self.of_life = self._lives()

    def all(self) -> list[Bound]:
        """Every bound of the scheme."""
        return [
            *self.of_compare.values(),
            *(start.bound for start in self.of_start),
            *self.of_band.values(),
            *self.of_life.values(),
        ]

    def _steps(self) -> list[_Start]:
        return [
            self._start(rule.points.of, step.start, ("rules", rule.id, "bands", "steps", n))
            for rule in self.scheme.rules.values()
            if isinstance(rule.points, Bands)
            for n, step in enumerate(rule.points.steps)
            if step.start is not None
        ]

    def _joints(self) -> list[_Start]:
        return [
            self._start(joint.of, band.start, ("grades", "joint", m, "bands", n))
            for m, joint in enumerate(self.scheme.grades.joint)
            for n, band in enumerate(joint.bands)
            if band.start is not None
        ]

    def _start(self, of: Name, parameter: str, at: At) -> _Start:
        return _Start(of, parameter, Bound(f"param.{parameter}", at, self._exact(of)))

    def _lives(self) -> dict[str, Bound]:
        """The age at which points of a rule have fallen to nothing, by rule."""
        found = {}
        for rule in self.scheme.rules.values():
            by_record = rule.per_record
            if by_record is None or not isinstance(by_record.value, Decayed):
                continue
            at = ("rules", rule.id, "per_record", "decay", "linear")
            bound = Bound(f"param.{by_record.value.length.name}", at, True)
            if self.scheme.selections[by_record.of].window is not None:
                # The window may end the record before, or on that very day.
                bound = Bound(bound.label, at, False, {BELOW})
            found[rule.id] = bound
        return found

    def _compared(self, node: Compare, at: At) -> Bound | None:
        sides = [_has_parameter(node.left), _has_parameter(node.right)]
        if sum(sides) != 1 or not isinstance(node.left.type, NumberType | DateType):
            return None
        value, bound = (node.left, node.right) if sides[1] else (node.right, node.left)
        names = [p.name for p in walk(bound) if isinstance(p, ParameterRef)]
        label = " and ".join(f"param.{name}" for name in dict.fromkeys(names))
        return Bound(label, at, self._exact(value))

    def _exact(self, value: Node) -> bool:
        """Whether tests can bring the value anywhere they like."""
        if not isinstance(value, Name) or value.kind is NameKind.DERIVED:
            return False
        if value.kind is not NameKind.INDICATOR:
            return True
        indicator = self.scheme.indicators[value.name]
        looked_up = indicator.value is not None and any(
            isinstance(part, TableLookup | ParameterRef) for part in walk(indicator.value)
        )
        return indicator.take is not Take.SHARE and not looked_up

    # -- what tests did --------------------------------------------------------------

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
        values = self.scheme.values(as_of)
        for start in self.of_start:
            figures = found.derived if start.of.kind is NameKind.DERIVED else found.indicators
            value = figures[start.of.name]
            if isinstance(value, int):
                self._note_start(start, value, values[start.parameter])
        for rule, bound in self.of_life.items():
            self._note_life(rule, bound, found, as_of)
        if not found.absent:
            for n, bound in self.of_band.items():
                self._band(bound, n, found.raw_total, as_of)

    def _note_start(self, start: _Start, value: int, units: int) -> None:
        own, scale = scale_of(start.of), self.scheme.parameters[start.parameter].scale
        finest = max(own, scale)
        difference = rescale(value, own, finest) - rescale(units, scale, finest)
        start.bound.note(difference, 10 ** (finest - own))

    def _note_life(self, rule: str, bound: Bound, found: Evaluation, as_of: date) -> None:
        by_record = self.scheme.rules[rule].per_record
        if by_record is None or not isinstance(by_record.value, Decayed):
            return
        length = self.scheme.values(as_of)[by_record.value.length.name]
        for record in found.selected[by_record.of]:
            end = add(record.effective_on, by_record.value.unit, length)
            bound.note((as_of - end).days)

    def _band(self, bound: Bound, n: int, total: int, as_of: date) -> None:
        start = self.scheme.grades.bands[n].start
        if start is None:
            return
        lattice = Lattice.of(self.scheme, as_of)
        at = lattice.first_from(limit(self.scheme, start, as_of))
        bound.exact = lattice.exact
        bound.note(total - at, lattice.step)
        if lattice.high is not None and at >= lattice.high:
            bound.wanted.discard(ABOVE)
        if lattice.low is not None and at <= lattice.low:
            bound.wanted.discard(BELOW)
        if lattice.high is not None and at > lattice.high:
            bound.wanted.discard(AT)


def _has_parameter(node: Node) -> bool:
    """Whether it rests on a number of the law; one that stands in for an unusable fact is none."""
    if isinstance(node, ParameterRef):
        return True
    if isinstance(node, Case) and isinstance(node.default, ParameterRef):
        values = [value for _, value in node.branches]
        if all(isinstance(v, Name) and v.kind is NameKind.FACT for v in values):
            return False
    return any(_has_parameter(child) for child in children(node))
