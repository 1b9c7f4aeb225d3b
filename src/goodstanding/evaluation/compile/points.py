"""From figures to points and the total: one row a subject (and date).

Invariant: the points of the rules that fired and the adjustments of groups add up to the total.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.evaluation.compile.context import Context, everything
from goodstanding.evaluation.compile.indicators import last_figure_step
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    coalesce,
    column,
    compare,
    either,
    named,
    null,
    table,
    total_of,
    whole,
)
from goodstanding.evaluation.language import scale_of, to_sql
from goodstanding.evaluation.language.sql import decimal, decimal_type, not_null
from goodstanding.evaluation.model import Bands, Counts, PerUnit, Points, Rule
from goodstanding.evaluation.results import TOTAL_DIGITS


def point_steps(c: Context) -> Iterator[Named]:
    """The points of each rule, the adjustments of groups, and the total."""
    source, scheme = last_figure_step(c), c.scheme
    if scheme.rules:
        rules = [
            named(_rule(c, r), f"r_{r.id}", c.cited(r.id, r.titles, r.article))
            for r in scheme.rules.values()
        ]
        says = "the points of each rule; NULL where it did not fire"
        yield Named("points", says, everything(table(source), *rules))
        source = "points"
    if scheme.groups:
        sums = [named(_group_sum(c, group), f"s_{group}") for group in scheme.groups]
        yield Named(
            "sums", "the points of each group before its limits", everything(table(source), *sums)
        )
        limits = [
            named(_adjustment(c, g.id), f"g_{g.id}", c.cited(g.id, g.titles, g.article))
            for g in scheme.groups.values()
        ]
        says = "what each group adds or takes: its limits, and what of it counts"
        yield Named("groups", says, everything(table("sums"), *limits))
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
    points = _raw_points(c, rule.points)
    if rule.cap is not None or rule.floor is not None:
        # Beyond what a result may be until they are limited.
        points = _limited(c, decimal(points, c.scheme.scale), rule.cap, rule.floor)
    points = _as_points(c, points)
    if rule.when is not None:
        points = either(to_sql(rule.when, c.for_subject), points)
    # Out of force nothing of it is worked out.
    in_force = c.in_force(rule.in_force)
    return points if in_force is None else either(in_force, points)


def _raw_points(c: Context, points: Points | PerUnit | Bands) -> exp.Expr:
    match points:
        case Points():
            return to_sql(points.value, c.for_subject)
        case PerUnit():
            of = decimal(c.for_subject.name(points.of), scale_of(points.of))
            each = c.scheme.parameters[points.points]
            return exp.Mul(this=of, expression=decimal(c.parameter(each.id), each.scale))
        case Bands():
            return _banded(c, points)


def _banded(c: Context, bands: Bands) -> exp.Expr:
    of = c.for_subject.name(bands.of)
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
    return either(some, decimal(summed, c.scheme.scale))


def _adjustment(c: Context, group: str) -> exp.Expr:
    found, points = c.scheme.groups[group], _fired(c, group)
    counted: exp.Expr = column(f"s_{group}")
    if found.counts is not Counts.ALL and len(points) > 1:
        # Rules that did not fire are NULL, which both pass over.
        counted = call("GREATEST" if found.counts is Counts.HIGHEST else "LEAST", *points)
    limited = _limited(c, counted, found.cap, found.floor)
    change = exp.Sub(this=exp.Paren(this=limited), expression=column(f"s_{group}"))
    return _as_points(c, exp.Nullif(this=change, expression=whole(0)))


def _total(c: Context) -> exp.Expr:
    parts = [] if c.scheme.base is None else [c.parameter(c.scheme.base)]
    names = [*(f"r_{r}" for r in c.scheme.rules), *(f"g_{g}" for g in c.scheme.groups)]
    parts += [coalesce(column(name), whole(0)) for name in names]
    return _as_points(c, total_of(parts) if parts else whole(0))
