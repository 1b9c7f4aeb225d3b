"""What would change a standing: the passing of time, and the nearest other bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from goodstanding.evaluation.as_of_uses import date_bounds
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.records import points_on
from goodstanding.evaluation.explanation import Change, Neighbour
from goodstanding.evaluation.history import looked_at
from goodstanding.evaluation.model import Direction, ReasonKind, WindowKind
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import RecordLike, standing_entries
from goodstanding.evaluation.results import Evaluation
from goodstanding.kernel import Fixed, add_months, decimal_text

#: How far ahead we look for changes: years, or months where every single day is looked at.
_YEARS_AHEAD, _MONTHS_AHEAD_DAILY = 10, 24


def horizon(b: Base) -> date:
    """The last day looked at."""
    if b.as_of.year > date.max.year - _YEARS_AHEAD:
        return b.as_of  # the calendar itself ends before we could look ahead
    months = _MONTHS_AHEAD_DAILY if b.scheme.daily else 12 * _YEARS_AHEAD
    found = add_months(b.as_of, months)
    end = b.scheme.in_force.end
    return found if end is None else min(found, end - timedelta(days=1))


def changes(b: Base, until: date) -> Iterator[Change]:
    """The dates on which the standing changes by itself."""
    if until <= b.as_of:
        return
    before: Evaluation | None = b.found
    last = (b.found.standing.grade, b.found.standing.total)
    start = b.as_of + timedelta(days=1)
    for day, found in looked_at(b.scheme, b.records, until, b.known_at, start):
        grade = found.standing.grade if found else None
        total = found.standing.total if found else None
        if (grade, total) != last:
            last = (grade, total)
            turn = _Turn(b, day, before, found)
            yield Change(
                on=day,
                grade=grade,
                grade_title=b.grade(grade) if grade else None,
                total=None if total is None else str(total),
                because=tuple(turn.because()) or (b.say("days_pass"),),
            )
        before = found


@dataclass(frozen=True, slots=True)
class _Turn:
    """A day on which a standing changes, with what it was before and is from then on."""

    b: Base
    day: date
    before: Evaluation | None
    after: Evaluation | None

    def because(self) -> Iterator[str]:
        """What begins, ends or changes on the day."""
        for record in standing_entries(self.b.records, self.b.known_at):
            yield from self.of_record(record)
        yield from self.of_windows()
        yield from self.of_points()
        yield from self.of_law()

    def of_record(self, record: RecordLike) -> Iterator[str]:
        if record.effective_on == self.day:
            yield self.b.say("takes_effect", record=self.named(record))
        if record.ends_on == self.day:
            yield self.b.say("ends", record=self.named(record))

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
        return () if found is None else found.selected[selection]

    def named(self, record: RecordLike) -> str:
        item = self.b.scheme.population.get(record.item)
        return f"{self.b.title(item.titles) if item else record.item} {record.source_key}"


def neighbours(b: Base) -> Iterator[Neighbour]:
    """How far the total is from the bands beside it; nothing where no band applies."""
    total, grades = b.found.standing.total, b.scheme.grades
    given = {r.rule for r in b.found.reasons if r.kind is ReasonKind.EXCEPTION}
    if total is None or any(e.id in given for e in grades.exceptions if e.gives):
        return
    starts = [_start(b, band.start) for band in grades.bands]
    here = max(n for n, start in enumerate(starts) if start is None or total.units >= start)
    lower = grades.direction is Direction.LOWER_IS_BETTER
    if (own := starts[here]) is not None:
        yield _neighbour(b, grades.bands[here - 1].grade, own - 1, total, better=lower)
    if here + 1 < len(starts) and (above := starts[here + 1]) is not None:
        yield _neighbour(b, grades.bands[here + 1].grade, above, total, better=not lower)


def _start(b: Base, parameter: str | None) -> int | None:
    if parameter is None:
        return None
    return b.question.limit(parameter)


def _neighbour(b: Base, grade: str, reached: int, total: Fixed, *, better: bool) -> Neighbour:
    scale = b.scheme.scale
    distance = decimal_text(abs(reached - total.units), scale)
    bound, shown = decimal_text(reached, scale), b.grade(grade)
    key = "fewer" if reached < total.units else "more"
    unit = b.phrases.of_number(b.phrases.unit(b.scheme.unit), distance)
    words = b.say(key, distance=distance, unit=unit, bound=bound, grade=shown)
    return Neighbour(grade, shown, bound, distance, better, words)
