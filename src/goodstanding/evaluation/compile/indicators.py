"""From records to one row a subject: what its selections hold, its indicators, derived figures.

Invariant: without a record an indicator is NULL, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from goodstanding.evaluation.compile import beyond
from goodstanding.evaluation.compile.changes import subject_columns
from goodstanding.evaluation.compile.context import SUBJECT, Context, everything
from goodstanding.evaluation.compile.keep import inside, last_record_step, only_one, order_key
from goodstanding.evaluation.compile.selections import taken
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    coalesce,
    column,
    compare,
    either,
    filtered,
    member,
    named,
    over,
    select,
    table,
    where,
    whole,
)
from goodstanding.evaluation.language import NameKind, NumberType, Unit, sql_dates, to_sql
from goodstanding.evaluation.language.sql import (
    decimal,
    is_null,
    not_null,
    number_unit,
    ratio,
    whole_division,
)
from goodstanding.evaluation.model import Derived, Indicator, Selection, Take
from goodstanding.evaluation.scopes import used

#: What is the value of one record: the latest or the first.
_OF_ONE = frozenset({Take.LATEST, Take.FIRST})
#: A share with up to so many places is worked out in BIGINT.
_PLACES = 6


def indicator_steps(c: Context) -> Iterator[Named]:
    """One row a subject (and date): what its selections hold, then the indicators."""
    columns = c.key_columns()
    for selection in c.scheme.selections.values():
        count = filtered(exp.Count(this=exp.Star()), inside(selection))
        if only_one(selection):
            count = call("LEAST", count, whole(1))
        columns.append(named(count, f"n_{selection.id}"))
        columns += _ends(c, selection)
    for indicator in c.scheme.indicators.values():
        columns += _aggregate(c, indicator)
    columns += subject_columns(c)
    columns += beyond.subject_columns(c)
    source = last_record_step(c)
    query = select(columns, table(source)).group_by(*c.key_columns(), copy=False)
    grain = "subject and date" if c.history else "subject"
    yield Named("gathered", f"one row a {grain}: what its selections hold", query)
    streaks = [i for i in c.scheme.indicators.values() if _is_streak(c, i)]
    for indicator in streaks:
        yield from _streak_steps(c, indicator, source)
    taken_of = [
        named(_indicator(c, i), f"i_{i.id}", i.titles.get("en"))
        for i in c.scheme.indicators.values()
    ]
    joined = everything(table("gathered"), *taken_of)
    if c.history:
        # With the law of the date; a date without a live record has no figures at all.
        joined.append("joins", exp.Join(this=table("moments"), using=_same(c.keys)))
    elif not c.every_day:
        joined.append("joins", exp.Join(this=table("coming"), side="LEFT", using=_same([SUBJECT])))
    for i in streaks:
        streak = table(f"streak_{i.id}")
        joined.append("joins", exp.Join(this=streak, side="LEFT", using=_same(c.keys)))
    says = f"one row a {grain}: its indicators; NULL means no record"
    yield Named("indicators", says, joined)


def _same(keys: Sequence[str]) -> list[exp.Identifier]:
    return [exp.to_identifier(key) for key in keys]


def derived_steps(c: Context) -> Iterator[Named]:
    """The figures computed of indicators, and of such figures before them."""
    source = "indicators"
    for n, figures in enumerate(_levels(c)):
        own = [
            named(to_sql(d.value, c.for_subject), f"d_{d.id}", d.titles.get("en")) for d in figures
        ]
        step = f"derived_{n + 1}"
        yield Named(step, "figures computed of others", everything(table(source), *own))
        source = step


def last_figure_step(c: Context) -> str:
    """The name of the step that ends the figures."""
    levels = len(_levels(c))
    return f"derived_{levels}" if levels else "indicators"


def _levels(c: Context) -> list[list[Derived]]:
    """The derived figures such that each rests only on those of the lists before its own."""
    levels: dict[str, int] = {}
    found: list[list[Derived]] = []
    for derived in c.scheme.derived.values():
        before = [levels[name] for name in used([derived.value], NameKind.DERIVED)]
        level = levels[derived.id] = 1 + max(before, default=-1)
        found += [[]] * (level + 1 - len(found))
        found[level] = [*found[level], derived]
    return found


# -- the latest and the first record -------------------------------------------------------


def _of_one(c: Context, selection: Selection, first: bool) -> list[Indicator]:
    """The indicators whose value is that of the selection's latest (or first) record."""
    own = [i for i in c.scheme.indicators.values() if i.of == selection.id and taken(i) is not None]
    if only_one(selection):
        return [] if first else own
    return [i for i in own if i.take is (Take.FIRST if first else Take.LATEST)]


def _ends(c: Context, selection: Selection) -> Iterator[exp.Expr]:
    """The values of one record, together, so that a missing one stays missing."""
    for first in (False, True):
        members: list[exp.Expr] = [
            exp.PropertyEQ(this=exp.to_identifier(f"v_{i.id}"), expression=column(f"v_{i.id}"))
            for i in _of_one(c, selection, first)
        ]
        if not first and _needs_day(c, selection):
            name = exp.to_identifier("effective_on")
            members.append(exp.PropertyEQ(this=name, expression=column("effective_on")))
        if not first and only_one(selection) and beyond.is_gathered(c, selection):
            day = beyond.value_column(selection)
            members.append(exp.PropertyEQ(this=exp.to_identifier(day), expression=column(day)))
        if members:
            keeps_first = only_one(selection) and selection.keep and selection.keep.first
            pick = exp.ArgMin if first or keeps_first else exp.ArgMax
            one = pick(this=exp.Struct(expressions=members), expression=order_key(c, selection))
            yield named(filtered(one, inside(selection)), _one_record(selection, first))


def _one_record(selection: Selection, first: bool) -> str:
    return f"first_{selection.id}" if first else f"latest_{selection.id}"


def _needs_day(c: Context, selection: Selection) -> bool:
    own = (i for i in c.scheme.indicators.values() if i.of == selection.id)
    return only_one(selection) and any(i.take is Take.DAYS_SINCE for i in own)


# -- aggregates ----------------------------------------------------------------------------


def _aggregate(c: Context, indicator: Indicator) -> Iterator[exp.Expr]:
    selection = c.scheme.selections[indicator.of]
    if only_one(selection) or indicator.take in (Take.COUNT, Take.SHARE, Take.STREAK, *_OF_ONE):
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
        case Take.CALENDAR_COUNT:
            place = sql_dates.calendar_number(value, indicator.every or Unit.MONTHS)
            found = exp.Count(this=exp.Distinct(expressions=[place]))
        case _:
            found = exp.Max(this=column("effective_on"))
    yield named(filtered(found, inside(selection)), f"a_{indicator.id}")


def _is_streak(c: Context, indicator: Indicator) -> bool:
    return indicator.take is Take.STREAK and not only_one(c.scheme.selections[indicator.of])


def _streak_steps(c: Context, indicator: Indicator, source: str) -> Iterator[Named]:
    """Months that follow each other differ from their rank by the same number."""
    value, every = column(f"v_{indicator.id}"), indicator.every or Unit.MONTHS
    place = named(sql_dates.calendar_number(value, every), "place")
    places = select([*c.key_columns(), place], table(source)).distinct(copy=False)
    selection = c.scheme.selections[indicator.of]
    known = not_null(value.copy())
    name = f"places_{indicator.id}"
    says = f"one row a subject and one of its {every}"
    yield Named(name, says, where(places, [inside(selection), known]))
    rank = over(call("ROW_NUMBER"), c.key_columns(), [exp.Ordered(this=column("place"))])
    run = named(exp.Sub(this=column("place"), expression=rank), "run")
    runs = select([*c.key_columns(), run], table(name))
    yield Named(f"runs_{indicator.id}", "the same: the run that it is part of", runs)
    length = named(exp.Count(this=exp.Star()), "length")
    lengths = select([*c.key_columns(), length], table(f"runs_{indicator.id}"))
    lengths = lengths.group_by(*c.key_columns(), column("run"), copy=False)
    yield Named(f"lengths_{indicator.id}", "one row a run: how long it is", lengths)
    longest = named(exp.Max(this=column("length")), f"a_{indicator.id}")
    query = select([*c.key_columns(), longest], table(f"lengths_{indicator.id}"))
    grouped = query.group_by(*c.key_columns(), copy=False)
    yield Named(f"streak_{indicator.id}", "one row a subject: its longest run", grouped)


# -- indicators ----------------------------------------------------------------------------


def _indicator(c: Context, indicator: Indicator) -> exp.Expr:
    """The indicator from what was gathered, at its own type."""
    selection = c.scheme.selections[indicator.of]
    count = column(f"n_{selection.id}")
    some = compare(exp.GT, count.copy(), whole(0))
    one = only_one(selection)
    aggregate = column(f"a_{indicator.id}")
    if taken(indicator) is not None and (one or indicator.take in _OF_ONE):
        record = _one_record(selection, indicator.take is Take.FIRST and not one)
        aggregate = member(record, f"v_{indicator.id}")
    match indicator.take:
        case Take.COUNT:
            return exp.Nullif(this=count, expression=whole(0))
        case Take.SHARE:
            total = column(f"n_{indicator.over}")
            scale = indicator.type.scale if isinstance(indicator.type, NumberType) else 0
            return either(compare(exp.GT, total, whole(0)), _share(count, total.copy(), scale))
        case Take.DAYS_SINCE:
            last = member(_one_record(selection, False), "effective_on") if one else aggregate
            return sql_dates.days_between(last, c.day())
        case Take.COUNT_DISTINCT | Take.CALENDAR_COUNT | Take.STREAK if one:
            return either(some, either(is_null(aggregate), whole(0), whole(1)))
        case Take.COUNT_DISTINCT | Take.CALENDAR_COUNT:
            return either(some, aggregate)
        case Take.STREAK:
            return either(some, coalesce(aggregate, whole(0)))
    if isinstance(indicator.type, NumberType):
        return decimal(aggregate, indicator.type.scale)
    return aggregate


def _share(part: exp.Expr, all_of_them: exp.Expr, scale: int) -> exp.Expr:
    """``part`` of so many, not zero, half away from zero.

    Counts are never negative, so there is no sign to mind; and up to ``_PLACES`` they stay BIGINT,
    which divides far quicker than HUGEINT and would refuse, not wrap, beyond 4 * 10^12 records.
    """
    if scale > _PLACES:
        return ratio((part, 0), (all_of_them, 0), scale)
    doubled = exp.Mul(this=part, expression=whole(2 * 10**scale))
    above = exp.Add(this=doubled, expression=all_of_them)
    below = exp.Mul(this=all_of_them.copy(), expression=whole(2))
    return exp.Mul(this=decimal(whole_division(above, below), 0), expression=number_unit(scale))
