"""One subject's records, varied: the reference engine's grade after many small changes.

Invariant: ``Varied.judged`` comes to what ``evaluate_subject`` does of the changed records. What
a change does not touch is worked out once a day; the rest is worked out by the engine's own steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import Question, ask
from goodstanding.evaluation.records import RecordLike, concerns, in_effect
from goodstanding.evaluation.reference import Judged, judged, too_large
from goodstanding.evaluation.reference.figures import Figures, figures_of


@dataclass(frozen=True, slots=True)
class Variation:
    """Records that stand no longer, and records that stand instead or besides."""

    gone: tuple[RecordLike, ...] = ()
    added: tuple[RecordLike, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        """The items whose records are others."""
        return frozenset(record.item for record in (*self.gone, *self.added))


@dataclass(frozen=True, slots=True)
class _Day:
    """The subject on one day as it is: its live records by item, and its figures, if any live."""

    question: Question
    live: Mapping[str, Sequence[RecordLike]]
    figures: Figures | None


class Varied:
    """The standing records of one subject, asked about on many days and with many changes."""

    def __init__(self, scheme: Scheme, standing: Sequence[RecordLike]) -> None:
        self.scheme = scheme
        self.standing = [record for record in standing if concerns(scheme, record)]
        self.days: dict[date, _Day] = {}
        self.by_item = self._with_ends(self.standing)

    def judged(self, variation: Variation, day: date) -> Judged | None:
        """What the records, so varied, come to on a day; None if none of them is live.

        Raises GS-SCHEME-020 to 022 and GS-KERNEL-007.
        """
        as_is = self.days.get(day) or self.days.setdefault(day, self._day(day))
        live, touched = self._varied(as_is, variation)
        records = [record for own in live.values() for record in own]
        if not records:
            return None
        try:
            figures = figures_of(as_is.question, records, as_is.figures, touched)
            return judged(figures, records)
        except OverflowError:
            raise too_large(self.scheme) from None

    def _day(self, day: date) -> _Day:
        question = ask(self.scheme, day)
        live = {
            item: [record for record in own if in_effect(record, day)]
            for item, own in self.by_item.items()
        }
        records = [record for own in live.values() for record in own]
        try:
            return _Day(question, live, figures_of(question, records) if records else None)
        except OverflowError:
            # A change may bring it down again: what comes of it is for each to find.
            return _Day(question, live, None)

    def _varied(
        self, as_is: _Day, variation: Variation
    ) -> tuple[Mapping[str, Sequence[RecordLike]], frozenset[str]]:
        """The live records after the change, and the items of which they may be others."""
        touched = variation.items
        population = self.scheme.population
        ending = {name for name, item in population.items() if touched.intersection(item.ended_by)}
        gone = {(record.item, record.leaf) for record in variation.gone}
        if ending or any(population[name].ended_by for name in touched if name in population):
            touched |= ending
            left = [r for r in self.standing if (r.item, r.leaf) not in gone]
            by_item = self._with_ends([*left, *variation.added])
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
        return {**as_is.live, **changed}, touched

    def _with_ends(self, standing: Sequence[RecordLike]) -> dict[str, list[RecordLike]]:
        found: dict[str, list[RecordLike]] = {}
        for record in with_ends(self.scheme.population, standing):
            found.setdefault(record.item, []).append(record)
        return found
