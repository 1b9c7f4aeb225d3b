"""Standings through time: on which dates could a standing change, and on which did it?

Nothing but the passing of these dates changes a standing while the register stays the same:
a record begins or ends, leaves a window, or a number of the law takes a new value. A scheme
that counts days itself (as_of, days_since) may change on any day, so every day is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike, by_subject, standing_entries
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.results import Evaluation, Standing
from goodstanding.kernel import Fixed


def history(
    scheme: Scheme, records: Iterable[RecordLike], as_of: date, known_at: datetime | None
) -> list[Evaluation | Standing]:
    """The standings of every subject on each date up to ``as_of`` on which its grade or total
    changed. A bare Standing (without grade) ends what came before it."""
    scheme.check_applies(as_of)
    changes: list[Evaluation | Standing] = []
    for subject, own in by_subject(records).items():
        last: tuple[str | None, Fixed | None] = (None, None)
        for day in candidate_dates(scheme, own, as_of, known_at):
            found = evaluate_subject(scheme, own, day, known_at)
            standing = found.standing if found else Standing(subject, day, None, None)
            if (standing.grade, standing.total) != last:
                last = (standing.grade, standing.total)
                changes.append(found or standing)
    return changes


def candidate_dates(
    scheme: Scheme,
    records: Sequence[RecordLike],
    as_of: date,
    known_at: datetime | None,
    start: date | None = None,
) -> list[date]:
    """Every date from ``start`` (or the scheme's own) to ``as_of`` on which the standing of
    the subject of these records could change by itself."""
    first = max(scheme.starts(), start or date.min)
    if scheme.daily:
        days = range((as_of - first).days + 1)
        return [first + timedelta(days=n) for n in days]
    found = {first, *scheme.changes_of_law()}
    for record in standing_entries(records, known_at):
        found.add(record.effective_on)
        if record.ends_on is not None:
            found.add(record.ends_on)
        found.update(_window_ends(scheme, record))
    return sorted({max(day, first) for day in found if day <= as_of})


def _window_ends(scheme: Scheme, record: RecordLike) -> Iterator[date]:
    for selection in scheme.selections.values():
        if selection.window is not None and record.item in selection.items:
            for value in scheme.parameters[selection.window.parameter].values:
                yield selection.window.end(record.effective_on, value.value.units)
