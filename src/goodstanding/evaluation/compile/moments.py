"""For a history: on which dates could the standing of each subject change?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context
from goodstanding.evaluation.compile.selections import window_end
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    cast,
    column,
    compare,
    day,
    named,
    select,
    table,
    union,
    where,
    whole,
)

_DAY = "day"


def moment_steps(c: Context) -> Iterator[Named]:
    """The candidate dates of each subject, with the numbers of the law on each."""
    queries = [query for item in c.scheme.population.values() for query in _days(c, item)]
    says = "one row a date on which something of a subject begins, ends or leaves a window"
    yield Named("days", says, union(queries))
    if c.scheme.daily:
        yield Named("dates", "one row a subject and day: the scheme counts days", _every_day(c))
    else:
        yield Named("dates", "one row a subject and candidate date", _candidates(c))
    law = [named(c.parameter_by_day(name, column(AS_OF)), f"p_{name}") for name in c.varying()]
    columns = [column(SUBJECT), column(AS_OF), *law]
    yield Named("moments", "the same, with the numbers of the law", select(columns, table("dates")))


def _days(c: Context, item: Item) -> Iterator[exp.Select]:
    live = table(f"live_{item.id}")
    yield select([column(SUBJECT), named(column("effective_on"), _DAY)], live)
    if c.scheme.daily:
        return
    yield select([column(SUBJECT), named(column("ends_on"), _DAY)], live.copy())
    for selection in c.scheme.selections.values():
        window = selection.window
        if window is None or item.id not in selection.items:
            continue
        for value in c.scheme.parameters[window.parameter].values:
            end = window_end(window.unit, column("effective_on"), whole(value.value.units))
            yield select([column(SUBJECT), named(end, _DAY)], live.copy())
    first = c.start()
    for change in sorted({d for d in c.scheme.changes_of_law() if first < d <= c.as_of}):
        yield select([column(SUBJECT), named(day(change), _DAY)], live.copy())


def _candidates(c: Context) -> exp.Select:
    # What happened before the scheme began shows on its first day.
    shown = call("GREATEST", column(_DAY), day(c.start()))
    query = select([column(SUBJECT), named(shown, AS_OF)], table("days")).distinct(copy=False)
    return where(query, [compare(exp.LTE, column(_DAY), day(c.as_of))])


def _every_day(c: Context) -> exp.Select:
    first = call("GREATEST", exp.Min(this=column(_DAY)), day(c.start()))
    length = exp.Sub(this=day(c.as_of), expression=first)
    offsets = exp.Unnest(expressions=[call("RANGE", exp.Add(this=length, expression=whole(1)))])
    shown = exp.Add(this=first.copy(), expression=cast(offsets, "INTEGER"))
    return select([column(SUBJECT), named(shown, AS_OF)], table("days")).group_by(
        column(SUBJECT), copy=False
    )
