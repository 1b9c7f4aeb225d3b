"""From segments to live records, and for a history to each of them on its dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile.columns import columns_of
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context
from goodstanding.evaluation.compile.sqltools import (
    Named,
    column,
    compare,
    day,
    instant,
    least,
    named,
    select,
    table,
    text,
    union,
    where,
    without,
)
from goodstanding.evaluation.ended import enders_of
from goodstanding.evaluation.language.sql import (
    is_null,
    not_null,
)
from goodstanding.evaluation.records import WITHDRAWAL, entries_of


def live_steps(c: Context) -> Iterator[Named]:
    """For every item about the subject kind: what was superseded, what a newer record of another
    item ended, and what is live."""
    given: set[str] = set()
    for item in c.scheme.population.values():
        enders = enders_of(item, c.scheme.population)
        for other in (item, *enders):
            if other.id not in given:
                yield superseded_step(c, other)
                given.add(other.id)
        if enders:
            yield ended_step(c, item, enders)
        yield Named(
            f"live_{item.id}", f"one row a live record of {item.titles['en']}", _live(c, item)
        )


def superseded_step(c: Context, item: Item) -> Named:
    """The entries of an item that a later one, known by then, took the place of."""
    gone = select([named(column("supersedes"), "leaf")], table(entries_of(item.id)))
    return Named(
        superseded(item),
        f"one row a superseded entry of {item.titles['en']}",
        where(gone, [not_null(column("supersedes")), *_known(c)]),
    )


def superseded(item: Item) -> str:
    """The name of that step."""
    return f"superseded_{item.id}"


def known_entries(
    c: Context, item: Item, columns: Iterable[exp.Expr], *further: exp.Expr
) -> exp.Select:
    """An item's entries that stand and are about the subject kind, and meet what is asked."""
    query = select(columns, table(entries_of(item.id)))
    conditions = [
        compare(exp.NEQ, column("act"), text(WITHDRAWAL)),
        *_known(c),
        compare(exp.EQ, column("subject_kind"), text(c.scheme.subject_kind)),
        *further,
    ]
    return where(without(query, superseded(item), "leaf", entries_of(item.id)), conditions)


def _known(c: Context) -> list[exp.Expr]:
    # Without an instant, everything that is sealed is known.
    return [compare(exp.LTE, column("known_at"), instant(c.known_at))] if c.known_at else []


def ended_step(c: Context, item: Item, enders: Sequence[Item]) -> Named:
    """The entries of an item that a newer record of one of ``enders`` ends, and when."""
    own = [column(name) for name in ("leaf", SUBJECT, "effective_on")]
    newer = [known_entries(c, o, [column(SUBJECT), column("effective_on")]) for o in enders]
    later = exp.and_(
        compare(exp.EQ, column(SUBJECT, "newer"), column(SUBJECT, "older")),
        compare(exp.GTE, column("effective_on", "newer"), column("effective_on", "older")),
    )
    first = named(exp.Min(this=column("effective_on", "newer")), "ended_on")
    query = select([column("leaf", "older"), first], _as(known_entries(c, item, own), "older"))
    query.append("joins", exp.Join(this=_as(union(newer), "newer"), on=later))
    says = f"one row a record of {item.titles['en']} that a newer record of another kind ends"
    return Named(_ended(item), says, query.group_by(column("leaf", "older"), copy=False))


def _as(query: exp.Query, name: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))


def _ended(item: Item) -> str:
    return f"ended_{item.id}"


def _live(c: Context, item: Item) -> exp.Select:
    ends = column("ends_on")
    enders = enders_of(item, c.scheme.population)
    if enders:
        ends = least(column("ends_on", entries_of(item.id)), column("ended_on", _ended(item)))
    columns = [
        named(ends.copy(), name) if enders and name == "ends_on" else column(name)
        for name in columns_of(c, item)
    ]
    open_ended = exp.or_(is_null(ends.copy()), exp.GT(this=ends, expression=day(c.start())))
    begun = compare(exp.LTE, column("effective_on"), day(c.as_of))
    query = known_entries(c, item, [column(SUBJECT), *columns], begun, exp.Paren(this=open_ended))
    if enders:
        same = exp.EQ(
            this=column("leaf", _ended(item)), expression=column("leaf", entries_of(item.id))
        )
        query.append("joins", exp.Join(this=table(_ended(item)), side="LEFT", on=same))
    return query


def dated_steps(c: Context) -> Iterator[Named]:
    """For a history: each record beside each date of its subject within its own time."""
    for item in c.scheme.population.values():
        live = f"live_{item.id}"
        own = [column(name, live) for name in columns_of(c, item)]
        law = [column(name, "moments") for name in c.law_columns()]
        columns = [column(SUBJECT, live), column(AS_OF, "moments"), *own, *law]
        query = select(columns, table(live))
        ends = column("ends_on", live)
        during = exp.and_(
            exp.EQ(this=column(SUBJECT, "moments"), expression=column(SUBJECT, live)),
            exp.LTE(this=column("effective_on", live), expression=column(AS_OF, "moments")),
            exp.or_(
                is_null(ends),
                exp.LT(this=column(AS_OF, "moments"), expression=ends.copy()),
            ),
        )
        query.append("joins", exp.Join(this=table("moments"), on=during))
        yield Named(f"dated_{item.id}", "one row a record and date on which it counts", query)
