"""What is wrong with a scheme that reads well: units, divisions, and parts without effect.

Invariant: a finding here is a fault on every reading; where the form of a scheme does not show
it, nothing is said. A scheme with a finding may be loaded, but not put into force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from goodstanding.catalogue import Document
from goodstanding.evaluation import errors
from goodstanding.evaluation.expressions import At, expressions
from goodstanding.evaluation.grounds import without_law
from goodstanding.evaluation.implied import ways
from goodstanding.evaluation.language import Node, ParameterRef, TextType, Unit
from goodstanding.evaluation.language.nodes import Arithmetic, Case
from goodstanding.evaluation.lattice import Lattice, figure_bands, limit
from goodstanding.evaluation.model import (
    Bands,
    PerRecord,
    PerUnit,
    Scheme,
    Window,
    WindowKind,
)
from goodstanding.evaluation.shadows import pointless
from goodstanding.evaluation.to_come import to_come
from goodstanding.evaluation.units import Units, plain, refused, show
from goodstanding.evaluation.zero import doubtful
from goodstanding.kernel import GoodStandingError, Period


def check_scheme(scheme: Scheme, document: Document) -> list[GoodStandingError]:
    """Everything of this kind that is wrong with a scheme, each at its place."""
    checks = (_units, _divisions, _windows, _grades, _bands, _exceptions, _periods, without_law)
    found = []
    for check in checks:
        for at, error in check(scheme):
            error.place = document.place(*at)
            found.append(error)
    return found


#: A refusal and where it stands.
_Found = Iterator[tuple[At, GoodStandingError]]


# -- units -------------------------------------------------------------------------------


def _units(scheme: Scheme) -> _Found:
    for expression in expressions(scheme):
        units = Units(scheme, [], expression.items)
        unit = units.of(expression.node)
        if expression.at[0] == "rules" and expression.at[2] != "when":
            units.total(show(expression.node), unit)
        yield from ((expression.at, error) for error in refused(units.findings))
    yield from _units_of_points(scheme)
    yield from _units_of_shares(scheme)
    for n, joint in enumerate(scheme.grades.joint):
        units = Units(scheme)
        of = units.of(joint.of)
        for band in joint.bands:
            units.require(joint.of.name, of, band.start)
        yield from ((("grades", "joint", n), error) for error in refused(units.findings))


def _units_of_points(scheme: Scheme) -> _Found:
    """Every number that stands beside the total, and the bounds of bands."""
    total = plain(scheme.unit)
    places: list[tuple[At, list[str | None]]] = [
        (("base",), [scheme.base]),
        (("grades", "bands"), [band.start for band in scheme.grades.bands]),
    ]
    places += [(("groups", g.id), [g.cap, g.floor]) for g in scheme.groups.values()]
    for rule in scheme.rules.values():
        at: At = ("rules", rule.id)
        places.append((at, [rule.cap, rule.floor]))
        if isinstance(rule.points, PerUnit):
            places.append(((*at, "per_unit", "points"), [rule.points.points]))
        if isinstance(rule.points, Bands):
            places.append(((*at, "bands"), [step.points for step in rule.points.steps]))
            units = Units(scheme)
            of = units.of(rule.points.of)
            for step in rule.points.steps:
                units.require(rule.points.of.name, of, step.start)
            yield from (((*at, "bands"), error) for error in refused(units.findings))
    for at, parameters in places:
        units = Units(scheme)
        for parameter in parameters:
            units.require("the total", total, parameter)
        yield from ((at, error) for error in refused(units.findings))


def _units_of_shares(scheme: Scheme) -> _Found:
    """What is left of points from an age on is a plain number, whatever the points are."""
    for rule in scheme.rules.values():
        for n, share in enumerate(_shares(rule.per_record)):
            unit = scheme.parameters[share].unit
            if plain(unit):
                at: At = ("rules", rule.id, "per_record", "decay", "steps", n, "share")
                part, left = f"param.{share}", "a share, which has no unit,"
                yield at, GoodStandingError(errors.UNIT_MISMATCH, part=part, left=left, right=unit)


def _shares(by_record: PerRecord | None) -> Iterator[str]:
    """The parameters of a decay in steps; up to the first of them the points are whole."""
    if by_record is None or not by_record.decays or not isinstance(by_record.value, Case):
        return
    values = [value for _, value in by_record.value.branches]
    for value in (*values[1:], by_record.value.default):
        if isinstance(value, Arithmetic) and isinstance(value.right, ParameterRef):
            yield value.right.name


def _divisions(scheme: Scheme) -> _Found:
    for expression in expressions(scheme):
        for ratio in doubtful(scheme, expression.node, expression.items):
            part, bottom = show(ratio), show(ratio.bottom)
            error = GoodStandingError(errors.MAYBE_ZERO, part=part, bottom=bottom)
            yield expression.at, error


# -- windows -----------------------------------------------------------------------------


def _windows(scheme: Scheme) -> _Found:
    """Lengths of no time or not of time at all, and conditions on records that are yet to begin."""
    lives = {f"{rule.id}_valid": rule.id for rule in scheme.rules.values() if rule.per_record}
    for selection in scheme.selections.values():
        rule = lives.get(selection.id)
        at: At = ("selections", selection.id)
        if selection.window is not None:
            place = (*at, "window") if rule is None else ("rules", rule, "per_record", "valid")
            yield from _window(scheme, selection.window, place)
        if selection.where is not None and rule is None:
            yield from _future(scheme, selection.where, (*at, "where"))


def _future(scheme: Scheme, where: Node, at: At) -> _Found:
    """A condition that can be true only of records which have not begun, and so do not count."""
    told = [next(filter(partial(to_come, scheme), way), None) for way in ways(scheme, where)]
    if all(told):
        what = " or ".join(dict.fromkeys(f"`{show(part)}`" for part in told if part))
        error = GoodStandingError(
            errors.EMPTY_WINDOW, day=scheme.starts(), what=f"{what} is about days to come"
        )
        yield at, error


def _window(scheme: Scheme, window: Window, at: At) -> _Found:
    parameter = scheme.parameters[window.parameter]
    unit, wanted = plain(parameter.unit), {window.unit.value, ""}
    if window.kind is not WindowKind.ROLLING:
        wanted |= {"periods", "count"}
    if unit not in wanted:
        left, right = window.unit.value, parameter.unit
        part = f"param.{parameter.id}"
        yield at, GoodStandingError(errors.UNIT_MISMATCH, part=part, left=left, right=right)
    for value in parameter.values:
        if value.value.units < 1:
            what = f"this window is {value.value} {Unit(window.unit).value} long"
            error = GoodStandingError(errors.EMPTY_WINDOW, day=value.start, what=what)
            yield at, error


# -- grades ------------------------------------------------------------------------------


def _days(scheme: Scheme) -> list[date]:
    """The days on which the scheme's numbers begin to be what they then are."""
    start = scheme.starts()
    changes = {start, *(day for day in scheme.changes_of_law() if day > start)}
    return sorted(day for day in changes if scheme.in_force.contains(day))


def _bands(scheme: Scheme) -> _Found:
    """Bands of the total that no total can reach, as long as the law is the same."""
    bands = scheme.grades.bands
    missed: dict[int, list[date]] = {n: [] for n in range(len(bands))}
    days = _days(scheme)
    for day in days:
        lattice = Lattice.of(scheme, day)
        starts = [None if b.start is None else limit(scheme, b.start, day) for b in bands]
        for n in _unreached(lattice, starts):
            missed[n].append(day)
    for n, band in enumerate(bands):
        if (when := _when(scheme, missed[n], days)) is not None:
            problem = f"{when}no total that the rules can give lies in its band"
            error = GoodStandingError(errors.UNREACHABLE_GRADE, grade=band.grade, problem=problem)
            yield ("grades", "bands", n), error
    yield from _joint_bands(scheme, days)


def _joint_bands(scheme: Scheme, days: list[date]) -> _Found:
    """Bands of a joint bound in which its figure cannot stand while the law is the same."""
    for m, joint in enumerate(scheme.grades.joint):
        missed: dict[int, list[date]] = {n: [] for n in range(len(joint.bands))}
        for day in days:
            for n in _unreached(*figure_bands(scheme, joint, day)):
                missed[n].append(day)
        for n, band in enumerate(joint.bands):
            if (when := _when(scheme, missed[n], days)) is not None:
                what = f"The band {band.grade!r} of the joint bound {joint.id!r}"
                problem = f"{when}{joint.of.name} never stands in it"
                error = GoodStandingError(errors.NEVER_HOLDS, what=what, problem=problem)
                yield ("grades", "joint", m, "bands", n), error


def _unreached(lattice: Lattice, starts: list[int | None]) -> Iterator[int]:
    """The bands, by number, in which nothing on the lattice lies."""
    for n, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
        if not lattice.reaches(start, end):
            yield n


def _when(scheme: Scheme, missed: list[date], days: list[date]) -> str | None:
    """The first of these times in words: nothing if that is always, None if there is none."""
    if not missed or missed == days:
        return "" if missed else None
    reached = (day for day in days if day > missed[0] and day not in missed)
    end = next(reached, scheme.in_force.end)
    return f"from {missed[0]} {f'until {end}' if end else 'on'} "


def _grades(scheme: Scheme) -> _Found:
    """Labels that nothing gives."""
    grades = scheme.grades
    given = {band.grade for band in grades.bands}
    given |= {band.grade for joint in grades.joint for band in joint.bands}
    if scheme.absence is not None:
        given.add(scheme.absence.grade)
    for exception in grades.exceptions:
        given |= {g for g in (exception.grade, exception.at_best, exception.at_worst) if g}
        if exception.down is not None:
            best = min((grades.order.index(g) for g in given if g in grades.order), default=0)
            given |= set(grades.order[best:])
        if exception.carry is not None and isinstance(exception.carry.type, TextType):
            given |= exception.carry.type.codes or set(grades.labels)
    for label in grades.labels:
        if label not in given:
            problem = "no band, exception or absence gives it"
            error = GoodStandingError(errors.UNREACHABLE_GRADE, grade=label, problem=problem)
            yield ("grades", "labels", label), error


def _exceptions(scheme: Scheme) -> _Found:
    """Exceptions that stand in the shadow of another."""
    for n, exception in enumerate(scheme.grades.exceptions):
        if problem := pointless(scheme, n):
            what = f"The exception {exception.id!r}"
            error = GoodStandingError(errors.NEVER_HOLDS, what=what, problem=problem)
            yield ("grades", "exceptions", n), error


def _periods(scheme: Scheme) -> _Found:
    """Rules and exceptions that are in force only when the scheme is not."""
    parts: list[tuple[At, str, Period | None]] = [
        (("rules", rule.id, "in_force"), f"The rule {rule.id!r}", rule.in_force)
        for rule in scheme.rules.values()
    ]
    parts += [
        (("grades", "exceptions", n, "in_force"), f"The exception {e.id!r}", e.in_force)
        for n, e in enumerate(scheme.grades.exceptions)
    ]
    for at, what, period in parts:
        if period is not None and not period.overlaps(scheme.in_force):
            problem = "it is in force only while the scheme is not"
            yield at, GoodStandingError(errors.NEVER_HOLDS, what=what, problem=problem)
