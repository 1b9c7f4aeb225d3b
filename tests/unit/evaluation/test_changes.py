"""Whose standing is due, and who waits for a first one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.unit.evaluation.small import DAY, KNOWN_AT, fine, scheme

from goodstanding.evaluation.changes import next_change_on, waiting
from goodstanding.evaluation.history import history
from goodstanding.evaluation.results import Evaluation

LATER, LATEST = date(2024, 8, 1), date(2024, 9, 1)


def test_a_window_that_closes_is_due(tmp_path: Path) -> None:
    records = [fine(0, date(2024, 1, 10)), fine(1, date(2024, 2, 10))]
    assert next_change_on(scheme(tmp_path), records, DAY, KNOWN_AT) == date(2025, 1, 10)


def test_without_a_live_record_the_first_beginning_is_due(tmp_path: Path) -> None:
    records = [fine(0, LATEST), fine(1, LATER), fine(2, date(2023, 1, 1), ends_on=DAY)]
    assert next_change_on(scheme(tmp_path), records, DAY, KNOWN_AT) == LATER
    assert next_change_on(scheme(tmp_path), records[2:], DAY, KNOWN_AT) is None


def test_who_has_no_live_record_but_a_later_one_waits(tmp_path: Path) -> None:
    records = [
        replace(fine(0, LATER), subject="biz:1"),
        replace(fine(1, LATEST), subject="biz:1"),
        replace(fine(2, LATER), subject="biz:2"),
        replace(fine(3, date(2024, 1, 1)), subject="biz:2"),
        replace(fine(4, LATER), subject="biz:3", subject_kind="public_body"),
        replace(fine(5, date(2024, 1, 1)), subject="biz:4", ends_on=DAY),
    ]
    assert waiting(scheme(tmp_path), records, DAY, KNOWN_AT) == {"biz:1": LATER}


def test_a_record_that_was_withdrawn_is_not_waited_for(tmp_path: Path) -> None:
    gone = replace(fine(1, LATER), act="withdrawal", supersedes=0)
    assert waiting(scheme(tmp_path), [fine(0, LATER), gone], DAY, KNOWN_AT) == {}


def test_a_record_corrected_to_another_subject_leaves_its_history(tmp_path: Path) -> None:
    moved = replace(fine(1, date(2024, 1, 1)), act="correction", supersedes=0, subject="biz:9")
    found = history(scheme(tmp_path), [fine(0, date(2024, 1, 1)), moved], DAY, KNOWN_AT)
    assert {f.standing.subject for f in found if isinstance(f, Evaluation)} == {"biz:9"}
