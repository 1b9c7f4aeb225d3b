"""How an expression uses as_of: on which days can the mere passing of time change its value?

Invariant: with everything else unchanged, the value of an expression changes only on the day of
one of its ``date_bounds`` and the day after it, on days while one of its ``decays`` falls, and,
if it ``is_daily``, on any day. Everyone who plans days (next_change_on, histories, the compiled
queries) reads it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goodstanding.evaluation.language import Name, NameKind, Node, walk
from goodstanding.evaluation.language.nodes import Compare, Decayed, children
from goodstanding.evaluation.model import Points, Scheme


@dataclass(frozen=True, slots=True)
class _Bound:
    """as_of is compared with this date."""

    date: Node


def date_bounds(node: Node) -> list[Node]:
    """The dates with which as_of is compared, each a node without as_of, in order."""
    return [use.date for use in _uses(node) if isinstance(use, _Bound)]


def decays(node: Node) -> list[Decayed]:
    """The values that fall in a straight line, of which nothing but the fall depends on as_of."""
    return [use for use in _uses(node) if isinstance(use, Decayed)]


def is_daily(node: Node) -> bool:
    """Whether as_of is used in any other way."""
    return any(isinstance(use, Name) for use in _uses(node))


def all_bounds(nodes: Iterable[Node | None]) -> list[Node]:
    """The ``date_bounds`` of several expressions, where there is one."""
    return [bound for node in nodes if node is not None for bound in date_bounds(node)]


def all_decays(nodes: Iterable[Node | None]) -> list[Decayed]:
    """The ``decays`` of several expressions, where there is one."""
    return [decay for node in nodes if node is not None for decay in decays(node)]


def any_daily(nodes: Iterable[Node | None]) -> bool:
    """Whether one of several expressions ``is_daily``."""
    return any(is_daily(node) for node in nodes if node is not None)


def record_expressions(scheme: Scheme, item: str) -> list[Node]:
    """The expressions over the columns of records of this item: conditions, then values."""
    looking = {s.id: s for s in scheme.selections.values() if item in s.items}
    values = (i.value for i in scheme.indicators.values() if i.of in looking)
    found = (*(selection.where for selection in looking.values()), *values)
    return [node for node in found if node is not None]


def figure_expressions(scheme: Scheme) -> list[Node]:
    """The expressions over indicators and derived figures."""
    rules, absence = scheme.rules.values(), scheme.absence
    found = (
        *(derived.value for derived in scheme.derived.values()),
        *(rule.when for rule in rules),
        *(rule.points.value for rule in rules if isinstance(rule.points, Points)),
        *(exception.when for exception in scheme.grades.exceptions),
        None if absence is None else absence.when,
    )
    return [node for node in found if node is not None]


def _uses(node: Node) -> Iterator[_Bound | Decayed | Name]:
    """Every use of as_of: a date it is compared with, a decay, or as_of itself."""
    match node:
        case Name():
            if _is_as_of(node):
                yield node
        case Compare() if (bound := _compared(node)) is not None:
            yield _Bound(bound)
        case Decayed() if not _mentions(node.start):
            yield node
            yield from _uses(node.value)
        case _:
            for child in children(node):
                yield from _uses(child)


def _compared(node: Compare) -> Node | None:
    """The date with which as_of is compared here, if it is."""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if _is_as_of(one) and not _mentions(other):
            return other
    return None


def _is_as_of(node: Node) -> bool:
    return isinstance(node, Name) and node.kind is NameKind.AS_OF


def _mentions(node: Node) -> bool:
    return any(_is_as_of(part) for part in walk(node))
