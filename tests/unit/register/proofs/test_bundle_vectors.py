"""Every vector under tests/vectors/bundles has the verdict that its manifest says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.vectors.bundle_cases import CASES, Case

from goodstanding.kernel import GoodStandingError
from goodstanding.register.proofs.verify import verify_bundle

ROOT = Path(__file__).parents[4]


def _ids(verified: bool) -> list[Case]:
    return [case for case in CASES if case.verified is verified]


@pytest.mark.parametrize("case", _ids(True), ids=lambda case: case.name)
def test_a_true_bundle_verifies(case: Case) -> None:
    verdict = verify_bundle(case.data, case.keys, case.policy, now=case.now)
    assert [step.number for step in verdict.steps] == list(range(1, 10))


@pytest.mark.parametrize("case", _ids(False), ids=lambda case: case.name)
def test_a_wrong_bundle_fails_at_its_step(case: Case) -> None:
    with pytest.raises(GoodStandingError) as refused:
        verify_bundle(case.data, case.keys, case.policy, now=case.now)
    assert (refused.value.code.id, refused.value.values["step"]) == ("GS-REGISTER-005", case.step)


def test_every_step_has_a_vector_that_fails_there() -> None:
    assert {case.step for case in _ids(False)} == set(range(1, 10))


def test_the_vectors_can_be_made_again() -> None:
    tool = [sys.executable, "-m", "tools.bundle_vectors", "--check"]
    assert subprocess.run(tool, cwd=ROOT, check=False).returncode == 0
