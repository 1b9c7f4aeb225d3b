"""Korea's compliance programme rating against the notes and worked cases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.packs.records import record

from goodstanding.catalogue import Confidence, load_pack
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.kernel import Fixed

pytestmark = pytest.mark.real

DAY = date(2025, 9, 1)


def test_the_worked_cases(world_law: Path) -> None:
    cases = YAML(typ="safe").load((world_law / "test_vectors.yaml").read_text("utf-8"))
    scheme = load_scheme(load_pack("kr_cp"), "cp_rating")
    for n, case in enumerate(cases["korea_cp"]):
        facts = {"score": Fixed(100 * case["score"], 2), "first_application": True}
        made = record(scheme, "cp_evaluation", f"kr-brn:{n:010}", DAY, facts=facts)
        found = evaluate_all(scheme, [made], DAY, datetime(2026, 1, 1, tzinfo=UTC))
        expected = {"not designated": "NotDesignated"}.get(case["grade"], case["grade"])
        assert found[0].standing.grade == expected


def test_bounds_are_marked_as_seen_in_secondary_sources(world_law: Path) -> None:
    documents = YAML(typ="safe").load_all((world_law / "other_regimes.yaml").read_text("utf-8"))
    law = next(d for d in documents if d["id"] == "kr/kftc-cp-rating")
    pack = load_pack("kr_cp")
    for entry in law["grades"]:
        if "grade" in entry:
            parameter = pack.parameters[f"{entry['grade'].lower()}_from"]
            assert parameter.values[-1].value == Fixed(100 * entry["min"], 2)
            assert parameter.confidence is Confidence.SECONDARY
