"""Changes as sentences, in English and Chinese: what must happen, and who must decide it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from goodstanding.catalogue import Titles, title, wording
from goodstanding.evaluation.explain.base import Base, document_of
from goodstanding.evaluation.explain.phrases import Phrases
from goodstanding.evaluation.explain.turn import Turn
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.whatif.kinds import KINDS
from goodstanding.evaluation.whatif.model import Change, Kind

CHINESE = "zh"

_SAID: dict[Kind, Titles] = {
    Kind.SETTLE: {
        "en": "{record}: what it reports is settled, and {who} ends the record.",
        "zh": "{record}所载事项已了结，由{who}终止该记录。",
    },
    Kind.COMPLETE: {
        "en": "{record}: “{fact}” is completed, and {who} records it.",
        "zh": "{record}：“{fact}”得到补正，由{who}记入。",
    },
    Kind.REMEDY: {
        "en": "{who} confirms that what {about} found is remedied ({item}).",
        "zh": "{who}确认{about}所认定的问题已整改（{item}）。",
    },
    Kind.COMPLY: {
        "en": "{item} for {year}: {who} records it once the year is over.",
        "zh": "{year}年度{item}：年度结束后由{who}记入。",
    },
    Kind.OBJECT: {
        "en": "{record}: if it is wrong, {who} finds so on objection and withdraws it.",
        "zh": "如{record}有误：经异议，由{who}认定并撤销。",
    },
}
#: So many causes are named where it is said in brief until when is waited.
_CAUSES = 2
#: What a change is about, where its kind is said already.
_BRIEF: dict[Kind, Titles] = {
    Kind.SETTLE: {"en": "{record} ({who})", "zh": "{record}（{who}）"},
    Kind.COMPLETE: {"en": "“{fact}” of {record} ({who})", "zh": "{record}的“{fact}”（{who}）"},
    Kind.REMEDY: {"en": "{about} ({who})", "zh": "{about}（{who}）"},
    Kind.COMPLY: {"en": "{item} for {year} ({who})", "zh": "{year}年度{item}（{who}）"},
    Kind.OBJECT: {"en": "{record} ({who})", "zh": "{record}（{who}）"},
}
_UNTIL = {"en": "until {day}: {because}", "zh": "至{day}：{because}"}
_TIMES = {"en": "{kind} ({n})", "zh": "{kind}（{n}项）"}
_RECORD = {
    "en": "{item} “{document}” of {day}",
    "zh": "{day}的{item}记录《{document}》",
}
_ENOUGH_DAYS = {"en": "enough days have passed", "zh": "已经过足够天数"}
_NAMELESS = {"en": "{item} of {day}", "zh": "{day}的{item}记录"}


class Words:
    """Sentences about one scheme's pack in one language (English where it is missing).

    ``records`` are all there are of the subject, so that each is called what an explanation
    calls it.
    """

    def __init__(self, scheme: Scheme, language: str, records: Sequence[RecordLike] = ()) -> None:
        self.scheme = scheme
        self.language = language
        self.records = records
        self.phrases = Phrases(language)

    def say(self, said: Titles, **parts: object) -> str:
        """A sentence with its parts."""
        sentence = wording(said, self.language).format(**parts)
        return sentence[:1].upper() + sentence[1:]

    def title(self, titles: Titles) -> str:
        """A title of the pack."""
        return title(titles, self.language)

    def grade(self, grade: str) -> str:
        """What a grade is called; as it is written where a carried text is none of the scheme."""
        labels = self.scheme.grades.labels
        return self.title(labels[grade]) if grade in labels else grade

    def authorities(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Authorities by name."""
        return tuple(self.title(self.scheme.pack.authorities[name].titles) for name in ids)

    def joined(self, sentences: Sequence[str]) -> str:
        """Sentences one after another; Chinese ones without a space between."""
        return ("" if self.language == CHINESE else " ").join(sentences)

    def any_of(self, names: Sequence[str]) -> str:
        """One of several: "x, y or z"."""
        if self.language == CHINESE:
            return "或".join(names)
        return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def item(self, id: str) -> str:
        """An item's title."""
        return self.title(self.scheme.pack.items[id].titles)

    def record(self, record: RecordLike) -> str:
        """A record as it stands in a sentence."""
        said = _RECORD if record.document else _NAMELESS
        day = record.decided_on or record.effective_on
        document = document_of(record, self.records, self.phrases)
        return wording(said, self.language).format(
            item=self.item(record.item), document=document, day=self.day(day)
        )

    def day(self, day: date) -> str:
        """A day as it is read."""
        return self.phrases.day(day)

    def shape(self, kinds: Sequence[Kind]) -> tuple[str, str]:
        """The kinds of one group of suggestions, and how they happen."""
        titles, hows = [], []
        for kind in dict.fromkeys(kinds):
            said, n = wording(KINDS[kind].titles, self.language), kinds.count(kind)
            titles.append(said if n == 1 else self.say(_TIMES, kind=said, n=n))
            hows.append(wording(KINDS[kind].how, self.language))
        return " + ".join(titles), self.phrases.listed(hows, "semicolon")

    def change(self, change: Change) -> str:
        """What would have to happen."""
        said = self._said(_SAID, change)
        return said[:1].upper() + said[1:]

    def brief(self, change: Change) -> str:
        """What the change is about, as it stands in a sentence."""
        return self._said(_BRIEF, change)

    def until(self, day: date, causes: Sequence[str]) -> str:
        """Until when is waited, and for what; of many causes the first."""
        shown = [*causes[:_CAUSES]]
        if len(causes) > len(shown):
            shown.append(self.phrases.say("further", count=len(causes) - len(shown)))
        because = self.phrases.listed(shown, "semicolon")
        return wording(_UNTIL, self.language).format(day=self.day(day), because=because)

    def _said(self, sentences: Mapping[Kind, Titles], change: Change) -> str:
        fact = ""
        if change.fact is not None:
            fact = self.title(self.scheme.pack.items[change.item].facts[change.fact].titles)
        return wording(sentences[change.kind], self.language).format(
            record="" if change.of is None else self.record(change.of),
            about="" if change.about is None else self.record(change.about),
            item=self.item(change.item),
            year=change.year,
            fact=fact,
            who=self.any_of(self.authorities(change.authorities)),
        )

    def turns(self, records: Sequence[RecordLike], day: date) -> list[str]:
        """What begins, ends, counts less or changes on a day, in the words of an explanation."""
        before, found = (
            evaluate_subject(self.scheme, records, d, None) for d in (day - timedelta(days=1), day)
        )
        causes = []
        if found is not None:
            question = ask(self.scheme, day)
            base = Base(self.scheme, records, found, day, None, self.phrases, {}, question)
            turn = Turn(base, day, before, found, self.record)
            causes = turn.because() or turn.lessening()
        return causes or [wording(_ENOUGH_DAYS, self.language)]

    def law(self, article: str | None) -> str | None:
        """An article as it is cited."""
        if article is None or article not in self.scheme.pack.articles:
            return None
        found = self.scheme.pack.articles[article]
        return self.phrases.citation(self.title(found.instrument_titles), found.number)
