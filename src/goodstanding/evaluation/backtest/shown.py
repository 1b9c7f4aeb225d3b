"""Figures as they are read, and the counts that charts and tables both show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from goodstanding.evaluation.backtest.model import Confusion, GroupShare, GroupState, Sensitivity

NO_STANDING = "no standing"
#: So many names stand in a sentence; the others are counted.
_NAMED = 6
#: What stands in the place of a group's figures.
STATES = {
    GroupState.TOO_FEW: "too few to show",
    GroupState.NOTHING_REPORTED: "nothing delivered",
    GroupState.NOT_EVALUATED: "nobody evaluated",
    GroupState.NOT_COVERED: "not covered",
}


def count(number: int) -> str:
    """A count with thousands separated."""
    return f"{number:,}"


def number(value: str) -> str:
    """A written number with thousands separated; its decimal places stay as they are."""
    whole, point, places = value.partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{places}"


def percent(share: Decimal | None) -> str:
    """A share in per cent with one place."""
    if share is None:
        return "–"
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def points(difference: Decimal | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if difference is None:
        return "–"
    shown = (difference * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{shown:+}".replace("-", "−") if shown else "0.0"


def share_of(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole``; None of nothing."""
    return Decimal(part) / whole if whole else None


def day(value: date) -> str:
    """A day as it is read."""
    return f"{value.day} {value:%B %Y}"


def grade(name: str | None) -> str:
    """A grade, or that there is no standing."""
    return NO_STANDING if name is None else name


@dataclass(frozen=True, slots=True)
class Moves:
    """How many subjects moved on a day, by steps (more is worse; None: to or from no place in the
    order)."""

    as_of: date
    subjects: int
    by_steps: dict[int | None, int]

    @property
    def worse(self) -> int:
        """How many have a worse grade than before."""
        return sum(n for steps, n in self.by_steps.items() if steps is not None and steps > 0)

    @property
    def better(self) -> int:
        """How many have a better grade than before."""
        return sum(n for steps, n in self.by_steps.items() if steps is not None and steps < 0)

    @property
    def other(self) -> int:
        """How many came to or from a grade that is neither better nor worse."""
        return self.by_steps.get(None, 0)

    @property
    def moved(self) -> int:
        """How many have another grade."""
        return sum(self.by_steps.values())


def moves(confusion: Iterable[Confusion], order: list[str], days: Iterable[date]) -> list[Moves]:
    """Moves of every one of ``days``, in order; nobody moves on a day without anyone."""
    found = {day: Moves(day, 0, {}) for day in days}
    for row in confusion:
        here = found[row.as_of]
        by_steps = dict(here.by_steps)
        if row.before != row.after:
            placed = row.before in order and row.after in order
            steps = order.index(row.after or "") - order.index(row.before or "") if placed else None
            by_steps[steps] = by_steps.get(steps, 0) + row.subjects
        found[row.as_of] = Moves(row.as_of, here.subjects + row.subjects, by_steps)
    return [found[as_of] for as_of in sorted(found)]


def grades_seen(confusion: Iterable[Confusion], order: list[str]) -> list[str | None]:
    """Every grade that comes up: those in order, then the others, then no standing."""
    seen = {name for row in confusion for name in (row.before, row.after)}
    others = sorted(name for name in seen if name is not None and name not in order)
    return [*order, *others, *([None] if None in seen else [])]


def most_sensitive(rows: Iterable[Sensitivity]) -> list[tuple[str, int]]:
    """The bounds whose move changes any grade, with how many at most, the most first.

    Bounds that change equally many stand in the order of their titles.
    """
    changed: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.title, row.parameter)
        changed[key] = max(changed.get(key, 0), row.changed or 0)
    ranked = sorted((-n, *key) for key, n in changed.items() if n)
    return [(parameter, -n) for n, _, parameter in ranked]


def named(names: Sequence[str]) -> str:
    """Names in a sentence; of many the first, and how many more there are."""
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        return f"{', '.join(shown)} and {count(len(names) - _NAMED)} more"
    return " and ".join([*([", ".join(shown[:-1])] if shown[1:] else []), *shown[-1:]])


def place(row: GroupShare) -> str:
    """The place of a group's share; one that it has in common with others is marked."""
    return "–" if row.place is None else f"{count(row.place)}{'=' if row.tied else ''}"


def groups_of(number: int) -> str:
    """So many groups."""
    return "1 group" if number == 1 else f"{count(number)} groups"
