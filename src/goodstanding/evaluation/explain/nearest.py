"""The smallest changes of what counted records say that lead to a better or a worse grade.

Invariant: each was evaluated by the reference engine from the records so changed, and gave the
grade and the total that are said. A fact takes only values that its catalogue item lists.

Looked at are the facts behind rules and joint bounds: of a record that is not adverse every
other code, of an adverse one a yes in place of a no; and that an adverse record does not count,
for a better grade. Fewer facts come first, then fewer points moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from math import prod

from goodstanding.catalogue import Effect, Fact, Item
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.ends import named
from goodstanding.evaluation.explanation import Neighbour, Supposed
from goodstanding.evaluation.language import Name, NameKind, walk
from goodstanding.evaluation.model import Joint, Rule
from goodstanding.evaluation.records import RecordLike, altered, standing_entries
from goodstanding.evaluation.reference import Judged, evaluate_subject
from goodstanding.evaluation.varied import Variation, Varied
from goodstanding.kernel import FactType, GoodStandingError

#: So many facts are changed together, and so many changes are tried, at most.
_MOST_FACTS, _MOST_TRIED = 3, 500


@dataclass(frozen=True, slots=True, eq=False)
class _Option:
    """What a record would say instead: ``after`` for ``fact``, or (without a fact) nothing at
    all; ``steps`` is how far apart the codes stand in the catalogue's list."""

    record: RecordLike
    fact: str | None
    after: object
    steps: int


@dataclass(frozen=True, slots=True)
class _Tried:
    options: tuple[_Option, ...]
    grade: str
    moved: int

    @property
    def steps(self) -> int:
        """How far its codes stand apart in the catalogue's lists, all together."""
        return sum(option.steps for option in self.options)

    def place(self) -> tuple[object, ...]:
        """The order among those of one size that move as many points."""
        facts = [(o.record.item, o.record.leaf, o.fact or "", str(o.after)) for o in self.options]
        return (self.steps, facts)


def neighbours(b: Base) -> Iterator[Neighbour]:
    """The smallest changes to a better grade, then those to a worse one."""
    if b.found.standing.grade not in b.scheme.grades.order or b.found.absent:
        return
    search = _Search(b)
    for better, found in search.run():
        yield search.neighbour(found, better=better)


class _Search:
    def __init__(self, b: Base) -> None:
        self.b = b
        self.rank = b.scheme.grades.order.index(b.found.standing.grade or "")
        self.standing = standing_entries(b.records, b.known_at)
        self.varied = Varied(b.scheme, self.standing)
        # As they stand: an evaluation gives a record the end that a newer one sets.
        self.own = {(record.item, record.leaf): record for record in self.standing}
        self.left = _MOST_TRIED

    def run(self) -> list[tuple[bool, _Tried]]:
        """Those of the smallest size that move the fewest points, each with whether it betters
        the grade: the better ones first."""
        found: dict[bool, list[_Tried]] = {True: [], False: []}
        variables = list(self.variables())
        for size in range(1, _MOST_FACTS + 1):
            sets = list(combinations(variables, size))
            if sum(prod(map(len, chosen)) for chosen in sets) > self.left:
                break
            open_ways = [better for better, known in found.items() if not known]
            tried = list(chain.from_iterable(map(self.tried, sets))) if open_ways else []
            for better in open_ways:
                found[better] = [each for each in tried if self.betters(each) is better]
            if size == 1:
                variables = [own for own in variables if self.matters(own, tried)]
        return [(way, each) for way, known in found.items() for each in _smallest(known)]

    def tried(self, variables: Sequence[Sequence[_Option]]) -> Iterator[_Tried]:
        """Every choice of one option of each, evaluated; nothing without a standing."""
        for options in product(*variables):
            self.left -= 1
            judged = self.judged(options)
            if judged is not None:
                moved = abs(judged.total - self.b.found.raw_total)
                yield _Tried(options, judged.graded.grade, moved)

    def judged(self, options: Sequence[_Option]) -> Judged | None:
        """What it comes to; None where it is no standing, or cannot be worked out."""
        gone, added = _changed(options)
        try:
            return self.varied.judged(Variation(gone, added), self.b.as_of)
        except GoodStandingError:
            return None  # a number too large, or a working day that is not known yet

    def betters(self, tried: _Tried) -> bool | None:
        """Whether it leads to a better grade (True) or a worse one; None: to neither. That a
        record does not count is no way to a worse one."""
        order = self.b.scheme.grades.order
        if tried.grade not in order or order.index(tried.grade) == self.rank:
            return None
        better = order.index(tried.grade) < self.rank
        gone = any(option.fact is None for option in tried.options)
        return None if gone and not better else better

    def matters(self, variable: Sequence[_Option], tried: Sequence[_Tried]) -> bool:
        """Whether one of its options moves points or the grade by itself."""
        own = [each for each in tried if each.options[0] in variable]
        now = self.b.found.standing.grade
        return any(each.moved or each.grade != now for each in own)

    # -- what may be supposed --------------------------------------------------------

    def variables(self) -> Iterator[list[_Option]]:
        """For each fact that may say something else, or record that may not count, its options."""
        deciding: dict[tuple[str, int], tuple[RecordLike, set[str]]] = {}
        scheme = self.b.scheme
        parts: list[Rule | Joint] = [*scheme.rules.values(), *scheme.grades.joint]
        for part in parts:
            for selection in part.selections:
                for record in self.b.found.selected[selection]:
                    key = (record.item, record.leaf)
                    _, facts = deciding.setdefault(key, (self.own[key], set()))
                    facts |= self.facts(selection, part.indicators)
        for exception in scheme.grades.exceptions:
            for selection in exception.selections:
                for record in self.b.found.selected[selection]:
                    key = (record.item, record.leaf)
                    deciding.setdefault(key, (self.own[key], set()))
        for key in sorted(deciding):
            record, facts = deciding[key]
            yield from (options for options in self.options(record, facts) if options)

    def facts(self, selection: str, indicators: Sequence[str]) -> set[str]:
        """The facts that a selection and these indicators of it look at."""
        scheme = self.b.scheme
        own = (scheme.indicators[name] for name in indicators)
        values = [i.value for i in own if selection in i.selections]
        nodes = [node for node in (scheme.selections[selection].where, *values) if node]
        names = (part for node in nodes for part in walk(node) if isinstance(part, Name))
        return {name.name for name in names if name.kind is NameKind.FACT}

    def options(self, record: RecordLike, facts: set[str]) -> Iterator[list[_Option]]:
        item = self.b.scheme.population[record.item]
        if item.grades_of is not None:
            return  # a grade given before is no finding of its own
        adverse = item.effect is Effect.ADVERSE
        made = [list(_options(record, item, fact, adverse=adverse)) for fact in sorted(facts)]
        yield from made
        if adverse and not any(made):
            yield [_Option(record, None, None, 1)]

    # -- in words --------------------------------------------------------------------

    def neighbour(self, tried: _Tried, *, better: bool) -> Neighbour:
        """What was found, evaluated once more and alone; whatever did not hold is not shown."""
        b = self.b
        gone, added = _changed(tried.options)
        without = {(record.item, record.leaf) for record in gone}
        left = [r for r in self.standing if (r.item, r.leaf) not in without]
        found = evaluate_subject(b.scheme, [*left, *added], b.as_of, None)
        if found is None or found.standing.grade != tried.grade:
            raise AssertionError("what a variation comes to is what the engine says of it")
        standing = found.standing
        total = None if standing.total is None else str(standing.total)
        unit = b.phrases.of_number(b.phrases.unit(b.scheme.unit), total or "")
        in_total = "" if total is None else b.say("in_total", total=total, unit=unit)
        changes = tuple(self.supposed(option) for option in tried.options)
        said = b.phrases.listed([change.words for change in changes], "and")
        names = dict.fromkeys(named(b, o.record) for o in tried.options if o.fact is not None)
        records = b.say("in_brackets", text=b.phrases.listed(list(names))) if names else ""
        return Neighbour(
            grade=tried.grade,
            grade_title=b.grade(tried.grade),
            total=total,
            better=better,
            changes=changes,
            words=b.say(
                "would_be",
                changes=said,
                records=records,
                grade=b.grade(tried.grade),
                total=in_total,
            ),
        )

    def supposed(self, option: _Option) -> Supposed:
        b, record = self.b, option.record
        name = named(b, record)
        before = after = None
        if option.fact is None:
            words = b.say("supposed_gone", record=name)
        else:
            now = record.facts.get(option.fact)
            before, after = _plain(now), _plain(option.after)
            fact = b.scheme.population[record.item].facts[option.fact]
            words = b.say(
                "supposed_fact",
                fact=b.title(fact.titles),
                before=_titled(b, fact, now),
                after=_titled(b, fact, option.after),
            )
        return Supposed(
            leaf=record.leaf,
            record=b.document(record),
            item=record.item,
            fact=option.fact,
            before=before,
            after=after,
            words=words,
        )


def _smallest(tried: Sequence[_Tried]) -> list[_Tried]:
    """Those that move the fewest points; where none moves any, those of the fewest steps."""
    least = min((each.moved for each in tried), default=0)
    kept = [each for each in tried if each.moved == least]
    if least == 0:
        steps = min((each.steps for each in kept), default=0)
        kept = [each for each in kept if each.steps == steps]
    return sorted(kept, key=_Tried.place)


def _options(record: RecordLike, item: Item, name: str, *, adverse: bool) -> Iterator[_Option]:
    """What a fact of the record may say instead."""
    fact, now = item.facts[name], record.facts.get(name)
    if fact.type is FactType.BOOLEAN and isinstance(now, bool):
        if not adverse or now is False:
            yield _Option(record, name, not now, 1)
    elif fact.type is FactType.CODE and not adverse and now in fact.codes:
        codes = list(fact.codes)
        for n, code in enumerate(codes):
            if code != now:
                yield _Option(record, name, code, abs(n - codes.index(str(now))))


def _changed(
    options: Sequence[_Option],
) -> tuple[tuple[RecordLike, ...], tuple[RecordLike, ...]]:
    """The records that would no longer stand, and those that would in their place."""
    gone = {(o.record.item, o.record.leaf): o.record for o in options}
    added = []
    for key, record in gone.items():
        own = [o for o in options if (o.record.item, o.record.leaf) == key]
        facts = {o.fact: o.after for o in own if o.fact is not None}
        if len(facts) == len(own):
            added.append(altered(record, facts={**record.facts, **facts}))
    return tuple(gone.values()), tuple(added)


def _plain(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _titled(b: Base, fact: Fact, value: object) -> str:
    """A value as it is read: of a code its title."""
    if isinstance(value, bool):
        return b.say("yes" if value else "no")
    return b.title(fact.codes[str(value)])
