"""From segments to live records, and for a history to each of them on its dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    named,
    select,
    table,
    text,
    where,
    without,
)
from goodstanding.evaluation.language.sql import (
    is_null,
    not_null,
)
from goodstanding.evaluation.records import WITHDRAWAL, entries_of


def live_steps(c: Context) -> Iterator[Named]:
    """For every item about the subject kind: what was superseded, and what is live."""
    for item in c.scheme.population.values():
        yield superseded_step(c, item)
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


def _live(c: Context, item: Item) -> exp.Select:
    columns = [column(SUBJECT), *(column(name) for name in columns_of(c, item))]
    ends = column("ends_on")
    open_ended = exp.or_(is_null(ends), exp.GT(this=ends.copy(), expression=day(c.start())))
    begun = compare(exp.LTE, column("effective_on"), day(c.as_of))
    return known_entries(c, item, columns, begun, exp.Paren(this=open_ended))


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
