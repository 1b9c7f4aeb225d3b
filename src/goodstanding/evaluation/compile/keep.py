"""The order of records in time, keeping one of equals, and only the latest or first of them.

Invariant: the order is total (source and source key decide last), no value comes before every
value, and each step marks in a column of its own which records are still in.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goodstanding.evaluation.compile.context import Context, everything
from goodstanding.evaluation.compile.sqltools import (
    Named,
    ascending,
    call,
    cast,
    coalesce,
    column,
    compare,
    descending,
    either,
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
from goodstanding.evaluation.language.sql import not_null
from goodstanding.evaluation.model import Keep, Selection, Take
from goodstanding.evaluation.scopes import NEVER_NULL

_EARLY = "0001-01-01"
_ORDERED = frozenset({Take.LATEST, Take.FIRST})


def only_one(selection: Selection) -> bool:
    """Whether the selection keeps one record; then its values are those of that record."""
    keep = selection.keep
    return keep is not None and keep.number == 1 and keep.of is None


def needs_keep(selection: Selection) -> bool:
    """Whether a step has to mark the records that are kept."""
    return selection.keep is not None and not only_one(selection)


def inside(selection: Selection) -> exp.Expr:
    """Whether a record is in the selection, once all steps about records are done."""
    return column(f"kept_{selection.id}" if needs_keep(selection) else unequal(selection))


def unequal(selection: Selection) -> str:
    """The column that says so before `keep`."""
    return f"in_{selection.id}" if selection.distinct is None else f"only_{selection.id}"


def _is_ordered(c: Context, selection: Selection) -> bool:
    """Whether it matters which record of the selection is the latest."""
    own = (i for i in c.scheme.indicators.values() if i.of == selection.id)
    return selection.keep is not None or any(i.take in _ORDERED for i in own)


def order_names(c: Context, selection: Selection) -> Iterator[tuple[str, Name]]:
    """The columns that order a selection's records or make them equal: a prefix and a name."""
    if selection.distinct is not None:
        yield "time", selection.distinct.by
        for n, name in enumerate(selection.distinct.columns):
            yield f"same{n}", name
    yield from _key_names(c, selection)


def _key_names(c: Context, selection: Selection) -> Iterator[tuple[str, Name]]:
    if selection.keep is not None:
        yield "by", selection.keep.by
        if selection.keep.of is not None:
            yield "of", selection.keep.of
    elif _is_ordered(c, selection):
        yield "by", Name(NameKind.RECORD, "effective_on", DateType())


def shared_columns(c: Context) -> set[str]:
    """The record columns that later steps still need."""
    found: set[str] = set()
    for selection in c.scheme.selections.values():
        if selection.distinct is not None or _is_ordered(c, selection):
            found |= {"source", "source_key"}
    if any(indicator.take is Take.DAYS_SINCE for indicator in c.scheme.indicators.values()):
        found.add("effective_on")
    return found


def order_key(c: Context, selection: Selection) -> exp.Expr:
    """One comparable value: a later record has a greater one; no value is the smallest."""
    parts = [
        part
        for prefix, name in _key_names(c, selection)
        for part in _comparable(c, selection, prefix, name)
    ]
    own = [column("source"), column("source_key")]
    return exp.Tuple(expressions=[*(value for _, value in parts), *own])


def _comparable(
    c: Context, selection: Selection, prefix: str, name: Name
) -> Iterator[tuple[str, exp.Expr]]:
    """A value such that plain comparison puts "no value" first: whether there is one, and it."""
    value = column(f"{prefix}_{selection.id}")
    if _can_be_null(name):
        yield f"{prefix}_known", not_null(value)
        yield prefix, coalesce(value.copy(), _smallest(name.type))
    else:
        yield prefix, value


def _can_be_null(name: Name) -> bool:
    # Older records may lack a fact that is required now: the catalogue may have got it later.
    return name.kind is not NameKind.RECORD or name.name not in NEVER_NULL


def _smallest(type: Type) -> exp.Expr:
    match type:
        case NumberType():
            return whole(0)
        case DateType():
            return cast(text(_EARLY), "DATE")
        case TextType() | BooleanType():
            return text("")


def kept_steps(c: Context) -> Iterator[Named]:
    """Of equals only one, then only the latest or first: each marked in a column of its own."""
    source = "records"
    different = [s for s in c.scheme.selections.values() if s.distinct is not None]
    if different:
        added = [named(_is_only(c, s), f"only_{s.id}") for s in different]
        says = "one row a record: of equals only one is still in"
        yield Named("distinct", says, everything(table(source), *added))
        source = "distinct"
    keeping = [(s, s.keep) for s in c.scheme.selections.values() if s.keep and needs_keep(s)]
    if not keeping:
        return
    grouped = [(s, keep) for s, keep in keeping if keep.of and keep.number > 1]
    if grouped:
        times = [_group_time(c, s, keep) for s, keep in grouped]
        says = "one row a record: the time of its group"
        yield Named("grouped", says, everything(table(source), *times))
        source = "grouped"
    single = [(s, keep) for s, keep in keeping if keep.number == 1]
    if single:
        yield _last_step(c, source, single)
    kept = [named(_is_kept(c, s, keep), f"kept_{s.id}") for s, keep in keeping]
    query = everything(table(source), *kept)
    if single:
        using = [exp.to_identifier(key) for key in c.keys]
        query.append("joins", exp.Join(this=table("last"), using=using))
    yield Named("kept", "one row a record: only those kept are still in", query)


def last_record_step(c: Context) -> str:
    """The name of the step that ends the records."""
    selections = c.scheme.selections.values()
    if any(needs_keep(selection) for selection in selections):
        return "kept"
    return "distinct" if any(selection.distinct for selection in selections) else "records"


def _is_only(c: Context, selection: Selection) -> exp.Expr:
    distinct = selection.distinct
    if distinct is None:
        raise AssertionError("only called for a selection of unequal records")
    into = column(f"in_{selection.id}")
    same = [column(f"same{n}_{selection.id}") for n, _ in enumerate(distinct.columns)]
    place = ascending if distinct.first else descending
    order = [column(f"time_{selection.id}"), column("source"), column("source_key")]
    rank = over(
        call("ROW_NUMBER"), [*c.key_columns(), into, *same], [place(value) for value in order]
    )
    return exp.and_(into.copy(), compare(exp.EQ, rank, whole(1)))


def _last_step(c: Context, source: str, selections: list[tuple[Selection, Keep]]) -> Named:
    """Finding the last group first is much cheaper than a window over all records."""
    columns = c.key_columns()
    for selection, keep in selections:
        members: list[exp.Expr] = [
            exp.PropertyEQ(this=exp.to_identifier(part), expression=value)
            for prefix, name in _key_names(c, selection)
            for part, value in _comparable(c, selection, prefix, name)
        ]
        key = exp.Struct(expressions=members)
        end = exp.Min(this=key) if keep.first else exp.Max(this=key)
        columns.append(named(filtered(end, column(unequal(selection))), f"last_{selection.id}"))
    query = select(columns, table(source)).group_by(*c.key_columns(), copy=False)
    return Named("last", "one row a subject: the last (or first) group of each selection", query)


def _group_time(c: Context, selection: Selection, keep: Keep) -> exp.Expr:
    """The greatest `by` of a group; of the first groups the least, where no value is less."""
    part = [*c.key_columns(), column(unequal(selection)), column(f"of_{selection.id}")]
    by = column(f"by_{selection.id}")
    if not keep.first:
        return named(over(exp.Max(this=by), part), f"last_{selection.id}")
    every = over(exp.Count(this=exp.Star()), part)
    known = over(exp.Count(this=by), [value.copy() for value in part])
    least = over(exp.Min(this=by.copy()), [value.copy() for value in part])
    return named(either(compare(exp.EQ, every, known), least), f"last_{selection.id}")


def _is_kept(c: Context, selection: Selection, keep: Keep) -> exp.Expr:
    into = column(unequal(selection))
    if keep.number == 1 and keep.of is not None:
        # Of the last group every record is kept, also those with an earlier `by`.
        same = [
            exp.EQ(this=value, expression=member(f"last_{selection.id}", part))
            for part, value in _comparable(c, selection, "of", keep.of)
        ]
        return exp.and_(into, *same)
    partition = [*c.key_columns(), into]
    place = ascending if keep.first else descending
    if keep.of is None:
        order = [column(f"by_{selection.id}"), column("source"), column("source_key")]
        rank = over(call("ROW_NUMBER"), partition, [place(value) for value in order])
    else:
        order = [column(f"last_{selection.id}"), column(f"of_{selection.id}")]
        rank = over(call("DENSE_RANK"), partition, [place(value) for value in order])
    return exp.and_(into.copy(), exp.LTE(this=rank, expression=whole(keep.number)))
