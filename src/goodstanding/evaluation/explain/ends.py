"""When a record ends, or is reviewed, and what says so: its agency, the law, a newer record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from goodstanding.catalogue.ends import Term, Told, term_of
from goodstanding.evaluation.ended import ender
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.records import RecordLike, standing_entries


@dataclass(frozen=True, slots=True)
class End:
    """The day on which a record ends, the one by which it is reviewed, and why, in words."""

    ends_on: date | None
    review_on: date | None
    words: str


def end_said(b: Base, record: RecordLike) -> End:
    """When the record ends, as its newest version and newer records say."""
    standing = standing_entries(b.records, b.known_at)
    own = (record.item, record.leaf)
    # As it was sealed: an evaluation already gives it the end that a newer record sets.
    sealed = next((r for r in standing if (r.item, r.leaf) == own), record)
    newer = ender(b.scheme.population, sealed, standing)
    if newer is not None:
        day = b.phrases.day(newer.effective_on)
        words = b.say("end_newer", day=day, newer=named(b, newer))
        return End(newer.effective_on, None, words)
    term = term_of(b.scheme.pack, b.scheme.population[sealed.item], sealed)
    if term.told is Told.REVIEW:
        return End(None, term.day, _words(b, term))
    return End(term.day, None, _words(b, term))


def named(b: Base, record: RecordLike) -> str:
    """A record by its item and document."""
    item = b.scheme.population.get(record.item)
    return f"{b.title(item.titles) if item else record.item} {b.document(record)}"


def _words(b: Base, term: Term) -> str:
    if term.day is None:
        return ""
    day = b.phrases.day(term.day)
    if term.told is Told.STATED or term.start is None or term.article is None:
        return b.say("end_stated", day=day)
    start, article = b.phrases.day(term.start), b.cited(term.article)
    months = b.phrases.of_number(b.phrases.unit("months"), term.months or "")
    said = {"day": day, "number": term.months, "months": months, "start": start}
    if term.told is Told.LAW:
        return b.say("end_law", article=article, **said)
    owner = b.scheme.pack.authorities.get(term.owner or "")
    who = b.title(owner.titles) if owner else term.owner
    return b.say("end_review", article=article, owner=who, **said)
