"""The DuckDB engine gives exactly what the reference engine gives, on made-up schemes.

Each function runs its own ninety cases, on one date and through history; together 540. They
differ only in their names, from which the fixed seed is taken, so that they run side by side.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.generative.strategies import Case, cases
from tests.spec.engines import Tables, by_reference

CASES = 90
SETTINGS = settings(
    max_examples=CASES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


def agree(tables: Tables, case: Case | None) -> None:
    if case is None:
        return
    tables.load(case.pack, case.entries)
    for history in (False, True):
        asked = (case.scheme, case.as_of, case.known_at, history)
        meant = by_reference(case.scheme, case.entries, case.as_of, case.known_at, history)
        assert tables.evaluate(*asked) == meant


@SETTINGS
@given(case=cases())
def test_the_first_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_second_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_third_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_fourth_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_fifth_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_sixth_ninety(tables: Tables, case: Case | None) -> None:
    agree(tables, case)
