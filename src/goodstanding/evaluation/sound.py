"""What is wrong with a scheme that reads well: units, divisions, and parts without effect.

Invariant: a finding here is a fault on every reading; where the form of a scheme does not show
it, nothing is said. A scheme with a finding may be loaded, but not put into force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from goodstanding.catalogue import Document
from goodstanding.evaluation import errors
from goodstanding.evaluation.expressions import At, expressions
from goodstanding.evaluation.implied import implies
from goodstanding.evaluation.language import TextType, Unit
from goodstanding.evaluation.lattice import Lattice, figure_bands, limit
from goodstanding.evaluation.model import (
    Bands,
    GradeException,
    PerUnit,
    Scheme,
    Window,
    WindowKind,
)
from goodstanding.evaluation.units import Units, plain, refused, show
from goodstanding.evaluation.zero import doubtful
from goodstanding.kernel import GoodStandingError, Period


def check_scheme(scheme: Scheme, document: Document) -> list[GoodStandingError]:
    """Everything of this kind that is wrong with a scheme, each at its place."""
    checks = (_units, _divisions, _windows, _grades, _bands, _exceptions, _periods)
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


def _divisions(scheme: Scheme) -> _Found:
    for expression in expressions(scheme):
        for ratio in doubtful(scheme, expression.node, expression.items):
            part, bottom = show(ratio), show(ratio.bottom)
            error = GoodStandingError(errors.MAYBE_ZERO, part=part, bottom=bottom)
            yield expression.at, error


# -- windows -----------------------------------------------------------------------------


def _windows(scheme: Scheme) -> _Found:
    """Lengths of no time, and lengths that are not of time at all."""
    for selection in scheme.selections.values():
        if selection.window is None:
            continue
        rule = next((r.id for r in scheme.rules.values() if selection.id == f"{r.id}_valid"), None)
        at: At = ("selections", selection.id, "window")
        if rule is not None and scheme.rules[rule].per_record:
            at = ("rules", rule, "per_record", "valid")
        yield from _window(scheme, selection.window, at)


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
            what, length = "this window", f"{value.value} {Unit(window.unit).value}"
            error = GoodStandingError(errors.EMPTY_WINDOW, day=value.start, what=what, value=length)
            yield at, error


# -- grades ------------------------------------------------------------------------------


def _days(scheme: Scheme) -> list[date]:
    """The days on which the scheme's numbers begin to be what they then are."""
    start = scheme.starts()
    changes = {start, *(day for day in scheme.changes_of_law() if day > start)}
    return sorted(day for day in changes if scheme.in_force.contains(day))


def _bands(scheme: Scheme) -> _Found:
    """Bands of the total that no total can reach, on any day."""
    reached: set[int] = set()
    bands = scheme.grades.bands
    days = _days(scheme)
    for day in days:
        lattice = Lattice.of(scheme, day)
        starts = [None if b.start is None else limit(scheme, b.start, day) for b in bands]
        for n, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
            if lattice.reaches(start, end):
                reached.add(n)
    yield from _joint_bands(scheme, days)
    for n, band in enumerate(bands):
        if days and n not in reached:
            problem = "no total that the rules can give lies in its band"
            error = GoodStandingError(errors.UNREACHABLE_GRADE, grade=band.grade, problem=problem)
            yield ("grades", "bands", n), error


def _joint_bands(scheme: Scheme, days: list[date]) -> _Found:
    """Bands of a joint bound in which its figure can never stand."""
    for m, joint in enumerate(scheme.grades.joint):
        reached: set[int] = set()
        for day in days:
            lattice, starts = figure_bands(scheme, joint, day)
            for n, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
                if lattice.reaches(start, end):
                    reached.add(n)
        for n, band in enumerate(joint.bands):
            if days and n not in reached:
                what = f"The band {band.grade!r} of the joint bound {joint.id!r}"
                problem = f"{joint.of.name} never stands in it"
                error = GoodStandingError(errors.NEVER_HOLDS, what=what, problem=problem)
                yield ("grades", "joint", m, "bands", n), error


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
    """Exceptions that stand behind one which always comes first."""
    exceptions = scheme.grades.exceptions
    for n, later in enumerate(exceptions):
        for earlier in exceptions[:n]:
            if _shadows(scheme, earlier, later):
                problem = f"whenever its condition is true, {earlier.id!r} before it holds"
                what = f"The exception {later.id!r}"
                error = GoodStandingError(errors.NEVER_HOLDS, what=what, problem=problem)
                yield ("grades", "exceptions", n), error
                break


def _shadows(scheme: Scheme, earlier: GradeException, later: GradeException) -> bool:
    if not _covers(earlier.in_force, later.in_force):
        return False
    if not implies(scheme, later.when, earlier.when):
        return False
    if earlier.grade is not None:
        return True
    if earlier.carry is not None:
        return later.carry == earlier.carry
    exceptions = scheme.grades.exceptions
    between = exceptions[exceptions.index(earlier) + 1 : exceptions.index(later)]
    if any(not e.gives and _kind(e) != _kind(earlier) for e in between):
        # It may have undone what the earlier one did.
        return False
    order = scheme.grades.order
    if earlier.at_best is not None and later.at_best is not None:
        return order.index(later.at_best) <= order.index(earlier.at_best)
    if earlier.at_worst is not None and later.at_worst is not None:
        return order.index(later.at_worst) >= order.index(earlier.at_worst)
    return False


def _kind(exception: GradeException) -> tuple[bool, bool]:
    return exception.at_best is not None, exception.at_worst is not None


def _covers(earlier: Period | None, later: Period | None) -> bool:
    """Whether the first holds on all days of the second."""
    if earlier is None:
        return True
    if later is None or later.start < earlier.start:
        return False
    return earlier.end is None or (later.end is not None and later.end <= earlier.end)


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
