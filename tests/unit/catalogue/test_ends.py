"""How records end: what lint refuses, with its place; and the day, at the bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from goodstanding.catalogue import Indefinite, Pack, end_of, law_end, read_pack, review_of
from goodstanding.catalogue.ends import Dates

ITEM = "catalogue/berth_fine.yaml"
PERMIT = "catalogue/sailing_permit.yaml"
PARAMETER = "parameters/fine_months.yaml"
RETENTION = "retention: fine_months\n"
INDEFINITE = "indefinite: {article: port_act.9, review: fine_months, owner: harbour_office}\n"


def findings(folder: Path, *changes: tuple[str, str, str]) -> list[str]:
    """What lint finds after some changes: code and place."""
    for file, old, new in changes:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    return [f"{f.code.id} {f.place}".replace(f"{folder}/", "") for f in read_pack(folder)[1]]


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        (PARAMETER, "from: 2015-01-01", "from: 2015-01-02", f"GS-PACK-050 {ITEM}:9:12"),
        (PARAMETER, "unit: months", "unit: days", f"GS-PACK-051 {ITEM}:9:12"),
        (PARAMETER, "value: 12", "value: 0", f"GS-PACK-051 {ITEM}:9:12"),
        (PARAMETER, "value: 12", "value: 1201", f"GS-PACK-051 {ITEM}:9:12"),
        (ITEM, RETENTION, f"{RETENTION}ends_from: published_on\n", f"GS-PACK-052 {ITEM}:10:12"),
        (ITEM, RETENTION, f"{RETENTION}ends_from: hours\n", f"GS-PACK-052 {ITEM}:10:12"),
        (ITEM, RETENTION, f"{RETENTION}ends_from: paid_on\n", f"GS-PACK-052 {ITEM}:10:12"),
        (ITEM, RETENTION, f"ends_from: paid_on\n{INDEFINITE}", f"GS-PACK-052 {ITEM}:9:12"),
        (ITEM, RETENTION, f"{RETENTION}{INDEFINITE}", f"GS-PACK-053 {ITEM}:10:13"),
        (ITEM, RETENTION, "indefinite: {article: port_act.9}\n", f"GS-PACK-054 {ITEM}:9:13"),
        (ITEM, RETENTION, INDEFINITE.replace("act.9", "act.7"), f"GS-PACK-004 {ITEM}:9:23"),
        (ITEM, RETENTION, INDEFINITE.replace("fine_m", "m"), f"GS-PACK-004 {ITEM}:9:43"),
        (ITEM, RETENTION, INDEFINITE.replace("harbour", "x"), f"GS-PACK-004 {ITEM}:9:63"),
        (ITEM, RETENTION, f"{RETENTION}ended_by: [flood]\n", f"GS-PACK-004 {ITEM}:10:12"),
        (ITEM, RETENTION, f"{RETENTION}ended_by: [berth_fine]\n", f"GS-PACK-056 {ITEM}:10:11"),
        (ITEM, RETENTION, "", f"GS-PACK-007 {ITEM}:8:9"),
    ],
)  # fmt: skip
def test_an_end_that_cannot_be_counted_is_refused_with_the_place(
    harbour_folder: Path, file: str, old: str, new: str, found: str
) -> None:
    # An item that is refused is missing elsewhere too.
    assert findings(harbour_folder, (file, old, new))[0] == found


@pytest.mark.parametrize(
    "new",
    [
        f"{RETENTION}ends_from: decided_on\n",
        f"{RETENTION}ends_from: ends_on\n",
        "ends_from: ends_on\n",
        INDEFINITE,
        f"ends_from: ends_on\n{INDEFINITE}",
        f"{RETENTION}ends_from: ends_on\n{INDEFINITE}",
        f"{RETENTION}ends_from: paid_on\n{INDEFINITE}",
        f"{RETENTION}ended_by: [sailing_permit]\n",
    ],
)
def test_these_ends_are_lawful(harbour_folder: Path, new: str) -> None:
    assert findings(harbour_folder, (ITEM, RETENTION, new)) == []


def test_a_review_without_a_number_for_the_first_day_is_refused(harbour_folder: Path) -> None:
    late = (PARAMETER, "from: 2015-01-01", "from: 2015-01-02")
    found = findings(harbour_folder, (ITEM, RETENTION, INDEFINITE), late)
    assert found == [f"GS-PACK-050 {ITEM}:9:43"]


def test_an_item_is_ended_by_one_about_the_same_subjects(harbour_folder: Path) -> None:
    by = (ITEM, RETENTION, f"{RETENTION}ended_by: [sailing_permit]\n")
    both = (ITEM, "[operator]", "[operator, port]")
    kind = "  port: {titles: {en: Port}, nature: public_body}\n  operator:"
    assert findings(harbour_folder, by, both, ("pack.yaml", "  operator:", kind)) == [
        f"GS-PACK-055 {ITEM}:10:12"
    ]


def test_two_items_that_end_each_other_are_refused(harbour_folder: Path) -> None:
    found = findings(
        harbour_folder,
        (ITEM, RETENTION, f"{RETENTION}ended_by: [sailing_permit]\n"),
        (PERMIT, "effect:", "ended_by: [berth_fine]\neffect:"),
    )
    assert [one.split()[0] for one in found] == ["GS-PACK-056", "GS-PACK-056"]


def test_the_end_is_the_stated_one_else_the_laws(harbour: Pack) -> None:
    item = harbour.items["berth_fine"]
    said = Dates(date(2020, 2, 29), ends_on=date(2020, 3, 1))
    assert end_of(harbour, item, said) == date(2020, 3, 1)
    assert law_end(harbour, item, said) == date(2022, 2, 28)
    assert end_of(harbour, item, replace(said, ends_on=None)) == date(2022, 2, 28)


def test_before_the_first_number_the_law_computes_no_end(harbour: Pack) -> None:
    item = harbour.items["berth_fine"]
    assert end_of(harbour, item, Dates(date(2014, 12, 31))) is None
    assert end_of(harbour, item, Dates(date(2015, 1, 1))) == date(2017, 1, 1)


def test_beyond_the_calendar_is_its_last_day(harbour: Pack) -> None:
    item = harbour.items["berth_fine"]
    assert end_of(harbour, item, Dates(date(9999, 1, 1))) == date(9999, 12, 31)


def test_a_review_counts_from_the_effect_or_the_last_amendment(harbour: Pack) -> None:
    review = Indefinite("port_act.9", "fine_months", "harbour_office")
    item = replace(harbour.items["berth_fine"], retention=None, indefinite=review)
    said = Dates(date(2023, 5, 31))
    assert review_of(harbour, item, said) == date(2024, 5, 31)
    amended = replace(said, amended_on=date(2024, 2, 29))
    assert review_of(harbour, item, amended) == date(2025, 2, 28)
    earlier = replace(said, amended_on=date(2023, 5, 1))
    assert review_of(harbour, item, earlier) == date(2024, 5, 31)
    assert review_of(harbour, item, replace(said, ends_on=date(2023, 6, 1))) is None
