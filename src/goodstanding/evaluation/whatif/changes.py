"""The permitted changes of one subject's records, kind by kind. Pure: records in, changes out.

Invariant: every supposed record passes ``permitted.refusal``, is about the same subject, and
holds no fact that an authority alone could find. What changes is found from the scheme and the
catalogue; nothing here names an item of a pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from goodstanding.catalogue import Effect, Fact, Item, end_of
from goodstanding.catalogue.ends import Dates
from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.language import Name, NameKind, Node, walk
from goodstanding.evaluation.language.nodes import (
    Coalesce,
    Compare,
    IsNull,
    Literal,
    Not,
    Operator,
)
from goodstanding.evaluation.model import Scheme, Selection, Take
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import Entry, RecordLike, altered, in_effect
from goodstanding.evaluation.reference.selections import select
from goodstanding.evaluation.whatif.model import Change, Kind
from goodstanding.evaluation.whatif.permitted import refusal
from goodstanding.kernel import FactType

#: For how many years ahead keeping the law is supposed.
YEARS_AHEAD = 3
#: The unit of a fact that names a calendar year.
_YEAR = "year"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose records they are, what stands of them, and which of these were looked at."""

    scheme: Scheme
    standing: Sequence[RecordLike]
    counted: Sequence[RecordLike]
    as_of: date

    @property
    def live(self) -> list[RecordLike]:
        """What is in effect on the day of the question."""
        records = with_ends(self.scheme.population, self.standing)
        return [record for record in records if in_effect(record, self.as_of)]

    def selections(self, item: str) -> list[Selection]:
        """The selections that look at an item."""
        return [s for s in self.scheme.selections.values() if item in s.items]

    def nodes(self, item: str) -> Iterator[tuple[Selection, Node]]:
        """Every expression over the records of an item, with its selection."""
        for selection in self.selections(item):
            values = (i.value for i in self.scheme.indicators.values() if i.of == selection.id)
            for node in (selection.where, *values):
                if node is not None:
                    yield selection, node


def permitted_changes(subject: Subject) -> list[Change]:
    """Every permitted change that could matter, in the order of the table of kinds."""
    made = [change for make in _MAKERS for change in make(subject)]
    pack = subject.scheme.pack
    return [c for c in made if c.becomes is None or refusal(pack, c.becomes) is None]


def settled(subject: Subject) -> Iterator[Change]:
    """An adverse record that counts for as long as it lasts ends on the day of the question."""
    for record in subject.counted:
        if _lasts_with_its_state(subject, record):
            selections = subject.selections(record.item)
            yield Change(
                kind=Kind.SETTLE, item=record.item, on=subject.as_of,
                article=selections[0].article, authorities=(record.authority,),
                of=record, becomes=altered(record, ends_on=subject.as_of),
            )  # fmt: skip


def _lasts_with_its_state(subject: Subject, record: RecordLike) -> bool:
    selections = subject.selections(record.item)
    unbounded = all(s.window is None and s.keep is None for s in selections)
    return _effect(subject, record) is Effect.ADVERSE and bool(selections) and unbounded


def completed(subject: Subject) -> Iterator[Change]:
    """A fact that says that something has not happened yet is completed.

    Not of a record that simply ends once it is settled: there no finding has to be touched.
    """
    for record in subject.counted:
        if _lasts_with_its_state(subject, record):
            continue
        item = subject.scheme.population[record.item]
        for fact in item.facts.values():
            done = _completion(fact, record.facts.get(fact.name), subject.as_of)
            article = _open_under(subject, fact, item) if done is not None else None
            if article is not None:
                yield Change(
                    kind=Kind.COMPLETE, item=item.id, on=subject.as_of,
                    article=article or None, authorities=(record.authority,), fact=fact.name,
                    of=record,
                    becomes=altered(record, facts={**record.facts, fact.name: done}),
                )  # fmt: skip


def _completion(fact: Fact, value: object, today: date) -> object:
    """What a fact becomes once what it speaks of has happened; None: it has, or is none such."""
    if fact.type is FactType.BOOLEAN and value is False:
        return True
    if fact.type is FactType.DATE and value is None and not fact.required:
        return today
    return None


def _open_under(subject: Subject, fact: Fact, item: Item) -> str | None:
    """The article of a selection that asks whether the fact is still open; "" without article."""
    for selection, node in subject.nodes(item.id):
        if any(_asks_open(part, fact) for part in walk(node)):
            return selection.article or ""
    return None


def _asks_open(node: Node, fact: Fact) -> bool:
    """Whether a node asks if a yes-or-no fact is "no", or what if a date is not there."""
    match node:
        case Compare(operator=Operator.EQ) if fact.type is FactType.BOOLEAN:
            sides = (node.left, node.right)
            denied = any(isinstance(s, Literal) and s.value is False for s in sides)
            return denied and any(_is(side, fact) for side in sides)
        case Not() if fact.type is FactType.BOOLEAN:
            return _is(node.operand, fact)
        case IsNull() if fact.type is FactType.DATE:
            return _is(node.operand, fact)
        case Coalesce() if fact.type is FactType.DATE:
            return _is(node.operands[0], fact)
    return False


def _is(node: Node, fact: Fact) -> bool:
    return isinstance(node, Name) and node.kind is NameKind.FACT and node.name == fact.name


def remedied(subject: Subject) -> Iterator[Change]:
    """A favourable record that names the document of an adverse one."""
    for item in _favourable(subject, Effect.FAVOURABLE):
        required = [fact for fact in item.facts.values() if fact.required]
        if len(required) != 1 or required[0].type is not FactType.TEXT:
            continue
        naming = required[0].name
        named = {record.facts.get(naming) for record in subject.standing if record.item == item.id}
        for record in subject.counted:
            adverse = _effect(subject, record) is Effect.ADVERSE
            if not adverse or record.authority not in item.authorities or record.document in named:
                continue
            named.add(record.document)
            made = _new(subject, item, record.authority, subject.as_of, len(named))
            yield Change(
                kind=Kind.REMEDY, item=item.id, on=subject.as_of, article=made.basis,
                authorities=(record.authority,), about=record,
                becomes=altered(made, facts={**made.facts, naming: record.document}),
            )  # fmt: skip


def complied(subject: Subject) -> Iterator[Change]:
    """A record of compliance for each coming year, once it is over."""
    for item in _favourable(subject, Effect.FAVOURABLE, Effect.NEUTRAL):
        required = [fact for fact in item.facts.values() if fact.required]
        if len(required) != 1 or not _names_a_year(required[0]):
            continue
        naming = required[0].name
        alike = {i for s in subject.selections(item.id) for i in s.items}
        told = {r.facts.get(naming) for r in subject.standing if r.item in alike}
        before: Change | None = None
        for ahead in range(YEARS_AHEAD):
            year = subject.as_of.year + ahead
            if year >= date.max.year or year in told:
                continue
            over = date(year + 1, 1, 1)
            made = _new(subject, item, item.authorities[0], over, year)
            before = Change(
                kind=Kind.COMPLY, item=item.id, on=over, article=made.basis,
                authorities=item.authorities, year=year, needs=before,
                becomes=altered(made, facts={**made.facts, naming: year}),
            )  # fmt: skip
            yield before


def _names_a_year(fact: Fact) -> bool:
    return fact.type is FactType.INTEGER and fact.unit == _YEAR


def objected(subject: Subject) -> Iterator[Change]:
    """A record that counts is found wrong and is withdrawn."""
    for record in subject.counted:
        if _effect(subject, record) is not Effect.FAVOURABLE:
            yield Change(
                kind=Kind.OBJECT, item=record.item, on=subject.as_of, article=record.basis,
                authorities=(record.authority,), of=record,
            )  # fmt: skip


def not_supposed(subject: Subject) -> list[Item]:
    """Items of which a new record could help, but which hold what an authority alone can find:
    those that are not adverse, and those of which a later one takes the place of an earlier."""
    supposing = {change.item for change in (*remedied(subject), *complied(subject))}
    return [
        item
        for item in subject.scheme.population.values()
        if item.id not in supposing
        and item.in_force.contains(subject.as_of)
        and any(fact.required for fact in item.facts.values())
        and any(_could_help(subject, item, s) for s in subject.selections(item.id))
    ]


def _could_help(subject: Subject, item: Item, selection: Selection) -> bool:
    """Whether a new record of the item could better a grade through this selection."""
    scheme = subject.scheme
    deciding = {name for rule in scheme.rules.values() for name in rule.selections}
    deciding |= {name for e in scheme.grades.exceptions for name in e.selections}
    deciding |= {name for joint in scheme.grades.joint for name in joint.selections}
    if selection.id not in deciding or _first_ones_stay(subject, selection):
        return False
    keep = selection.keep
    if item.effect is not Effect.ADVERSE or (keep is not None and not keep.first):
        return True
    own = [i for i in scheme.indicators.values() if i.of == selection.id]
    return any(indicator.take is Take.LATEST for indicator in own)


def _first_ones_stay(subject: Subject, selection: Selection) -> bool:
    """Whether only the first records count and are there for good: a later one then never takes
    the place of one of them."""
    keep = selection.keep
    if keep is None:
        own = [i for i in subject.scheme.indicators.values() if i.of == selection.id]
        first, places = all(i.take is Take.FIRST for i in own), 1
    else:
        # By a fact, or of groups, a later record may still be among the first.
        in_time = keep.of is None and keep.by.kind is NameKind.RECORD
        first, places = keep.first and in_time, keep.number
    if not first or selection.window is not None:
        return False
    taken = select(ask(subject.scheme, subject.as_of), selection, subject.live)
    return len(taken) >= places and all(record.ends_on is None for record in taken)


def _favourable(subject: Subject, *effects: Effect) -> list[Item]:
    """The items of these effects that the scheme counts and that may be recorded today."""
    return [
        item
        for item in subject.scheme.population.values()
        if item.effect in effects
        and item.in_force.contains(subject.as_of)
        and subject.selections(item.id)
    ]


def _effect(subject: Subject, record: RecordLike) -> Effect:
    return subject.scheme.population[record.item].effect


def _new(subject: Subject, item: Item, authority: str, begins: date, number: int) -> Entry:
    """A new record of the subject, without facts yet; ``number`` keeps its key apart."""
    pack, known = subject.scheme.pack, subject.standing[0]
    basis = next(
        (
            b
            for b in item.basis
            if b in pack.articles and pack.articles[b].in_force.contains(begins)
        ),
        item.basis[0],
    )
    return Entry(
        leaf=-number, act="record", supersedes=None, source="supposed",
        source_key=f"{item.id}-{number}", item=item.id, authority=authority,
        subject=known.subject, subject_kind=subject.scheme.subject_kind, document="",
        basis=basis, decided_on=begins, effective_on=begins, published_on=None,
        amended_on=None, ends_on=end_of(pack, item, Dates(begins, begins)),
        known_at=datetime.combine(begins, datetime.min.time(), known.known_at.tzinfo),
        facts=dict.fromkeys(item.facts),
    )  # fmt: skip


_MAKERS: tuple[Callable[[Subject], Iterator[Change]], ...] = (
    settled, completed, remedied, complied, objected,
)  # fmt: skip
