"""The whole explanation in sentences, made of the titles of the scheme's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from goodstanding.evaluation.explain.phrases import Phrases
from goodstanding.evaluation.explanation import Change, Explanation, Part

#: So many changes of one kind are told one by one.
_FEW = 2
#: So many equally small changes are told for a better grade, and for a worse one.
_WAYS = 3


def story(found: Explanation) -> Iterator[str]:
    """Sentence by sentence: the grade, what made it, what did not count, what changes when."""
    p = Phrases(found.language)
    if found.sentences_in != found.language:
        yield p.say("english_only")
    if found.draft:
        yield p.say("story_draft")
    if found.weak:
        yield p.say("weak")
    yield p.say(
        "story_no_total" if found.total is None else "story_total",
        day=p.day(found.as_of),
        subject=found.subject,
        grade=found.grade_title,
        scheme=found.scheme_title,
        total=found.total,
        unit=p.of_number(found.unit, found.total or ""),
    )
    told: set[str] = set()
    for part in found.parts:
        yield _part(p, found, part)
        for sentence in _of_records(p, part):
            # A record may stand behind several reasons; what is said of it is said once.
            if sentence not in told:
                yield sentence
                told.add(sentence)
    for ignored in found.ignored:
        yield p.say("story_ignored", records=p.records(ignored.count), why=ignored.why)
    yield from beside(found)
    yield from ahead(found)


def beside(found: Explanation) -> Iterator[str]:
    """What the bands ask, and which smallest changes lead to another grade; of many of one size
    the first, and how many more."""
    p = Phrases(found.language)
    said = [need.words for need in found.needs]
    for better in (True, False):
        ways = [near.words for near in found.neighbours if near.better is better]
        said += ways[:_WAYS]
        if len(ways) > _WAYS:
            key = "more_ways_better" if better else "more_ways_worse"
            said.append(p.say(key, count=len(ways) - _WAYS))
    for words in said:
        yield p.say("sentence", words=f"{words[0].upper()}{words[1:]}")


def ahead(found: Explanation) -> Iterator[str]:
    """What changes by itself, and when; a total that moves day by day is told in one sentence."""
    p, grade = Phrases(found.language), found.grade
    for run in _runs(found.changes):
        yield _change(p, found, run[0], stays=run[0].grade == grade)
        if len(run) == _FEW:
            yield _change(p, found, run[1], stays=True)
        elif len(run) > _FEW:
            yield _said(p, found, run[-1], "story_drift")
        grade = run[0].grade or ""
    key = "story_looked_ahead" if found.changes else "story_unchanged"
    yield p.say(key, day=p.day(found.looked_ahead_until))


def _runs(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes one after another that lead to one grade for one cause."""
    for _, run in groupby(changes, key=lambda change: (change.grade, change.because)):
        yield list(run)


def _part(p: Phrases, found: Explanation, part: Part) -> str:
    documents = list(dict.fromkeys(record.name for record in part.records))
    records = p.say("story_records", documents=p.listed(documents)) if documents else ""
    cited = part.article
    article = None if cited is None else p.citation(cited.instrument, cited.number)
    said = {"title": part.title, "words": part.words, "records": records}
    if part.points is None:
        return p.say("story_judgement", article=article, **said)
    key = "story_points_alone" if article is None else "story_points"
    unit = p.of_number(found.unit, part.points)
    return p.say(key, points=part.points, unit=unit, article=article, **said)


def _of_records(p: Phrases, part: Part) -> Iterator[str]:
    for record in part.records:
        if record.decays:
            steps = p.listed([decay.words for decay in record.decays], "semicolon")
            yield p.say("story_decay", document=record.name, points=record.points, steps=steps)
        # Of a record without an end it is said who looks at it again, and by when.
        review = [] if record.review_on is None else [record.end]
        for remark in (*record.remarks, *review):
            yield p.say("story_remark", document=record.name, remark=remark)


def _change(p: Phrases, found: Explanation, change: Change, *, stays: bool) -> str:
    if change.grade_title is None:
        return _said(p, found, change, "story_no_standing")
    only_total = stays and change.total is not None
    return _said(p, found, change, "story_total_changes" if only_total else "story_change")


def _said(p: Phrases, found: Explanation, change: Change, key: str) -> str:
    unit = p.of_number(found.unit, change.total or "")
    in_total = "" if change.total is None else p.say("in_total", total=change.total, unit=unit)
    because = p.listed(change.because, "semicolon")
    total = in_total if key == "story_change" else change.total
    said = {"grade": change.grade_title, "total": total, "unit": unit, "because": because}
    return p.say(key, day=p.day(change.on), **said)
