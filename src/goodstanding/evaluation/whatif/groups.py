"""What was found, in groups of one shape: the same kinds of change, best first.

Invariant: nothing is lost; what is not shown is counted in its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.evaluation.whatif.kinds import ORDER
from goodstanding.evaluation.whatif.model import Found, Kind

#: So many suggestions are shown in all, and of one group, unless all are asked for.
SHOWN, OF_ONE_GROUP = 8, 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """One group: its kinds in the order of their table, what is shown of it, and how many more
    there are."""

    kinds: tuple[Kind, ...]
    shown: tuple[Found, ...]
    left_out: int


def kinds_of(found: Found) -> tuple[Kind, ...]:
    """The kinds of change it takes, waiting last but for objections."""
    kinds = [change.kind for change in found.changes] + [Kind.WAIT] * found.waits
    return tuple(sorted(kinds, key=ORDER.__getitem__))


def grouped(found: Sequence[Found], *, everything: bool) -> list[Chosen]:
    """The groups of what was found, which is in order, each where its first one stands."""
    groups: dict[tuple[Kind, ...], list[Found]] = {}
    for each in found:
        groups.setdefault(kinds_of(each), []).append(each)
    left = len(found) if everything else SHOWN
    chosen = []
    for kinds, own in groups.items():
        shown = own if everything else own[: min(OF_ONE_GROUP, left)]
        left -= len(shown)
        chosen.append(Chosen(kinds, tuple(shown), len(own) - len(shown)))
    return chosen
