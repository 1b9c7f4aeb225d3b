"""Why a subject has its grade, and what would change it. Pure: from records to values.

Everything here is taken from the reference engine's evaluation, so that an explanation can
never disagree with what the scheme means. Its words are those of the scheme's own titles, with
the phrases of ``phrases`` between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from goodstanding.catalogue import check_language
from goodstanding.evaluation import errors
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.coming import changes, horizon
from goodstanding.evaluation.explain.ignored import ignored
from goodstanding.evaluation.explain.nearest import neighbours
from goodstanding.evaluation.explain.needs import needs
from goodstanding.evaluation.explain.phrases import LANGUAGES, Phrases
from goodstanding.evaluation.explain.reasons import part
from goodstanding.evaluation.explain.story import ahead, beside, story
from goodstanding.evaluation.explanation import Explanation
from goodstanding.evaluation.language import Name, NameKind
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.kernel import GoodStandingError
from goodstanding.register.history import Told

__all__ = ["LANGUAGES", "Phrases", "ahead", "beside", "explain"]


def explain(
    scheme: Scheme,
    records: Sequence[RecordLike],
    *,
    subject: str,
    as_of: date,
    known_at: datetime | None,
    language: str = "en",
    told: Mapping[int, Told] | None = None,
    draft: bool = False,
) -> Explanation:
    """Explain the standing of one subject, given all its entries (superseded ones too).

    What was not known at ``known_at`` is not looked at. ``told`` says by leaf what was told
    with an entry; ``draft`` that the scheme is not in force. Raises GS-SCHEME-020 to 023, and
    GS-PACK-068 for a language that the pack does not have.
    """
    check_language(scheme.pack, language)
    known = [record for record in records if known_at is None or record.known_at <= known_at]
    # A later version may say that the record is about someone else.
    moved = {(record.item, record.supersedes) for record in known if record.subject != subject}
    own = [
        record
        for record in known
        if record.subject == subject and (record.item, record.leaf) not in moved
    ]
    found = evaluate_subject(scheme, own, as_of, known_at)
    if found is None:
        raise GoodStandingError(
            errors.NO_STANDING, subject=subject, as_of=as_of, scheme=scheme.name
        )
    phrases = Phrases(language)
    question = ask(scheme, as_of)
    b = Base(scheme, own, found, as_of, known_at, phrases, told or {}, question)
    explained = _explanation(b, draft)
    return replace(explained, sentences=tuple(story(explained)))


def _explanation(b: Base, draft: bool) -> Explanation:
    scheme, standing = b.scheme, b.found.standing
    grade, until = standing.grade or "", horizon(b)
    return Explanation(
        language=b.phrases.language,
        sentences_in=b.phrases.written_in,
        draft=draft,
        scheme=scheme.name,
        version=scheme.version,
        scheme_title=b.title(scheme.titles),
        authority=b.title(scheme.pack.authorities[scheme.authority].titles),
        act=b.article(scheme.act),
        subject=standing.subject,
        as_of=b.as_of,
        known_at=b.known_at,
        grade=grade,
        grade_title=b.grade(grade),
        total=None if standing.total is None else str(standing.total),
        unit=b.phrases.unit(scheme.unit),
        parts=tuple(part(b, reason) for reason in b.found.reasons),
        indicators=_figures(b),
        ignored=tuple(ignored(b)),
        changes=tuple(changes(b, until)),
        needs=tuple(needs(b)),
        neighbours=tuple(neighbours(b)),
        looked_ahead_until=until,
        next_change_on=standing.next_change_on,
        sentences=(),
        weak=scheme.pack.is_weak(standing.subject),
    )


def _figures(b: Base) -> dict[str, str | None]:
    """Every indicator and derived figure by its title, as text."""
    own = {rule.per_record.indicator for rule in b.scheme.rules.values() if rule.per_record}
    shown = {
        b.named(i.id, i.titles): b.reading(Name(NameKind.INDICATOR, i.id, i.type))
        for i in b.scheme.indicators.values()
        if i.id not in own
    }
    derived = {
        b.named(d.id, d.titles): b.text(b.found.derived[d.id], d.value.type)
        for d in b.scheme.derived.values()
    }
    return {**shown, **derived}
