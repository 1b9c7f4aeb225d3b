"""Killed at every write point and at random moments: all that was acknowledged is there again.

What is checked after each kill is in ``check``, what happens before it in ``work``. To see
one run again: ``python -m tests.durability.campaign random SEED KILLS``.
"""

from __future__ import annotations

import pytest
from tests.durability.campaign import plans
from tests.durability.children import run_module

from goodstanding.register import WritePoint

#: Into how many runs the write points are cut, so that they run beside each other.
PARTS = 4
SEEDS, KILLS = (41, 42), 20
SOAK_SEEDS, SOAK_KILLS = range(100, 110), 100


def run(*arguments: str) -> tuple[int, str]:
    """The kills of one campaign, and what it said; nothing was wrong if it ended with 0."""
    said = run_module("tests.durability.campaign", *arguments)
    return int(said.split()[0]), said


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_a_write_point(part: int) -> None:
    kills, said = run("points", f"{part}/{PARTS}")
    mine = list(plans())[part::PARTS]
    assert kills == len(mine) + sum(plan.again is not None for plan in mine), said


def test_every_write_point_is_one_at_which_we_kill() -> None:
    killed = {plan.point for plan in plans()} | {plan.again for plan in plans()}
    assert killed == {None, *WritePoint}


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_a_random_moment(seed: int) -> None:
    kills, said = run("random", str(seed), str(KILLS))
    assert kills >= KILLS, said


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK_SEEDS)
def test_killed_a_thousand_times(seed: int) -> None:
    kills, said = run("random", str(seed), str(SOAK_KILLS))
    assert kills >= SOAK_KILLS, said
