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
    TOTAL = "total"
    AS_OF = "as_of"


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
    """A column of a record, an indicator, the total, or the date asked about."""

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
)


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, in order."""
    match node:
        case Name() | ParameterRef() | Literal():
            return ()
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Logic() | Coalesce():
            return node.operands
        case Not() | IsNull() | OneOf():
            return (node.operand,)
        case Case():
            branches = tuple(part for branch in node.branches for part in branch)
            return branches if node.default is None else (*branches, node.default)
        case DaysBetween():
            return (node.start, node.end)
        case Ratio():
            return (node.top, node.bottom)


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
