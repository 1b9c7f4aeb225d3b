"""The order of records in time, and keeping only the latest of a selection."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.evaluation.compile.context import Context, everything
from goodstanding.evaluation.compile.sqltools import (
    Named,
    call,
    cast,
    coalesce,
    column,
    descending,
    filtered,
    member,
    named,
    over,
    select,
    table,
    text,
    whole,
)
from goodstanding.evaluation.language import (
    BooleanType,
    DateType,
    Name,
    NameKind,
    NumberType,
    TextType,
    Type,
)
from goodstanding.evaluation.language.sql import (
    not_null,
)
from goodstanding.evaluation.model import Selection, Take
from goodstanding.evaluation.scopes import NEVER_NULL

_EARLY = "0001-01-01"


def only_latest(selection: Selection) -> bool:
    """Whether the selection keeps one record; then its values are those of the latest."""
    keep = selection.keep
    return keep is not None and keep.latest == 1 and keep.of is None


def needs_keep(selection: Selection) -> bool:
    return selection.keep is not None and not only_latest(selection)


def _is_ordered(c: Context, selection: Selection) -> bool:
    """Whether it matters which record of the selection is the latest."""
    own = (i for i in c.scheme.indicators.values() if i.of == selection.id)
    return selection.keep is not None or any(i.take is Take.LATEST for i in own)


def order_names(c: Context, selection: Selection) -> Iterator[tuple[str, Name]]:
    if selection.keep is not None:
        yield "by", selection.keep.by
        if selection.keep.of is not None:
            yield "of", selection.keep.of
    elif _is_ordered(c, selection):
        yield "by", Name(NameKind.RECORD, "effective_on", DateType())


def shared_columns(c: Context) -> set[str]:
    """The record columns that later steps still need."""
    found: set[str] = set()
    if any(_is_ordered(c, selection) for selection in c.scheme.selections.values()):
        found |= {"source", "source_key"}
    if any(indicator.take is Take.DAYS_SINCE for indicator in c.scheme.indicators.values()):
        found.add("effective_on")
    return found


def order_key(c: Context, selection: Selection) -> exp.Expr:
    """One comparable value: a later record has a greater one; no value is the smallest."""
    parts = [
        part
        for prefix, name in order_names(c, selection)
        for part in _comparable(c, selection, prefix, name)
    ]
    return call("ROW", *(value for _, value in parts), column("source"), column("source_key"))


def _comparable(
    c: Context, selection: Selection, prefix: str, name: Name
) -> Iterator[tuple[str, exp.Expr]]:
    """A value such that plain comparison puts "no value" first: whether there is one, and it."""
    value = column(f"{prefix}_{selection.id}")
    if _can_be_null(c, selection, name):
        yield f"{prefix}_known", not_null(value)
        yield prefix, coalesce(value.copy(), _smallest(name.type))
    else:
        yield prefix, value


def _can_be_null(c: Context, selection: Selection, name: Name) -> bool:
    if name.kind is NameKind.RECORD:
        return name.name not in NEVER_NULL
    facts = (c.scheme.population[item].facts[name.name] for item in selection.items)
    return not all(fact.required for fact in facts)


def _smallest(type: Type) -> exp.Expr:
    match type:
        case NumberType():
            return whole(0)
        case DateType():
            return cast(text(_EARLY), "DATE")
        case TextType() | BooleanType():
            return text("")


def kept_steps(c: Context) -> Iterator[Named]:
    keeping = [s for s in c.scheme.selections.values() if needs_keep(s)]
    if not keeping:
        return
    source = table("records")
    grouped = [s for s in keeping if s.keep and s.keep.of and s.keep.latest > 1]
    if grouped:
        added = [_group_latest(c, selection) for selection in grouped]
        query = everything(source, *added)
        yield Named("grouped", "one row a record: the last time of its group", query)
        source = table("grouped")
    single = [s for s in keeping if s.keep and s.keep.latest == 1]
    if single:
        yield _last_step(c, source.copy(), single)
    replaced = [named(_is_kept(c, s), f"in_{s.id}") for s in keeping]
    query = select([exp.Star(replace=replaced)], source)
    if single:
        using = [exp.to_identifier(key) for key in c.keys]
        query.append("joins", exp.Join(this=table("last"), using=using))
    yield Named("kept", "one row a record: only the latest are still in", query)


def _last_step(c: Context, source: exp.Expr, selections: list[Selection]) -> Named:
    """Finding the last group first is much cheaper than a window over all records."""
    columns = c.key_columns()
    for selection in selections:
        members: list[exp.Expr] = [
            exp.PropertyEQ(this=exp.to_identifier(part), expression=value)
            for prefix, name in order_names(c, selection)
            for part, value in _comparable(c, selection, prefix, name)
        ]
        key = exp.Struct(expressions=members)
        last = filtered(exp.Max(this=key), column(f"in_{selection.id}"))
        columns.append(named(last, f"last_{selection.id}"))
    query = select(columns, source).group_by(*c.key_columns(), copy=False)
    return Named("last", "one row a subject: the last group of each selection", query)


def _group_latest(c: Context, selection: Selection) -> exp.Expr:
    part = [*c.key_columns(), column(f"in_{selection.id}"), column(f"of_{selection.id}")]
    last = exp.Max(this=column(f"by_{selection.id}"))
    return named(over(last, part), f"last_{selection.id}")


def _is_kept(c: Context, selection: Selection) -> exp.Expr:
    keep, inside = selection.keep, column(f"in_{selection.id}")
    if keep is None:
        raise AssertionError("only called for a selection that keeps the latest")
    if keep.latest == 1 and keep.of is not None:
        # Of the last group every record is kept, also those with an earlier `by`.
        same = [
            exp.EQ(this=value, expression=member(f"last_{selection.id}", part))
            for part, value in _comparable(c, selection, "of", keep.of)
        ]
        return exp.and_(inside, *same)
    partition = [*c.key_columns(), inside]
    if keep.of is None:
        order = [column(f"by_{selection.id}"), column("source"), column("source_key")]
        rank = over(call("ROW_NUMBER"), partition, [descending(value) for value in order])
    else:
        order = [column(f"last_{selection.id}"), column(f"of_{selection.id}")]
        rank = over(call("DENSE_RANK"), partition, [descending(value) for value in order])
    return exp.and_(inside.copy(), exp.LTE(this=rank, expression=whole(keep.latest)))
