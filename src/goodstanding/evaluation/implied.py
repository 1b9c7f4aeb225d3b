"""Which condition is implied by which, by their form alone.

Invariant: what is said to be implied is so for every subject on every day of the scheme; where
the form does not show it, nothing is said.
"""

from __future__ import annotations

from goodstanding.evaluation.language import Compare, Node, ParameterRef
from goodstanding.evaluation.language.nodes import Logic, Not, OneOf, Operator
from goodstanding.evaluation.model import Scheme

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
    given = _parts(normal(strong), conjunction=True)
    return all(_follows(scheme, given, part) for part in _parts(normal(weak), conjunction=True))


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


def _follows(scheme: Scheme, given: tuple[Node, ...], wanted: Node) -> bool:
    if wanted in given or any(_stricter(scheme, part, wanted) for part in given):
        return True
    if isinstance(wanted, Logic) and not wanted.conjunction:
        return any(_follow_all(scheme, given, part) for part in wanted.operands)
    return False


def _follow_all(scheme: Scheme, given: tuple[Node, ...], wanted: Node) -> bool:
    return all(_follows(scheme, given, part) for part in _parts(wanted, conjunction=True))


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
    if strong.operator in _UPWARD and weak.operator in _UPWARD:
        return _never_below(scheme, a.name, b.name, strict)
    if strong.operator in _DOWNWARD and weak.operator in _DOWNWARD:
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
