"""Grades: bands of the total, joint bands, exceptions in order, and what absence gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from goodstanding.evaluation import errors
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.language import Name, Node, Scope, TextType, describe
from goodstanding.evaluation.language.parse import unknown
from goodstanding.evaluation.model import Absence, Band, Direction, GradeException, Grades, Joint
from goodstanding.evaluation.scopes import indicators_of, selections_of, total_name
from goodstanding.evaluation.shapes import BandShape, ExceptionShape, JointShape
from goodstanding.kernel import GoodStandingError

_KINDS = ("grade", "carry", "at_best", "at_worst", "down")


def grades(b: Builder, complete: bool) -> Grades:
    """The grades of the file; without what uses indicators if these are not ``complete``."""
    shape, at = b.shape.grades, ("grades",)
    for label, part in shape.labels.items():
        b.titles(part.titles, f"The grade {label!r}", *at, "labels", label, "titles")
    for n, grade in enumerate(shape.order):
        b.known("grade", grade, shape.labels, *at, "order", n)
    if len(set(shape.order)) != len(shape.order):
        raise GoodStandingError(
            errors.BAD_GRADES, place=b.place("grades", "order"), problem="A grade stands twice"
        )
    _check_order(b)
    return Grades(
        direction=shape.direction,
        labels={label: part.titles for label, part in shape.labels.items()},
        order=tuple(shape.order),
        bands=_bands(b, shape.bands, b.shape.scale, *at, "bands"),
        # With an indicator missing, everything that uses it would be refused once more.
        exceptions=tuple(_exceptions(b)) if complete else (),
        joint=tuple(_joints(b)) if complete else (),
    )


def absence(b: Builder) -> Absence | None:
    """What the file says about subjects with nothing to evaluate."""
    shape = b.shape.absence
    if shape is None:
        return None
    b.titles(shape.titles, "The absence", "absence", "titles")
    b.article(shape.article, "absence", "article")
    b.known("grade", shape.grade, b.shape.grades.labels, "absence", "grade")
    when = b.needed_condition(shape.when, b.figures(), "absence", "when")
    names = indicators_of([when], b.indicators, b.derived)
    return Absence(shape.titles, shape.article, when, shape.grade, names)


# -- bands -------------------------------------------------------------------------------


def _bands(
    b: Builder, shapes: Sequence[BandShape], limit: int | None, *at: str | int
) -> tuple[Band, ...]:
    for n, band in enumerate(shapes):
        b.article(band.article, *at, n, "article")
    return tuple(
        Band(band.grade, b.reference(band.start, *at, n, "from", limit=limit), band.article)
        for n, band in enumerate(shapes)
    )


def _ranks(b: Builder, bands: Sequence[BandShape], *at: str | int) -> list[int]:
    order = b.shape.grades.order
    for n, band in enumerate(bands):
        if band.grade not in order:
            place = b.place(*at, n, "grade")
            raise unknown("banded grade in `order`", band.grade, dict.fromkeys(order), place)
    return [order.index(band.grade) for band in bands]


def _check_order(b: Builder) -> None:
    shape, at = b.shape.grades, ("grades", "bands")
    ranks = _ranks(b, shape.bands, *at)
    falling = shape.direction is Direction.HIGHER_IS_BETTER
    if ranks != sorted(set(ranks), reverse=falling):
        better = "better" if falling else "worse"
        problem = f"With {shape.direction}, each band must be {better} than the one below it"
        raise GoodStandingError(errors.BAD_GRADES, place=b.place(*at), problem=problem)
    b.check_bounds([band.start for band in shape.bands], *at)


def _named(
    b: Builder,
    what: str,
    shape: JointShape | ExceptionShape,
    among: Sequence[JointShape | ExceptionShape],
    *at: str | int,
) -> None:
    """Its titles, its article, and an id that is its own."""
    b.titles(shape.titles, f"The {what} {shape.id!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    if [other.id for other in among].count(shape.id) > 1:
        raise b.bad(f"the id {shape.id!r} stands twice", *at, "id")


def _joints(b: Builder) -> list[Joint]:
    scope = b.figures()
    made = (
        b.attempt(partial(_joint, b, n, shape, scope))
        for n, shape in enumerate(b.shape.grades.joint)
    )
    return [joint for joint in made if joint is not None]


def _joint(b: Builder, n: int, shape: JointShape, scope: Scope) -> Joint:
    at = ("grades", "joint", n)
    _named(b, "joint bound", shape, b.shape.grades.joint, *at)
    of = b.number_of(shape.of, scope, *at, "of")
    ranks = _ranks(b, shape.bands, *at, "bands")
    if ranks not in (sorted(set(ranks)), sorted(set(ranks), reverse=True)):
        problem = "The bands of a joint bound all become worse, or all better, from below"
        raise GoodStandingError(errors.BAD_GRADES, place=b.place(*at, "bands"), problem=problem)
    b.check_bounds([band.start for band in shape.bands], *at, "bands")
    names = indicators_of([of], b.indicators, b.derived)
    return Joint(
        id=shape.id,
        titles=shape.titles,
        article=shape.article,
        of=of,
        bands=_bands(b, shape.bands, None, *at, "bands"),
        indicators=names,
        selections=selections_of(names, b.indicators),
    )


# -- exceptions --------------------------------------------------------------------------


def _exceptions(b: Builder) -> list[GradeException]:
    scope = b.figures()
    names = {**scope.names, "total": total_name(b.shape.scale)}
    with_total = b.scope(names, "indicator")
    made = (
        b.attempt(partial(_exception, b, n, shape, with_total))
        for n, shape in enumerate(b.shape.grades.exceptions)
    )
    return [exception for exception in made if exception is not None]


def _exception(b: Builder, n: int, shape: ExceptionShape, scope: Scope) -> GradeException:
    at = ("grades", "exceptions", n)
    _named(b, "exception", shape, b.shape.grades.exceptions, *at)
    if len([key for key in _KINDS if getattr(shape, key) is not None]) != 1:
        listed = ", ".join(f"`{key}`" for key in _KINDS)
        raise b.bad(f"an exception gives exactly one of {listed}", *at)
    if shape.grade is not None:
        b.known("grade", shape.grade, b.shape.grades.labels, *at, "grade")
    for key in ("at_best", "at_worst"):
        limit = getattr(shape, key)
        if limit is not None and limit not in b.shape.grades.order:
            known = dict.fromkeys(b.shape.grades.order)
            raise unknown("grade in `order`", limit, known, b.place(*at, key))
    when = b.needed_condition(shape.when, scope, *at, "when")
    carry = _carry(b, shape.carry, scope, *at, "carry")
    used: list[Node] = [when] if carry is None else [when, carry]
    names = indicators_of(used, b.indicators, b.derived)
    return GradeException(
        id=shape.id,
        titles=shape.titles,
        article=shape.article,
        when=when,
        grade=shape.grade,
        at_best=shape.at_best,
        indicators=names,
        selections=selections_of(names, b.indicators),
        carry=carry,
        at_worst=shape.at_worst,
        down=_down(b, shape.down, *at, "down"),
        in_force=b.period(shape.in_force, *at, "in_force"),
    )


def _carry(b: Builder, name: str | None, scope: Scope, *at: str | int) -> Name | None:
    if name is None:
        return None
    found = b.known("indicator", name, scope.names, *at)
    if not isinstance(found.type, TextType):
        raise b.mismatch(name, f"this is {describe(found.type)}, not the text of a grade", *at)
    strange = sorted((found.type.codes or frozenset()) - set(b.shape.grades.labels))
    if strange:
        raise unknown("grade", strange[0], b.shape.grades.labels, b.place(*at))
    b.note(found)
    return found


def _down(b: Builder, text: str | None, *at: str | int) -> str | None:
    name = b.reference(text, *at, limit=0)
    if name is not None and any(v.value.units < 0 for v in b.pack.parameters[name].values):
        raise b.bad("a number of steps down is not negative", *at)
    return name
