"""Tables of the law, items of published grades, and the calendar of a pack."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from goodstanding.catalogue import load_pack, read_pack

TABLE = """\
id: berth_points
titles: {en: Points by berth and season}
unit: points
keys: [berth, season]
values:
  - from: 2015-01-01
    article: port_act.3
    rows: {N1: {low: 1, high: 2}, S2: {low: 3, high: 4}}
  - {from: 2022-01-01, article: port_act.3, rows: {N1: {low: 5}}}
confidence: known
"""
GRADES = """\
id: berth_grade
titles: {en: Published grade}
subject_kinds: [operator]
identifier_schemes: [lum-op]
authorities: [harbour_office]
basis: [port_act.3]
in_force: {from: 2015-01-01}
effect: neutral
grades_of: berths
facts:
  grade: {type: code, titles: {en: Grade}, required: true, codes: {A: {en: Good}}}
"""


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_table_has_rows_by_date(harbour_folder: Path) -> None:
    write(harbour_folder, "tables/berth_points.yaml", TABLE)
    table = load_pack(harbour_folder).tables["berth_points"]
    assert table.at(date(2014, 12, 31)) is None
    first, second = table.at(date(2021, 12, 31)), table.at(date(2022, 1, 1))
    assert first is not None
    assert second is not None
    assert {key: number.units for key, number in first.rows.items()} == {
        ("N1", "low"): 1,
        ("N1", "high"): 2,
        ("S2", "low"): 3,
        ("S2", "high"): 4,
    }
    assert list(second.rows) == [("N1", "low")]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("{low: 5}", "5", "GS-PACK-008", ":9:56"),
        ("keys: [berth, season]", "keys: [berth]", "GS-PACK-008", ":8:16"),
        ("from: 2022-01-01", "from: 2015-01-01", "GS-PACK-008", ":9:12"),
        ("{low: 5}", "{low: 5.5}", "GS-KERNEL-004", ":9:"),
        ("{low: 5}", "{low: five}", "GS-PACK-003", ":9:"),
        ("rows: {N1: {low: 5}}", "rows: {}", "GS-PACK-003", ":9:51"),
        ("article: port_act.3, rows", "article: port_act.8, rows", "GS-PACK-004", ":9:33"),
        ("article: port_act.3, rows", "rows", "GS-PACK-003", ":9:5"),
        ("id: berth_points", "id: points", "GS-PACK-009", ":1:5"),
        ("{en: Points by berth and season}", "{fr: Points}", "GS-PACK-005", ":2:9"),
    ],
)
def test_a_broken_table_is_refused(
    harbour_folder: Path, old: str, new: str, code: str, place: str
) -> None:
    assert old in TABLE
    write(harbour_folder, "tables/berth_points.yaml", TABLE.replace(old, new, 1))
    found = [f"{finding.code.id} {finding.place}" for finding in read_pack(harbour_folder)[1]]
    assert any(f.startswith(code) and f"berth_points.yaml{place}" in f for f in found), found


def test_grades_are_of_a_scheme_of_the_pack(harbour_folder: Path) -> None:
    write(harbour_folder, "catalogue/berth_grade.yaml", GRADES)
    found = [str(finding) for finding in read_pack(harbour_folder)[1]]
    assert ["GS-PACK-004 scheme 'berths' is not defined" in line for line in found] == [True]
    write(harbour_folder, "schemes/berths.yaml", "id: berths\n")
    assert read_pack(harbour_folder)[1] == []


@pytest.mark.parametrize("fact", ["{grade: {type: integer, titles: {en: Grade}}}", "{}"])
def test_a_published_grade_needs_its_grade(harbour_folder: Path, fact: str) -> None:
    text = GRADES[: GRADES.index("facts:")] + f"facts: {fact}\n"
    write(harbour_folder, "catalogue/berth_grade.yaml", text)
    write(harbour_folder, "schemes/berths.yaml", "id: berths\n")
    assert [finding.code.id for finding in read_pack(harbour_folder)[1]] == ["GS-PACK-016"]


def test_a_calendar_must_be_known(harbour_folder: Path) -> None:
    path = harbour_folder / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("calendar: none", "calendar: lumen"), "utf-8")
    (said,) = read_pack(harbour_folder)[1]
    assert said.code.id == "GS-PACK-015"
    assert str(said.place).endswith("pack.yaml:5:11")
    assert "known are: cn, gb_eng" in said.what
