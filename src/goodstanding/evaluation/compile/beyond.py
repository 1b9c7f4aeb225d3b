"""Refusing a day of which a calendar says nothing (``evaluation.calendar_uses``).

Invariant: that a day is refused is a text on its way, and becomes an error in one place, the grade,
which every run works out. A scheme that asks for no such days has none of these columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation import calendar_uses
from goodstanding.evaluation.compile.context import Context, everything
from goodstanding.evaluation.compile.keep import inside, only_one
from goodstanding.evaluation.compile.sqltools import (
    Named,
    column,
    either,
    filtered,
    member,
    named,
    null,
    table,
)
from goodstanding.evaluation.compile.windows import in_window
from goodstanding.evaluation.language import sql_dates, to_sql
from goodstanding.evaluation.language.nodes import WorkingDaysBetween
from goodstanding.evaluation.language.sql import Resolve, not_null
from goodstanding.evaluation.model import Selection

#: The day beyond a calendar that conditions ask for of a record, and of all a subject's.
BEYOND = "beyond"
#: The one of all that is asked of a subject.
REFUSED = "refused"


def record_columns(c: Context, item: Item) -> Iterator[exp.Expr]:
    """What conditions ask of a record, and the values of each selection's indicators."""
    selections = c.scheme.selections.values()
    conditions = [
        _within(c, selection, _said(c.for_record(item), calendar_uses.of_condition(selection)))
        for selection in selections
        if calendar_uses.of_condition(selection) and item.id in selection.items
    ]
    if _of_conditions(c):
        yield named(_first(conditions), BEYOND)
    for selection in selections:
        if asked := calendar_uses.of_values(c.scheme, selection):
            own = item.id in selection.items
            found = _first(_said(c.for_record(item), asked)) if own else null("VARCHAR")
            yield named(found, value_column(selection))


def value_column(selection: Selection) -> str:
    """The column of the day that the values of a selection's indicators ask for."""
    return f"{BEYOND}_{selection.id}"


def subject_columns(c: Context) -> Iterator[exp.Expr]:
    """The same of a subject: of all its records, and of those that a selection keeps."""
    if _of_conditions(c):
        yield named(exp.Min(this=column(BEYOND)), BEYOND)
    for selection in c.scheme.selections.values():
        if is_gathered(c, selection) and not only_one(selection):
            found = exp.Min(this=column(value_column(selection)))
            yield named(filtered(found, inside(selection)), value_column(selection))


def is_gathered(c: Context, selection: Selection) -> bool:
    """Whether the values of a selection's indicators ask for such a day."""
    return bool(calendar_uses.of_values(c.scheme, selection))


def refused_steps(c: Context, source: str) -> Iterator[Named]:
    """Of all that is asked of a subject, one day that no calendar knows; after ``source``."""
    if not calendar_uses.asks(c.scheme):
        return
    found = [column(BEYOND)] if _of_conditions(c) else []
    for selection in c.scheme.selections.values():
        if is_gathered(c, selection):
            name = value_column(selection)
            one = only_one(selection)
            found.append(member(f"latest_{selection.id}", name) if one else column(name))
    for node, in_force in calendar_uses.of_figures(c.scheme):
        said = _first(_said(c.for_subject, [node]))
        only = c.in_force(in_force)
        found.append(said if only is None else either(only, said))
    says = "a day that is asked for, of which its calendar says nothing"
    yield Named(REFUSED, says, everything(table(source), named(_first(found), REFUSED)))


def or_error(c: Context, value: exp.Expr) -> exp.Expr:
    """The value of a subject, or the error that refuses the whole."""
    if not calendar_uses.asks(c.scheme):
        return value
    return either(not_null(column(REFUSED)), sql_dates.refuse(column(REFUSED)), value)


def last_step(c: Context, source: str) -> str:
    """The name of the last of these steps, else ``source``."""
    return REFUSED if calendar_uses.asks(c.scheme) else source


def _of_conditions(c: Context) -> bool:
    return any(calendar_uses.of_condition(s) for s in c.scheme.selections.values())


def _within(c: Context, selection: Selection, said: list[exp.Expr]) -> exp.Expr:
    if selection.window is None:
        return _first(said)
    return either(in_window(c, selection.window), _first(said))


def _said(resolve: Resolve, asked: Iterable[WorkingDaysBetween]) -> list[exp.Expr]:
    return [
        sql_dates.beyond(node.calendar, to_sql(node.start, resolve), to_sql(node.end, resolve))
        for node in asked
    ]


def _first(found: list[exp.Expr]) -> exp.Expr:
    if not found:
        return null("VARCHAR")
    return exp.Coalesce(this=found[0], expressions=found[1:]) if found[1:] else found[0]
