"""From a subject's records and a wished grade to an answer in words.

Invariant: nothing is shown that the reference engine has not just confirmed, from the records
as they stand and the changes as they are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from goodstanding.catalogue import check_language
from goodstanding.evaluation import errors
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike, standing_entries
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.results import Evaluation
from goodstanding.evaluation.whatif.changes import Subject, not_supposed, permitted_changes
from goodstanding.evaluation.whatif.days import horizon_of
from goodstanding.evaluation.whatif.groups import Chosen, grouped
from goodstanding.evaluation.whatif.kinds import ORDER
from goodstanding.evaluation.whatif.model import (
    Answer,
    Change,
    Found,
    Group,
    Kind,
    ShownChange,
    Suggestion,
    after,
)
from goodstanding.evaluation.whatif.search import Limits, Search
from goodstanding.evaluation.whatif.words import Words
from goodstanding.kernel import GoodStandingError

#: How far is looked unless the question says otherwise.
USUAL = Limits()

_ALREADY = {
    "en": "The grade is reached already; nothing has to change.",
    "zh": "已达到该等级，无需任何变化。",
}
_SOME = {
    "en": "Each of these leads to the grade by itself; within each, everything is needed.",
    "zh": "以下每项单独即可达到该等级；每项之内缺一不可。",
}
_NONE = {
    "en": "No set of up to {most} permitted changes reaches the grade by {until}.",
    "zh": "至{until}为止，不超过{most}项的合法变化均不能达到该等级。",
}
_NONE_ALONE = {
    "en": "No single permitted change reaches the grade by {until}.",
    "zh": "至{until}为止，任何单项合法变化均不能达到该等级。",
}
_CUT_OFF = {
    "en": "Not every set could be tried: the search ended after {count} evaluations.",
    "zh": "未能尝试所有组合：搜索在{count}次评价后结束。",
}
_NOT_SUPPOSED = {
    "en": "A new record “{item}” may matter too; what it says is for {who} to find and is not "
    "supposed here.",
    "zh": "新的“{item}”记录也可能有影响；其内容由{who}认定，此处不作假定。",
}
_WAIT = {
    "en": "Until {day} only time passes: {because}.",
    "zh": "至{day}仅经过时间：{because}。",
}
_LEADS = {
    "en": "{changes} On {day} the grade is then {grade}.",
    "zh": "{changes}自{day}起等级为“{grade}”。",
}
_LOST = {
    "en": " It is lost again on {until}, if nothing else happens.",
    "zh": "如无其他变化，将于{until}再次失去。",
}


def what_if(
    scheme: Scheme,
    records: Sequence[RecordLike],
    *,
    subject: str,
    grade: str,
    as_of: date,
    known_at: datetime | None,
    language: str = "en",
    limits: Limits = USUAL,
    draft: bool = False,
) -> Answer:
    """The smallest sets of permitted changes that lead the subject to ``grade`` or a better one.

    ``records`` are all its entries; ``draft`` says that the scheme is not in force. Raises
    GS-SCHEME-020 to 023, 080 for a grade that is not in the scheme's order, and GS-PACK-068 for a
    language that the pack does not have.
    """
    check_language(scheme.pack, language)
    if grade not in scheme.grades.order:
        known = ", ".join(scheme.grades.order)
        raise GoodStandingError(errors.NO_SUCH_GRADE, grade=grade, scheme=scheme.name, known=known)
    standing = [r for r in standing_entries(records, known_at) if r.subject == subject]
    told = [r for r in records if known_at is None or r.known_at <= known_at]
    own = [record for record in told if record.subject == subject]
    found = evaluate_subject(scheme, standing, as_of, None)
    if found is None:
        raise GoodStandingError(
            errors.NO_STANDING, subject=subject, as_of=as_of, scheme=scheme.name
        )
    asking = _Asking(scheme, standing, found, as_of, Words(scheme, language, own))
    return replace(asking.answer(grade, known_at, limits), draft=draft)


class _Asking:
    def __init__(
        self,
        scheme: Scheme,
        standing: Sequence[RecordLike],
        found: Evaluation,
        as_of: date,
        words: Words,
    ) -> None:
        self.scheme = scheme
        self.standing = standing
        self.now = found.standing
        self.as_of = as_of
        self.words = words
        # As they stand: what a newer record ended may go on once that one is withdrawn.
        own = {(record.item, record.leaf): record for record in standing}
        looked_at = [own[record.item, record.leaf] for record in counted(found)]
        self.subject = Subject(scheme, standing, looked_at, as_of)

    def answer(self, wished: str, known_at: datetime | None, limits: Limits) -> Answer:
        scheme, words, now = self.scheme, self.words, self.now
        order = scheme.grades.order
        reached = now.grade in order[: order.index(wished) + 1]
        search = Search(
            scheme, self.standing, permitted_changes(self.subject), wished=wished,
            as_of=self.as_of, horizon=horizon_of(scheme, self.as_of), limits=limits,
        )  # fmt: skip
        found = sorted([] if reached else search.run(), key=_place)
        chosen = grouped(found, everything=limits.everything)
        shown = [self.suggestion(search, each) for group in chosen for each in group.shown]
        return Answer(
            language=words.language,
            sentences_in=words.phrases.written_in,
            scheme=scheme.name,
            version=scheme.version,
            scheme_title=words.title(scheme.titles),
            subject=now.subject,
            as_of=self.as_of,
            known_at=known_at,
            grade=now.grade or "",
            grade_title=words.grade(now.grade or ""),
            total=None if now.total is None else str(now.total),
            unit=words.phrases.unit(scheme.unit),
            wished=wished,
            wished_title=words.grade(wished),
            reached=reached,
            suggestions=tuple(shown),
            groups=tuple(self.groups(chosen)),
            left_out=len(found) - len(shown),
            most_changes=limits.most_changes,
            looked_ahead_until=search.horizon,
            evaluations=search.evaluations,
            complete=search.complete,
            words=self.said(search, found=bool(found), reached=reached),
            not_supposed=() if reached else tuple(self.not_supposed()),
        )

    def said(self, search: Search, *, found: bool, reached: bool) -> str:
        words = self.words
        if reached:
            return words.say(_ALREADY)
        until = words.day(search.horizon)
        most = search.limits.most_changes
        none = _NONE_ALONE if most == 1 else _NONE
        sentence = words.say(_SOME) if found else words.say(none, most=most, until=until)
        if search.complete:
            return sentence
        return words.joined([sentence, words.say(_CUT_OFF, count=f"{search.evaluations:,}")])

    def not_supposed(self) -> Iterator[str]:
        for item in not_supposed(self.subject):
            who = self.words.any_of(self.words.authorities(item.authorities))
            yield self.words.say(_NOT_SUPPOSED, item=self.words.item(item.id), who=who)

    def groups(self, chosen: Sequence[Chosen]) -> Iterator[Group]:
        """The groups in words; one of which nothing is shown is counted with the rest."""
        first = 0
        for group in chosen:
            if group.shown:
                words, how = self.words.shape(group.kinds)
                places = tuple(range(first, first + len(group.shown)))
                yield Group(tuple(map(str, group.kinds)), words, how, places, group.left_out)
                first += len(group.shown)

    # -- suggestions -----------------------------------------------------------------

    def suggestion(self, search: Search, found: Found) -> Suggestion:
        # Looking how long it lasts is no part of the search, and has a budget of its own.
        lasting = self.again(search, found).lasting(found)
        changes = [self.change(change) for change in found.changes]
        if found.waits:
            changes.append(self.waiting(found))
        label = self.words.grade(found.grade)
        joined = self.words.joined([change.words for change in changes])
        day = self.words.day(found.on)
        said = self.words.say(_LEADS, changes=joined, day=day, grade=label)
        if lasting.until is not None:
            said += self.words.say(_LOST, until=self.words.day(lasting.until))
        return Suggestion(
            changes=tuple(changes),
            on=found.on,
            grade=found.grade,
            grade_title=label,
            total=found.total,
            until=lasting.until,
            words=said,
        )

    def again(self, search: Search, found: Found) -> Search:
        """Evaluate a finding once more, alone; whatever did not hold would never be shown."""
        records = after(self.standing, found.changes)
        evaluated = evaluate_subject(self.scheme, records, found.on, None)
        if evaluated is None or evaluated.standing.grade != found.grade:
            raise AssertionError("what the search found holds when it is evaluated again")
        return Search(
            self.scheme, self.standing, found.changes, wished=found.grade, as_of=self.as_of,
            horizon=horizon_of(self.scheme, self.as_of), limits=Limits(budget=sys.maxsize),
            varied=search.varied,
        )  # fmt: skip

    def change(self, change: Change) -> ShownChange:
        record = change.of or change.about
        return ShownChange(
            kind=change.kind,
            words=self.words.change(change),
            brief=self.words.brief(change),
            item=change.item,
            leaf=None if record is None else record.leaf,
            document=None if record is None else record.document,
            on=change.on,
            decided_by=self.words.authorities(change.authorities),
            article=change.article,
            law=self.words.law(change.article),
        )

    def waiting(self, found: Found) -> ShownChange:
        records = after(self.standing, found.changes)
        causes, words = self.words.turns(records, found.on), self.words
        act, day = self.scheme.act, words.day(found.on)
        return ShownChange(
            kind=Kind.WAIT,
            words=words.say(_WAIT, day=day, because=words.phrases.listed(causes, "semicolon")),
            brief=words.until(found.on, causes),
            item=None, leaf=None, document=None, on=found.on, decided_by=(),
            article=act, law=self.words.law(act),
        )  # fmt: skip


def counted(found: Evaluation) -> list[RecordLike]:
    """The records that an evaluation looked at, each once."""
    chosen = {(r.item, r.leaf): r for own in found.selected.values() for r in own}
    return [chosen[key] for key in sorted(chosen)]


def _place(found: Found) -> tuple[int, date, list[int], list[int]]:
    kinds = [ORDER[change.kind] for change in found.changes]
    kinds += [ORDER[Kind.WAIT]] * found.waits
    leaves = [change.of.leaf for change in found.changes if change.of is not None]
    return found.count, found.on, sorted(kinds), leaves
