"""Why a subject has its grade, and what would change it. Pure: from records to values.

Everything here is taken from the reference engine's evaluation, so that an explanation can
never disagree with what the scheme means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from goodstanding.catalogue import Titles, title
from goodstanding.evaluation import errors
from goodstanding.evaluation.explanation import (
    Change,
    CitedArticle,
    ExplainedRecord,
    ExplainedVersion,
    Explanation,
    Ignored,
    Neighbour,
    Part,
)
from goodstanding.evaluation.history import candidate_dates
from goodstanding.evaluation.language import Name, NameKind, NumberType, Value, rescale, walk
from goodstanding.evaluation.model import (
    Bands,
    Direction,
    Indicator,
    PerUnit,
    ReasonKind,
    Rule,
    Scheme,
    Selection,
)
from goodstanding.evaluation.records import (
    WITHDRAWAL,
    RecordLike,
    column_value,
    in_effect,
    standing_entries,
)
from goodstanding.evaluation.reference import evaluate_subject, in_window
from goodstanding.evaluation.results import Evaluation, Reason
from goodstanding.kernel import Fixed, GoodStandingError, add_months, decimal_text
from goodstanding.register.history import FieldChange, Told, chain, steps, words

#: How far ahead we look for changes: years, or months where every single day is looked at.
_YEARS_AHEAD, _MONTHS_AHEAD_DAILY = 10, 24
_WITHDRAWN = "withdrawn"


def explain(
    scheme: Scheme,
    records: Sequence[RecordLike],
    *,
    subject: str,
    as_of: date,
    known_at: datetime | None,
    language: str = "en",
    told: Mapping[int, Told] | None = None,
) -> Explanation:
    """Explain the standing of one subject, given all its entries (superseded ones too).

    What was not known at ``known_at`` is not looked at. ``told`` says by leaf what was told
    with an entry. Raises GS-SCHEME-020 to 023.
    """
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
    return _Explainer(scheme, own, found, as_of, known_at, language, told or {}).explanation()


class _Explainer:
    def __init__(
        self,
        scheme: Scheme,
        records: Sequence[RecordLike],
        found: Evaluation,
        as_of: date,
        known_at: datetime | None,
        language: str,
        told: Mapping[int, Told],
    ) -> None:
        self.told = told
        self.scheme = scheme
        self.records = records
        self.found = found
        self.as_of = as_of
        self.known_at = known_at
        self.language = language
        self.parameters = scheme.values(as_of)

    def explanation(self) -> Explanation:
        scheme, standing = self.scheme, self.found.standing
        grade = standing.grade or ""
        horizon = self.horizon()
        return Explanation(
            language=self.language,
            scheme=scheme.name,
            version=scheme.version,
            scheme_title=self.title(scheme.titles),
            authority=self.title(scheme.pack.authorities[scheme.authority].titles),
            act=self.article(scheme.act),
            subject=standing.subject,
            as_of=self.as_of,
            known_at=self.known_at,
            grade=grade,
            grade_title=self.title(scheme.grades.labels[grade]),
            total=None if standing.total is None else str(standing.total),
            unit=scheme.unit,
            parts=tuple(self.part(reason) for reason in self.found.reasons),
            indicators={
                self.indicator_title(indicator): self.value_text(indicator)
                for indicator in scheme.indicators.values()
            },
            ignored=tuple(self.ignored()),
            changes=tuple(self.changes(horizon)),
            neighbours=tuple(self.neighbours()),
            looked_ahead_until=horizon,
        )

    # -- titles and texts ------------------------------------------------------------

    def title(self, titles: Titles) -> str:
        return title(titles, self.language)

    def article(self, id: str) -> CitedArticle:
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

    def selection_title(self, selection: Selection) -> str:
        return self.title(selection.titles) if selection.titles else selection.id.replace("_", " ")

    def indicator_title(self, indicator: Indicator) -> str:
        return self.title(indicator.titles) if indicator.titles else indicator.id.replace("_", " ")

    def value_text(self, indicator: Indicator) -> str | None:
        return _text(self.found.indicators[indicator.id], indicator.type)

    def shown(self, name: str) -> str:
        """An indicator with its value, as it stands in a sentence."""
        indicator = self.scheme.indicators[name]
        value = self.value_text(indicator)
        return f"{self.indicator_title(indicator)}: {value or 'no record'}"

    def number(self, parameter: str) -> str:
        return str(Fixed(self.parameters[parameter], self.scheme.parameters[parameter].scale))

    # -- reasons ---------------------------------------------------------------------

    def part(self, reason: Reason) -> Part:
        titles, words, selections = self.source(reason)
        records = {
            (record.item, record.leaf): self.record(record, self.scheme.selections[selection])
            for selection in selections
            for record in self.found.selected[selection]
        }
        return Part(
            kind=str(reason.kind),
            id=reason.rule,
            title=self.title(titles),
            points=None if reason.points is None else str(reason.points),
            words=words,
            article=None if reason.article is None else self.article(reason.article),
            records=tuple(records.values()),
        )

    def source(self, reason: Reason) -> tuple[Titles, str, tuple[str, ...]]:
        scheme = self.scheme
        match reason.kind:
            case ReasonKind.RULE:
                rule = scheme.rules[reason.rule]
                return rule.titles, self.rule_words(rule), rule.selections
            case ReasonKind.GROUP:
                group = scheme.groups[reason.rule]
                limits = [
                    f"{word} {self.number(limit)}"
                    for word, limit in (("at most", group.cap), ("at least", group.floor))
                    if limit is not None
                ]
                words = f"together {' and '.join(limits)} {scheme.unit}"
                return group.titles, words, ()
            case ReasonKind.EXCEPTION:
                e = next(e for e in scheme.grades.exceptions if e.id == reason.rule)
                effect = f"gives {e.grade}" if e.grade else f"leaves at best {e.at_best}"
                shown = ", ".join(self.shown(name) for name in e.indicators)
                return e.titles, f"{effect} ({shown})" if shown else effect, e.selections
            case ReasonKind.ABSENCE if scheme.absence is not None:
                return scheme.absence.titles, "there is nothing to evaluate", ()
        parameter = scheme.parameters[scheme.base or ""]
        return parameter.titles, f"every subject begins with {self.number(parameter.id)}", ()

    def rule_words(self, rule: Rule) -> str:
        match rule.points:
            case PerUnit():
                said = f"{self.shown(rule.points.of.name)} × {self.number(rule.points.points)}"
            case Bands():
                said = self.band_words(rule.points)
            case _:
                said = ", ".join(self.shown(name) for name in rule.indicators) or "a fixed number"
        for word, limit in (("at most", rule.cap), ("at least", rule.floor)):
            if limit is not None:
                said += f"; {word} {self.number(limit)}"
        return said

    def band_words(self, bands: Bands) -> str:
        value = self.found.indicators[bands.of.name]
        of = bands.of.type
        said = self.shown(bands.of.name)
        for step in reversed(bands.steps):
            if step.start is None or not isinstance(value, int) or not isinstance(of, NumberType):
                break
            bound = self.scheme.parameters[step.start]
            finest = max(of.scale, bound.scale)
            start = rescale(self.parameters[step.start], bound.scale, finest)
            if rescale(value, of.scale, finest) >= start:
                return f"{said}, which is {self.number(step.start)} or more"
        return f"{said}, below the first bound"

    def record(self, record: RecordLike, selection: Selection) -> ExplainedRecord:
        item = self.scheme.population[record.item]
        return ExplainedRecord(
            leaf=record.leaf,
            item=item.id,
            item_title=self.title(item.titles),
            authority=self.title(self.scheme.pack.authorities[record.authority].titles),
            source=record.source,
            source_key=record.source_key,
            document=record.document,
            decided_on=record.decided_on,
            effective_on=record.effective_on,
            counts_until=self.counts_until(record, selection),
            facts=dict(self.facts(record, selection)),
            versions=self.versions(record),
        )

    def versions(self, record: RecordLike) -> tuple[ExplainedVersion, ...]:
        """How the record came to say what it says: every version known, the first one first."""
        own = (other for other in self.records if other.item == record.item)
        return tuple(
            self.version(version, changed) for version, changed in steps(chain(own, record.leaf))
        )

    def version(self, version: RecordLike, changed: tuple[FieldChange, ...]) -> ExplainedVersion:
        told = self.told.get(version.leaf)
        pack = self.scheme.pack
        authority = pack.authorities.get(told.authority or "") if told else None
        basis = pack.articles.get(told.basis or "") if told else None
        cited = None if basis is None else self.article(basis.id)
        return ExplainedVersion(
            leaf=version.leaf,
            act=version.act,
            replaces=version.supersedes,
            known_at=version.known_at,
            words=words(
                version.act,
                told,
                None if authority is None else self.title(authority.titles),
                None if cited is None else f"{cited.instrument}, {cited.number}",
            ),
            authority=told.authority if told else None,
            basis=told.basis if told else None,
            by=told.by if told else None,
            reason=told.reason if told else None,
            file_name=told.file_name if told else None,
            changes=changed,
        )

    def counts_until(self, record: RecordLike, selection: Selection) -> date | None:
        ends = [] if record.ends_on is None else [record.ends_on]
        if selection.window is not None:
            length = self.parameters[selection.window.parameter]
            ends.append(selection.window.end(record.effective_on, length))
        return min(ends, default=None)

    def facts(self, record: RecordLike, selection: Selection) -> Iterator[tuple[str, str]]:
        """The facts that the selection, its order or its indicators look at."""
        own = [i.value for i in self.scheme.indicators.values() if i.of == selection.id]
        keep = selection.keep
        looked_at = [selection.where, *own, *((keep.by, keep.of) if keep else ())]
        names = {
            part.name: part
            for node in looked_at
            if node is not None
            for part in walk(node)
            if isinstance(part, Name) and part.kind is NameKind.FACT
        }
        for name in sorted(names):
            fact = self.scheme.population[record.item].facts[name]
            value = column_value(record, names[name], self.as_of)
            if value is not None:
                code = fact.codes.get(value) if isinstance(value, str) else None
                shown = self.title(code) if code else _text(value, names[name].type)
                yield self.title(fact.titles), shown or ""

    # -- what did not count ----------------------------------------------------------

    def ignored(self) -> Iterator[Ignored]:
        reasons: dict[str, list[RecordLike]] = {}
        for record in self.records:
            if record.act != WITHDRAWAL and (why := self.why_ignored(record)):
                reasons.setdefault(why, []).append(record)
        for why in sorted(reasons):
            records = sorted(reasons[why], key=lambda record: record.leaf)
            leaves = tuple(record.leaf for record in records)
            versions = [self.versions(record) for record in records if why == _WITHDRAWN]
            yield Ignored(why, len(leaves), leaves, tuple(versions))

    def why_ignored(self, record: RecordLike) -> str | None:
        if any(record in chosen for chosen in self.found.selected.values()):
            return None
        standing = standing_entries(self.records, self.known_at)
        if record not in standing:
            replacing = [r for r in self.records if r.supersedes == record.leaf]
            withdrawn = any(r.act == WITHDRAWAL and r.item == record.item for r in replacing)
            return _WITHDRAWN if withdrawn else "replaced by a correction"
        if not in_effect(record, self.as_of):
            begun = record.effective_on <= self.as_of
            return "ended" if begun else "not yet in effect"
        looking = [s for s in self.scheme.selections.values() if record.item in s.items]
        if not looking:
            return "of a kind this scheme does not look at"
        if not any(in_window(self.scheme, s, record, self.as_of) for s in looking):
            return "too long ago to count"
        if any(s.keep is not None for s in looking):
            return "not among the latest, or not of the kind that counts"
        return "not of the kind that counts"

    # -- what would change it --------------------------------------------------------

    def horizon(self) -> date:
        if self.as_of.year > date.max.year - _YEARS_AHEAD:
            return self.as_of  # the calendar itself ends before we could look ahead
        months = _MONTHS_AHEAD_DAILY if self.scheme.daily else 12 * _YEARS_AHEAD
        horizon = add_months(self.as_of, months)
        end = self.scheme.in_force.end
        return horizon if end is None else min(horizon, end - timedelta(days=1))

    def changes(self, horizon: date) -> Iterator[Change]:
        if horizon <= self.as_of:
            return
        last = self.found.standing
        start = self.as_of + timedelta(days=1)
        days = candidate_dates(self.scheme, self.records, horizon, self.known_at, start)
        for day in days:
            found = evaluate_subject(self.scheme, self.records, day, self.known_at)
            grade = found.standing.grade if found else None
            total = found.standing.total if found else None
            if (grade, total) == (last.grade, last.total):
                continue
            last = type(last)(last.subject, day, grade, total)
            yield Change(
                on=day,
                grade=grade,
                grade_title=self.title(self.scheme.grades.labels[grade]) if grade else None,
                total=None if total is None else str(total),
                because=tuple(self.because(day)) or ("days have passed",),
            )

    def because(self, day: date) -> Iterator[str]:
        """What begins, ends or changes on a day."""
        for record in standing_entries(self.records, self.known_at):
            item = (
                self.title(self.scheme.population[record.item].titles)
                if (record.item in self.scheme.population)
                else record.item
            )
            named = f"{item} {record.source_key}"
            if record.effective_on == day:
                yield f"{named} takes effect"
            if record.ends_on == day:
                yield f"{named} ends"
            for selection in self.scheme.selections.values():
                window = selection.window
                if window is None or record.item not in selection.items:
                    continue
                length = self.scheme.values(day)[window.parameter]
                if window.end(record.effective_on, length) == day:
                    yield f"{named} no longer counts for {self.selection_title(selection)}"
        for parameter in self.scheme.parameters.values():
            if any(value.start == day for value in parameter.values):
                yield f"{self.title(parameter.titles)} takes a new value"

    def neighbours(self) -> Iterator[Neighbour]:
        """How far the total is from the bands beside it; nothing where no band applies."""
        total = self.found.standing.total
        grades = self.scheme.grades
        given = {r.rule for r in self.found.reasons if r.kind is ReasonKind.EXCEPTION}
        direct = any(e.id in given for e in grades.exceptions if e.grade is not None)
        if total is None or direct:
            return
        starts = [self.start(band.start) for band in grades.bands]
        here = max(n for n, start in enumerate(starts) if start is None or total.units >= start)
        lower = grades.direction is Direction.LOWER_IS_BETTER
        if (own := starts[here]) is not None:
            yield self.neighbour(grades.bands[here - 1].grade, own - 1, total, better=lower)
        if here + 1 < len(starts) and (above := starts[here + 1]) is not None:
            yield self.neighbour(grades.bands[here + 1].grade, above, total, better=not lower)

    def start(self, parameter: str | None) -> int | None:
        if parameter is None:
            return None
        scale = self.scheme.parameters[parameter].scale
        return rescale(self.parameters[parameter], scale, self.scheme.scale)

    def neighbour(self, grade: str, reached: int, total: Fixed, *, better: bool) -> Neighbour:
        scale, unit = self.scheme.scale, self.scheme.unit
        distance = decimal_text(abs(reached - total.units), scale)
        way = "fewer" if reached < total.units else "more"
        bound = decimal_text(reached, scale)
        limit = "or less" if reached < total.units else "or more"
        shown = self.title(self.scheme.grades.labels[grade])
        return Neighbour(
            grade=grade,
            grade_title=shown,
            total=bound,
            distance=distance,
            better=better,
            words=f"with {distance} {unit} {way} (a total of {bound} {limit}) the band is {shown}",
        )


def _text(value: Value, type: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case int() if isinstance(type, NumberType):
            return decimal_text(value, type.scale)
        case date():
            return value.isoformat()
    return str(value)
