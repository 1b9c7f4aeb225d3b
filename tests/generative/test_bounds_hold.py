"""What lint says about totals and exceptions holds on made-up schemes and records.

Every total and every figure of a joint bound lies where the lattice says it can; and where one
exception is said to stand in the other's shadow, every grade is the same without it.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from tests.generative.strategies import Case, cases, written

from goodstanding.evaluation.lattice import Lattice, figure_bands
from goodstanding.evaluation.model import ReasonKind
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.evaluation.results import Evaluation
from goodstanding.evaluation.sound import check_scheme
from goodstanding.kernel import GoodStandingError

SETTINGS = settings(
    max_examples=250,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def evaluated(case: Case | None) -> list[Evaluation]:
    if case is None:
        return []
    try:
        return evaluate_all(case.scheme, case.entries, case.as_of, case.known_at)
    except GoodStandingError:
        return []


@SETTINGS
@given(case=cases())
def test_totals_lie_on_the_lattice(case: Case | None) -> None:
    for found in evaluated(case):
        assert case is not None
        lattice = Lattice.of(case.scheme, case.as_of)
        assert lattice.reaches(found.raw_total, found.raw_total + 1), lattice
        for joint in case.scheme.grades.joint:
            if joint.id in found.joint:
                where, starts = figure_bands(case.scheme, joint, case.as_of)
                grades = [band.grade for band in joint.bands]
                n = grades.index(found.joint[joint.id])
                assert where.reaches(starts[n], [*starts[1:], None][n]), where


@SETTINGS
@given(case=cases())
def test_what_is_in_the_shadow_has_no_effect(case: Case | None) -> None:
    if case is None:
        return
    shadowed = {
        str(error.values["what"]).split("'")[1]: str(error.values["problem"])
        for error in check_scheme(case.scheme, written(case.data))
        if error.code.id == "GS-SCHEME-052" and str(error.values["what"]).startswith("The exc")
    }
    behind = {name for name, problem in shadowed.items() if "goes further" not in problem}
    for found in evaluated(case) if shadowed else []:
        applied = {r.rule for r in found.reasons if r.kind is ReasonKind.EXCEPTION}
        assert not applied & behind
    for name in shadowed:
        grades = case.scheme.grades
        without = replace(grades, exceptions=tuple(e for e in grades.exceptions if e.id != name))
        other = replace(case, scheme=replace(case.scheme, grades=without))
        assert given_grades(other) == given_grades(case)


def given_grades(case: Case) -> list[str | None]:
    return [found.standing.grade for found in evaluated(case)]
