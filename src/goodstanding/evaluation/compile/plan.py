"""From a scheme to the SQL of one run: one table, two files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.as_of_uses import figure_expressions, record_expressions
from goodstanding.evaluation.compile.changes import later_steps, waiting
from goodstanding.evaluation.compile.context import AS_OF, SUBJECT, Context
from goodstanding.evaluation.compile.grade import grade_steps
from goodstanding.evaluation.compile.indicators import derived_steps, indicator_steps
from goodstanding.evaluation.compile.law import calendar_steps, table_steps
from goodstanding.evaluation.compile.live import dated_steps, live_steps
from goodstanding.evaluation.compile.moments import moment_steps
from goodstanding.evaluation.compile.points import point_steps
from goodstanding.evaluation.compile.reasons import Contribution, contributions, evaluated
from goodstanding.evaluation.compile.selections import record_steps
from goodstanding.evaluation.compile.sqltools import (
    Named,
    cast,
    column,
    instant,
    named,
    null,
    select,
    sql,
    table,
    text,
    union,
    where,
    whole,
    with_steps,
)
from goodstanding.evaluation.language.sql import decimal_type, not_null, sql_type
from goodstanding.evaluation.model import ReasonKind, Scheme
from goodstanding.evaluation.records import FACT_PREFIX
from goodstanding.evaluation.results import TOTAL_DIGITS
from goodstanding.evaluation.scopes import fact_type

#: The table that holds the result of the steps.
EVALUATED = "evaluated"

#: Columns of every segment that a plan may read, with their SQL types.
_COLUMNS = {
    "leaf": "BIGINT",
    "act": "VARCHAR",
    "supersedes": "BIGINT",
    "source": "VARCHAR",
    "source_key": "VARCHAR",
    "authority": "VARCHAR",
    "subject": "VARCHAR",
    "subject_kind": "VARCHAR",
    "document": "VARCHAR",
    "basis": "VARCHAR",
    "decided_on": "DATE",
    "effective_on": "DATE",
    "published_on": "DATE",
    "amended_on": "DATE",
    "ends_on": "DATE",
    "known_at": "TIMESTAMP",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The SQL of one evaluation, as readable text for any DuckDB.

    ``evaluated`` makes the table of that name from the relations ``entries_<item>`` (one for
    each of ``items``); ``standings`` and ``reasons`` read it in order of subject and date.
    ``waiting`` reads both: the subjects without a standing of which a record begins later, and
    when (next_change_on); without rows in a history.
    """

    scheme: Scheme
    items: tuple[Item, ...]
    evaluated: str
    standings: str
    reasons: str
    waiting: str


def compile_scheme(
    scheme: Scheme,
    *,
    as_of: date,
    known_at: datetime | None,
    history: bool = False,
    draft: bool = False,
) -> Plan:
    """The plan for one date, or for all dates up to it. Raises GS-SCHEME-020 and 021."""
    scheme.check_applies(as_of)
    c = Context(scheme, as_of, known_at, history, draft)
    steps = [*_law_steps(c), *live_steps(c)]
    if history:
        steps += [*moment_steps(c), *dated_steps(c)]
    elif not c.every_day:
        steps += later_steps(c)
    steps += [*record_steps(c), *indicator_steps(c), *derived_steps(c)]
    steps += [*point_steps(c), *grade_steps(c)]
    return Plan(
        scheme=scheme,
        items=tuple(scheme.population.values()),
        evaluated=sql(with_steps(steps, evaluated(c))),
        standings=sql(_standings(c)),
        reasons=sql(_reasons(c)),
        waiting=sql(_waiting(c)),
    )


def _law_steps(c: Context) -> Iterator[Named]:
    """The tables and calendars that any expression looks into."""
    scheme = c.scheme
    nodes = [node for item in scheme.population for node in record_expressions(scheme, item)]
    yield from table_steps(dict(scheme.tables), c.varying_tables, c.as_of)
    yield from calendar_steps([*nodes, *figure_expressions(scheme)])


def empty_relation(item: Item) -> str:
    """A relation without rows, with the columns of the item's segments."""
    columns = [named(null(kind), name) for name, kind in _COLUMNS.items()]
    for name, fact in item.facts.items():
        columns.append(named(null(sql_type(fact_type(fact), stored=True)), FACT_PREFIX + name))
    return sql(exp.Select(expressions=columns).where(exp.false()))


def _standings(c: Context) -> exp.Select:
    columns: list[exp.Expr] = [
        column(SUBJECT),
        column("grade"),
        column("total"),
        column("next_change_on"),
        column(AS_OF),
        named(instant(c.known_at), "known_at"),
        named(text(c.scheme.name), "scheme"),
        named(cast(whole(c.scheme.version), "INTEGER"), "version"),
        named(exp.true() if c.draft else exp.false(), "draft"),
    ]
    return select(columns, table(EVALUATED)).order_by(column(SUBJECT), column(AS_OF), copy=False)


def _waiting(c: Context) -> exp.Select:
    if c.history:
        columns = [column(SUBJECT), column("next_change_on")]
        return where(select(columns, table(EVALUATED)), [exp.false()])
    return with_steps(*waiting(c, EVALUATED))


def _reasons(c: Context) -> exp.Query:
    parts = [_one(c, n, part) for n, part in enumerate(contributions(c))] or [_nothing(c)]
    return union(parts).order_by(column(SUBJECT), column(AS_OF), column("position"), copy=False)


def _one(c: Context, n: int, part: Contribution) -> exp.Select:
    points = (
        column(f"points_{n}")
        if part.points is not None
        else null(decimal_type(c.scheme.scale, TOTAL_DIGITS))
    )
    article = column(f"article_{n}") if part.kind is ReasonKind.BASE else part.article
    columns: list[exp.Expr] = [
        column(SUBJECT),
        column(AS_OF),
        named(cast(whole(part.position), "INTEGER"), "position"),
        named(text(part.kind), "kind"),
        named(text(part.rule), "rule"),
        named(points, "points"),
        named(cast(column(f"records_{n}"), "BIGINT"), "records"),
        named(article, "article"),
    ]
    return where(select(columns, table(EVALUATED)), [not_null(column(f"records_{n}"))])


def _nothing(c: Context) -> exp.Select:
    """For a scheme of bands alone: no reasons, but a file with the right columns."""
    types: dict[str, str | exp.DataType] = {
        "position": "INTEGER",
        "kind": "VARCHAR",
        "rule": "VARCHAR",
        "points": decimal_type(c.scheme.scale, TOTAL_DIGITS),
        "records": "BIGINT",
        "article": "VARCHAR",
    }
    columns = [named(null(kind), name) for name, kind in types.items()]
    keys: list[exp.Expr] = [column(SUBJECT), column(AS_OF)]
    return where(select([*keys, *columns], table(EVALUATED)), [exp.false()])
