"""The day on which a standing changes by itself is the law's own last day and the day after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from tests.packs.records import record

from goodstanding.catalogue import load_pack
from goodstanding.evaluation.lint import TestRecord
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.kernel import Fixed

#: A grade (None: no standing) and the day on which something changes by itself.
Step = tuple[str | None, date | None]
KNOWN_AT = datetime(2040, 1, 1, tzinfo=UTC)
TOLD = date(2026, 3, 2)
SCORE = Fixed(20, 0)


def changes(scheme: Scheme, records: Sequence[TestRecord], on: date) -> list[Step]:
    """The grade on ``on`` and, day of change by day of change, every grade after it."""
    found: list[Step] = []
    day: date | None = on
    while day is not None and len(found) < 9:
        (evaluation,) = evaluate_all(scheme, records, day, KNOWN_AT)
        standing = evaluation.standing
        day = standing.next_change_on
        found.append((standing.grade, day))
    return found


def scheme(pack: str, name: str) -> Scheme:
    return load_scheme(load_pack(pack), name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("appeal", [("Open", date(2026, 3, 24)), ("Closed", None)]),
        ("publication", [("AwaitingPublication", date(2026, 3, 24)), ("3", None)]),
    ],
)
def test_an_appeal_is_possible_for_21_days(name: str, expected: list[Step]) -> None:
    found = scheme("uk_fhrs", name)
    facts = {"grade": "3", "inspected_on": date(2026, 2, 23)}
    told = record(found, "rating_notified", "uk-fhrsid:1", TOLD, facts=facts)
    assert _grades(changes(found, [told], TOLD)) == expected


def test_a_visit_is_due_within_three_months() -> None:
    found = scheme("uk_fhrs", "revisit")
    asked = record(found, "revisit_requested", "uk-fhrsid:1", date(2026, 5, 30))
    told = changes(found, [asked], date(2026, 5, 30))
    assert _grades(told) == [("Waiting", date(2026, 8, 31)), ("Late", None)]


def test_a_demerit_point_counts_for_18_months() -> None:
    found = scheme("sg_mom", "demerit_points")
    facts = {"event": "prosecution_one"}
    made = record(found, "construction_breach", "sg-uen:1", date(2026, 1, 10), facts=facts)
    told = changes(found, [made], date(2026, 1, 10))
    assert _grades(told) == [("phase1", date(2027, 7, 10)), ("none", None)]


def test_work_passes_are_refused_for_three_months() -> None:
    found = scheme("sg_mom", "work_passes")
    facts = {"phase": "phase1", "contractor": True}
    made = record(found, "debarment", "sg-uen:1", date(2024, 3, 4), facts=facts)
    told = changes(found, [made], date(2024, 3, 4))
    assert _grades(told) == [("RenewalsOnly", date(2024, 6, 4)), ("Open", None)]


def test_the_next_cycle_begins_150_to_210_days_after_a_b() -> None:
    found = scheme("us_nyc", "next_inspection")
    facts = {
        "inspection": "2014-03-03 Cycle Inspection / Re-inspection",
        "programme": "cycle",
        "stage": "reinspection",
        "action": "cited",
    }
    on = date(2014, 3, 3)
    made = record(found, "inspection_finding", "us-nyc-camis:1", on, facts=facts | {"score": SCORE})
    told = changes(found, [made], on)
    expected = [("NotYet", date(2014, 7, 31)), ("Due", date(2014, 9, 30)), ("Late", None)]
    assert _grades(told) == expected


def _grades(told: list[Step]) -> list[Step]:
    """Without the days on which a condition changed and the grade did not: each grade with the
    day on which the next one begins."""
    kept: list[Step] = []
    for grade, until in told:
        if kept and kept[-1][0] == grade:
            kept.pop()
        kept.append((grade, until))
    return kept
