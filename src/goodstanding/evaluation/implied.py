"""Which condition is implied by which, by their form alone.

Invariant: what is said to be implied is so for every subject on every day of the scheme; where
the form does not show it, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.evaluation.language import (
    Compare,
    Decayed,
    Name,
    NameKind,
    Node,
    ParameterRef,
)
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    BooleanType,
    Case,
    Coalesce,
    DateAdd,
    DaysBetween,
    Extreme,
    FullBetween,
    IsNull,
    Literal,
    Logic,
    Not,
    OneOf,
    Operator,
    Ratio,
    StartOf,
    TableLookup,
    WorkingDaysBetween,
    children,
)
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.written_out import written_out

#: Conditions that are true in more ways than this are not looked at way by way.
_MOST_WAYS = 64

#: What has a value exactly if all it is made of has one.
_Whole = (
    Arithmetic
    | Compare
    | DateAdd
    | DaysBetween
    | FullBetween
    | Not
    | OneOf
    | StartOf
    | WorkingDaysBetween
)
#: What has a value only if all it is made of has one.
_Strict = _Whole | Ratio | TableLookup | Decayed

_TURNED = {
    Operator.EQ: Operator.EQ,
    Operator.NE: Operator.NE,
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}
_OPPOSITE = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}
_UPWARD = (Operator.GT, Operator.GE)
_DOWNWARD = (Operator.LT, Operator.LE)


def implies(scheme: Scheme, strong: Node, weak: Node) -> bool:
    """Whether ``weak`` is true whenever ``strong`` is."""
    wanted = normal(_enough(written_out(scheme, weak)))
    return all(_follow_all(scheme, way, wanted) for way in ways(scheme, strong))


def ways(scheme: Scheme, node: Node) -> list[tuple[Node, ...]]:
    """The ways in which a condition can be true, each as what is then true together."""
    return _ways(normal(_needed(written_out(scheme, node))))


def has_value(node: Node, known: frozenset[Node] = frozenset()) -> bool:
    """Whether it certainly has a value where those of ``known`` have one."""
    match node:
        case ParameterRef() | Literal() | Name(kind=NameKind.AS_OF):
            return True
        case Coalesce() | Extreme():
            return node in known or any(has_value(operand, known) for operand in node.operands)
    whole = isinstance(node, _Whole) and all(has_value(part, known) for part in children(node))
    return whole or node in known


def normal(node: Node) -> Node:
    """One form for conditions that differ only in order of words; three-valued like them."""
    match node:
        case Logic():
            parts = {
                repr(part): part
                for operand in map(normal, node.operands)
                for part in _parts(operand, node.conjunction)
            }
            ordered = tuple(parts[key] for key in sorted(parts))
            return ordered[0] if len(ordered) == 1 else Logic(node.conjunction, ordered)
        case Not(operand=Not(operand=inner)):
            return normal(inner)
        case Not(operand=Compare() as inner):
            return normal(Compare(_OPPOSITE[inner.operator], inner.left, inner.right))
        case Not(operand=Logic() as inner):
            opposite = tuple(Not(part) for part in inner.operands)
            return normal(Logic(not inner.conjunction, opposite))
        case Not():
            return Not(normal(node.operand))
        case OneOf():
            return OneOf(node.operand, tuple(sorted(set(node.choices))))
        case Compare(operator=Operator.EQ, left=Literal(value=str(text)), right=operand):
            return OneOf(operand, (text,))
        case Compare(operator=Operator.EQ, left=operand, right=Literal(value=str(text))):
            return OneOf(operand, (text,))
        case Compare():
            return _turned(node)
    return node


def _turned(node: Compare) -> Compare:
    """The parameter on the right; without one, the sides in order of their text."""
    left, right = isinstance(node.left, ParameterRef), isinstance(node.right, ParameterRef)
    turn = left if left != right else repr(node.left) > repr(node.right)
    if not turn:
        return node
    return Compare(_TURNED[node.operator], node.right, node.left)


def _parts(node: Node, conjunction: bool) -> tuple[Node, ...]:
    """The operands of an and (or an or); of anything else, itself."""
    same = isinstance(node, Logic) and node.conjunction is conjunction
    return node.operands if isinstance(node, Logic) and same else (node,)


def _ways(node: Node) -> list[tuple[Node, ...]]:
    if not isinstance(node, Logic):
        return [(node,)]
    found: list[tuple[Node, ...]] = [()] if node.conjunction else []
    for operand in node.operands:
        own = _ways(operand)
        found = [(*a, *b) for a in found for b in own] if node.conjunction else [*found, *own]
        if len(found) > _MOST_WAYS:
            return [_parts(node, conjunction=True)]
    return found


# -- what follows ------------------------------------------------------------------------


def _follow_all(scheme: Scheme, given: tuple[Node, ...], wanted: Node) -> bool:
    return all(_follows(scheme, given, part) for part in _parts(wanted, conjunction=True))


def _follows(scheme: Scheme, given: tuple[Node, ...], wanted: Node) -> bool:
    if wanted in given or any(_stricter(scheme, part, wanted) for part in given):
        return True
    match wanted:
        case Logic(conjunction=False):
            return any(_follow_all(scheme, given, part) for part in wanted.operands)
        case Not(operand=IsNull(operand=operand)):
            return has_value(operand, frozenset(_with_value(given)))
    return False


def _with_value(given: tuple[Node, ...]) -> Iterator[Node]:
    """What has a value where all of these are true: a true comparison has two sides."""
    for part in given:
        match part:
            case Not(operand=IsNull(operand=operand)):
                yield from _strict(operand)
            case _:
                yield from _strict(part)


def _strict(node: Node) -> Iterator[Node]:
    """The node, and what must have a value for it to have one."""
    yield node
    if isinstance(node, _Strict):
        for child in children(node):
            yield from _strict(child)


def _stricter(scheme: Scheme, strong: Node, weak: Node) -> bool:
    """Of two comparisons of one value with a parameter: the bound is further out, always."""
    if isinstance(strong, OneOf) and isinstance(weak, OneOf):
        return strong.operand == weak.operand and set(strong.choices) <= set(weak.choices)
    if not (isinstance(strong, Compare) and isinstance(weak, Compare)):
        return False
    a, b = strong.right, weak.right
    if strong.left != weak.left:
        return False
    if not (isinstance(a, ParameterRef) and isinstance(b, ParameterRef)):
        return False
    strict = weak.operator in (Operator.GT, Operator.LT) and strong.operator is not weak.operator
    if strong.operator in (*_UPWARD, Operator.EQ) and weak.operator in _UPWARD:
        return _never_below(scheme, a.name, b.name, strict)
    if strong.operator in (*_DOWNWARD, Operator.EQ) and weak.operator in _DOWNWARD:
        return _never_below(scheme, b.name, a.name, strict)
    return False


def _never_below(scheme: Scheme, high: str, low: str, strict: bool) -> bool:
    """Whether one parameter is never below another (always above it, if ``strict``)."""
    if high == low:
        return not strict
    one, other = scheme.parameters[high], scheme.parameters[low]
    days = {scheme.starts(), *(v.start for p in (one, other) for v in p.values)}
    for day in days:
        a, b = one.at(day), other.at(day)
        if day < scheme.starts() or a is None or b is None:
            continue
        x, y = a.to_decimal(), b.to_decimal()
        if x < y or (strict and x == y):
            return False
    return True


# -- cases ------------------------------------------------------------------------------


def _needed(node: Node) -> Node:
    """What is true whenever the node is, with the branches of a case as an `or`."""
    match node:
        case Logic():
            return Logic(node.conjunction, tuple(map(_needed, node.operands)))
        case Case(type=BooleanType()):
            values = [Logic(True, (_needed(when), _needed(value))) for when, value in node.branches]
            chances = [*values, *([] if node.default is None else [_needed(node.default)])]
            branches = [*(value for _, value in node.branches), node.default]
            told = [c for c, value in zip(chances, branches, strict=False) if not _is(value, False)]
            return Logic(True, (node, Logic(False, tuple(told)))) if told else node
    return node


def _enough(node: Node) -> Node:
    """What makes the node true, with the branches of a case as an `or`."""
    match node:
        case Logic():
            return Logic(node.conjunction, tuple(map(_enough, node.operands)))
        case Case(type=BooleanType()):
            ways: list[Node] = [node]
            before: list[Node] = []
            branches = [*node.branches, *([(None, node.default)] if node.default else [])]
            for when, value in branches:
                given = before if when is None else [*before, _enough(when)]
                rest = [] if _is(value, True) else [_enough(value)]
                ways.append(Logic(True, (*given, *rest)))
                before = before if when is None else [*before, Not(when)]
            return Logic(False, tuple(ways))
    return node


def _is(node: Node | None, value: bool) -> bool:
    return isinstance(node, Literal) and node.value is value
