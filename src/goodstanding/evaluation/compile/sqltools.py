"""Small builders over SQLGlot; nothing here knows what a scheme is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlglot import exp

from goodstanding.evaluation.language.sql_dates import data_type

_DIALECT = "duckdb"


@dataclass(frozen=True, slots=True)
class Named:
    """A named step of a query, with what one row of it is."""

    name: str
    says: str
    query: exp.Query


def column(name: str, table: str | None = None) -> exp.Expr:
    """A column, quoted if it needs it."""
    return exp.column(exp.to_identifier(name), exp.to_identifier(table) if table else None)


def table(name: str) -> exp.Table:
    """A table or step, quoted if it needs it."""
    return exp.Table(this=exp.to_identifier(name))


def named(value: exp.Expr, name: str, says: str | None = None) -> exp.Expr:
    """``value AS name``, and what it is for a reader."""
    alias = exp.Alias(this=value, alias=exp.to_identifier(name))
    if says is not None:
        alias.add_comments([f" {says} "])
    return alias


def select(columns: Iterable[exp.Expr], source: exp.Expr) -> exp.Select:
    """``SELECT columns FROM source``."""
    return exp.Select(expressions=list(columns), from_=exp.From(this=source))


def where(query: exp.Select, conditions: Iterable[exp.Expr]) -> exp.Select:
    """The query with all the conditions."""
    wanted = list(conditions)
    return query.where(exp.and_(*wanted), copy=False) if wanted else query


def without(query: exp.Select, step: str, key: str, source: str) -> exp.Select:
    """The rows of ``source`` whose ``key`` is not that of a row of ``step``: an anti join."""
    same = exp.EQ(this=column(key, step), expression=column(key, source))
    query.append("joins", exp.Join(this=table(step), kind="ANTI", on=same))
    return query


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """A function that SQLGlot does not model; always written as given."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    """``aggregate FILTER (WHERE condition)``."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def over(
    function: exp.Expr,
    partition: Sequence[exp.Expr],
    order: Sequence[exp.Expr] = (),
) -> exp.Expr:
    """``function OVER (PARTITION BY ... ORDER BY ...)``."""
    ordering = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=function, partition_by=list(partition) or None, order=ordering)


def descending(value: exp.Expr) -> exp.Expr:
    """``value DESC NULLS LAST``."""
    return exp.Ordered(this=value, desc=True, nulls_first=False)


def ascending(value: exp.Expr) -> exp.Expr:
    """``value ASC NULLS FIRST``."""
    return exp.Ordered(this=value, desc=False, nulls_first=True)


def either(condition: exp.Expr, value: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Expr:
    """``CASE WHEN condition THEN value [ELSE otherwise] END``."""
    return exp.Case(ifs=[exp.If(this=condition, true=value)], default=otherwise)


def coalesce(value: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    """``COALESCE(value, otherwise)``."""
    return exp.Coalesce(this=value, expressions=[otherwise])


def compare(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """A comparison of two plain values."""
    return kind(this=left, expression=right)


def cast(value: exp.Expr, type: str) -> exp.Expr:
    """``CAST(value AS type)``."""
    return exp.Cast(this=value, to=data_type(type))


def day(value: date) -> exp.Expr:
    """A date constant."""
    return cast(exp.Literal.string(value.isoformat()), "DATE")


def instant(value: datetime | None) -> exp.Expr:
    """A timestamp constant in UTC, to the microsecond."""
    if value is None:
        return cast(exp.Null(), "TIMESTAMP")
    utc = value.astimezone(UTC).replace(tzinfo=None)
    text = utc.isoformat(sep=" ", timespec="microseconds")
    return cast(exp.Literal.string(text), "TIMESTAMP")


def text(value: str) -> exp.Expr:
    """A text constant."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expr:
    """A whole-number constant."""
    return exp.Literal.number(value)


def null(type: exp.DataType | str) -> exp.Expr:
    """NULL of a type."""
    return exp.Cast(this=exp.Null(), to=data_type(type) if isinstance(type, str) else type)


def member(struct: str, name: str) -> exp.Expr:
    """One field of a column that holds several."""
    return exp.Dot(this=column(struct), expression=exp.to_identifier(name))


def total_of(values: Sequence[exp.Expr]) -> exp.Expr:
    """The sum of the values."""
    result = values[0]
    for value in values[1:]:
        result = exp.Add(this=result, expression=value)
    return result


def least(*days: exp.Expr) -> exp.Expr:
    """The least of the values that are known; LEAST passes over NULL."""
    return days[0] if len(days) == 1 else call("LEAST", *days)


def values(names: Sequence[str], rows: Sequence[Sequence[exp.Expr]]) -> exp.Select:
    """Constant rows with these column names."""
    listed = [exp.Tuple(expressions=list(row)) for row in rows]
    alias = exp.TableAlias(
        this=exp.to_identifier("listed"), columns=[exp.to_identifier(name) for name in names]
    )
    return select([exp.Star()], exp.Values(expressions=listed, alias=alias))


def union(queries: Sequence[exp.Select]) -> exp.Query:
    """``UNION ALL`` of the queries."""
    result: exp.Query = queries[0]
    for query in queries[1:]:
        result = exp.Union(this=result, expression=query, distinct=False)
    return result


def with_steps(steps: Iterable[Named], query: exp.Select) -> exp.Select:
    """The query after its steps, each with its comment."""
    ctes = []
    for step in steps:
        alias = exp.TableAlias(this=exp.to_identifier(step.name))
        cte = exp.CTE(this=step.query, alias=alias)
        alias.add_comments([f" {step.says} "])
        ctes.append(cte)
    query.set("with_", exp.With(expressions=ctes))
    return query


def sql(query: exp.Expr) -> str:
    """Readable DuckDB SQL; the tree is used up."""
    return query.sql(dialect=_DIALECT, pretty=True, copy=False)
