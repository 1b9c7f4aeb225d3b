"""When records end: the end of each staged row, and the checks by which none is without one.

Invariant: no row that passes is an adverse record without an end or a review date, and none has
another end than the one its agency stated, if it stated one. ``catalogue.ends`` says what the
days are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from goodstanding.catalogue import Effect, Item, Pack, Source
from goodstanding.catalogue.ends import (
    FARTHEST,
    end_sql,
    last_look_sql,
    law_end_sql,
    runs_from,
)
from goodstanding.catalogue.model import OWN_END
from goodstanding.ingest import errors
from goodstanding.ingest.model import DATE_FIELDS, RowCheck
from goodstanding.ingest.sql import day, name, text


def computed_end(source: Source, pack: Pack, given: Collection[str]) -> str:
    """SQL: the end of a row, stated or computed; ``given`` are the fields that rows have."""
    ends = {item: _end(pack, pack.items[item], given) for item in source.items}
    cases = [f"WHEN {text(item)} THEN {end}" for item, end in ends.items() if end != "ends_on"]
    return f"CASE item {' '.join(cases)} ELSE ends_on END" if cases else "ends_on"


def _end(pack: Pack, item: Item, given: Collection[str]) -> str:
    # A contract that never gives the fact from which the end runs leaves it to the agency.
    return end_sql(pack, item) if runs_from(item) in given else "ends_on"


def term_checks(pack: Pack, items: list[Item], given: Collection[str]) -> Iterator[RowCheck]:
    """The checks on ends and terms; ``given`` are the fields and facts that the rows have."""
    for field in DATE_FIELDS:
        yield RowCheck(errors.TOO_FAR, field, f"{field} > {day(FARTHEST)}", {"farthest": FARTHEST})
    for item in items:
        if runs_from(item) in given:
            yield from _term(pack, item)
        yield from _review(pack, item, given)
        yield from _no_end(pack, item, given)


def _term(pack: Pack, item: Item) -> Iterator[RowCheck]:
    """The law's end: there is a number for it, it lies after the effect, and none is later."""
    if item.retention is None:
        return
    of, start, end = f"item = {text(item.id)}", runs_from(item), law_end_sql(pack, item)
    first = pack.parameters[item.retention].values[0].start
    yield RowCheck(
        errors.NO_TERM_THEN,
        start,
        f"{of} AND {name(start)} < {day(first)}",
        {"start": start, "first": first, "name": item.retention},
    )
    said: dict[str, object] = {"item": item.id, "start": start, "retention": item.retention}
    if start in item.facts:
        far = f"{of} AND {name(start)} > {day(FARTHEST)}"
        yield RowCheck(errors.TOO_FAR, start, far, {"farthest": FARTHEST})
    yield RowCheck(
        errors.END_BEYOND_LAW,
        "ends_on",
        f"{of} AND ends_on > {end}",
        said,
        shows=f"strftime(ends_on, '%Y-%m-%d') || ', by law ' || strftime({end}, '%Y-%m-%d')",
    )
    if item.ends_from != OWN_END:
        yield RowCheck(
            errors.ENDED_BEFORE_EFFECT,
            start,
            f"{of} AND {end} <= effective_on AND effective_on <= {day(FARTHEST)}",
            said,
        )


def _review(pack: Pack, item: Item, given: Collection[str]) -> Iterator[RowCheck]:
    """That a record without an end has a review date."""
    if item.indefinite is None:
        return
    first = pack.parameters[item.indefinite.review].values[0].start
    yield RowCheck(
        errors.NO_TERM_THEN,
        "effective_on",
        f"item = {text(item.id)} AND {_end(pack, item, given)} IS NULL "
        f"AND {last_look_sql()} < {day(first)}",
        {"start": "effective_on", "first": first, "name": item.indefinite.review},
    )


def _no_end(pack: Pack, item: Item, given: Collection[str]) -> Iterator[RowCheck]:
    """That the row ends at all, where it is adverse or the agency is to say when."""
    wanted = item.effect is Effect.ADVERSE or item.ends_from == OWN_END
    if item.indefinite is not None or not wanted:
        return
    end = _end(pack, item, given)
    open_ended = f"item = {text(item.id)} AND effective_on IS NOT NULL AND {end} IS NULL"
    if item.retention is not None and end != "ends_on":
        # Before the first number of the law another reason says so already.
        first = pack.parameters[item.retention].values[0].start
        open_ended += f" AND coalesce({name(runs_from(item))} >= {day(first)}, true)"
    unread = "NOT contains(unread, '\"ends_on\":')"
    yield RowCheck(errors.NO_END, "ends_on", f"{open_ended} AND {unread}", {"item": item.id})
