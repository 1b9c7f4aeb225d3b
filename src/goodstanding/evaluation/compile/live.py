"""From segments to live records, and for a history to each of them on its dates."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.catalogue import Item
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
)
from goodstanding.evaluation.language.sql import (
    is_null,
    not_null,
)
from goodstanding.evaluation.records import WITHDRAWAL, entries_of


def live_steps(c: Context) -> Iterator[Named]:
    """For every item about the subject kind: what was superseded, and what is live."""
    for item in c.scheme.population.values():
        # Without an instant, everything that is sealed is known.
        known = (
            compare(exp.LTE, column("known_at"), instant(c.known_at)) if c.known_at else exp.true()
        )
        gone = select([named(column("supersedes"), "leaf")], table(entries_of(item.id)))
        yield Named(
            f"superseded_{item.id}",
            f"one row a superseded entry of {item.titles['en']}",
            where(gone, [not_null(column("supersedes")), known]),
        )
        yield Named(
            f"live_{item.id}",
            f"one row a live record of {item.titles['en']}",
            _live(c, item, known),
        )


def _live(c: Context, item: Item, known: exp.Expr) -> exp.Select:
    entries, gone = entries_of(item.id), f"superseded_{item.id}"
    columns = [column(SUBJECT), *(column(name) for name in c.columns_of(item))]
    query = select(columns, table(entries))
    query.append(
        "joins",
        exp.Join(
            this=table(gone),
            kind="ANTI",
            on=exp.EQ(this=column("leaf", gone), expression=column("leaf", entries)),
        ),
    )
    ends = column("ends_on")
    open_ended = exp.or_(is_null(ends), exp.GT(this=ends.copy(), expression=day(c.start())))
    return where(
        query,
        [
            compare(exp.NEQ, column("act"), text(WITHDRAWAL)),
            known.copy(),
            compare(exp.EQ, column("subject_kind"), text(c.scheme.subject_kind)),
            compare(exp.LTE, column("effective_on"), day(c.as_of)),
            exp.Paren(this=open_ended),
        ],
    )


def dated_steps(c: Context) -> Iterator[Named]:
    """For a history: each record beside each date of its subject within its own time."""
    for item in c.scheme.population.values():
        live = f"live_{item.id}"
        own = [column(name, live) for name in c.columns_of(item)]
        law = [column(f"p_{name}", "moments") for name in c.varying()]
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
