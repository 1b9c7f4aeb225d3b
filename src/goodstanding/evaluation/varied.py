"""One subject's records, varied: the reference engine's grade after many small changes.

Invariant: ``Varied.judged`` comes to what ``evaluate_subject`` does of the changed records. What
a change does not touch, and what no day has changed, is worked out once; the rest is worked out by
the engine's own steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.memory import Memory
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import Question, ask
from goodstanding.evaluation.records import RecordLike, concerns, in_effect
from goodstanding.evaluation.reference import Judged, judged, too_large
from goodstanding.evaluation.reference.figures import Figures, Like, figures_of


@dataclass(frozen=True, slots=True)
class Variation:
    """Records that stand no longer, and records that stand instead or besides."""

    gone: tuple[RecordLike, ...] = ()
    added: tuple[RecordLike, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        """The items whose records are others."""
        return frozenset(record.item for record in (*self.gone, *self.added))


class Varied:
    """The standing records of one subject, asked about on many days and with many changes."""

    def __init__(self, scheme: Scheme, standing: Sequence[RecordLike]) -> None:
        self.scheme = scheme
        self.standing = [record for record in standing if concerns(scheme, record)]
        self.by_item = _with_ends(scheme, self.standing)
        self.memory = Memory(scheme, self.by_item)
        self.days: dict[date, _Day] = {}
        self.last: _Day | None = None

    def judged(self, variation: Variation, day: date) -> Judged | None:
        """What the records, so varied, come to on a day; None if none of them is live.

        Raises GS-SCHEME-020 to 022 and GS-KERNEL-007.
        """
        as_is = self.days.get(day) or self._day(day)
        changed, same = self._varied(as_is, variation)
        live = as_is.live_with(changed)
        if not live:
            return None
        try:
            like = None if as_is.figures is None else Like(as_is.figures, same)
            figures = figures_of(as_is.question, live, like)
            return judged(figures, live)
        except OverflowError:
            raise too_large(self.scheme) from None

    def _day(self, day: date) -> _Day:
        """The subject as it is on a day; what no day since the last one asked about has changed
        is taken from there."""
        question = replace(ask(self.scheme, day), memo=self.memory)
        found = _Day(question, self.by_item)
        last = None if self.last is None else self.last.figures
        if live := found.live_with({}):
            like = None if last is None else self.memory.like(last, question)
            try:
                found.figures = figures_of(question, live, like)
            except OverflowError:
                found.figures = None  # a change may bring it down again: that is for each to find
        self.days[day] = self.last = found
        return found

    def _varied(
        self, as_is: _Day, variation: Variation
    ) -> tuple[Mapping[str, Sequence[RecordLike]], set[str]]:
        """The live records of the items that the change touches, and the selections that it
        does not."""
        touched, population = variation.items, self.scheme.population
        ending = {name for name, item in population.items() if touched.intersection(item.ended_by)}
        gone = {(record.item, record.leaf) for record in variation.gone}
        by_item: dict[str, list[RecordLike]]
        if ending or any(population[name].ended_by for name in touched if name in population):
            touched |= ending
            left = [r for r in self.standing if (r.item, r.leaf) not in gone]
            by_item = _with_ends(self.scheme, [*left, *variation.added])
        else:
            by_item = {
                item: [r for r in self.by_item.get(item, ()) if (item, r.leaf) not in gone]
                for item in touched
            }
            for record in variation.added:
                by_item[record.item].append(record)
        day = as_is.question.as_of
        changed = {
            item: [r for r in by_item.get(item, ()) if in_effect(r, day)] for item in touched
        }
        selections = self.scheme.selections.values()
        return changed, {s.id for s in selections if not touched.intersection(s.items)}


class _Day:
    """The subject on one day as it is; its figures, if it has a live record."""

    def __init__(self, question: Question, by_item: Mapping[str, Sequence[RecordLike]]) -> None:
        self.question = question
        self.by_item = by_item
        self.known: dict[str, list[RecordLike]] = {}
        self.figures: Figures | None = None
        selections = question.scheme.selections.values()
        self.items = dict.fromkeys(item for s in selections for item in s.items)

    def live(self, item: str) -> list[RecordLike]:
        """The live records of an item."""
        if item not in self.known:
            day, own = self.question.as_of, self.by_item.get(item, ())
            self.known[item] = [record for record in own if in_effect(record, day)]
        return self.known[item]

    def live_with(self, changed: Mapping[str, Sequence[RecordLike]]) -> list[RecordLike]:
        """The live records that a selection looks at, those of some items as ``changed``; where
        there is none, one that at least says that the subject has a standing."""
        found: list[RecordLike] = []
        for item in self.items:
            found += changed[item] if item in changed else self.live(item)
        for item in () if found else dict.fromkeys([*self.by_item, *changed]):
            found += (changed[item] if item in changed else self.live(item))[:1]
        return found


def _with_ends(scheme: Scheme, standing: Sequence[RecordLike]) -> dict[str, list[RecordLike]]:
    """The standing records, each with the end that a newer one gives it, by item."""
    found: dict[str, list[RecordLike]] = {}
    for record in with_ends(scheme.population, standing):
        found.setdefault(record.item, []).append(record)
    return found
