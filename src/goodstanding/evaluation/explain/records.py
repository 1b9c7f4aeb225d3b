"""The records behind a reason: what mattered of each, how it came about, when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from goodstanding.evaluation.as_of_uses import date_bounds, decays
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.ends import end_said
from goodstanding.evaluation.explanation import Decay, ExplainedRecord, ExplainedVersion
from goodstanding.evaluation.language import Name, NameKind, Node, scale_of, walk
from goodstanding.evaluation.model import FactPolicy, Indicator, Rule, Selection
from goodstanding.evaluation.question import Question, ask
from goodstanding.evaluation.records import RecordLike, column_value
from goodstanding.kernel import Fixed
from goodstanding.register.history import WITHDRAWAL, FieldChange, Told, chain, steps

_AMENDED = ("correction", "withdrawal")


def explained_record(
    b: Base, record: RecordLike, selection: Selection, rule: Rule | None
) -> ExplainedRecord:
    """One record as far as it matters for a reason."""
    item = b.scheme.population[record.item]
    points, decays = _points(b, record, rule)
    end = end_said(b, record)
    return ExplainedRecord(
        leaf=record.leaf,
        item=item.id,
        item_title=b.title(item.titles),
        authority=b.title(b.scheme.pack.authorities[record.authority].titles),
        source=record.source,
        source_key=record.source_key,
        document=record.document,
        name=b.document(record),
        decided_on=record.decided_on,
        effective_on=record.effective_on,
        counts_until=_counts_until(b, record, selection),
        facts=dict(_facts(b, record, selection)),
        points=points,
        decays=decays,
        remarks=tuple(_remarks(b, record, selection)),
        versions=versions(b, record),
        ends_on=end.ends_on,
        review_on=end.review_on,
        end=end.words,
    )


def _counts_until(b: Base, record: RecordLike, selection: Selection) -> date | None:
    ends = [] if record.ends_on is None else [record.ends_on]
    if selection.window is not None:
        ends.append(b.question.span(selection.window, record.effective_on)[1])
    return min(ends, default=None)


def _facts(b: Base, record: RecordLike, selection: Selection) -> Iterator[tuple[str, str]]:
    """The facts that the selection, its order or its indicators look at."""
    names = {
        part.name: part
        for node in _looked_at(b, selection)
        for part in walk(node)
        if isinstance(part, Name) and part.kind is NameKind.FACT
    }
    for name in sorted(names):
        fact = b.scheme.population[record.item].facts[name]
        value = column_value(record, names[name], b.as_of)
        if value is not None:
            code = fact.codes.get(value) if isinstance(value, str) else None
            shown = b.title(code) if code else b.text(value, names[name].type)
            yield b.title(fact.titles), b.measured(fact, shown or "")


def _looked_at(b: Base, selection: Selection) -> Iterator[Node]:
    own: list[Indicator] = [i for i in b.scheme.indicators.values() if i.of == selection.id]
    keep, distinct = selection.keep, selection.distinct
    ordering = (*((keep.by, keep.of) if keep else ()), *((distinct.by,) if distinct else ()))
    for node in (selection.where, *(i.value for i in own), *ordering):
        if node is not None:
            yield node


# -- points of its own, and how they lessen ----------------------------------------------


def _points(b: Base, record: RecordLike, rule: Rule | None) -> tuple[str | None, tuple[Decay, ...]]:
    """What the record gives under a rule that counts record by record, and how that lessens."""
    if rule is None or rule.per_record is None:
        return None, ()
    value = rule.per_record.value
    now = points_on(b.question, record, value)
    return now, tuple(_decays(b, record, value, now))


def _decays(b: Base, record: RecordLike, value: Node, now: str | None) -> Iterator[Decay]:
    columns = b.question.columns(record)
    for part in decays(value):
        start = b.question.value(part.start, columns)
        if isinstance(start, date):
            end = add(start, part.unit, b.question.parameters[part.length.name])
            if end > b.as_of:
                yield Decay(end, None, b.say("fades", day=b.phrases.day(end)))
    days = (b.question.value(bound, columns) for bound in date_bounds(value))
    for day in sorted({day for day in days if isinstance(day, date) and day > b.as_of}):
        points = points_on(ask(b.scheme, day), record, value)
        if points != now:
            now = points
            shown = points or "0"
            yield Decay(day, shown, b.say("becomes", points=shown, day=b.phrases.day(day)))


def points_on(question: Question, record: RecordLike, value: Node) -> str | None:
    """The points that a record gives on the day of the question; None without any."""
    found = question.value(value, question.columns(record))
    return str(Fixed(found, scale_of(value))) if isinstance(found, int) else None


# -- facts that cannot be used -----------------------------------------------------------


def unusable(b: Base, record: RecordLike, policy: FactPolicy) -> tuple[str, dict[str, str]] | None:
    """Why the record's fact cannot be used (``without_value``, ``out_of_bounds``) with what a
    phrase says of it; None if it can."""
    fact = b.scheme.population[record.item].facts[policy.fact.name]
    said = {"fact": b.title(fact.titles), "article": b.cited(policy.article)}
    value = column_value(record, policy.fact, b.as_of)
    if value is None:
        return "without_value", said
    if not isinstance(value, int):
        return None
    number = Fixed(value, scale_of(policy.fact)).to_decimal()
    low = policy.minimum is None or number >= b.fixed(policy.minimum).to_decimal()
    high = policy.maximum is None or number <= b.fixed(policy.maximum).to_decimal()
    if low and high:
        return None
    return "out_of_bounds", {**said, "bounds": _bounds(b, policy)}


def _bounds(b: Base, policy: FactPolicy) -> str:
    low = None if policy.minimum is None else b.number(policy.minimum)
    high = None if policy.maximum is None else b.number(policy.maximum)
    if low is not None and high is not None:
        return b.say("bounds_both", low=low, high=high)
    return b.say("bounds_low", low=low) if low is not None else b.say("bounds_high", high=high)


def _remarks(b: Base, record: RecordLike, selection: Selection) -> Iterator[str]:
    """That it is older than the law, and where a number of the law stands in for a fact."""
    item = b.scheme.population[record.item]
    if item.older is not None and record.effective_on < item.in_force.start:
        cited = b.article(item.older.article)
        begun = b.phrases.day(item.in_force.start)
        yield b.say("older", day=begun, article=f"{cited.instrument}, {cited.number}")
    for policy in selection.policies:
        why = unusable(b, record, policy) if policy.use is not None else None
        if why is not None and policy.use is not None:
            key = "stands_in_for_none" if why[0] == "without_value" else "stands_in"
            yield b.say(key, value=b.number(policy.use), **why[1])


# -- versions ----------------------------------------------------------------------------


def versions(b: Base, record: RecordLike) -> tuple[ExplainedVersion, ...]:
    """How the record came to say what it says: every version known, the first one first."""
    own = (other for other in b.records if other.item == record.item)
    return tuple(
        _version(b, version, changed) for version, changed in steps(chain(own, record.leaf))
    )


def _version(b: Base, version: RecordLike, changed: tuple[FieldChange, ...]) -> ExplainedVersion:
    told = b.told.get(version.leaf)
    return ExplainedVersion(
        leaf=version.leaf,
        act=version.act,
        replaces=version.supersedes,
        known_at=version.known_at,
        words=_words(b, version.act, told),
        authority=told.authority if told else None,
        basis=told.basis if told else None,
        by=told.by if told else None,
        reason=told.reason if told else None,
        file_name=told.file_name if told else None,
        changes=changed,
    )


def _words(b: Base, act: str, told: Told | None) -> str:
    """In a sentence how a version came about."""
    plain = b.say({"correction": "corrected", WITHDRAWAL: "withdrawn"}.get(act, "reported"))
    if told is None:
        return plain
    day = told.known_at.date().isoformat()
    if told.event in _AMENDED:
        authority = b.scheme.pack.authorities.get(told.authority or "")
        basis = b.scheme.pack.articles.get(told.basis or "")
        return b.say(
            "amended",
            act=plain,
            by=told.by,
            authority=b.title(authority.titles) if authority else told.authority,
            basis=b.cited(basis.id) if basis else told.basis,
            day=day,
            reason=told.reason,
        )
    file = told.file_name or b.say("a_file")
    if act == WITHDRAWAL:
        return b.say("left_out_of_file", file=file, day=day)
    if told.absent:
        return b.say("no_longer_listed", file=file, as_of=told.as_of)
    return b.say("delivered_changed" if act == "correction" else "delivered", file=file, day=day)
