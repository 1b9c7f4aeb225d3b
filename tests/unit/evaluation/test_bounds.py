"""Which bounds the whole language has, and where tests must stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.small import KNOWN_AT
from tests.unit.evaluation.whole import WHOLE, whole

from goodstanding.evaluation.bounds import ABOVE, AT, BELOW, Bounds
from goodstanding.evaluation.lattice import Lattice
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.kernel import Fixed


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    return whole(tmp_path)


def fine(effective_on: date, kind: str = "grave", cents: int | None = 1_00) -> Entry:
    facts: dict[str, object] = {"kind": kind}
    if cents is not None:
        facts["amount"] = Fixed(cents, 2)
    return Entry(0, "fine", "biz:1", effective_on, facts, decided_on=effective_on)


def seen(scheme: Scheme, place: tuple[str | int, ...], *records: Entry, as_of: date) -> set[str]:
    """Where a test with these records stands, at the bound of this place."""
    bounds = Bounds(scheme)
    found = evaluate_subject(scheme, records, as_of, KNOWN_AT, bounds.observe)
    assert found is not None
    bounds.result(found, as_of)
    return {p for bound in bounds.all() if bound.at == place for p in bound.seen}


def test_every_bound_has_its_place(scheme: Scheme) -> None:
    found = sorted(".".join(map(str, bound.at)) for bound in Bounds(scheme).all())
    assert found == [
        "grades.bands.1",
        "grades.bands.2",
        "grades.exceptions.0.when",
        "grades.exceptions.1.when",
        "grades.exceptions.2.when",
        "grades.joint.0.bands.1",
        "indicators.money.value",
        "rules.live.per_record.decay.linear",
        "rules.old.per_record.points",
        "rules.old.per_record.points",
        "selections.kinds.where",
        "selections.kinds.where",
    ]


def test_a_joint_bound(scheme: Scheme) -> None:
    place, day = ("grades", "joint", 0, "bands", 1), date(2024, 6, 30)
    assert seen(scheme, place, fine(day), as_of=day) == {ABOVE}  # 5 points, from 3
    assert seen(scheme, place, fine(day, "minor"), as_of=day) == {BELOW}


def test_an_age_at_which_points_are_less(scheme: Scheme) -> None:
    place = ("rules", "old", "per_record", "points")
    begun = date(2021, 1, 31)
    (older, later) = (date(2021, 3, 31), date(2021, 7, 31))
    assert AT in seen(scheme, place, fine(begun), as_of=older)
    assert {AT, ABOVE} <= seen(scheme, place, fine(begun), as_of=later)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(date(2024, 7, 30), {BELOW}), (date(2024, 7, 31), {AT}), (date(2024, 8, 1), {ABOVE})],
)
def test_the_life_of_a_straight_fall(tmp_path: Path, day: date, wanted: set[str]) -> None:
    text = WHOLE.replace("      valid: {months: param.end}\n", "")
    place = ("rules", "live", "per_record", "decay", "linear")
    assert seen(whole(tmp_path, text), place, fine(date(2024, 1, 31)), as_of=day) == wanted


def test_a_life_within_a_window_is_tested_below_only(scheme: Scheme) -> None:
    life = next(b for b in Bounds(scheme).all() if "linear" in b.at)
    assert life.wanted == {BELOW}


@pytest.mark.parametrize(
    ("cents", "wanted"),
    [(-1, {BELOW}), (0, {AT}), (9999, {ABOVE, BELOW}), (100_00, {ABOVE, AT}), (None, set())],
)
def test_the_bounds_of_a_policy(scheme: Scheme, cents: int | None, wanted: set[str]) -> None:
    day = date(2024, 6, 30)
    found = seen(scheme, ("selections", "kinds", "where"), fine(day, cents=cents), as_of=day)
    assert wanted <= found
    assert bool(wanted) is bool(found)


def test_what_is_added_by_groups_and_rules(tmp_path: Path) -> None:
    """Of one-of groups the greater counts; a table gives 1 or 5, halves and quarters of these."""
    text = WHOLE.replace("per_unit: {of: twice, points: param.rate}", "points: param.part")
    text = text.replace("counts: highest", "counts: highest, cap: param.c_from")
    lattice = Lattice.of(whole(tmp_path, text), date(2024, 1, 1))
    assert (lattice.low, lattice.high) == (0, 230)
    assert lattice.reaches(None, 1)
    assert lattice.reaches(230, None)
    assert not lattice.reaches(231, None)
    assert not lattice.reaches(-10, 0)
