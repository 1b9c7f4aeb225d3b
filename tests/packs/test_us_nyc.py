"""New York's table of points against the department's list, whole; and sums of its levels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.packs.records import record

from goodstanding.catalogue import Pack, load_pack
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_all

pytestmark = pytest.mark.real

DAY = date(2014, 3, 3)
KNOWN_AT = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack of New York City."""
    return load_pack("us_nyc")


@pytest.fixture(scope="module")
def law(world_law: Path) -> dict[str, Any]:
    """The notes on the grades of restaurants."""
    loaded = YAML(typ="safe").load((world_law / "us_nyc_grades.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_whole_table(pack: Pack, law: dict[str, Any]) -> None:
    expected = {
        (code, level): points
        for code, entry in law["violations"].items()
        for level, points in entry["points"].items()
    }
    rows = pack.tables["violation_points"].values[-1].rows
    assert {key: int(str(value)) for key, value in rows.items()} == expected
    assert len(law["violations"]) == 67


def test_every_code_of_the_file_has_points_or_is_known_to_have_none(pack: Pack) -> None:
    scored = {code for code, _ in pack.tables["violation_points"].values[-1].rows}
    unscored = {code for (code,) in pack.tables["unscored_violations"].values[-1].rows}
    assert not scored & unscored
    listed = set(pack.items["inspection_finding"].facts["violation"].codes)
    assert scored | unscored == listed


def test_each_entry_of_the_table_is_the_score_of_an_inspection(
    pack: Pack, law: dict[str, Any]
) -> None:
    scheme = load_scheme(pack, "inspection_score")
    entries = [
        (code, level, points)
        for code, entry in law["violations"].items()
        for level, points in entry["points"].items()
    ]
    records = [
        record(
            scheme,
            "violation",
            f"us-nyc-camis:{n:08}",
            DAY,
            facts={
                "inspection": f"{DAY} Cycle Inspection / Re-inspection",
                "programme": "cycle",
                "stage": "reinspection",
                "action": "cited",
                "code": code,
                "level": level,
            },
        )
        for n, (code, level, _) in enumerate(entries)
    ]
    found = evaluate_all(scheme, records, DAY, KNOWN_AT)
    for (code, level, points), evaluation in zip(entries, found, strict=True):
        grade = "A" if points < 14 else "C"
        standing = evaluation.standing
        assert (standing.grade, str(standing.total)) == (grade, str(points)), (code, level)


def test_intervals(pack: Pack, law: dict[str, Any]) -> None:
    days = {entry["basis"]: entry.get("days") for entry in law["cycle_intervals"]}
    for name, part in (("b", "14..27"), ("c", ">= 28"), ("reopened", "reopened after")):
        expected = next(value for basis, value in days.items() if part in basis)
        bounds = [pack.parameters[f"next_{name}_{side}_days"] for side in ("from", "to")]
        assert [int(str(p.values[-1].value)) for p in bounds] == expected
