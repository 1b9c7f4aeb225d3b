"""From what is asked on the command line to a checked question.

Invariant: only two versions of one scheme about one kind of subject are compared, and groups are
made from declared facts of organisations only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum

from goodstanding.catalogue import Pack
from goodstanding.evaluation import errors
from goodstanding.evaluation.backtest.model import Grouping
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.language import Unit
from goodstanding.evaluation.load import scheme_versions
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import FactType, GoodStandingError, Nature, Period

#: So many days are looked at in one backtest at most.
MOST_DAYS = 120
_GROUPABLE = (FactType.CODE, FactType.BOOLEAN, FactType.TEXT)


class Step(StrEnum):
    """How far the days of a backtest lie apart."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def unit(self) -> Unit:
        """The unit of counting."""
        return {"month": Unit.MONTHS, "quarter": Unit.QUARTERS}.get(self.value, Unit.YEARS)


def days_between(start: date, end: date, step: Step) -> tuple[date, ...]:
    """``start``, and each day a step later up to ``end``. Raises GS-SCHEME-085."""
    days = list(_days(start, end, step))
    if len(days) < 2 or len(days) > MOST_DAYS:
        problem = f"that makes {len(days)} days; from 2 to {MOST_DAYS} can be compared"
        raise GoodStandingError(errors.BAD_SPAN, start=start, end=end, problem=problem)
    return tuple(days)


def _days(start: date, end: date, step: Step) -> Iterator[date]:
    number, day = 0, start
    while day <= end and number <= MOST_DAYS:
        yield day
        number += 1
        day = add(start, step.unit, number)


def version_of(pack: Pack, name: str, version: int) -> Scheme:
    """A version of a scheme by its number. Raises GS-SCHEME-014 and 083."""
    versions = {scheme.version: scheme for scheme in scheme_versions(pack, name)}
    if version not in versions:
        known = ", ".join(str(number) for number in sorted(versions))
        raise GoodStandingError(
            errors.NO_SUCH_VERSION, version=version, scheme=f"{pack.id}/{name}", known=known
        )
    return versions[version]


def version_before(pack: Pack, scheme: Scheme) -> Scheme | None:
    """The version that came before in the same pack, if there is one."""
    earlier = [
        s for s in scheme_versions(pack, scheme.id) if s.in_force.start < scheme.in_force.start
    ]
    return earlier[-1] if earlier else None


def check_comparable(before: Scheme, after: Scheme) -> None:
    """Raise GS-SCHEME-082 unless both are versions of one scheme that can be compared."""
    problem = None
    if before.id != after.id:
        problem = f"one is {before.id!r} and the other {after.id!r}"
    elif before.subject_kind != after.subject_kind:
        problem = f"one is about {before.subject_kind!r} and the other about {after.subject_kind!r}"
    elif not set(before.grades.order) & set(after.grades.order):
        problem = "they have no grade in common"
    if problem is not None:
        raise GoodStandingError(errors.NOT_COMPARABLE, scheme=after.name, problem=problem)


def as_if_law(scheme: Scheme, days: tuple[date, ...], numbers_of: date | None) -> Scheme:
    """The version as if it were in force on all these days, which is what a backtest supposes.

    With ``numbers_of`` every number is that of one day, so that a number that is not law yet can
    be tried on the past. Raises GS-SCHEME-085 where a number is not known on the first day.
    """
    start = min(scheme.in_force.start, days[0])
    found = replace(scheme, in_force=Period(start))
    if numbers_of is not None:
        found = _frozen(found, numbers_of, start)
    try:
        found.check_applies(days[0])
    except GoodStandingError as error:
        raise GoodStandingError(
            errors.BAD_SPAN, start=days[0], end=days[-1], problem=error.what.rstrip(".")
        ) from error
    return found


def _frozen(scheme: Scheme, day: date, start: date) -> Scheme:
    scheme.check_applies(max(day, scheme.in_force.start))
    parameters = {
        name: replace(
            p, values=(replace([v for v in p.values if v.start <= day][-1], start=start),)
        )
        for name, p in scheme.parameters.items()
        if any(v.start <= day for v in p.values)
    }
    tables = {
        name: replace(
            t, values=(replace([v for v in t.values if v.start <= day][-1], start=start),)
        )
        for name, t in scheme.tables.items()
        if any(v.start <= day for v in t.values)
    }
    return replace(
        scheme,
        parameters={**scheme.parameters, **parameters},
        tables={**scheme.tables, **tables},
    )


def grouping_of(scheme: Scheme, name: str) -> Grouping:
    """The fact given as item.fact, or by its name alone. Raises GS-SCHEME-084 and 086."""
    kind = scheme.pack.subject_kinds[scheme.subject_kind]
    if kind.nature is Nature.NATURAL_PERSON:
        raise GoodStandingError(errors.PERSONS_NOT_GROUPED, kind=kind.id)
    of, _, fact = name.rpartition(".")
    found = [
        Grouping(item, item.facts[fact])
        for item in scheme.population.values()
        if fact in item.facts and of in ("", item.id)
    ]
    problem = None
    if len(found) != 1:
        named = ", ".join(grouping.name for grouping in found)
        problem = f"it could be {named}" if found else "no item of the scheme's subjects has it"
    elif found[0].fact.type not in _GROUPABLE:
        problem = f"it is a {found[0].fact.type}"
    if problem is not None:
        raise GoodStandingError(errors.BAD_GROUP, fact=name, problem=problem)
    return found[0]
