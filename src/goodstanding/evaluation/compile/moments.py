"""For a history: on which dates could the standing of each subject change?

Invariant: every date on which something is due (``evaluation.due``) is among them. What truly
counts days makes every day one, but only while it does; more dates than needed do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
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
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context, law_column
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    cast,
    column,
    compare,
    day,
    least,
    named,
    select,
    table,
    union,
    values,
    where,
    whole,
)
from goodstanding.evaluation.compile.windows import constant_span
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.language import Node, Unit, sql_dates, to_sql, walk
from goodstanding.evaluation.model import Take

_DAY, _LAWS = "day", "laws"


def moment_steps(c: Context) -> Iterator[Named]:
    """The candidate dates of each subject, with the numbers of the law on each."""
    every_day = _counts_days(c)
    items = c.scheme.population.values()
    if not every_day:
        yield from _law_steps(c)
    # The numbers of most dates are those of the date before: each question is asked once.
    queries = {query.sql(): query for item in items for query in _days(c, item)}
    says = "one row a date on which something of a subject begins, ends or leaves a window"
    yield Named("days", says, union(list(queries.values())))
    if every_day:
        yield Named("dates", "one row a subject and day: the scheme counts days", _every_day(c))
    else:
        yield Named("dates", "one row a subject and candidate date", _candidates(c))
    law = zip(c.law_by_day(column(AS_OF)), c.law_columns(), strict=True)
    columns = [column(SUBJECT), column(AS_OF), *(named(value, name) for value, name in law)]
    yield Named("moments", "the same, with the numbers of the law", select(columns, table("dates")))


def _counts_days(c: Context) -> bool:
    """Whether a subject with records may change on any day, whatever these say."""
    figures = figure_expressions(c.scheme)
    indicators = c.scheme.indicators.values()
    # Dates compared with as_of are figures of each day; looking at every day finds them all.
    uses = all_bounds(figures) or all_decays(figures) or any_daily(figures)
    return bool(uses) or any(i.take is Take.DAYS_SINCE for i in indicators)


def _days(c: Context, item: Item) -> Iterator[exp.Select]:
    live = table(f"live_{item.id}")

    def on(found: exp.Expr) -> exp.Select:
        return select([column(SUBJECT), named(found, _DAY)], live.copy())

    yield on(column("effective_on"))
    if _counts_days(c):
        return
    yield on(column("ends_on"))
    for change in sorted(d for d in _days_of_law(c) if c.start() < d <= c.as_of):
        yield on(day(change))
    for law in _laws(c):
        for selection in c.scheme.selections.values():
            if selection.window is not None and item.id in selection.items:
                span = constant_span(law, selection.window, column("effective_on"))
                yield from (on(found) for found in (span.begin, span.end) if found is not None)
    expressions = record_expressions(c.scheme, item.id)
    if any_daily(expressions):
        yield _run(c, item, column("effective_on"), column("ends_on"))
        return
    yield from _of_uses(c, item, expressions)


def _of_uses(c: Context, item: Item, expressions: list[Node]) -> Iterator[exp.Select]:
    """The days by uses of as_of in expressions over a record, whatever the law was."""
    resolve = c.for_record(item)
    for bound in dict.fromkeys(all_bounds(expressions)):
        found = to_sql(bound, resolve)
        known = [exp.Not(this=exp.Is(this=exp.Paren(this=found), expression=exp.Null()))]
        for shown in (found.copy(), sql_dates.add(found.copy(), Unit.DAYS, whole(1))):
            yield where(_each(c, item, shown), known)
    for decay in dict.fromkeys(all_decays(expressions)):
        start = to_sql(decay.start, resolve)
        end = sql_dates.add(start.copy(), decay.unit, resolve.name(decay.length))
        # The day after the last may be one too: the fall ends there.
        yield _run(c, item, start, sql_dates.add(end, Unit.DAYS, whole(1)))


def _each(c: Context, item: Item, found: exp.Expr) -> exp.Select:
    """One row a live record (and the law of a while, where the days depend on it)."""
    query = select([column(SUBJECT), named(found, _DAY)], table(f"live_{item.id}"))
    if _law_read(c, item):
        query.append("joins", exp.Join(this=table(_LAWS), kind="CROSS"))
    return query


def _law_read(c: Context, item: Item) -> Set[str | None]:
    """The columns of the law that say on which days as_of changes an expression over a record."""
    expressions = record_expressions(c.scheme, item.id)
    if any_daily(expressions):
        return frozenset()
    uses = (*all_bounds(expressions), *all_decays(expressions))
    read = {law_column(part) for use in uses for part in walk(use)}
    return read.intersection(c.law_columns())


def _law_steps(c: Context) -> Iterator[Named]:
    """The law of each while, as far as any item's days depend on it."""
    items = c.scheme.population.values()
    read = {name for item in items for name in _law_read(c, item)}
    if not read:
        return
    days = values([_DAY], [[day(found)] for found in sorted(_days_of_law(c))])
    law = zip(c.law_by_day(column(_DAY)), c.law_columns(), strict=True)
    source = exp.Subquery(this=days, alias=exp.TableAlias(this=exp.to_identifier("since")))
    query = select([named(value, name) for value, name in law if name in read], source)
    says = "one row for each law and period there was, as far as the days depend on it"
    yield Named(_LAWS, says, query.distinct(copy=False))


def _run(c: Context, item: Item, start: exp.Expr, end: exp.Expr) -> exp.Select:
    """Every day of a record's from ``start`` to before ``end`` (NULL: never) that is looked at."""
    first = call("GREATEST", start, day(c.scheme.starts()))
    last = least(end, day(add(c.as_of, Unit.DAYS, 1)))
    return _each(c, item, _each_day(first, last))


def _each_day(first: exp.Expr, end: exp.Expr) -> exp.Expr:
    """One row a day from ``first`` to before ``end``; none if that is not later."""
    length = exp.DateDiff(this=end, expression=first, unit=exp.Var(this="DAY"))
    offsets = exp.Unnest(expressions=[call("RANGE", length)])
    return exp.Add(this=first.copy(), expression=cast(offsets, "INTEGER"))


def _laws(c: Context) -> list[Context]:
    """The scheme on each day from which its law stays the same for a while."""
    first = c.start()
    days = sorted({first, *(d for d in c.scheme.changes_of_law() if first < d <= c.as_of)})
    return [c.on(found) for found in days]


def _days_of_law(c: Context) -> set[date]:
    """The days on which the law itself may change something."""
    found: set[date] = set()
    on: date | None = c.start()
    while on is not None and on <= c.as_of:
        found.add(on)
        on = c.on(on).day_of_law
    return found


def _candidates(c: Context) -> exp.Select:
    # What happened before the scheme began shows on its first day.
    shown = call("GREATEST", column(_DAY), day(c.start()))
    query = select([column(SUBJECT), named(shown, AS_OF)], table("days")).distinct(copy=False)
    return where(query, [compare(exp.LTE, column(_DAY), day(c.as_of))])


def _every_day(c: Context) -> exp.Select:
    first = call("GREATEST", exp.Min(this=column(_DAY)), day(c.start()))
    last = day(add(c.as_of, Unit.DAYS, 1))
    query = select([column(SUBJECT), named(_each_day(first, last), AS_OF)], table("days"))
    return query.group_by(column(SUBJECT), copy=False)
