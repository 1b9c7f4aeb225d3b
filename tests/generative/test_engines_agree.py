"""The DuckDB engine gives exactly what the reference engine gives, on made-up schemes.

Standings with next_change_on, reasons, and who is waiting; on one date or through history. Each
function runs its own 260 cases, together 2,080; they differ only in their names, from which the
fixed seed is taken, so that they run side by side. The soak runs 50,000 that are new each time.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.generative.register_tables import RegisterTables, meant
from tests.generative.strategies import Case, cases

CASES = 260
SOAK, SOAKS = 5_000, 10
SETTINGS = settings(
    max_examples=CASES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def tables() -> RegisterTables:
    return RegisterTables()


def agree(tables: RegisterTables, case: Case | None) -> None:
    if case is not None:
        assert tables.evaluate(case) == meant(case)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SOAKS))
def test_soak(tables: RegisterTables, part: int) -> None:
    @settings(SETTINGS, max_examples=SOAK, derandomize=False, print_blob=True)
    @given(case=cases())
    def look(case: Case | None) -> None:
        agree(tables, case)

    look()


@SETTINGS
@given(case=cases())
def test_the_first_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_second_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_third_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_fourth_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_fifth_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_sixth_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_seventh_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)


@SETTINGS
@given(case=cases())
def test_the_eighth_cases(tables: RegisterTables, case: Case | None) -> None:
    agree(tables, case)
