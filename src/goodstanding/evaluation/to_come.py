"""Conditions on records that can be true only before the record has begun.

Invariant: a record counts from its effective_on on, so what is said to be about days to come is
never true of a record that counts. Other dates may lie after as_of: nothing is said about them.
"""

from __future__ import annotations

from goodstanding.evaluation.language import Compare, Name, NameKind, Node, ParameterRef
from goodstanding.evaluation.language.nodes import (
    DateAdd,
    DaysBetween,
    FullBetween,
    Operator,
    StartOf,
    WorkingDaysBetween,
)
from goodstanding.evaluation.model import Scheme

_TURNED = {Operator.LT: Operator.GT, Operator.LE: Operator.GE}


def to_come(scheme: Scheme, node: Node) -> bool:
    """Whether the comparison is true only of a record whose effective_on is after as_of."""
    if not isinstance(node, Compare):
        return False
    late, early = node.left, node.right
    if node.operator in _TURNED:
        late, early = early, late
    match _TURNED.get(node.operator, node.operator):
        case Operator.GT:
            return _never_above(scheme, late, early, 0)
        case Operator.GE:
            return _never_above(scheme, late, early, 1)
        case Operator.EQ:
            return _never_above(scheme, late, early, 1) or _never_above(scheme, early, late, 1)
    return False


def _never_above(scheme: Scheme, a: Node, b: Node, least: int) -> bool:
    """Whether ``a`` is at most ``b``; with ``least`` 1: less than it."""
    match a:
        case DaysBetween() | FullBetween() | WorkingDaysBetween():
            # The days from as_of to effective_on are none, or negative.
            return _of_past(scheme, a.end, a.start) and _values(scheme, b, least)
    if least == 0:
        return _of_past(scheme, a, b)
    return _begun(scheme, a) and isinstance(b, DateAdd) and _ahead(scheme, b, least)


def _of_past(scheme: Scheme, early: Node, late: Node) -> bool:
    return _begun(scheme, early) and _ahead(scheme, late, 0)


def _begun(scheme: Scheme, node: Node) -> bool:
    """Whether it is at most effective_on, which is at most as_of."""
    match node:
        case Name(kind=NameKind.RECORD, name="effective_on"):
            return True
        case StartOf():
            return _begun(scheme, node.operand)
        case DateAdd():
            return _begun(scheme, node.start) and _values(scheme, node.length, 0, below=True)
    return False


def _ahead(scheme: Scheme, node: Node, least: int) -> bool:
    """Whether it is at least as_of, or as_of and so many units."""
    match node:
        case Name(kind=NameKind.AS_OF):
            return True
        case DateAdd():
            return _ahead(scheme, node.start, 0) and _values(scheme, node.length, least)
    return False


def _values(scheme: Scheme, node: Node, least: int, *, below: bool = False) -> bool:
    """Whether a number of the law is at least (or with ``below`` at most) this on all days."""
    if not isinstance(node, ParameterRef):
        return False
    values = [v.value.to_decimal() for v in scheme.parameters[node.name].values]
    return all(value <= least if below else value >= least for value in values)
