"""What must hold of how an item's records end: no day without a number, no end without a law."""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document, Path_
from goodstanding.catalogue.model import OWN_END, Item, Pack
from goodstanding.kernel import FactType, GoodStandingError

#: A term of more than a hundred years is a slip, or no term.
MOST_MONTHS = 1200
_FIELDS = ("decided_on", "effective_on", OWN_END)


def check_ends(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    """Everything wrong with the end of an item's records: GS-PACK-004 and 050 to 056."""
    yield from _term(pack, item, item.retention, document, "retention")
    yield from _runs_from(item, document)
    yield from _indefinite(pack, item, document)
    for n, other in enumerate(item.ended_by):
        yield from _ended_by(pack, item, other, document, n)
    circle = _circle(pack, item)
    if circle:
        yield GoodStandingError(
            errors.ENDED_IN_CIRCLE,
            place=document.place("ended_by"),
            item=item.id,
            circle=", ".join(circle),
        )


def _term(
    pack: Pack, item: Item, name: str | None, document: Document, *at: str
) -> Iterator[GoodStandingError]:
    """That a parameter counts months, on every day on which the item was in force."""
    parameter = pack.parameters.get(name or "")
    if parameter is None:
        return
    values = [value.value.units for value in parameter.values]
    problem = None
    if parameter.unit != "months" or parameter.scale:
        problem = f"it counts {parameter.unit} with {parameter.scale} decimal places"
    elif not all(1 <= value <= MOST_MONTHS for value in values):
        problem = f"it is {min(values) if min(values) < 1 else max(values)} months"
    if problem is not None:
        yield GoodStandingError(
            errors.NO_TERM,
            place=document.place(*at),
            name=name,
            problem=problem,
            most=MOST_MONTHS,
        )
    first = parameter.values[0].start
    if first > item.taken.start:
        yield GoodStandingError(
            errors.TERM_BEGINS_LATE,
            place=document.place(*at),
            name=name,
            first=first,
            item=item.id,
            start=item.taken.start,
        )


def _runs_from(item: Item, document: Document) -> Iterator[GoodStandingError]:
    given, problem = item.ends_from, None
    if given not in _FIELDS:
        fact = item.facts.get(given)
        if fact is None or fact.type is not FactType.DATE:
            problem = "it has no date of this name"
        elif item.retention is None:
            problem = "without `retention` nothing is counted from it"
        elif not fact.required and item.indefinite is None:
            problem = "a record without this fact would have no end"
    if problem is not None:
        yield GoodStandingError(
            errors.BAD_ENDS_FROM,
            place=document.place("ends_from"),
            item=item.id,
            given=given,
            problem=problem,
        )


def _indefinite(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    said = item.indefinite
    if said is None:
        return
    for what, name, known in (
        ("article", said.article, pack.articles),
        ("parameter", said.review, pack.parameters),
        ("authority", said.owner, pack.authorities),
    ):
        if name not in known:
            key = {"parameter": "review", "authority": "owner"}.get(what, what)
            place = document.place("indefinite", key)
            yield GoodStandingError(errors.UNKNOWN_REFERENCE, place=place, what=what, name=name)
    yield from _term(pack, item, said.review, document, "indefinite", "review")
    fact = item.facts.get(item.ends_from)
    always = fact.required if fact is not None else item.ends_from != OWN_END
    if item.retention is not None and always:
        yield GoodStandingError(
            errors.NEVER_INDEFINITE,
            place=document.place("indefinite"),
            item=item.id,
            parameter=item.retention,
        )


def _ended_by(
    pack: Pack, item: Item, name: str, document: Document, n: int
) -> Iterator[GoodStandingError]:
    at: Path_ = ("ended_by", n)
    place = document.place(*at)
    other = pack.items.get(name)
    if other is None:
        yield GoodStandingError(errors.UNKNOWN_REFERENCE, place=place, what="item", name=name)
        return
    kinds = [kind for kind in item.subject_kinds if kind not in other.subject_kinds]
    problem = f"it is not about {kinds[0]!r}" if kinds else None
    if problem is None and not set(item.identifier_schemes) & set(other.identifier_schemes):
        problem = "no identifier scheme is common to both"
    if problem is not None:
        yield GoodStandingError(
            errors.ENDED_BY_STRANGER, place=place, item=item.id, other=name, problem=problem
        )


def _circle(pack: Pack, item: Item) -> list[str]:
    """By way of which items an item is ended by itself; empty if it is not."""
    ways = [[name] for name in item.ended_by]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == item.id:
            return way
        if way[-1] not in seen and way[-1] in pack.items:
            seen.add(way[-1])
            ways += [[*way, name] for name in pack.items[way[-1]].ended_by]
    return []
