"""Parts of a scheme that rest on an article which is not law while they are used.

Invariant: a part is named only if its article is in force on no single day on which the part is
used; an article that ends or begins within that time is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from goodstanding.catalogue import ParameterValue, TableValue
from goodstanding.evaluation import errors
from goodstanding.evaluation.expressions import At
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError, Period

#: Where a part stands, what it is called, its article, and when it is in force by itself.
_Part = tuple[At, str, str | None, Period | None]


def without_law(scheme: Scheme) -> Iterator[tuple[At, GoodStandingError]]:
    """Every part whose article is never in force while the part is, with its place."""
    for at, what, article, own in (*_parts(scheme), *_grades(scheme), *_numbers(scheme)):
        used = _both(scheme.in_force, own)
        if article is None or used is None:
            continue
        in_force = scheme.article(article).in_force
        if not in_force.overlaps(used):
            time, said = _said(in_force), _said(used)
            yield (
                at,
                GoodStandingError(errors.NOT_LAW, what=what, article=article, time=time, used=said),
            )


def _parts(scheme: Scheme) -> Iterator[_Part]:
    yield ("act",), "The scheme", scheme.act, None
    for selection in scheme.selections.values():
        at: At = ("selections", selection.id)
        if not any(selection.id == f"{r.id}_valid" and r.per_record for r in scheme.rules.values()):
            yield (*at, "article"), f"The selection {selection.id!r}", selection.article, None
            for n, policy in enumerate(selection.policies):
                what = f"What becomes of {policy.fact.name!r} in {selection.id!r}"
                yield (*at, "unusable", n, "article"), what, policy.article, None
    for rule in scheme.rules.values():
        yield ("rules", rule.id, "article"), f"The rule {rule.id!r}", rule.article, rule.in_force
    for group in scheme.groups.values():
        yield ("groups", group.id, "article"), f"The group {group.id!r}", group.article, None


def _grades(scheme: Scheme) -> Iterator[_Part]:
    grades = scheme.grades
    for n, band in enumerate(grades.bands):
        yield ("grades", "bands", n, "article"), f"The band {band.grade!r}", band.article, None
    for m, joint in enumerate(grades.joint):
        at: At = ("grades", "joint", m)
        yield (*at, "article"), f"The joint bound {joint.id!r}", joint.article, None
        for n, band in enumerate(joint.bands):
            what = f"The band {band.grade!r} of the joint bound {joint.id!r}"
            yield (*at, "bands", n, "article"), what, band.article, None
    for n, one in enumerate(grades.exceptions):
        at = ("grades", "exceptions", n, "article")
        yield at, f"The exception {one.id!r}", one.article, one.in_force
    if scheme.absence is not None:
        yield ("absence", "article"), "The absence", scheme.absence.article, None


def _numbers(scheme: Scheme) -> Iterator[_Part]:
    """The numbers of the law, each until the next one replaces it."""
    for parameter in scheme.parameters.values():
        yield from _values(f"param.{parameter.id}", parameter.values)
    for table in scheme.tables.values():
        yield from _values(f"table.{table.id}", table.values)


def _values(name: str, values: Iterable[ParameterValue | TableValue]) -> Iterator[_Part]:
    for value, following in pairwise([*values, None]):
        if value is not None:
            period = Period(value.start, None if following is None else following.start)
            what = f"The value of {name} from {value.start}"
            yield ("in_force",), what, value.article, period


def _both(one: Period, other: Period | None) -> Period | None:
    """The days of both; None if there are none."""
    if other is None:
        return one
    if not one.overlaps(other):
        return None
    ends = [end for end in (one.end, other.end) if end is not None]
    return Period(max(one.start, other.start), min(ends, default=None))


def _said(period: Period) -> str:
    end: date | None = period.end
    return f"from {period.start}" + (f" until {end}" if end else "")
