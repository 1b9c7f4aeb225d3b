"""What lint says of a failing test is one sentence with one full stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.evaluation.small import SCHEME, document, pack

from goodstanding.catalogue import SchemeFile
from goodstanding.evaluation.lint import lint_schemes

REFUSED = """\
cases:
  - {name: too early, as_of: 2019-12-31, records: [], expect: {grade: A, total: 0}}
"""


def test_a_refusal_instead_of_a_grade_ends_with_one_full_stop(tmp_path: Path) -> None:
    tests = document(tmp_path, REFUSED, "small.tests.yaml").path
    law = replace(pack(), schemes={"small": SchemeFile(document(tmp_path, SCHEME), tests)})
    said = [finding.what for finding in lint_schemes(law) if finding.code.id == "GS-SCHEME-031"]
    (outcome,) = [line for line in said if "the outcome should be A but is GS-SCHEME-020" in line]
    assert outcome.endswith(".")
    assert not outcome.endswith("..")
