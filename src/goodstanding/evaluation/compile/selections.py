"""Which live records are in which selections, and what later steps need of each."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile import beyond
from goodstanding.evaluation.compile.changes import record_columns
from goodstanding.evaluation.compile.columns import ON_DATES, columns_of
from goodstanding.evaluation.compile.context import Context
from goodstanding.evaluation.compile.keep import kept_steps, order_names, shared_columns
from goodstanding.evaluation.compile.sqltools import (
    Named,
    coalesce,
    column,
    named,
    null,
    select,
    table,
    union,
)
from goodstanding.evaluation.compile.windows import in_window
from goodstanding.evaluation.language import DateType, Name, NameKind, Node, to_sql
from goodstanding.evaluation.language.sql import sql_type
from goodstanding.evaluation.model import Indicator, Selection


def record_steps(c: Context) -> Iterator[Named]:
    """One row a live record (and date): in which selections it is, and what they need of it."""
    items = list(c.scheme.population.values())
    query = union([_flags(c, item) for item in items])
    grain = "record and date" if c.history else "record"
    yield Named("records", f"one row a live {grain}: the selections it is in", query)
    yield from kept_steps(c)


def _flags(c: Context, item: Item) -> exp.Select:
    columns = c.key_columns()
    for selection in c.scheme.selections.values():
        says = c.cited(selection.id, selection.titles, selection.article)
        columns.append(named(_in_selection(c, selection, item), f"in_{selection.id}", says))
    for indicator in c.scheme.indicators.values():
        if taken(indicator) is not None:
            columns.append(named(_value(c, indicator, item), f"v_{indicator.id}"))
    columns += _order_values(c, item)
    columns += record_columns(c, item)
    columns += beyond.record_columns(c, item)
    return select(columns, table(f"dated_{item.id}" if c.history else f"live_{item.id}"))


def taken(indicator: Indicator) -> Node | None:
    """What an indicator takes of a record; None: nothing but that it is there."""
    if indicator.value is None and indicator.take in ON_DATES:
        return Name(NameKind.RECORD, "effective_on", DateType())
    return indicator.value


def _value(c: Context, indicator: Indicator, item: Item) -> exp.Expr:
    selection, value = c.scheme.selections[indicator.of], taken(indicator)
    if value is None or item.id not in selection.items:
        return null(_stored_type(indicator))
    return to_sql(value, c.for_record(item))


def _order_values(c: Context, item: Item) -> Iterator[exp.Expr]:
    """The columns by which records are put in order of time."""
    for selection in c.scheme.selections.values():
        for prefix, name in order_names(c, selection):
            inside = item.id in selection.items
            value = (
                c.for_record(item).name(name) if inside else null(sql_type(name.type, stored=True))
            )
            yield named(value, f"{prefix}_{selection.id}")
    has = columns_of(c, item)
    for shared in sorted(shared_columns(c)):
        kind = "DATE" if shared == "effective_on" else "VARCHAR"
        yield column(shared) if shared in has else named(null(kind), shared)


def _in_selection(c: Context, selection: Selection, item: Item) -> exp.Expr:
    if item.id not in selection.items:
        return exp.false()
    window = None if selection.window is None else in_window(c, selection.window)
    if selection.where is None:
        return exp.true() if window is None else window
    inside = coalesce(to_sql(selection.where, c.for_record(item)), exp.false())
    return inside if window is None else exp.and_(inside, window)


def _stored_type(indicator: Indicator) -> exp.DataType:
    """The type of an indicator's value where there is none: as narrow as it can be."""
    value = taken(indicator)
    plain = isinstance(value, Name)
    return sql_type(value.type if value is not None else indicator.type, stored=plain)
