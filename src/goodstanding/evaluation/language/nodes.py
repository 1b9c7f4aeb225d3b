"""Typed nodes: what an expression of a scheme means, after parsing.

Invariant: a node that exists is well typed; engines never check types again. Numbers are
whole numbers of units of 10^-scale of their node's type, so no engine sees a float.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

#: Products of facts and parameters may have this many places, so that 26 digits remain.
MAX_SCALE = 12


@dataclass(frozen=True, slots=True)
class NumberType:
    """An exact number with ``scale`` decimal places."""

    scale: int


@dataclass(frozen=True, slots=True)
class TextType:
    """A text; ``codes`` are its only possible values where the catalogue lists them."""

    codes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class DateType:
    """A calendar day."""


@dataclass(frozen=True, slots=True)
class BooleanType:
    """True or false (or, as everywhere, unknown)."""


Type = NumberType | TextType | DateType | BooleanType


class NameKind(StrEnum):
    """Where the value of a name comes from."""

    RECORD = "record"
    FACT = "fact"
    INDICATOR = "indicator"
    DERIVED = "derived"
    TOTAL = "total"
    AS_OF = "as_of"
    #: ``period_start`` and ``period_end``: the evaluated period of a scheme with a cycle.
    PERIOD = "period"


class Operator(StrEnum):
    """The comparisons."""

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True, slots=True)
class Name:
    """A column of a record, a figure of the subject, the total, or a date of the question."""

    kind: NameKind
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A number of the law at as_of."""

    name: str
    type: NumberType


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, true, false, or zero."""

    value: str | bool | int
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``left`` against ``right``, of like types; unknown if either is unknown."""

    operator: Operator
    left: Node
    right: Node
    type: BooleanType = BooleanType()


@dataclass(frozen=True, slots=True)
class Logic:
    """All (``and``) or any (``or``) of the operands, in three-valued logic."""

    conjunction: bool
    operands: tuple[Node, ...]
    type: BooleanType = BooleanType()


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    operand: Node
    type: BooleanType = BooleanType()


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether there is no value; never unknown."""

    operand: Node
    type: BooleanType = BooleanType()


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a text is among ``choices``; unknown if the text is."""

    operand: Node
    choices: tuple[str, ...]
    type: BooleanType = BooleanType()


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose condition is true, else the default, else null."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first operand that has a value."""

    operands: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left`` ``+``, ``-`` or ``*`` ``right``, exactly."""

    operator: str
    left: Node
    right: Node
    type: NumberType


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days from ``start`` to ``end``; negative if ``end`` is earlier."""

    start: Node
    end: Node
    type: NumberType = NumberType(0)


class Unit(StrEnum):
    """The units in which dates are counted."""

    DAYS = "days"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class FullBetween:
    """Full months or years from ``start`` to ``end``: the most that can be added to ``start``
    without passing ``end``; the negative of the reverse if ``end`` is earlier."""

    unit: Unit
    start: Node
    end: Node
    type: NumberType = NumberType(0)


@dataclass(frozen=True, slots=True)
class WorkingDaysBetween:
    """Working days of ``calendar`` after ``start`` up to and including ``end``; the negative of
    the reverse if ``end`` is earlier."""

    calendar: str
    start: Node
    end: Node
    type: NumberType = NumberType(0)


@dataclass(frozen=True, slots=True)
class DateAdd:
    """``start`` and ``length`` days, months or years; the last of the month where it has no such
    day, and 9999-12-31 beyond the calendar."""

    unit: Unit
    start: Node
    length: ParameterRef
    type: DateType = DateType()


@dataclass(frozen=True, slots=True)
class StartOf:
    """The first day of the month, quarter or year in which a day lies."""

    unit: Unit
    operand: Node
    type: DateType = DateType()


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest (or least) of the operands that have a value."""

    greatest: bool
    operands: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class TableLookup:
    """The number that a table of the law has for these texts at as_of; null if it has none."""

    table: str
    keys: tuple[Node, ...]
    type: NumberType


@dataclass(frozen=True, slots=True)
class Decayed:
    """``value`` times the share of its life that is left, falling in a straight line.

    Full on ``start``, nothing from ``start`` + ``length`` on: value * days left / days in all,
    rounded half away from zero to the scale of ``type``.
    """

    value: Node
    start: Node
    unit: Unit
    length: ParameterRef
    as_of: Name
    type: NumberType


@dataclass(frozen=True, slots=True)
class Ratio:
    """``top / bottom`` rounded half away from zero; null if ``bottom`` is zero."""

    top: Node
    bottom: Node
    type: NumberType


Node = (
    Name
    | ParameterRef
    | Literal
    | Compare
    | Logic
    | Not
    | IsNull
    | OneOf
    | Case
    | Coalesce
    | Arithmetic
    | DaysBetween
    | Ratio
    | FullBetween
    | WorkingDaysBetween
    | DateAdd
    | StartOf
    | Extreme
    | TableLookup
    | Decayed
)


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, in order."""
    match node:
        case Name() | ParameterRef() | Literal():
            return ()
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Ratio():
            return (node.top, node.bottom)
        case Not() | IsNull() | OneOf() | StartOf():
            return (node.operand,)
        case DaysBetween() | FullBetween() | WorkingDaysBetween():
            return (node.start, node.end)
        case DateAdd():
            return (node.start, node.length)
        case Decayed():
            return (node.value, node.start, node.length, node.as_of)
        case Logic() | Coalesce() | Extreme() | TableLookup() | Case():
            return _of_any_number(node)


def _of_any_number(node: Logic | Coalesce | Extreme | TableLookup | Case) -> tuple[Node, ...]:
    match node:
        case Logic() | Coalesce() | Extreme():
            return node.operands
        case TableLookup():
            return node.keys
        case Case():
            branches = tuple(part for branch in node.branches for part in branch)
            return branches if node.default is None else (*branches, node.default)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def scale_of(node: Node) -> int:
    """The decimal places of a number node. Raises TypeError for anything else."""
    if not isinstance(node.type, NumberType):
        raise TypeError(f"{node} is not a number")
    return node.type.scale
