"""Which dates a history looks at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.evaluation.small import DAY, KNOWN_AT, SCHEME, fine, scheme

from goodstanding.evaluation.history import candidate_dates


def test_beginnings_ends_windows_and_the_start(tmp_path: Path) -> None:
    records = [fine(0, date(2022, 3, 1)), fine(1, date(2024, 2, 1), ends_on=date(2024, 4, 1))]
    days = candidate_dates(scheme(tmp_path), records, DAY, KNOWN_AT)
    assert days == [
        date(2020, 1, 1),
        date(2022, 3, 1),
        date(2023, 3, 1),
        date(2024, 2, 1),
        date(2024, 4, 1),
    ]


def test_every_day_where_days_are_counted(tmp_path: Path) -> None:
    text = SCHEME.replace("take: count}", "take: days_since}")
    start, records = date(2024, 6, 27), [fine(0, date(2024, 6, 28))]
    days = candidate_dates(scheme(tmp_path, text), records, DAY, KNOWN_AT, start)
    assert days == [start, date(2024, 6, 28), date(2024, 6, 29), date(2024, 6, 30)]
    assert candidate_dates(scheme(tmp_path, text), [], DAY, KNOWN_AT, start) == [start]
