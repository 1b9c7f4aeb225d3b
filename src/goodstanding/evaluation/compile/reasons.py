"""Which reasons a scheme can give, and when it gives each: read off the last step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from goodstanding.evaluation.compile.changes import next_change_on
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context
from goodstanding.evaluation.compile.grade import given, is_ranked, was_changed
from goodstanding.evaluation.compile.points import points_type
from goodstanding.evaluation.compile.sqltools import (
    column,
    compare,
    day,
    either,
    named,
    null,
    select,
    table,
    text,
    total_of,
    whole,
)
from goodstanding.evaluation.language.sql import not_null
from goodstanding.evaluation.model import GradeException, ReasonKind
from goodstanding.evaluation.results import ABSENCE, BASE


@dataclass(frozen=True, slots=True)
class Contribution:
    """One possible reason: when it is given, and what it says."""

    position: int
    kind: ReasonKind
    rule: str
    given: exp.Expr
    points: exp.Expr | None
    records: exp.Expr
    article: exp.Expr


def contributions(c: Context) -> list[Contribution]:
    """Every reason the scheme can give, in order."""
    return [*_points(c), *_judgements(c)]


def _points(c: Context) -> Iterator[Contribution]:
    scheme = c.scheme
    present = exp.and_(*_when(c, exp.Not(this=column("absent"))))
    if scheme.base is not None:
        base = exp.Cast(this=c.parameter(scheme.base), to=points_type(c))
        article = _base_article(c, scheme.base)
        yield Contribution(0, ReasonKind.BASE, BASE, present, base, whole(0), article)
    for n, rule in enumerate(scheme.rules.values(), 1):
        points = column(f"r_{rule.id}")
        given = exp.and_(present.copy(), not_null(points))
        records, article = _records(rule.selections), text(rule.article)
        yield Contribution(n, ReasonKind.RULE, rule.id, given, points.copy(), records, article)
    for n, group in enumerate(scheme.groups.values(), 1 + len(scheme.rules)):
        points = column(f"g_{group.id}")
        given = exp.and_(present.copy(), not_null(points))
        article = _article(group.article)
        yield Contribution(n, ReasonKind.GROUP, group.id, given, points.copy(), whole(0), article)


def _judgements(c: Context) -> Iterator[Contribution]:
    scheme, grades = c.scheme, c.scheme.grades
    position = 1 + len(scheme.rules) + len(scheme.groups)
    for joint in grades.joint:
        worse = compare(exp.GT, column(f"j_{joint.id}"), column("band"))
        applied = exp.and_(*_when(c, is_ranked(c)), worse)
        records, article = _records(joint.selections), text(joint.article)
        kind = ReasonKind.JOINT
        yield Contribution(position, kind, joint.id, applied, None, records, article)
        position += 1
    for e in grades.exceptions:
        applied = exp.and_(*_when(c, _applied(c, e)))
        records, article = _records(e.selections), text(e.article)
        kind = ReasonKind.EXCEPTION
        yield Contribution(position, kind, e.id, applied, None, records, article)
        position += 1
    if scheme.absence is not None:
        others = [exp.Not(this=held) for held in given(c)]
        applied = exp.and_(*_when(c, column("absent")), *others)
        kind, article = ReasonKind.ABSENCE, text(scheme.absence.article)
        yield Contribution(position, kind, ABSENCE, applied, None, whole(0), article)


def _applied(c: Context, exception: GradeException) -> exp.Expr:
    """Whether the exception decided: the first that gives a grade, or, where neither one does
    nor absence, each that changed the grade."""
    if not exception.gives:
        return exp.and_(is_ranked(c), was_changed(c, exception))
    giving = [e for e in c.scheme.grades.exceptions if e.gives]
    before = giving[: giving.index(exception)]
    earlier = [exp.Not(this=column(f"x_{e.id}")) for e in before]
    return exp.and_(column(f"x_{exception.id}"), *earlier)


def _when(c: Context, condition: exp.Expr) -> list[exp.Expr]:
    """On a date of a history without any live record there are no reasons."""
    return [condition, not_null(column("grade"))] if c.history else [condition]


def _records(selections: tuple[str, ...]) -> exp.Expr:
    counts = [column(f"n_{selection}") for selection in selections]
    return total_of(counts) if counts else whole(0)


def _article(article: str | None) -> exp.Expr:
    return null("VARCHAR") if article is None else text(article)


def _base_article(c: Context, base: str) -> exp.Expr:
    values = c.scheme.parameters[base].values
    if not c.history:
        return text([v.article for v in values if v.start <= c.as_of][-1])
    branches = [
        exp.If(this=compare(exp.GTE, column(AS_OF), day(v.start)), true=text(v.article))
        for v in reversed(values)
    ]
    return exp.Case(ifs=branches)


def evaluated(c: Context) -> exp.Select:
    """What is kept of the last step: the standing and what its reasons need."""
    source = table("changed" if c.history else "graded")
    date_column = column(AS_OF) if c.history else named(c.day(), AS_OF)
    changes_on = named(next_change_on(c), "next_change_on")
    columns: list[exp.Expr] = [
        column(SUBJECT),
        column("grade"),
        column("total"),
        changes_on,
        date_column,
    ]
    for n, part in enumerate(contributions(c)):
        points = part.points if part.points is not None else null(points_type(c))
        columns.append(named(either(part.given, part.records), f"records_{n}"))
        if part.points is not None:
            columns.append(named(either(part.given.copy(), points), f"points_{n}"))
        if part.kind is ReasonKind.BASE:
            columns.append(named(part.article, f"article_{n}"))
    order = [column(SUBJECT), *([column(AS_OF)] if c.history else [])]
    return select(columns, source).order_by(*order, copy=False)
