"""What must hold between the files of a pack: every name leads somewhere, in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document, Path_
from goodstanding.catalogue.end_checks import check_ends
from goodstanding.catalogue.model import Item, Pack, Source
from goodstanding.catalogue.persons import check_schemes
from goodstanding.kernel import (
    FactType,
    GoodStandingError,
    is_time_zone,
    known_calendars,
    refuse_natural_person,
)

Documents = Mapping[tuple[str, str], Document]


def check_references(pack: Pack, documents: Documents) -> list[GoodStandingError]:
    """Everything in the pack that names something it does not define, or may not."""
    found = list(_titles(documents))
    found += _calendar(pack, documents["pack", pack.id])
    found += check_schemes(pack, documents["pack", pack.id])
    found += _time_zone(pack, documents["pack", pack.id])
    found += _names(pack, documents["pack", pack.id])
    for item in pack.items.values():
        document = documents["catalogue", item.id]
        found += _item(pack, item, document)
        found += check_ends(pack, item, document)
    laws = [
        *(("parameters", p.id, [v.article for v in p.values]) for p in pack.parameters.values()),
        *(("tables", t.id, [v.article for v in t.values]) for t in pack.tables.values()),
    ]
    for kind, name, articles in laws:
        for n, article in enumerate(articles):
            at = ("values", n, "article")
            found += _known("article", [article], pack.articles, documents[kind, name], *at)
    for source in pack.sources.values():
        found += _source(pack, source, documents["sources", source.id])
    found += _powers(pack, documents)
    return found


def _powers(pack: Pack, documents: Documents) -> Iterator[GoodStandingError]:
    """Who reviews whom, and on which items an article permits acts."""
    head = documents["pack", pack.id]
    for authority in pack.authorities.values():
        at = ("authorities", authority.id, "reviews")
        yield from _known("authority", authority.reviews, pack.authorities, head, *at)
    for article in pack.articles.values():
        if article.permits is not None:
            way = ("articles", article.number, "permits", "items")
            law = documents["law", article.instrument]
            yield from _known("item", article.permits.items, pack.items, law, *way)


def _known(
    what: str, names: Iterable[str], known: Iterable[str], document: Document, *at: str | int
) -> Iterator[GoodStandingError]:
    names = list(names)
    for n, name in enumerate(names):
        if name not in known:
            path: Path_ = (*at, n) if (*at, n) in document.places else at
            yield GoodStandingError(
                errors.UNKNOWN_REFERENCE, place=document.place(*path), what=what, name=name
            )


def _calendar(pack: Pack, document: Document) -> Iterator[GoodStandingError]:
    if pack.calendar not in known_calendars():
        yield GoodStandingError(
            errors.UNKNOWN_CALENDAR,
            place=document.place("calendar"),
            calendar=pack.calendar,
            known=", ".join(known_calendars()),
        )


def _time_zone(pack: Pack, document: Document) -> Iterator[GoodStandingError]:
    if not is_time_zone(pack.time_zone):
        yield GoodStandingError(
            errors.UNKNOWN_TIME_ZONE, place=document.place("time_zone"), zone=pack.time_zone
        )


def _names(pack: Pack, document: Document) -> Iterator[GoodStandingError]:
    yield from _known("source", pack.names_from, pack.sources, document, "names_from")
    for n, name in enumerate(pack.names_from):
        if name in pack.names_from[:n]:
            place = document.place("names_from", n)
            yield GoodStandingError(errors.NAMED_TWICE, place=place, source=name)


def _item(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    yield from _known(
        "subject kind", item.subject_kinds, pack.subject_kinds, document, "subject_kinds"
    )
    yield from _known(
        "identifier scheme",
        item.identifier_schemes,
        pack.identifier_schemes,
        document,
        "identifier_schemes",
    )
    yield from _known("authority", item.authorities, pack.authorities, document, "authorities")
    yield from _known("article", item.basis, pack.articles, document, "basis")
    if item.retention is not None:
        yield from _known("parameter", [item.retention], pack.parameters, document, "retention")
    if item.grades_of is not None:
        yield from _known("scheme", [item.grades_of], pack.schemes, document, "grades_of")
        grade = item.facts.get("grade")
        if grade is None or grade.type not in (FactType.CODE, FactType.TEXT):
            place = document.place("facts", "grade")
            yield GoodStandingError(
                errors.NO_GRADE, place=place, item=item.id, scheme=item.grades_of
            )
    yield from _older(pack, item, document)
    yield from _published(pack, item, document)
    if item.establishments is not None:
        at = ("establishments", "article")
        yield from _known("article", [item.establishments], pack.articles, document, *at)
    if pack.specimen is None:  # of a specimen the principles speak
        yield from _persons(pack, item, document)
    starts = [pack.articles[a].in_force.start for a in item.basis if a in pack.articles]
    if starts and min(starts) > item.in_force.start:
        yield GoodStandingError(
            errors.BASIS_NOT_IN_FORCE,
            place=document.place("in_force"),
            article=item.basis[0],
            start=min(starts),
            item=item.id,
            item_start=item.in_force.start,
        )


def _older(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    if item.older is None:
        return
    at = ("older_records", "article")
    yield from _known("article", [item.older.article], pack.articles, document, *at)
    if item.older.start >= item.in_force.start:
        yield GoodStandingError(
            errors.NOT_OLDER,
            place=document.place("older_records", "from"),
            item=item.id,
            start=item.in_force.start,
        )


def _published(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    if item.published is None:
        return
    scheme, fact = item.published.scheme, item.published.fact
    known = {name.partition(".")[0] for name in pack.schemes}
    yield from _known("scheme", [scheme], known, document, "published", "scheme")
    yield from _known("fact", [fact], item.facts, document, "published", "fact")


def _persons(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    natures = [
        (pack.subject_kinds[kind].nature, ("subject_kinds", n))
        for n, kind in enumerate(item.subject_kinds)
        if kind in pack.subject_kinds
    ] + [
        (pack.identifier_schemes[scheme].nature, ("identifier_schemes", n))
        for n, scheme in enumerate(item.identifier_schemes)
        if scheme in pack.identifier_schemes
    ]
    for nature, at in natures:
        try:
            refuse_natural_person(nature, f"The subject of the item {item.id!r}")
        except GoodStandingError as error:
            error.place = document.place(*at)
            yield error


def _source(pack: Pack, source: Source, document: Document) -> Iterator[GoodStandingError]:
    yield from _known("authority", [source.authority], pack.authorities, document, "authority")
    yield from _known("item", source.items, pack.items, document, "items")
    for n, name in enumerate(source.items):
        item = pack.items.get(name)
        if item and source.authority not in item.authorities:
            yield GoodStandingError(
                errors.FOREIGN_ITEM,
                place=document.place("items", n),
                source=source.id,
                authority=source.authority,
                item=name,
            )
    for n, check in enumerate(source.checks):
        if check.article is not None:
            at = ("checks", n, "article")
            yield from _known("article", [check.article], pack.articles, document, *at)


def _titles(documents: Documents) -> Iterator[GoodStandingError]:
    """Every `titles`, `title` and `paraphrase` in every file says it in English."""
    for document in documents.values():
        for path in document.places:
            if path and path[-1] in ("titles", "title", "paraphrase"):
                value = _at(document.data, path)
                if isinstance(value, dict) and "en" not in value:
                    yield GoodStandingError(
                        errors.NO_ENGLISH_TITLE,
                        place=document.place(*path),
                        what=".".join(map(str, path[:-1])) or document.path.stem,
                    )


def _at(data: object, path: Path_) -> object:
    found: Any = data
    for step in path:
        found = found[step]  # the path was recorded while reading
    return found
