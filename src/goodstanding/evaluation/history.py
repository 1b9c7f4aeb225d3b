"""Standings through time: on which dates could a standing change, and on which did it?

Nothing but the passing of these dates changes a standing while the register stays the same: each
is the day on which something was due (``due``) as of the one before. So only what truly counts
days, and only while it does, makes a history look at every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from goodstanding.evaluation.changes import begins
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
    # What stands is settled first: a later version may be about another subject.
    for subject, own in by_subject(standing_entries(records, known_at)).items():
        last: tuple[str | None, Fixed | None] = (None, None)
        for day, found in looked_at(scheme, own, as_of, known_at):
            standing = found.standing if found else Standing(subject, day, None, None)
            if (standing.grade, standing.total) != last:
                last = (standing.grade, standing.total)
                # A promise about the days ahead is no part of what was.
                past = replace(standing, next_change_on=None)
                changes.append(replace(found, standing=past) if found else past)
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
    return [day for day, _ in looked_at(scheme, records, as_of, known_at, start)]


def looked_at(
    scheme: Scheme,
    records: Sequence[RecordLike],
    as_of: date,
    known_at: datetime | None,
    start: date | None = None,
) -> Iterator[tuple[date, Evaluation | None]]:
    """The same dates, each with the evaluation of the subject (None: no live record)."""
    standing = standing_entries(records, known_at)
    day: date | None = max(scheme.starts(), start or date.min)
    while day is not None and day <= as_of:
        found = evaluate_subject(scheme, standing, day, known_at)
        yield day, found
        day = found.standing.next_change_on if found else begins(scheme, standing, day)
