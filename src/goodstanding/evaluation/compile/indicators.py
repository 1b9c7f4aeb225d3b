"""From records to one row a subject: what its selections hold, and its indicators."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.evaluation.compile.context import Context, everything
from goodstanding.evaluation.compile.keep import only_latest, order_key
from goodstanding.evaluation.compile.selections import last_record_step
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    column,
    compare,
    either,
    filtered,
    member,
    named,
    select,
    table,
    whole,
)
from goodstanding.evaluation.language import (
    NumberType,
)
from goodstanding.evaluation.language.sql import (
    days_between,
    decimal,
    is_null,
    ratio,
)
from goodstanding.evaluation.model import Indicator, Selection, Take


def indicator_steps(c: Context) -> Iterator[Named]:
    """One row a subject (and date): what its selections hold, then the indicators."""
    columns = c.key_columns()
    for selection in c.scheme.selections.values():
        count = filtered(exp.Count(this=exp.Star()), column(f"in_{selection.id}"))
        if only_latest(selection):
            count = call("LEAST", count, whole(1))
        columns.append(named(count, f"n_{selection.id}"))
        columns += _latest(c, selection)
    for indicator in c.scheme.indicators.values():
        columns += _aggregate(c, indicator)
    if c.history:
        columns.append(named(exp.Count(this=exp.Star()), "records"))
    query = select(columns, table(last_record_step(c))).group_by(*c.key_columns(), copy=False)
    grain = "subject and date" if c.history else "subject"
    yield Named("gathered", f"one row a {grain}: what its selections hold", query)
    derived = [named(_derived(c, i), f"i_{i.id}") for i in c.scheme.indicators.values()]
    if not c.history:
        yield Named(
            "indicators",
            "one row a subject: its indicators; NULL means no record",
            everything(table("gathered"), *derived),
        )
        return
    joined = everything(table("moments"), *derived)
    using = [exp.to_identifier(key) for key in c.keys]
    joined.append("joins", exp.Join(this=table("gathered"), side="LEFT", using=using))
    yield Named("indicators", "one row a subject and date: its indicators", joined)


def _from_latest(c: Context, selection: Selection) -> list[Indicator]:
    """The indicators whose value is that of the selection's latest record."""
    own = [i for i in c.scheme.indicators.values() if i.of == selection.id]
    one = only_latest(selection)
    return [i for i in own if i.value is not None and (one or i.take is Take.LATEST)]


def _latest(c: Context, selection: Selection) -> Iterator[exp.Expr]:
    """The values of the latest record, together, so that a missing one stays missing."""
    members: list[exp.Expr] = [
        exp.PropertyEQ(this=exp.to_identifier(f"v_{i.id}"), expression=column(f"v_{i.id}"))
        for i in _from_latest(c, selection)
    ]
    if _needs_day(c, selection):
        day_of = exp.PropertyEQ(
            this=exp.to_identifier("effective_on"), expression=column("effective_on")
        )
        members.append(day_of)
    if members:
        key = order_key(c, selection)
        last = exp.ArgMax(this=exp.Struct(expressions=members), expression=key)
        inside = column(f"in_{selection.id}")
        yield named(filtered(last, inside), f"latest_{selection.id}")


def _needs_day(c: Context, selection: Selection) -> bool:
    own = (i for i in c.scheme.indicators.values() if i.of == selection.id)
    return only_latest(selection) and any(i.take is Take.DAYS_SINCE for i in own)


def _aggregate(c: Context, indicator: Indicator) -> Iterator[exp.Expr]:
    selection = c.scheme.selections[indicator.of]
    if indicator in _from_latest(c, selection) or _is_derived(c, indicator):
        return
    value = column(f"v_{indicator.id}")
    match indicator.take:
        case Take.SUM:
            found: exp.Expr = exp.Sum(this=value)
        case Take.MAX:
            found = exp.Max(this=value)
        case Take.MIN:
            found = exp.Min(this=value)
        case Take.COUNT_DISTINCT:
            found = exp.Count(this=exp.Distinct(expressions=[value]))
        case _:
            found = exp.Max(this=column("effective_on"))
    yield named(filtered(found, column(f"in_{selection.id}")), f"a_{indicator.id}")


def _is_derived(c: Context, indicator: Indicator) -> bool:
    """Whether counts alone (or the latest record) give the indicator."""
    one = only_latest(c.scheme.selections[indicator.of])
    counted = indicator.take in (Take.COUNT, Take.SHARE)
    return counted or (one and indicator.take is Take.DAYS_SINCE)


def _derived(c: Context, indicator: Indicator) -> exp.Expr:
    """The indicator from what was gathered, at its own type."""
    selection = c.scheme.selections[indicator.of]
    count = column(f"n_{selection.id}")
    aggregate = column(f"a_{indicator.id}")
    if indicator in _from_latest(c, selection):
        aggregate = member(f"latest_{selection.id}", f"v_{indicator.id}")
    match indicator.take:
        case Take.COUNT:
            return exp.Nullif(this=count, expression=whole(0))
        case Take.SHARE:
            total = column(f"n_{indicator.over}")
            some = compare(exp.GT, total, whole(0))
            scale = indicator.type.scale if isinstance(indicator.type, NumberType) else 0
            return either(some, ratio((count, 0), (total.copy(), 0), scale))
        case Take.DAYS_SINCE:
            last = aggregate
            if only_latest(selection):
                last = member(f"latest_{selection.id}", "effective_on")
            return days_between(last, c.day())
        case Take.COUNT_DISTINCT if only_latest(selection):
            known = either(is_null(aggregate), whole(0), whole(1))
            return either(compare(exp.GT, count, whole(0)), known)
        case Take.COUNT_DISTINCT:
            return either(compare(exp.GT, count, whole(0)), aggregate)
    if isinstance(indicator.type, NumberType):
        return decimal(aggregate, indicator.type.scale)
    return aggregate
