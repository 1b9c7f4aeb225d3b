"""Why a standing changes on one day: what begins, ends, counts otherwise or takes a new value.

Invariant: a cause is named only if the scheme looks at it, and the same cause in the same words
for everyone who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from goodstanding.evaluation.as_of_uses import date_bounds, decays
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.ended import ender
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.records import points_on
from goodstanding.evaluation.model import WindowKind
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import RecordLike, standing_entries
from goodstanding.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which a standing changes, with what it was before and is from then on; ``named``
    says what a record is called."""

    b: Base
    day: date
    before: Evaluation | None
    after: Evaluation | None
    named: Callable[[RecordLike], str]

    def because(self) -> list[str]:
        """What begins, ends or changes on the day, each once."""
        standing = standing_entries(self.b.records, self.b.known_at)
        found = [said for record in standing for said in self.of_record(record, standing)]
        found += [*self.of_windows(), *self.of_points(), *self.of_law()]
        return list(dict.fromkeys(found))

    def of_record(self, record: RecordLike, standing: Sequence[RecordLike]) -> Iterator[str]:
        """That a record begins or ends which a selection looks at, or without which there is no
        standing at all."""
        scheme = self.b.scheme
        looked_at = any(record.item in s.items for s in scheme.selections.values())
        alone = record.item in scheme.population and (self.before is None or self.after is None)
        if not (looked_at or alone):
            return
        if record.effective_on == self.day:
            yield self.b.say("takes_effect", record=self.named(record))
        newer = ender(scheme.population, record, standing)
        if newer is None and record.ends_on == self.day:
            yield self.b.say("ends", record=self.named(record))
        if newer is not None and newer.effective_on == self.day:
            yield self.b.say("ends_newer", record=self.named(record), newer=self.named(newer))

    def of_windows(self) -> Iterator[str]:
        """Records that a window lets go, or that a new period takes in."""
        b, question = self.b, ask(self.b.scheme, self.day)
        for selection in b.scheme.selections.values():
            window, said = selection.window, b.selection(selection)
            if window is None:
                continue
            for record in self.selected(self.before, selection.id):
                if question.span(window, record.effective_on)[1] == self.day:
                    yield b.say("stops_counting", record=self.named(record), selection=said)
            for record in self.selected(self.after, selection.id):
                begin = question.span(window, record.effective_on)[0]
                if window.kind is WindowKind.CYCLE and begin == self.day:
                    yield b.say("begins_to_count", record=self.named(record), selection=said)

    def of_points(self) -> Iterator[str]:
        """Rules that count record by record and, from this day on, give another share."""
        b, now = self.b, ask(self.b.scheme, self.day)
        before = ask(b.scheme, self.day - timedelta(days=1))
        for rule in b.scheme.rules.values():
            if (by_record := rule.per_record) is None:
                continue
            bounds = date_bounds(by_record.value)
            for record in self.selected(self.after, by_record.of):
                if self.day not in [now.value(bound, now.columns(record)) for bound in bounds]:
                    continue
                points = points_on(now, record, by_record.value)
                if points != points_on(before, record, by_record.value):
                    said = {"record": self.named(record), "rule": b.title(rule.titles)}
                    yield b.say("counts_now", points=points or "0", **said)

    def lessening(self) -> list[str]:
        """Records whose points fall day by day, and did so on the eve of this day."""
        b, eve = self.b, self.day - timedelta(days=1)
        before = ask(b.scheme, eve)
        found = []
        for rule in b.scheme.rules.values():
            if (by_record := rule.per_record) is None:
                continue
            for record in self.selected(self.before, by_record.of):
                columns = before.columns(record)
                for decay in decays(by_record.value):
                    start = before.value(decay.start, columns)
                    if not isinstance(start, date):
                        continue
                    end = add(start, decay.unit, before.parameters[decay.length.name])
                    # What has no points left, or never had any, does not lessen.
                    if start <= eve < end and before.value(by_record.value, columns):
                        said = {"record": self.named(record), "rule": b.title(rule.titles)}
                        found.append(b.say("lessens", **said))
        return found

    def of_law(self) -> Iterator[str]:
        """Numbers, rules and exceptions that change, and the period evaluated."""
        b, scheme = self.b, self.b.scheme
        law = [(p.titles, [v.start for v in p.values]) for p in scheme.parameters.values()]
        law += [(t.titles, [v.start for v in t.values]) for t in scheme.tables.values()]
        for titles, starts in law:
            if self.day in starts:
                yield b.say("new_value", parameter=b.title(titles))
        times = [(rule.titles, rule.in_force) for rule in scheme.rules.values()]
        times += [(e.titles, e.in_force) for e in scheme.grades.exceptions]
        for titles, time in times:
            if time is not None and self.day in (time.start, time.end):
                key = "begins_to_apply" if self.day == time.start else "no_longer_applies"
                yield b.say(key, title=b.title(titles))
        if ask(scheme, self.day).period != ask(scheme, self.day - timedelta(days=1)).period:
            yield b.say("new_period")

    def selected(self, found: Evaluation | None, selection: str) -> Sequence[RecordLike]:
        """The records that a selection took in an evaluation."""
        return () if found is None else found.selected[selection]
