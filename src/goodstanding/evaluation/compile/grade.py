"""From the total to a grade: one row a subject (and date).

Invariant: the ranks of grades are whole numbers, 0 the best; every exception's turn is a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from goodstanding.evaluation.compile import beyond
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context, everything
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    cast,
    coalesce,
    column,
    compare,
    either,
    named,
    over,
    select,
    table,
    text,
    where,
    whole,
)
from goodstanding.evaluation.language import to_sql
from goodstanding.evaluation.language.sql import not_null
from goodstanding.evaluation.model import Band, GradeException, Joint


def grade_steps(c: Context) -> Iterator[Named]:
    """Absence, exceptions, bands and joint bounds; each change in turn; of these the grade."""
    grades, absence = c.scheme.grades, c.scheme.absence
    absent: exp.Expr = exp.false()
    if absence is not None:
        absent = coalesce(to_sql(absence.when, c.for_subject), exp.false())
    held = [
        named(_holds(c, e), f"x_{e.id}", c.cited(e.id, e.titles, e.article))
        for e in grades.exceptions
    ]
    rank = named(_band_rank(c, grades.bands, column("total_points")), "band")
    joint = [
        named(_joint_rank(c, j), f"j_{j.id}", c.cited(j.id, j.titles, j.article))
        for j in grades.joint
    ]
    says = "absence, the exceptions that hold, and the band of the total (0 is the best grade)"
    missing = None if absence is None else c.cited("absence", absence.titles, absence.article)
    query = everything(table("totals"), named(absent, "absent", missing), *held, rank, *joint)
    yield Named("judged", says, query)
    source, reached = "judged", _lowered(c)
    for e in changing(c):
        step = f"after_{e.id}"
        says = f"the rank after {c.cited(e.id, e.titles, e.article)}"
        changed = named(_changed(c, e, reached), rank_after(e))
        yield Named(step, says, everything(table(source), changed))
        source, reached = step, column(rank_after(e))
    yield from beyond.refused_steps(c, source)
    says = "the grade and the total of each"
    yield Named("graded", says, _graded(c, beyond.last_step(c, source), reached))
    if c.history:
        yield from _change_steps()


def changing(c: Context) -> list[GradeException]:
    """The exceptions that change a grade, in order."""
    return [e for e in c.scheme.grades.exceptions if not e.gives]


def rank_after(exception: GradeException) -> str:
    """The column of the rank after an exception's turn."""
    return f"rank_{exception.id}"


def given(c: Context) -> list[exp.Expr]:
    """Whether each exception that gives a grade holds."""
    return [column(f"x_{e.id}") for e in c.scheme.grades.exceptions if e.gives]


def is_ranked(c: Context) -> exp.Expr:
    """Whether neither an exception nor absence gave the grade, so that the rank does."""
    others = [exp.Not(this=column("absent")), *(exp.Not(this=held) for held in given(c))]
    return exp.and_(*others)


def was_changed(c: Context, exception: GradeException) -> exp.Expr:
    """Whether the exception changed the rank at its turn."""
    own = changing(c)
    n = own.index(exception)
    before = column(rank_after(own[n - 1])) if n else _lowered(c)
    return compare(exp.NEQ, column(rank_after(exception)), before)


def _holds(c: Context, exception: GradeException) -> exp.Expr:
    conditions = [to_sql(exception.when, c.for_subject)]
    if exception.carry is not None:
        conditions.append(not_null(c.for_subject.name(exception.carry)))
    holds = coalesce(exp.and_(*conditions), exp.false())
    # Out of force nothing of it is worked out.
    in_force = c.in_force(exception.in_force)
    return holds if in_force is None else either(in_force, holds, exp.false())


def _band_rank(c: Context, bands: Sequence[Band], of: exp.Expr) -> exp.Expr:
    branches = [
        exp.If(this=compare(exp.GTE, of.copy(), c.parameter(band.start)), true=_rank(c, band))
        for band in reversed(bands)
        if band.start is not None
    ]
    first = _rank(c, bands[0])
    return exp.Case(ifs=branches, default=first) if branches else first


def _rank(c: Context, band: Band) -> exp.Expr:
    rank = whole(c.scheme.grades.order.index(band.grade))
    rank.add_comments([f" {c.cited(band.grade, {'en': band.grade}, band.article)} "])
    return rank


def _joint_rank(c: Context, joint: Joint) -> exp.Expr:
    """The rank of a joint bound's band; without a value the best of all, so no effect."""
    of = c.for_subject.name(joint.of)
    return either(not_null(of), _band_rank(c, joint.bands, of), whole(0))


def _lowered(c: Context) -> exp.Expr:
    """The worse of the total's band and every joint's."""
    joint = [column(f"j_{j.id}") for j in c.scheme.grades.joint]
    return call("GREATEST", column("band"), *joint) if joint else column("band")


def _changed(c: Context, exception: GradeException, rank: exp.Expr) -> exp.Expr:
    order, worst = c.scheme.grades.order, len(c.scheme.grades.order) - 1
    if exception.at_best is not None:
        changed = call("GREATEST", rank, whole(order.index(exception.at_best)))
    elif exception.at_worst is not None:
        changed = call("LEAST", rank, whole(order.index(exception.at_worst)))
    elif exception.down is not None:
        steps = exp.Add(this=rank, expression=cast(c.parameter(exception.down), "INTEGER"))
        changed = call("LEAST", steps, whole(worst))
    else:
        raise AssertionError("only called for an exception that changes a grade")
    return either(column(f"x_{exception.id}"), changed, rank.copy())


def _graded(c: Context, source: str, rank: exp.Expr) -> exp.Select:
    grades, absence = c.scheme.grades, c.scheme.absence
    branches = [
        exp.If(
            this=column(f"x_{e.id}"),
            true=text(e.grade or "") if e.carry is None else c.for_subject.name(e.carry),
        )
        for e in grades.exceptions
        if e.gives
    ]
    if absence is not None:
        branches.append(exp.If(this=column("absent"), true=text(absence.grade)))
    ranks = [
        exp.If(this=compare(exp.EQ, rank.copy(), whole(n)), true=text(grade))
        for n, grade in enumerate(grades.order)
    ]
    grade: exp.Expr = exp.Case(ifs=[*branches, *ranks])
    total = either(exp.Not(this=column("absent")), column("total_points"))
    found = beyond.or_error(c, grade)
    return everything(table(source), named(found, "grade"), named(total, "total"))


def _change_steps() -> Iterator[Named]:
    window = [column(SUBJECT)]
    order = [exp.Ordered(this=column(AS_OF))]
    lags = [
        named(over(exp.Lag(this=column(name)), window, order), f"last_{name}")
        for name in ("grade", "total")
    ]
    # A date without any live record has neither grade nor total, but may end what was before it.
    dates = select([column(SUBJECT), column(AS_OF)], table("moments"))
    source = exp.Subquery(this=dates, alias=exp.TableAlias(this=exp.to_identifier("dates")))
    query = everything(source, *lags)
    using = [exp.to_identifier(key) for key in (SUBJECT, AS_OF)]
    query.append("joins", exp.Join(this=table("graded"), side="LEFT", using=using))
    yield Named("compared", "each date beside the one before it", query)
    differs = [
        exp.NullSafeNEQ(this=column(name), expression=column(f"last_{name}"))
        for name in ("grade", "total")
    ]
    changed = where(everything(table("compared")), [exp.or_(*differs)])
    yield Named("changed", "only the dates on which the grade or the total changed", changed)
