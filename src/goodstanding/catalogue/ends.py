"""When a record ends, and when it is reviewed: one rule, as a function and as SQL.

Invariant: ``end_of`` and ``end_sql``, ``law_end`` and ``law_end_sql``, ``review_of`` and
``review_sql`` give the same day for every record; a test compares them. Nothing else computes one.

1. The law's end is the day from which the item's end runs (``ends_from``: decided_on,
   effective_on, or a date among its facts) plus the months that ``retention`` has on that day.
   For ``ends_from: ends_on`` it is the longest the law allows, counted from effective_on.
2. A record ends on the day its agency states (ends_on). Where it states none, it ends on the
   law's end; with ``ends_from: ends_on`` it has no end until the agency states one.
3. A record without an end, of an item that the law knows as indefinite, is reviewed: as many
   months after it took effect, or was last amended, as the parameter ``review`` has on that day.
4. A day after the calendar's last is its last, 9999-12-31.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from goodstanding.catalogue.model import OWN_END, Item, Pack, Parameter
from goodstanding.kernel import add_months

#: No date of a record lies after this day: what is written so means "never", or is a slip.
FARTHEST = date(2999, 12, 31)
_EFFECT = "effective_on"


class Dated(Protocol):
    """A record as far as its end depends on it; the register's Record is one."""

    @property
    def decided_on(self) -> date | None: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def amended_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def facts(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Dates:
    """The same as plain values; ``ends_on`` is the end that was stated."""

    effective_on: date
    decided_on: date | None = None
    amended_on: date | None = None
    ends_on: date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


# -- as functions ------------------------------------------------------------------------


def runs_from(item: Item) -> str:
    """The field or fact from whose day the law's end is counted."""
    return _EFFECT if item.ends_from == OWN_END else item.ends_from


def law_end(pack: Pack, item: Item, record: Dated) -> date | None:
    """The end that the law computes; None where it computes none or has no number that day."""
    return _after(_parameter(pack, item.retention), _start(item, record))


def end_of(pack: Pack, item: Item, record: Dated) -> date | None:
    """The first day on which the record no longer counts; None: it has no end."""
    if record.ends_on is not None or item.ends_from == OWN_END:
        return record.ends_on
    return law_end(pack, item, record)


def review_of(pack: Pack, item: Item, record: Dated) -> date | None:
    """The day by which the owner must look at a record without an end; None for any other."""
    if item.indefinite is None or end_of(pack, item, record) is not None:
        return None
    return _after(_parameter(pack, item.indefinite.review), _last_look(record))


class Told(StrEnum):
    """What says when a record ends."""

    STATED = "stated"
    LAW = "law"
    REVIEW = "review"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Term:
    """When a record ends, or is reviewed, and what says so: for ``LAW`` and ``REVIEW`` so many
    ``months`` from ``start``, under ``article``; a review by ``owner``."""

    told: Told
    day: date | None = None
    months: str | None = None
    start: date | None = None
    article: str | None = None
    owner: str | None = None


def term_of(pack: Pack, item: Item, record: Dated) -> Term:
    """When a sealed record ends or is reviewed, with what says so: its ends_on is its end. One
    that was stated and the one the law computes may be the same day; it is then the law's."""
    end, review = record.ends_on, review_of(pack, item, record)
    if end is not None and (item.ends_from == OWN_END or end != law_end(pack, item, record)):
        return Term(Told.STATED, end)
    if end is not None and item.retention is not None:
        return _counted(pack, Told.LAW, item.retention, end, _start(item, record))
    if review is None or item.indefinite is None:
        return Term(Told.NOTHING, end)
    found = _counted(pack, Told.REVIEW, item.indefinite.review, review, _last_look(record))
    return replace(found, article=item.indefinite.article, owner=item.indefinite.owner)


def _counted(pack: Pack, told: Told, name: str, day: date, start: date | None) -> Term:
    value = None if start is None else pack.parameters[name].in_force(start)
    if value is None:
        return Term(told, day)
    return Term(told, day, str(value.value), start, value.article)


def _start(item: Item, record: Dated) -> date | None:
    name = runs_from(item)
    day = record.facts.get(name) if name in item.facts else getattr(record, name)
    return day if isinstance(day, date) else None


def _last_look(record: Dated) -> date:
    return max(record.effective_on, record.amended_on or record.effective_on)


def _parameter(pack: Pack, name: str | None) -> Parameter | None:
    return None if name is None else pack.parameters[name]


def _after(months: Parameter | None, day: date | None) -> date | None:
    value = None if months is None or day is None else months.at(day)
    return None if value is None or day is None else add_months(day, value.units)


# -- the same in SQL, over columns of these names ----------------------------------------


def law_end_sql(pack: Pack, item: Item) -> str:
    """DuckDB SQL for ``law_end``."""
    return _after_sql(_parameter(pack, item.retention), f'"{runs_from(item)}"')


def end_sql(pack: Pack, item: Item) -> str:
    """DuckDB SQL for ``end_of``."""
    if item.ends_from == OWN_END or item.retention is None:
        return "ends_on"
    return f"coalesce(ends_on, {law_end_sql(pack, item)})"


def review_sql(pack: Pack, item: Item) -> str:
    """DuckDB SQL for ``review_of``."""
    if item.indefinite is None:
        return "CAST(NULL AS DATE)"
    after = _after_sql(_parameter(pack, item.indefinite.review), last_look_sql())
    return f"CASE WHEN {end_sql(pack, item)} IS NULL THEN {after} END"


def last_look_sql() -> str:
    """DuckDB SQL for the day from which the time to the next review is counted."""
    return "greatest(effective_on, coalesce(amended_on, effective_on))"


def _after_sql(months: Parameter | None, day: str) -> str:
    if months is None:
        return "CAST(NULL AS DATE)"
    last = f"DATE '{date.max.isoformat()}'"
    cases = " ".join(
        f"WHEN {day} >= DATE '{value.start.isoformat()}' "
        f"THEN least(CAST({day} + to_months({value.value.units}) AS DATE), {last})"
        for value in reversed(months.values)
    )
    return f"CASE {cases} END"
