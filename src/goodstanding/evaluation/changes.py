"""Which subjects have something due, and when: what a run after this one must look at again.

Invariant: until the day named here, a subject's standing changes only if its records do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import (
    RecordLike,
    by_subject,
    concerns,
    in_effect,
    standing_entries,
)
from goodstanding.evaluation.reference import evaluate_subject


def next_change_on(
    scheme: Scheme, records: Sequence[RecordLike], as_of: date, known_at: datetime | None
) -> date | None:
    """When the subject of these records is due (``due`` says how); None: never by itself.

    For a subject without a live record, when its next record begins.
    Raises GS-SCHEME-020, 021 and 022.
    """
    found = evaluate_subject(scheme, records, as_of, known_at)
    if found is not None:
        return found.standing.next_change_on
    return begins(scheme, standing_entries(records, known_at), as_of)


def waiting(
    scheme: Scheme, records: Iterable[RecordLike], as_of: date, known_at: datetime | None
) -> dict[str, date]:
    """The subjects that have no standing yet, but a record that begins later: subject and day."""
    found = {}
    for subject, own in by_subject(standing_entries(records, known_at)).items():
        known = with_ends(scheme.population, own)
        live = any(concerns(scheme, record) and in_effect(record, as_of) for record in known)
        day = None if live else begins(scheme, own, as_of)
        if day is not None:
            found[subject] = day
    return found


def begins(scheme: Scheme, standing: Iterable[RecordLike], as_of: date) -> date | None:
    """When the next of these standing records begins; None if none does."""
    later = (record.effective_on for record in standing if concerns(scheme, record))
    return min((day for day in later if day > as_of), default=None)
