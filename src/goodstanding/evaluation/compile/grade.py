"""From indicators to points, total, grade and reasons: one row a subject (and date)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context, everything
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    coalesce,
    column,
    compare,
    either,
    named,
    null,
    over,
    table,
    text,
    total_of,
    where,
    whole,
)
from goodstanding.evaluation.language import scale_of, to_sql
from goodstanding.evaluation.language.sql import decimal, decimal_type, not_null
from goodstanding.evaluation.model import Bands, GradeException, PerUnit, Points, Rule
from goodstanding.evaluation.results import TOTAL_DIGITS


def point_steps(c: Context) -> Iterator[Named]:
    """The points of each rule, the adjustments of groups, and the total."""
    source, scheme = "indicators", c.scheme
    if scheme.rules:
        rules = [named(_rule(c, rule), f"r_{rule.id}") for rule in scheme.rules.values()]
        says = "; ".join(f"{r.id}: {r.titles['en']} ({r.article})" for r in scheme.rules.values())
        yield Named("points", says, everything(table(source), *rules))
        source = "points"
    if scheme.groups:
        sums = [named(_group_sum(c, group), f"s_{group}") for group in scheme.groups]
        yield Named(
            "sums", "the points of each group before its limits", everything(table(source), *sums)
        )
        limits = [named(_adjustment(c, group), f"g_{group}") for group in scheme.groups]
        yield Named(
            "groups", "what each group's limits add or take", everything(table("sums"), *limits)
        )
        source = "groups"
    total = named(_total(c), "total_points")
    yield Named("totals", "base + rules + groups", everything(table(source), total))


def points_type(c: Context) -> exp.DataType:
    """The type of points and totals in the result files."""
    return decimal_type(c.scheme.scale, TOTAL_DIGITS)


def _as_points(c: Context, value: exp.Expr) -> exp.Expr:
    """At the scheme's scale; DuckDB rounds a decimal cast half away from zero, as we do."""
    return exp.Cast(this=value, to=points_type(c))


def _rule(c: Context, rule: Rule) -> exp.Expr:
    points = _limited(c, _as_points(c, _raw_points(c, rule.points)), rule.cap, rule.floor)
    if rule.when is None:
        return points
    return either(to_sql(rule.when, c.for_subject), points)


def _raw_points(c: Context, points: Points | PerUnit | Bands) -> exp.Expr:
    match points:
        case Points():
            return to_sql(points.value, c.for_subject)
        case PerUnit():
            of = decimal(c.for_subject(points.of), scale_of(points.of))
            each = c.scheme.parameters[points.points]
            return exp.Mul(this=of, expression=decimal(c.parameter(each.id), each.scale))
        case Bands():
            return _banded(c, points)


def _banded(c: Context, bands: Bands) -> exp.Expr:
    of = c.for_subject(bands.of)
    branches = [
        exp.If(
            this=compare(exp.GTE, of.copy(), c.parameter(step.start)),
            true=c.parameter(step.points),
        )
        for step in reversed(bands.steps)
        if step.start is not None
    ]
    branches.append(exp.If(this=not_null(of), true=c.parameter(bands.steps[0].points)))
    return exp.Case(ifs=branches)


def _limited(c: Context, value: exp.Expr, cap: str | None, floor: str | None) -> exp.Expr:
    """Capped, then floored. LEAST and GREATEST pass over NULL, so no value must stay none."""
    limited = value
    if cap is not None:
        limited = call("LEAST", limited, _as_points(c, c.parameter(cap)))
    if floor is not None:
        limited = call("GREATEST", limited, _as_points(c, c.parameter(floor)))
    if limited is value:
        return value
    return either(not_null(value.copy()), limited)


def _fired(c: Context, group: str) -> list[exp.Expr]:
    return [column(f"r_{r.id}") for r in c.scheme.rules.values() if r.group == group]


def _group_sum(c: Context, group: str) -> exp.Expr:
    points = _fired(c, group)
    if not points:
        return null(points_type(c))
    summed = total_of([coalesce(value, whole(0)) for value in points])
    some = exp.or_(*(not_null(value.copy()) for value in points))
    return either(some, _as_points(c, summed))


def _adjustment(c: Context, group: str) -> exp.Expr:
    found = c.scheme.groups[group]
    limited = _limited(c, column(f"s_{group}"), found.cap, found.floor)
    change = exp.Sub(this=exp.Paren(this=limited), expression=column(f"s_{group}"))
    return _as_points(c, exp.Nullif(this=change, expression=whole(0)))


def _total(c: Context) -> exp.Expr:
    parts = [] if c.scheme.base is None else [c.parameter(c.scheme.base)]
    names = [*(f"r_{r}" for r in c.scheme.rules), *(f"g_{g}" for g in c.scheme.groups)]
    parts += [coalesce(column(name), whole(0)) for name in names]
    return _as_points(c, total_of(parts) if parts else whole(0))


# -- grades ----------------------------------------------------------------------------


def grade_steps(c: Context) -> Iterator[Named]:
    """Absence, exceptions and bands, and of these the grade."""
    grades, absence = c.scheme.grades, c.scheme.absence
    absent: exp.Expr = exp.false()
    if absence is not None:
        absent = coalesce(to_sql(absence.when, c.for_subject), exp.false())
    held = [
        named(coalesce(to_sql(e.when, c.for_subject), exp.false()), f"x_{e.id}")
        for e in grades.exceptions
    ]
    rank = named(_band_rank(c), "band")
    says = "absence, the exceptions that hold, and the band of the total (0 is the best grade)"
    query = everything(table("totals"), named(absent, "absent"), *held, rank)
    yield Named("judged", says, query)
    yield Named("graded", "the grade and the exceptions that were applied", _graded(c))
    if c.history:
        yield from _change_steps()


def _band_rank(c: Context) -> exp.Expr:
    order, bands = c.scheme.grades.order, c.scheme.grades.bands
    total = column("total_points")
    branches = [
        exp.If(
            this=compare(exp.GTE, total.copy(), c.parameter(band.start)),
            true=whole(order.index(band.grade)),
        )
        for band in reversed(bands)
        if band.start is not None
    ]
    first = whole(order.index(bands[0].grade))
    return exp.Case(ifs=branches, default=first) if branches else first


def _graded(c: Context) -> exp.Select:
    grades, absence = c.scheme.grades, c.scheme.absence
    branches = [
        exp.If(this=column(f"x_{e.id}"), true=text(e.grade))
        for e in grades.exceptions
        if e.grade is not None
    ]
    if absence is not None:
        branches.append(exp.If(this=column("absent"), true=text(absence.grade)))
    ranks = [
        exp.If(this=compare(exp.EQ, _lowered(c), whole(n)), true=text(grade))
        for n, grade in enumerate(grades.order)
    ]
    grade: exp.Expr = exp.Case(ifs=[*branches, *ranks])
    total = either(exp.Not(this=column("absent")), column("total_points"))
    if c.history:
        # On a date without any live record there is neither grade nor total.
        grade = either(not_null(column("records")), grade)
        total = either(
            exp.and_(not_null(column("records")), exp.Not(this=column("absent"))),
            column("total_points"),
        )
    applied = [named(_applied(c, e), f"applied_{e.id}") for e in grades.exceptions]
    return everything(table("judged"), named(grade, "grade"), named(total, "total"), *applied)


def _lowered(c: Context) -> exp.Expr:
    """The rank after every `at_best` that holds."""
    order = c.scheme.grades.order
    ceilings: list[exp.Expr] = [
        either(column(f"x_{e.id}"), whole(order.index(e.at_best)), whole(0))
        for e in c.scheme.grades.exceptions
        if e.at_best is not None
    ]
    if not ceilings:
        return column("band")
    return call("GREATEST", column("band"), *ceilings)


def _applied(c: Context, exception: GradeException) -> exp.Expr:
    """Whether the exception changed something: the first that gives a grade, or, where none
    does, each that lowers the band."""
    holds, grades = column(f"x_{exception.id}"), c.scheme.grades
    giving = [e for e in grades.exceptions if e.grade is not None]
    before = giving
    conditions: list[exp.Expr] = [holds]
    if exception.at_best is None:
        before = giving[: giving.index(exception)]
    else:
        rank = grades.order.index(exception.at_best)
        conditions += [
            exp.Not(this=column("absent")),
            compare(exp.LT, column("band"), whole(rank)),
        ]
    return exp.and_(*conditions, *(exp.Not(this=column(f"x_{e.id}")) for e in before))


def _change_steps() -> Iterator[Named]:
    window = [column(SUBJECT)]
    order = [exp.Ordered(this=column(AS_OF))]
    lags = [
        named(over(exp.Lag(this=column(name)), window, order), f"last_{name}")
        for name in ("grade", "total")
    ]
    yield Named(
        "compared", "each date beside the one before it", everything(table("graded"), *lags)
    )
    differs = [
        exp.NullSafeNEQ(this=column(name), expression=column(f"last_{name}"))
        for name in ("grade", "total")
    ]
    changed = where(everything(table("compared")), [exp.or_(*differs)])
    yield Named("changed", "only the dates on which the grade or the total changed", changed)
