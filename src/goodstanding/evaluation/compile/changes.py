"""On one date: the next day on which a standing may change by itself (see ``evaluation.due``).

Invariant: the same day as the reference engine's, found in the one pass over the records: the
least day after as_of is one MIN a record column, for windows that of the first effective_on within.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.as_of_uses import (
    all_bounds,
    all_decays,
    any_daily,
    figure_expressions,
    record_expressions,
)
from goodstanding.evaluation.compile.context import SUBJECT, Context
from goodstanding.evaluation.compile.live import known_entries, superseded_step
from goodstanding.evaluation.compile.sqltools import (
    Named,
    column,
    compare,
    day,
    either,
    least,
    named,
    null,
    select,
    table,
    union,
    where,
)
from goodstanding.evaluation.compile.windows import (
    constant_span,
    first_not_begun,
    first_within,
    windows_of,
)
from goodstanding.evaluation.language import Node, sql_dates, to_sql
from goodstanding.evaluation.language.nodes import Decayed
from goodstanding.evaluation.language.sql import Resolve, not_null
from goodstanding.evaluation.model import Take

#: The least day after as_of of a record's own; of the records of a subject.
OWN_DAY, FIRST_DAY = "changes_on", "soonest_change"
BEGINS = "begins_on"


def record_columns(c: Context, item: Item) -> Iterator[exp.Expr]:
    """What each record of an item adds to its subject's day."""
    if c.history or c.every_day:
        return
    yield named(_own_day(c, item), OWN_DAY)
    for n, (window, items) in enumerate(windows_of(c)):
        ends, begins = first_within(c, window), first_not_begun(c, window)
        inside = item.id in items and not any_daily(record_expressions(c.scheme, item.id))
        yield named(_from(ends) if inside else null("DATE"), f"ends_{n}")
        if begins <= c.as_of:
            yield named(_from(begins) if inside else null("DATE"), f"begins_{n}")


def subject_columns(c: Context) -> Iterator[exp.Expr]:
    """The same for a subject: one MIN for each column of its records."""
    if c.history or c.every_day:
        return
    yield named(exp.Min(this=column(OWN_DAY)), FIRST_DAY)
    for n, (window, _) in enumerate(windows_of(c)):
        yield named(exp.Min(this=column(f"ends_{n}")), f"ends_{n}")
        if first_not_begun(c, window) <= c.as_of:
            yield named(exp.Min(this=column(f"begins_{n}")), f"begins_{n}")


def next_change_on(c: Context) -> exp.Expr:
    """The day of a subject; NULL: none, or a history."""
    if c.history:
        return null("DATE")
    if c.every_day:
        return day(c.tomorrow())
    days: list[exp.Expr] = [column(FIRST_DAY), column(BEGINS)]
    for n, (window, _) in enumerate(windows_of(c)):
        days.append(constant_span(c, window, column(f"ends_{n}")).end)
        if first_not_begun(c, window) <= c.as_of:
            begin = constant_span(c, window, column(f"begins_{n}")).begin
            days.append(column(f"begins_{n}") if begin is None else begin)
    days += _after(c, figure_expressions(c.scheme), c.for_subject)
    for indicator in c.scheme.indicators.values():
        if indicator.take is Take.DAYS_SINCE:
            days.append(either(not_null(column(f"i_{indicator.id}")), day(c.tomorrow())))
    if c.day_of_law is not None:
        said = day(c.day_of_law)
        said.add_comments([" the law itself changes "])
        days.append(said)
    return least(*days)


def later_steps(c: Context) -> Iterator[Named]:
    """The first day on which another record of a subject begins."""
    queries = []
    for item in c.scheme.population.values():
        columns = [column(SUBJECT), column("effective_on")]
        after = compare(exp.GT, column("effective_on"), day(c.as_of))
        queries.append(known_entries(c, item, columns, after))
    found = exp.Subquery(this=union(queries), alias=exp.TableAlias(this=exp.to_identifier("later")))
    first = named(exp.Min(this=column("effective_on")), BEGINS)
    says = "one row a subject: when the next of its records begins"
    grouped = select([column(SUBJECT), first], found).group_by(column(SUBJECT), copy=False)
    yield Named("coming", says, grouped)


def waiting(c: Context, evaluated: str) -> tuple[list[Named], exp.Select]:
    """The subjects without a standing, and when the first record of each begins."""
    steps = [superseded_step(c, item) for item in c.scheme.population.values()]
    query = select([column(SUBJECT), named(column(BEGINS), "next_change_on")], table("coming"))
    seen = select([column(SUBJECT)], table(evaluated))
    absent = exp.Not(this=exp.In(this=column(SUBJECT), query=exp.Subquery(this=seen)))
    return [*steps, *later_steps(c)], where(query, [absent]).order_by(column(SUBJECT), copy=False)


def _from(bound: date) -> exp.Expr:
    effective = column("effective_on")
    return either(compare(exp.GTE, effective, day(bound)), effective.copy())


def _own_day(c: Context, item: Item) -> exp.Expr:
    expressions = record_expressions(c.scheme, item.id)
    if any_daily(expressions):
        return day(c.tomorrow())
    # A live record has not ended, so its end lies ahead.
    return least(column("ends_on"), *_after(c, expressions, c.for_record(item)))


def _after(c: Context, expressions: Sequence[Node], resolve: Resolve) -> Iterator[exp.Expr]:
    """The days on which the uses of as_of in these expressions may give another value."""
    bounds = dict.fromkeys(all_bounds(expressions))
    for bound in bounds:
        found = to_sql(bound, resolve)
        today = compare(exp.EQ, found.copy(), day(c.as_of))
        ahead = compare(exp.GT, found, day(c.as_of))
        yield exp.Case(
            ifs=[
                exp.If(this=ahead, true=found.copy()),
                exp.If(this=today, true=day(c.tomorrow())),
            ]
        )
    yield from (_of_decay(c, decay, resolve) for decay in dict.fromkeys(all_decays(expressions)))


def _of_decay(c: Context, decay: Decayed, resolve: Resolve) -> exp.Expr:
    start = to_sql(decay.start, resolve)
    end = sql_dates.add(start.copy(), decay.unit, resolve.name(decay.length))
    falling = compare(exp.GT, end, day(c.as_of))
    return exp.Case(
        ifs=[
            exp.If(this=compare(exp.GT, start, day(c.as_of)), true=start.copy()),
            exp.If(this=falling, true=day(c.tomorrow())),
        ]
    )
