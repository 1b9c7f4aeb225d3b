"""What every part of an explanation needs: the standing, its scheme, and words for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from goodstanding.catalogue import Fact, FactType, Titles, title
from goodstanding.catalogue.model import ENGLISH
from goodstanding.evaluation.explain.phrases import Phrases
from goodstanding.evaluation.explanation import CitedArticle
from goodstanding.evaluation.language import Name, NameKind, Node, NumberType, Type, Value, walk
from goodstanding.evaluation.model import Indicator, Scheme, Selection, Take
from goodstanding.evaluation.question import Question
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.results import Evaluation
from goodstanding.evaluation.units import UNITLESS
from goodstanding.kernel import Fixed, decimal_text
from goodstanding.register.history import Told

#: The unit of a fact that names a calendar year, which says all by itself.
_YEAR = "year"
#: What is taken of records so that a number keeps its unit.
_HANDED_ON = (Take.LATEST, Take.FIRST, Take.SUM, Take.MAX, Take.MIN)


def document_of(record: RecordLike, among: Iterable[RecordLike], phrases: Phrases) -> str:
    """The number of a record's document, with its key where another record has that number."""
    own = (record.source, record.source_key)
    shared = any(o.document == record.document and (o.source, o.source_key) != own for o in among)
    key = phrases.say("in_brackets", text=record.source_key) if shared else ""
    return f"{record.document}{key}"


@dataclass(frozen=True, slots=True)
class Base:
    """One standing to be explained, with all entries about its subject."""

    scheme: Scheme
    records: Sequence[RecordLike]
    found: Evaluation
    as_of: date
    known_at: datetime | None
    phrases: Phrases
    told: Mapping[int, Told]
    question: Question

    def document(self, record: RecordLike) -> str:
        """What a record is called."""
        return document_of(record, self.records, self.phrases)

    def say(self, key: str, **filled: object) -> str:
        """A phrase in the language of the explanation."""
        return self.phrases.say(key, **filled)

    def title(self, titles: Titles) -> str:
        """A title of the pack in that language, or in English."""
        return title(titles, self.phrases.language)

    def named(self, id: str, titles: Titles) -> str:
        """A title, or the id in plain letters where there is none."""
        return self.title(titles) if titles else id.replace("_", " ")

    def selection(self, selection: Selection) -> str:
        """What a selection is called; one made by the loader for a rule, as the rule."""
        for rule in self.scheme.rules.values():
            if rule.per_record and selection.id == rule.per_record.of == f"{rule.id}_valid":
                return self.title(rule.titles)
        return self.named(selection.id, selection.titles)

    def grade(self, grade: str) -> str:
        """What a grade is called; as it is written where a carried text is none of the scheme."""
        labels = self.scheme.grades.labels
        return self.title(labels[grade]) if grade in labels else grade

    def article(self, id: str) -> CitedArticle:
        """An article as it is shown."""
        found = self.scheme.article(id)
        return CitedArticle(
            id=found.id,
            instrument=self.title(found.instrument_titles),
            number=found.number,
            title=self.title(found.titles),
            paraphrase=self.title(found.paraphrase),
            confidence=str(found.confidence),
            link=found.link,
        )

    def cited(self, id: str) -> str:
        """An article in a sentence."""
        return self.citation(self.article(id))

    def citation(self, article: CitedArticle) -> str:
        """Instrument and number."""
        return self.phrases.citation(article.instrument, article.number)

    def number(self, parameter: str) -> str:
        """A number of the law on the day asked about."""
        return str(self.fixed(parameter))

    def fixed(self, parameter: str) -> Fixed:
        """The same as a value."""
        units = self.question.parameters[parameter]
        return Fixed(units, self.scheme.parameters[parameter].scale)

    def shown(self, name: Name) -> str:
        """An indicator or derived figure with its value, as it stands in a sentence."""
        none = "no_value" if name.kind is NameKind.DERIVED else "no_record"
        value, fact = self.reading(name), self.fact_of(name)
        if value is not None and fact is not None:
            value = self.measured(fact, value)
        return self.say("shown", title=self.figure(name), value=value or self.say(none))

    def reading(self, name: Name) -> str | None:
        """The value of an indicator or derived figure as text: of a code its title."""
        value = self.value(name)
        if isinstance(value, str) and name.kind is NameKind.INDICATOR:
            return self.code(self.scheme.indicators[name.name], value)
        return self.text(value, name.type)

    def fact_of(self, name: Name) -> Fact | None:
        """The number of records that an indicator hands on as it is, if it does."""
        if name.kind is not NameKind.INDICATOR:
            return None
        indicator = self.scheme.indicators[name.name]
        of = indicator.value
        if indicator.take not in _HANDED_ON or not isinstance(of, Name):
            return None
        if of.kind is not NameKind.FACT or not isinstance(of.type, NumberType):
            return None
        items = self.scheme.selections[indicator.of].items
        return self.scheme.population[items[0]].facts[of.name]

    def code(self, indicator: Indicator, value: str) -> str:
        """The title of a code that an indicator takes from a fact; any other text as it is."""
        fact = indicator.value
        if isinstance(fact, Name) and fact.kind is NameKind.FACT:
            for item in self.scheme.selections[indicator.of].items:
                codes = self.scheme.population[item].facts[fact.name].codes
                if value in codes:
                    return self.title(codes[value])
        return value

    def figure(self, name: Name) -> str:
        """What an indicator or derived figure is called."""
        if name.kind is NameKind.TOTAL:
            return self.say("total")
        if name.kind is NameKind.DERIVED:
            return self.named(name.name, self.scheme.derived[name.name].titles)
        return self.named(name.name, self.scheme.indicators[name.name].titles)

    def value(self, name: Name) -> Value:
        """What an indicator, a derived figure or the total before exceptions was."""
        if name.kind is NameKind.TOTAL:
            return self.found.raw_total
        figures = self.found.derived if name.kind is NameKind.DERIVED else self.found.indicators
        return figures[name.name]

    def figures(self, *nodes: Node | None) -> list[str]:
        """The figures that expressions name, with their values, each once; not the sums that
        the loader made for a rule."""
        own = {rule.per_record.indicator for rule in self.scheme.rules.values() if rule.per_record}
        names = [part for node in nodes if node is not None for part in walk(node)]
        kinds = (NameKind.INDICATOR, NameKind.DERIVED, NameKind.TOTAL)
        found = [n for n in names if isinstance(n, Name) and n.kind in kinds and n.name not in own]
        return [self.shown(name) for name in dict.fromkeys(found)]

    def measured(self, fact: Fact, shown: str) -> str:
        """The value of a fact with its unit, of money with the currency of the pack."""
        currency = self.scheme.pack.currency if fact.type is FactType.MONEY else None
        unit = fact.unit or currency
        # "Findings: 3" says what it counts already.
        said = fact.titles[ENGLISH].casefold() == (unit or "").casefold()
        if unit is None or said or unit in UNITLESS or unit == _YEAR:
            return shown
        named = self.phrases.of_number(self.phrases.unit(unit), shown)
        return self.say("amount", number=shown, unit=named)

    def text(self, value: Value, type: Type) -> str | None:
        """A value as text; None stays none."""
        match value:
            case None:
                return None
            case bool():
                return self.say("yes" if value else "no")
            case int() if isinstance(type, NumberType):
                return decimal_text(value, type.scale)
            case date():
                return value.isoformat()
        return str(value)
