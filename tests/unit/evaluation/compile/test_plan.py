"""The SQL is readable, states its grain, and is built of typed nodes only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import sqlglot
from tests.unit.evaluation.small import DAY, KNOWN_AT, SCHEME, scheme

from goodstanding.evaluation import compile_scheme

STEPS = [
    "superseded_fine",
    "live_fine",
    "superseded_permit",
    "live_permit",
    "coming",
    "records",
    "gathered",
    "indicators",
    "points",
    "totals",
    "judged",
    "graded",
]


def test_every_step_is_named_and_says_what_it_is(tmp_path: Path) -> None:
    plan = compile_scheme(scheme(tmp_path), as_of=DAY, known_at=KNOWN_AT)
    tree = sqlglot.parse_one(plan.evaluated, dialect="duckdb")
    assert [step.alias for step in tree.find_all(sqlglot.exp.CTE)] == STEPS
    assert plan.evaluated.count(" /* ") >= len(STEPS)
    assert "AS r_number, /* Points for fines (act.2: Article 2) */" in plan.evaluated


def test_a_window_is_one_constant_date(tmp_path: Path) -> None:
    plan = compile_scheme(scheme(tmp_path), as_of=date(2024, 2, 29), known_at=KNOWN_AT)
    # 28 February 2023 plus twelve months is 28 February 2024, which has passed.
    assert "effective_on >= CAST('2023-03-01' AS DATE) /* within param.look_back" in plan.evaluated


def test_texts_of_a_pack_cannot_leave_their_place(tmp_path: Path) -> None:
    text = SCHEME.replace("en: Much money", "en: 'Much */ DROP TABLE x; -- money'")
    plan = compile_scheme(scheme(tmp_path, text), as_of=DAY, known_at=KNOWN_AT)
    assert sqlglot.parse_one(plan.evaluated, dialect="duckdb").find(sqlglot.exp.Drop) is None


def test_golden_points_step(tmp_path: Path) -> None:
    plan = compile_scheme(scheme(tmp_path), as_of=DAY, known_at=KNOWN_AT)
    assert (
        """\
    CASE
      WHEN i_money >= CAST(100.00 AS DECIMAL(18, 2)) /* param.much */
      THEN CAST(5 /* param.each */ AS DECIMAL(18, 0))
    END AS r_much"""
        in plan.evaluated
    )
