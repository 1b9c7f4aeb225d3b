"""Which live records are in which selections, and what later steps need of each."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile.context import AS_OF, Context
from goodstanding.evaluation.compile.keep import kept_steps, needs_keep, order_names, shared_columns
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    cast,
    coalesce,
    column,
    compare,
    day,
    named,
    null,
    select,
    table,
    union,
    whole,
)
from goodstanding.evaluation.language import (
    Name,
    to_sql,
)
from goodstanding.evaluation.language.sql import (
    sql_type,
)
from goodstanding.evaluation.model import Indicator, Selection


def record_steps(c: Context) -> Iterator[Named]:
    """One row a live record (and date): in which selections it is, and what they need of it."""
    items = list(c.scheme.population.values())
    query = union([_flags(c, item) for item in items])
    grain = "record and date" if c.history else "record"
    yield Named("records", f"one row a live {grain}: the selections it is in", query)
    yield from kept_steps(c)


def last_record_step(c: Context) -> str:
    """The name of the step that ends the records."""
    return "kept" if any(needs_keep(s) for s in c.scheme.selections.values()) else "records"


def _flags(c: Context, item: Item) -> exp.Select:
    columns = c.key_columns()
    for selection in c.scheme.selections.values():
        columns.append(named(_in_selection(c, selection, item), f"in_{selection.id}"))
    for indicator in c.scheme.indicators.values():
        if indicator.value is not None:
            inside = item.id in c.scheme.selections[indicator.of].items
            value = (
                to_sql(indicator.value, lambda n: c.for_record(item, n))
                if inside
                else null(_stored_type(indicator))
            )
            columns.append(named(value, f"v_{indicator.id}"))
    columns += _order_values(c, item)
    return select(columns, table(f"dated_{item.id}" if c.history else f"live_{item.id}"))


def _order_values(c: Context, item: Item) -> Iterator[exp.Expr]:
    """The columns by which records are put in order of time."""
    for selection in c.scheme.selections.values():
        for prefix, name in order_names(c, selection):
            inside = item.id in selection.items
            value = c.for_record(item, name) if inside else null(sql_type(name.type, stored=True))
            yield named(value, f"{prefix}_{selection.id}")
    has = c.columns_of(item)
    for shared in sorted(shared_columns(c)):
        kind = "DATE" if shared == "effective_on" else "VARCHAR"
        yield column(shared) if shared in has else named(null(kind), shared)


def _in_selection(c: Context, selection: Selection, item: Item) -> exp.Expr:
    if item.id not in selection.items:
        return exp.false()
    conditions: list[exp.Expr] = []
    if selection.where is not None:
        inside = to_sql(selection.where, lambda n: c.for_record(item, n))
        conditions.append(coalesce(inside, exp.false()))
    if selection.window is not None:
        conditions.append(_in_window(c, selection))
    return exp.and_(*conditions) if conditions else exp.true()


def _in_window(c: Context, selection: Selection) -> exp.Expr:
    window = selection.window
    if window is None:
        raise AssertionError("only called for a selection with a window")
    effective = column("effective_on")
    if not c.history:
        # The same as comparing each window's end, but readable from a file's statistics.
        bound = day(c.earliest(window))
        bound.add_comments([f" within param.{window.parameter} {window.unit} "])
        return compare(exp.GTE, effective, bound)
    end = window_end(window.unit, effective, c.parameter(window.parameter))
    return compare(exp.LT, column(AS_OF), end)


def window_end(unit: str, effective: exp.Expr, length: exp.Expr) -> exp.Expr:
    """The first day outside the window of a record."""
    if unit == "days":
        return exp.Add(this=effective, expression=cast(length, "INTEGER"))
    months = length if unit == "months" else exp.Mul(this=length, expression=whole(12))
    step = call("TO_MONTHS", cast(months, "INTEGER"))
    return cast(exp.Add(this=effective, expression=step), "DATE")


def _stored_type(indicator: Indicator) -> exp.DataType:
    """The type of an indicator's value where there is none: as narrow as it can be."""
    value = indicator.value
    plain = isinstance(value, Name)
    return sql_type(value.type if value is not None else indicator.type, stored=plain)
