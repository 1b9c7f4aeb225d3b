"""What a node means, in plain Python. Slow on purpose: this file is read, not tuned.

Null (None) is "no value". A comparison with null is unknown (None); `and` is false as soon
as one side is false, `or` true as soon as one side is true, otherwise unknown wins. A date or a
number of days computed from null is null; so is a product or a sum. Working days of a day beyond
the calendar are null too: that it is refused is said elsewhere (``evaluation.calendar_uses``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cmp_to_key

from goodstanding.evaluation import dates
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    Compare,
    DateAdd,
    DaysBetween,
    Decayed,
    Extreme,
    FullBetween,
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
    StartOf,
    TableLookup,
    Unit,
    WorkingDaysBetween,
    scale_of,
)
from goodstanding.kernel import ratio_half_up, working_days_between
from goodstanding.kernel.calendars import calendar_of

#: A number is an int: units of 10^-scale of its node's type.
Value = int | str | date | bool | None
#: Gives the value of a name, numbers in units of the name's own scale.
Lookup = Callable[[Name], Value]
#: Told about every comparison: the node and its two values, numbers at one common scale.
Observer = Callable[[Compare, Value, Value], None]
#: The rows of every table on the day of the question: keys to units of the table's scale.
Tables = Mapping[str, Mapping[tuple[str, ...], int]]
#: Nodes that give true, false or unknown, and those that compute a date or a number of days.
_Truth = Compare | Logic | Not | IsNull | OneOf
_Dated = DaysBetween | FullBetween | WorkingDaysBetween | DateAdd | StartOf

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
    *,
    tables: Tables | None = None,
) -> Value:
    """The value of ``node``. Raises OverflowError beyond 38 digits."""
    return _Evaluation(lookup, parameters, observe, tables or {}).value(node)


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
        tables: Tables,
    ) -> None:
        self.lookup = lookup
        self.parameters = parameters
        self.observe = observe
        self.tables = tables

    def value(self, node: Node) -> Value:
        match node:
            case Name():
                return self.lookup(node)
            case ParameterRef():
                return self.parameters[node.name]
            case Literal():
                return node.value
            case TableLookup():
                keys = tuple(self.value(key) for key in node.keys)
                texts = tuple(key for key in keys if isinstance(key, str))
                return self.tables[node.table].get(texts) if len(texts) == len(keys) else None
            case Compare() | Logic() | Not() | IsNull() | OneOf():
                return self.truth(node)
            case DaysBetween() | FullBetween() | WorkingDaysBetween() | DateAdd() | StartOf():
                return self.dated(node)
            case Case() | Coalesce() | Extreme() | Arithmetic() | Ratio() | Decayed():
                return self.computed(node)

    def truth(self, node: _Truth) -> bool | None:
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

    def dated(self, node: _Dated) -> int | date | None:
        match node:
            case DateAdd():
                start, number = self.day(node.start), self.parameters[node.length.name]
                return None if start is None else dates.add(start, node.unit, number)
            case StartOf():
                day = self.day(node.operand)
                return None if day is None else dates.start_of(day, node.unit)
        start, end = self.day(node.start), self.day(node.end)
        if start is None or end is None:
            return None
        match node:
            case DaysBetween():
                return dates.full_between(start, end, Unit.DAYS)
            case FullBetween():
                return dates.full_between(start, end, node.unit)
            case WorkingDaysBetween():
                known = calendar_of(node.calendar)
                if min(start, end) < known.first or max(start, end) > known.last:
                    return None
                return working_days_between(node.calendar, start, end)

    def day(self, node: Node) -> date | None:
        value = self.value(node)
        return value if isinstance(value, date) else None

    def computed(self, node: Case | Coalesce | Extreme | Arithmetic | Ratio | Decayed) -> Value:
        match node:
            case Case():
                return self.case(node)
            case Coalesce():
                return next(self.known(node), None)
            case Extreme():
                pick = max if node.greatest else min
                return pick(self.known(node), key=cmp_to_key(order), default=None)
            case Arithmetic():
                return self.arithmetic(node)
            case Ratio():
                return self.ratio(node)
            case Decayed():
                return self.decayed(node)

    def known(self, node: Coalesce | Extreme) -> Iterator[Value]:
        """The operands that have a value, numbers at one scale."""
        values = (self.at_scale(operand, node) for operand in node.operands)
        return (value for value in values if value is not None)

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

    def at_scale(self, node: Node, outer: Case | Coalesce | Extreme | Arithmetic) -> Value:
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

    def decayed(self, node: Decayed) -> int | None:
        value, start, as_of = self.value(node.value), self.day(node.start), self.day(node.as_of)
        if value is None or start is None or as_of is None:
            return None
        end = dates.add(start, node.unit, self.parameters[node.length.name])
        days = max((end - start).days, 1)
        left = min(max((end - as_of).days, 0), days)
        whole = days * 10 ** scale_of(node.value)
        return checked(ratio_half_up(int_of(value) * left, whole, node.type.scale).units)


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
