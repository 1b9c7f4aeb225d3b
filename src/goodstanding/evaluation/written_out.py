"""Conditions and figures with what stands behind the names of derived figures.

Invariant: what is written out means the same as what was given. A figure that would become very
long keeps its name, so that figures resting on figures never take lint more than a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from goodstanding.evaluation.language import Compare, Decayed, Name, NameKind, Node, walk
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    DateAdd,
    DaysBetween,
    Extreme,
    FullBetween,
    IsNull,
    Logic,
    Not,
    OneOf,
    Ratio,
    StartOf,
    TableLookup,
    WorkingDaysBetween,
)
from goodstanding.evaluation.model import Scheme

#: A figure of more parts than this keeps its name.
_LONGEST = 200


def written_out(scheme: Scheme, node: Node) -> Node:
    """The same, without names of derived figures that are not very long."""
    if isinstance(node, Name) and node.kind is NameKind.DERIVED:
        value = scheme.derived[node.name].value
        return written_out(scheme, value) if _length(scheme, value) <= _LONGEST else node
    out = partial(written_out, scheme)
    match node:
        case Compare() | Arithmetic():
            return replace(node, left=out(node.left), right=out(node.right))
        case Ratio():
            return replace(node, top=out(node.top), bottom=out(node.bottom))
        case Not() | IsNull() | OneOf() | StartOf():
            return replace(node, operand=out(node.operand))
        case DaysBetween() | FullBetween() | WorkingDaysBetween():
            return replace(node, start=out(node.start), end=out(node.end))
        case DateAdd():
            return replace(node, start=out(node.start))
        case Decayed():
            return replace(node, value=out(node.value), start=out(node.start))
        case Logic() | Coalesce() | Extreme() | TableLookup() | Case():
            return _of_any_number(node, out)
    return node


def _of_any_number(
    node: Logic | Coalesce | Extreme | TableLookup | Case, out: Callable[[Node], Node]
) -> Node:
    match node:
        case Logic() | Coalesce() | Extreme():
            return replace(node, operands=tuple(map(out, node.operands)))
        case TableLookup():
            return replace(node, keys=tuple(map(out, node.keys)))
        case Case():
            branches = tuple((out(when), out(value)) for when, value in node.branches)
            default = None if node.default is None else out(node.default)
            return replace(node, branches=branches, default=default)


def _length(scheme: Scheme, node: Node) -> int:
    """How many parts it has when written out; beyond the limit, some number above it."""
    length = 0
    for part in walk(node):
        length += 1
        if isinstance(part, Name) and part.kind is NameKind.DERIVED:
            length += _length(scheme, scheme.derived[part.name].value)
        if length > _LONGEST:
            break
    return length
