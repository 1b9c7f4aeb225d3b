"""What a node means, in plain Python. Slow on purpose: this file is read, not tuned.

Null (None) is "no value". A comparison with null is unknown (None); `and` is false as soon
as one side is false, `or` true as soon as one side is true, otherwise unknown wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    Compare,
    DaysBetween,
    IsNull,
    Literal,
    Logic,
    Name,
    Node,
    Not,
    NumberType,
    OneOf,
    Operator,
    ParameterRef,
    Ratio,
    scale_of,
)
from goodstanding.kernel import ratio_half_up

#: A number is an int: units of 10^-scale of its node's type.
Value = int | str | date | bool | None
#: Gives the value of a name, numbers in units of the name's own scale.
Lookup = Callable[[Name], Value]
#: Told about every comparison: the node and its two values, numbers at one common scale.
Observer = Callable[[Compare, Value, Value], None]

#: Numbers are exact up to this many digits.
DIGITS = 38

#: What each comparison says of the order of its sides: -1, 0 or 1.
_TESTS: dict[Operator, tuple[int, ...]] = {
    Operator.EQ: (0,),
    Operator.NE: (-1, 1),
    Operator.LT: (-1,),
    Operator.LE: (-1, 0),
    Operator.GT: (1,),
    Operator.GE: (0, 1),
}


def evaluate(
    node: Node,
    lookup: Lookup,
    parameters: Mapping[str, int],
    observe: Observer | None = None,
) -> Value:
    """The value of ``node``. Raises OverflowError beyond 38 digits."""
    return _Evaluation(lookup, parameters, observe).value(node)


def order(left: Value, right: Value) -> int:
    """-1, 0 or 1 as ``left`` is less than, equal to or greater than ``right``, of one type.

    Texts compare by code point, which is also the order of their UTF-8 bytes.
    """
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    raise TypeError(f"{left!r} and {right!r} have no order")


def rescale(units: int, scale: int, target: int) -> int:
    """The same number at another scale; rounded half away from zero if that has fewer places."""
    if target >= scale:
        return units * int(10 ** (target - scale))
    return ratio_half_up(units, 10 ** (scale - target), 0).units


class _Evaluation:
    def __init__(
        self,
        lookup: Lookup,
        parameters: Mapping[str, int],
        observe: Observer | None,
    ) -> None:
        self.lookup = lookup
        self.parameters = parameters
        self.observe = observe

    def value(self, node: Node) -> Value:
        match node:
            case Name():
                return self.lookup(node)
            case ParameterRef():
                return self.parameters[node.name]
            case Literal():
                return node.value
            case Compare() | Logic() | Not() | IsNull() | OneOf():
                return self.truth(node)
            case Case() | Coalesce() | Arithmetic() | DaysBetween() | Ratio():
                return self.computed(node)

    def truth(self, node: Compare | Logic | Not | IsNull | OneOf) -> bool | None:
        match node:
            case Compare():
                return self.compare(node)
            case Logic():
                return self.logic(node)
            case Not():
                inner = self.value(node.operand)
                return None if inner is None else not inner
            case IsNull():
                return self.value(node.operand) is None
            case OneOf():
                text = self.value(node.operand)
                return None if text is None else text in node.choices

    def computed(self, node: Case | Coalesce | Arithmetic | DaysBetween | Ratio) -> Value:
        match node:
            case Case():
                return self.case(node)
            case Coalesce():
                values = (self.at_scale(operand, node) for operand in node.operands)
                return next((value for value in values if value is not None), None)
            case Arithmetic():
                return self.arithmetic(node)
            case DaysBetween():
                return self.days_between(node)
            case Ratio():
                return self.ratio(node)

    def days_between(self, node: DaysBetween) -> int | None:
        start, end = self.value(node.start), self.value(node.end)
        if isinstance(start, date) and isinstance(end, date):
            return (end - start).days
        return None

    def compare(self, node: Compare) -> bool | None:
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.left.type, NumberType):
            scale = max(scale_of(node.left), scale_of(node.right))
            left = rescale(int_of(left), scale_of(node.left), scale)
            right = rescale(int_of(right), scale_of(node.right), scale)
        if self.observe is not None:
            self.observe(node, left, right)
        return order(left, right) in _TESTS[node.operator]

    def logic(self, node: Logic) -> bool | None:
        # Every operand is looked at, so that an observer sees each bound.
        values = [self.value(operand) for operand in node.operands]
        decisive = not node.conjunction
        if any(value is decisive for value in values):
            return decisive
        return None if None in values else node.conjunction

    def case(self, node: Case) -> Value:
        for condition, value in node.branches:
            if self.value(condition) is True:
                return self.at_scale(value, node)
        return None if node.default is None else self.at_scale(node.default, node)

    def at_scale(self, node: Node, outer: Case | Coalesce | Arithmetic) -> Value:
        value = self.value(node)
        if value is None or not isinstance(outer.type, NumberType):
            return value
        return rescale(int_of(value), scale_of(node), outer.type.scale)

    def arithmetic(self, node: Arithmetic) -> int | None:
        if node.operator == "*":
            left, right = self.value(node.left), self.value(node.right)
        else:
            left, right = self.at_scale(node.left, node), self.at_scale(node.right, node)
        if left is None or right is None:
            return None
        a, b = int_of(left), int_of(right)
        return checked(a * b if node.operator == "*" else a + b if node.operator == "+" else a - b)

    def ratio(self, node: Ratio) -> int | None:
        top, bottom = self.value(node.top), self.value(node.bottom)
        if top is None or bottom is None or bottom == 0:
            return None
        scale = max(scale_of(node.top), scale_of(node.bottom))
        a = rescale(int_of(top), scale_of(node.top), scale)
        b = rescale(int_of(bottom), scale_of(node.bottom), scale)
        return checked(ratio_half_up(a, b, node.type.scale).units)


def int_of(value: Value) -> int:
    """A number's units; the parser has made sure that it is one."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a number")
    return value


def checked(units: int) -> int:
    """The same, if it has at most 38 digits. Raises OverflowError."""
    if abs(units) >= 10**DIGITS:
        raise OverflowError(units)
    return units
