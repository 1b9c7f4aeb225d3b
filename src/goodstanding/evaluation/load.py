"""From a pack's scheme files to schemes.

Everything wrong is collected, each with its file, line and column; a scheme with any
finding does not load. There is no way to a scheme about natural persons.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TypeVar

from pydantic import ValidationError

from goodstanding.catalogue import Document, Pack
from goodstanding.evaluation import errors
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.language import NameKind, Scope
from goodstanding.evaluation.language.parse import unknown
from goodstanding.evaluation.model import (
    Absence,
    Band,
    Direction,
    GradeException,
    Grades,
    Group,
    Indicator,
    Points,
    Rule,
    Scheme,
    Take,
)
from goodstanding.evaluation.scopes import (
    indicator_names,
    selections_of,
    total_name,
    used,
)
from goodstanding.evaluation.shapes import ExceptionShape, SchemeShape, Shape
from goodstanding.kernel import GoodStandingError, refuse_natural_person

S = TypeVar("S", bound=Shape)


def load_schemes(pack: Pack) -> dict[str, Scheme]:
    """Every scheme of the pack, by id. Raises the first finding of the first bad one."""
    return {name: load_scheme(pack, name) for name in sorted(pack.schemes)}


def load_scheme(pack: Pack, name: str) -> Scheme:
    """One scheme. Raises GS-SCHEME-014 if there is none, or its first finding."""
    if name not in pack.schemes:
        known = ", ".join(sorted(pack.schemes)) or "none"
        raise GoodStandingError(errors.NO_SUCH_SCHEME, scheme=name, pack=pack.id, known=known)
    scheme, findings = read_scheme(pack, pack.schemes[name].document)
    if findings or scheme is None:
        raise findings[0]
    return scheme


def read_scheme(pack: Pack, document: Document) -> tuple[Scheme | None, list[GoodStandingError]]:
    """The scheme if it is in order, and everything wrong with it if not."""
    shape, findings = read_shape(SchemeShape, document)
    if shape is None:
        return None, findings
    builder = Builder(pack, document, shape)
    scheme = _scheme(builder, shape)
    return (None if builder.findings else scheme), builder.findings


def read_shape(shape: type[S], document: Document) -> tuple[S | None, list[GoodStandingError]]:
    """The document in its shape, or what does not fit, each with its place."""
    try:
        return shape.model_validate(document.data), []
    except ValidationError as error:
        problems = error.errors()
    findings = []
    for problem in problems:
        at = tuple(part for part in problem["loc"] if part != "[key]")
        known = tuple(part for n, part in enumerate(at) if at[: n + 1] in document.places)
        message = problem["msg"]
        findings.append(
            GoodStandingError(
                errors.BAD_SHAPE,
                place=document.place(*known),
                field=".".join(map(str, at)) or "file",
                problem=re.sub(r"\.$", "", message[:1].lower() + message[1:]),
            )
        )
    return None, findings


def _scheme(b: Builder, shape: SchemeShape) -> Scheme | None:
    b.attempt(lambda: _head(b, shape))
    period = b.period()
    base = b.attempt(lambda: (b.reference(shape.base, "base", limit=shape.scale),))
    selections = b.each(shape.selections, b.selection)
    indicators = b.each(shape.indicators, b.indicator)
    complete = len(indicators) == len(shape.indicators)
    groups = b.each(shape.groups, lambda name: _group(b, name))
    # With an indicator missing, every rule that uses it would be refused once more.
    rules = b.each(shape.rules, lambda name: _rule(b, name, indicators)) if complete else {}
    grades = b.attempt(lambda: _grades(b, indicators if complete else None))
    absence = b.attempt(lambda: (_absence(b, indicators),)) if complete else None
    if b.findings or period is None or base is None or grades is None or absence is None:
        return None
    return Scheme(
        id=shape.id,
        pack=b.pack,
        titles=shape.titles,
        authority=shape.authority,
        subject_kind=shape.subject_kind,
        act=shape.act,
        version=shape.version,
        in_force=period,
        unit=shape.unit,
        scale=shape.scale,
        base=base[0],
        selections=selections,
        indicators=indicators,
        rules=rules,
        groups=groups,
        grades=grades,
        absence=absence[0],
        parameters={name: b.pack.parameters[name] for name in sorted(b.parameters)},
        population={
            name: item
            for name, item in sorted(b.pack.items.items())
            if shape.subject_kind in item.subject_kinds
        },
        daily=bool(used(b.nodes, NameKind.AS_OF))
        or any(indicator.take is Take.DAYS_SINCE for indicator in indicators.values()),
    )


def _head(b: Builder, shape: SchemeShape) -> None:
    if shape.id != b.document.path.stem:
        raise GoodStandingError(
            errors.NAME_MISMATCH,
            place=b.place("id"),
            file=b.document.path.stem,
            name=shape.id,
        )
    b.titles(shape.titles, "The scheme", "titles")
    b.known("authority", shape.authority, b.pack.authorities, "authority")
    kind = b.known("subject kind", shape.subject_kind, b.pack.subject_kinds, "subject_kind")
    refuse_natural_person(
        kind.nature, f"The subject of the scheme {shape.id!r}", place=b.place("subject_kind")
    )
    b.article(shape.act, "act")


def _group(b: Builder, name: str) -> Group:
    shape, at = b.shape.groups[name], ("groups", name)
    b.titles(shape.titles, f"The group {name!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    limit = b.shape.scale
    cap = b.reference(shape.cap, *at, "cap", limit=limit)
    floor = b.reference(shape.floor, *at, "floor", limit=limit)
    return Group(name, shape.titles, shape.article, cap, floor)


def _rule(b: Builder, name: str, indicators: dict[str, Indicator]) -> Rule:
    shape, at = b.shape.rules[name], ("rules", name)
    b.titles(shape.titles, f"The rule {name!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    if shape.group is not None:
        b.known("group", shape.group, b.shape.groups, *at, "group")
    scope = b.scope(indicator_names(indicators.values()), "indicator")
    when = b.condition(shape.when, scope, *at, "when")
    points = b.points(name, scope)
    value = points.value if isinstance(points, Points) else points.of
    names = _in_order(used([when, value], NameKind.INDICATOR), indicators)
    limit = b.shape.scale
    return Rule(
        id=name,
        titles=shape.titles,
        article=shape.article,
        when=when,
        points=points,
        cap=b.reference(shape.cap, *at, "cap", limit=limit),
        floor=b.reference(shape.floor, *at, "floor", limit=limit),
        group=shape.group,
        indicators=names,
        selections=selections_of(names, indicators),
    )


def _grades(b: Builder, indicators: dict[str, Indicator] | None) -> Grades:
    shape, at = b.shape.grades, ("grades",)
    for label, part in shape.labels.items():
        b.titles(part.titles, f"The grade {label!r}", *at, "labels", label, "titles")
    for n, grade in enumerate(shape.order):
        b.known("grade", grade, shape.labels, *at, "order", n)
    _check_order(b)
    bands = tuple(
        Band(
            band.grade,
            b.reference(band.start, *at, "bands", n, "from", limit=b.shape.scale),
            band.article,
        )
        for n, band in enumerate(shape.bands)
    )
    for n, band in enumerate(bands):
        b.article(band.article, *at, "bands", n, "article")
    # With an indicator missing, every exception that uses it would be refused once more.
    exceptions = [] if indicators is None else _exceptions(b, indicators)
    return Grades(
        direction=shape.direction,
        labels={label: part.titles for label, part in shape.labels.items()},
        order=tuple(shape.order),
        bands=bands,
        exceptions=tuple(exceptions),
    )


def _exceptions(b: Builder, indicators: dict[str, Indicator]) -> list[GradeException]:
    names = {**indicator_names(indicators.values()), "total": total_name(b.shape.scale)}
    scope = b.scope(names, "indicator")
    made = (
        b.attempt(partial(_exception, b, n, shape, scope, indicators))
        for n, shape in enumerate(b.shape.grades.exceptions)
    )
    return [exception for exception in made if exception is not None]


def _check_order(b: Builder) -> None:
    shape, at = b.shape.grades, ("grades", "bands")
    ranks = []
    for n, band in enumerate(shape.bands):
        if band.grade not in shape.order:
            raise unknown(
                "banded grade in `order`",
                band.grade,
                dict.fromkeys(shape.order),
                b.place(*at, n, "grade"),
            )
        ranks.append(shape.order.index(band.grade))
    if len(set(shape.order)) != len(shape.order):
        raise GoodStandingError(
            errors.BAD_GRADES, place=b.place("grades", "order"), problem="A grade stands twice"
        )
    falling = shape.direction is Direction.HIGHER_IS_BETTER
    if ranks != sorted(set(ranks), reverse=falling):
        better = "better" if falling else "worse"
        problem = f"With {shape.direction}, each band must be {better} than the one below it"
        raise GoodStandingError(errors.BAD_GRADES, place=b.place(*at), problem=problem)
    b.check_bounds([band.start for band in shape.bands], *at)


def _exception(
    b: Builder,
    n: int,
    shape: ExceptionShape,
    scope: Scope,
    indicators: dict[str, Indicator],
) -> GradeException:
    at = ("grades", "exceptions", n)
    b.titles(shape.titles, f"The exception {shape.id!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    if (shape.grade is None) == (shape.at_best is None):
        raise b.bad("an exception gives exactly one of `grade` and `at_best`", *at)
    if [e.id for e in b.shape.grades.exceptions].count(shape.id) > 1:
        raise b.bad(f"the id {shape.id!r} stands twice", *at, "id")
    if shape.grade is not None:
        b.known("grade", shape.grade, b.shape.grades.labels, *at, "grade")
    if shape.at_best is not None and shape.at_best not in b.shape.grades.order:
        known = dict.fromkeys(b.shape.grades.order)
        raise unknown("grade in `order`", shape.at_best, known, b.place(*at, "at_best"))
    when = b.condition(shape.when, scope, *at, "when")
    if when is None:
        raise AssertionError("the shape requires a condition")
    names = _in_order(used([when], NameKind.INDICATOR), indicators)
    return GradeException(
        id=shape.id,
        titles=shape.titles,
        article=shape.article,
        when=when,
        grade=shape.grade,
        at_best=shape.at_best,
        indicators=names,
        selections=selections_of(names, indicators),
    )


def _absence(b: Builder, indicators: dict[str, Indicator]) -> Absence | None:
    shape = b.shape.absence
    if shape is None:
        return None
    b.titles(shape.titles, "The absence", "absence", "titles")
    b.article(shape.article, "absence", "article")
    b.known("grade", shape.grade, b.shape.grades.labels, "absence", "grade")
    scope = b.scope(indicator_names(indicators.values()), "indicator")
    when = b.condition(shape.when, scope, "absence", "when")
    if when is None:
        raise AssertionError("the shape requires a condition")
    names = _in_order(used([when], NameKind.INDICATOR), indicators)
    return Absence(shape.titles, shape.article, when, shape.grade, names)


def _in_order(names: set[str], indicators: dict[str, Indicator]) -> tuple[str, ...]:
    return tuple(name for name in indicators if name in names)
