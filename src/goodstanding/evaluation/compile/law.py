"""The law in SQL: numbers and tables by date, and the working days of a calendar.

Invariant: whatever of the law does not change on the days looked at is a constant, with its name
beside it; what does change is a column of each date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from goodstanding.catalogue import Parameter, Table
from goodstanding.evaluation.compile.sqltools import (
    Named,
    cast,
    coalesce,
    column,
    day,
    named,
    null,
    over,
    select,
    table,
    text,
    values,
    where,
    whole,
)
from goodstanding.evaluation.language import Node, walk
from goodstanding.evaluation.language.nodes import WorkingDaysBetween
from goodstanding.evaluation.language.sql import decimal_type, number
from goodstanding.evaluation.language.sql_dates import (
    LISTED,
    WORKED,
    calendar_step,
    is_plain,
    weekdays_until,
)
from goodstanding.kernel.calendars import Calendar, calendar_of

#: The column of a table's step that holds its number, and what the ones of its keys begin with.
NUMBER, KEY = "number", "key"
#: Which of a table's dated rows hold; the columns of a date that say so begin with it.
VERSION = "version"


def value_by_day(parameter: Parameter, of: exp.Expr, first: date) -> exp.Expr:
    """A parameter written out by date, from the value that holds on ``first``."""
    dated = parameter.values
    held = [v for n, v in enumerate(dated) if n + 1 == len(dated) or dated[n + 1].start > first]
    branches = [
        exp.If(
            this=exp.GTE(this=of.copy(), expression=day(v.start)),
            true=number(v.value.units, v.value.scale),
        )
        for v in reversed(held[1:])
    ]
    return exp.Case(ifs=branches, default=number(held[0].value.units, held[0].value.scale))


def table_step(name: str) -> str:
    """The name of the step that holds a table of the law."""
    return f"table_{name}"


def version_by_day(found: Table, of: exp.Expr) -> exp.Expr:
    """Which rows of a table hold on a date: their number in order of time, 0 before the first."""
    branches = [
        exp.If(this=exp.GTE(this=of.copy(), expression=day(v.start)), true=whole(n))
        for n, v in reversed(list(enumerate(found.values, 1)))
    ]
    return exp.Case(ifs=branches, default=whole(0))


def lookup(step: str, keys: Sequence[exp.Expr], version: exp.Expr | None) -> exp.Expr:
    """The one number of a table for these texts: at most one row has them."""
    query = select([exp.Max(this=column(NUMBER, step))], table(step))
    same: list[exp.Expr] = [
        exp.EQ(this=column(f"{KEY}_{n}", step), expression=exp.Paren(this=key))
        for n, key in enumerate(keys, 1)
    ]
    if version is not None:
        same.append(exp.EQ(this=column(VERSION, step), expression=version))
    return exp.Subquery(this=where(query, same))


def table_steps(tables: dict[str, Table], varying: Sequence[str], as_of: date) -> Iterator[Named]:
    """The rows of each table that hold on ``as_of``, or all of them with their version."""
    for name, found in tables.items():
        dated = list(enumerate(found.values, 1))
        if name not in varying:
            dated = [(n, v) for n, v in dated if v == found.at(as_of)]
        names = [*(f"{KEY}_{n}" for n, _ in enumerate(found.keys, 1)), NUMBER]
        if name in varying:
            names.append(VERSION)
        rows = []
        for n, value in dated:
            for keys, fixed in sorted(value.rows.items()):
                row = [*map(text, keys), number(fixed.units, fixed.scale)]
                rows.append([*row, whole(n)] if name in varying else row)
        articles = ", ".join(dict.fromkeys(value.article for _, value in dated))
        says = f"one row a line of the table {found.titles['en']} ({articles})"
        yield Named(table_step(name), says, _rows(names, rows, found))


def _rows(names: list[str], rows: list[list[exp.Expr]], found: Table) -> exp.Select:
    if rows:
        return values(names, rows)
    kinds: list[str | exp.DataType] = ["VARCHAR"] * len(found.keys)
    kinds += [decimal_type(found.scale), "INTEGER"]
    empty = [named(null(kind), name) for name, kind in zip(names, kinds, strict=False)]
    return exp.Select(expressions=empty).where(exp.false())


# -- working days --------------------------------------------------------------------------


def calendar_steps(nodes: Sequence[Node]) -> Iterator[Named]:
    """For each calendar with days off: its days, and the working days until each."""
    used = {
        part.calendar
        for node in nodes
        for part in walk(node)
        if isinstance(part, WorkingDaysBetween)
    }
    for name in sorted(used):
        calendar = calendar_of(name)
        if not is_plain(calendar):
            yield from _calendar(calendar)


def _calendar(calendar: Calendar) -> Iterator[Named]:
    exceptions = f"exceptions_{calendar.name}"
    rows: list[list[exp.Expr]] = [
        [day(other), whole(1 if worked else -1)] for other, worked in calendar.exceptions.items()
    ]
    if not rows:
        rows = [[day(calendar.first), whole(0)]]
    yield Named(
        exceptions,
        f"one row a day of {calendar.name} that is worked (1) or off (-1) unlike its weekday",
        values([LISTED, "change"], rows),
    )
    count = (calendar.last - calendar.first).days + 1
    offsets = exp.Unnest(expressions=[exp.Anonymous(this="RANGE", expressions=[whole(count)])])
    listed = exp.Add(this=day(calendar.first), expression=cast(offsets, "INTEGER"))
    days = f"days_{calendar.name}"
    yield Named(
        days,
        f"one row a day from {calendar.first} to {calendar.last}",
        exp.Select(expressions=[named(listed, LISTED)]),
    )
    changes = over(
        exp.Sum(this=coalesce(column("change"), whole(0))),
        [],
        [exp.Ordered(this=column(LISTED))],
    )
    until = exp.Add(this=weekdays_until(column(LISTED)), expression=changes)
    query = select([column(LISTED), named(cast(until, "BIGINT"), WORKED)], table(days))
    using = [exp.to_identifier(LISTED)]
    query.append("joins", exp.Join(this=table(exceptions), side="LEFT", using=using))
    yield Named(
        calendar_step(calendar.name), "one row a day: the working days up to and with it", query
    )
