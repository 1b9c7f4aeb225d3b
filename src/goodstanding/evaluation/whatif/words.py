"""Changes as sentences, in English and Chinese: what must happen, and who must decide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from goodstanding.catalogue import Titles, title
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike, in_effect
from goodstanding.evaluation.reference import in_window
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
_RECORD = {
    "en": "{item} “{document}” of {day}",
    "zh": "{day}的{item}记录《{document}》",
}
_TURNS: dict[str, Titles] = {
    "ends": {"en": "{record} ends", "zh": "{record}终止"},
    "begins": {"en": "{record} takes effect", "zh": "{record}生效"},
    "leaves": {
        "en": "{record} no longer counts for “{selection}”",
        "zh": "{record}不再计入“{selection}”",
    },
    "law": {"en": "“{parameter}” takes a new value", "zh": "“{parameter}”取新值"},
    "days": {"en": "enough days have passed", "zh": "已经过足够天数"},
}
_NAMELESS = {"en": "{item} of {day}", "zh": "{day}的{item}记录"}


class Words:
    """Sentences about one scheme's pack in one language (English where it is missing)."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        self.scheme = scheme
        self.language = language

    def say(self, said: Titles, **parts: object) -> str:
        """A sentence with its parts."""
        sentence = title(said, self.language).format(**parts)
        return sentence[:1].upper() + sentence[1:]

    def title(self, titles: Titles) -> str:
        """A title of the pack."""
        return title(titles, self.language)

    def authorities(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Authorities by name."""
        return tuple(self.title(self.scheme.pack.authorities[name].titles) for name in ids)

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
        return title(said, self.language).format(
            item=self.item(record.item), document=record.document, day=self.day(day)
        )

    def day(self, day: date) -> str:
        """A day as it is read."""
        if self.language == CHINESE:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B %Y}"

    def change(self, change: Change) -> str:
        """What would have to happen."""
        fact = ""
        if change.fact is not None:
            fact = self.title(self.scheme.pack.items[change.item].facts[change.fact].titles)
        return self.say(
            _SAID[change.kind],
            record="" if change.of is None else self.record(change.of),
            about="" if change.about is None else self.record(change.about),
            item=self.item(change.item),
            year=change.year,
            fact=fact,
            who=self.any_of(self.authorities(change.authorities)),
        )

    def turns(self, records: Sequence[RecordLike], day: date) -> list[str]:
        """What begins, ends or changes on a day."""
        found = [said for record in records for said in self.turns_of(record, day)]
        for parameter in self.scheme.parameters.values():
            if any(value.start == day for value in parameter.values):
                found.append(self.turn("law", parameter=self.title(parameter.titles)))
        return list(dict.fromkeys(found)) or [self.turn("days")]

    def turns_of(self, record: RecordLike, day: date) -> Iterator[str]:
        """What turns on a day for one record that the scheme can count."""
        looking = [s for s in self.scheme.selections.values() if record.item in s.items]
        if looking and record.ends_on == day:
            yield self.turn("ends", record=self.record(record))
            return
        if looking and record.effective_on == day:
            yield self.turn("begins", record=self.record(record))
        if not in_effect(record, day):
            return
        eve = day - timedelta(days=1)
        for selection in looking:
            counted, counts = (in_window(self.scheme, selection, record, d) for d in (eve, day))
            if counted and not counts:
                titles = selection.titles or {"en": selection.id.replace("_", " ")}
                yield self.turn("leaves", record=self.record(record), selection=self.title(titles))

    def turn(self, what: str, **parts: str) -> str:
        """What turns, as part of a sentence."""
        return title(_TURNS[what], self.language).format(**parts)

    def law(self, article: str | None) -> str | None:
        """An article as it is cited."""
        if article is None or article not in self.scheme.pack.articles:
            return None
        found = self.scheme.pack.articles[article]
        return f"{self.title(found.instrument_titles)}, {found.number}"
