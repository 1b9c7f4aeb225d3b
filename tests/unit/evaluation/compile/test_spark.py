"""What is written for Spark keeps to whole numbers where Spark itself would round."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from goodstanding.evaluation.compile.spark import to_spark
from goodstanding.evaluation.engines.spark import configured

Rows = list[tuple[tuple[int, int], object]]


def numbers(seed: int, count: int) -> list[int]:
    """Numbers of up to 38 digits, mostly at the ends of what has so many digits."""
    made = random.Random(seed)
    found = []
    for _ in range(count):
        digits = made.choice([1, 2, 5, 17, 18, 19, 20, 30, 34, 35, 37, 38])
        ends = [10**digits - 1, 10 ** (digits - 1), 10 ** (digits - 1) - 1]
        found.append(made.choice([*ends, made.randrange(10**digits), 0]) * made.choice([1, -1]))
    return found


def asked(session: SparkSession, expression: str, pairs: list[tuple[int, int]]) -> Rows:
    """An expression of a and b for each pair, in order."""
    rows = ", ".join(
        f"({n}, CAST({a} AS HUGEINT), CAST({b} AS HUGEINT))" for n, (a, b) in enumerate(pairs)
    )
    sql = f"SELECT n, {expression} AS found FROM (VALUES {rows}) AS pairs(n, a, b)"
    rows_found = configured(session).sql(to_spark(sql)).collect()
    found: dict[int, object] = {row["n"]: row["found"] for row in rows_found}
    return [(pair, found[n]) for n, pair in enumerate(pairs)]


def truncated(a: int, b: int) -> int:
    whole = abs(a) // abs(b)
    return whole if (a < 0) == (b < 0) else -whole


@pytest.fixture(scope="module")
def pairs() -> list[tuple[int, int]]:
    return [(a, b or 1) for a, b in zip(numbers(1, 2000), numbers(2, 2000), strict=True)]


def test_whole_division_is_exact(spark_here: SparkSession, pairs: list[tuple[int, int]]) -> None:
    found = asked(spark_here, "a // b", pairs)
    assert found == [((a, b), Decimal(truncated(a, b))) for a, b in pairs]


def test_division_within_division(spark_here: SparkSession, pairs: list[tuple[int, int]]) -> None:
    found = asked(spark_here, "(a // b) // (b // 1000003)", [p for p in pairs if abs(p[1]) > 10**9])
    meant = [(p, truncated(truncated(*p), truncated(p[1], 1000003))) for p, _ in found]
    assert found == [(pair, Decimal(value)) for pair, value in meant]


def test_sign_and_size_are_exact(spark_here: SparkSession, pairs: list[tuple[int, int]]) -> None:
    """Spark's own minus and ABS round beyond 34 digits."""
    found = asked(spark_here, "ABS(a)", pairs)
    assert found == [((a, b), Decimal(abs(a))) for a, b in pairs]
    assert asked(spark_here, "-a", pairs) == [((a, b), Decimal(-a)) for a, b in pairs]
    signs = asked(spark_here, "SIGN(a)", pairs)
    assert signs == [((a, b), Decimal((a > 0) - (a < 0))) for a, b in pairs]


@pytest.mark.parametrize(
    ("sql", "meant"),
    [
        ("SELECT CAST(1.5 AS DECIMAL(38, 4)) >= CAST(2 AS DECIMAL(38, 0))", False),
        ("SELECT CAST(CAST(-0.005 AS DECIMAL(38, 3)) AS DECIMAL(18, 2))", Decimal("-0.01")),
        ("SELECT CAST(0.1 AS DECIMAL(38, 10)) + CAST(1 AS DECIMAL(38, 0))", Decimal("1.1")),
        ("SELECT SUM(x) FROM (VALUES (9223372036854775807), (1)) AS t(x)", Decimal(2**63)),
        ("SELECT CAST(DATE '2024-01-31' + INTERVAL 1 MONTH AS DATE) = DATE '2024-02-29'", True),
        ("SELECT DATE_DIFF('day', DATE '2024-02-28', DATE '2024-03-01')", 2),
        ("SELECT CAST(DATE_TRUNC('quarter', DATE '2024-05-31') AS DATE) = DATE '2024-04-01'", True),
        ("SELECT 'it''s \\ ${env:HOME} 𝄞'", "it's \\ ${env:HOME} 𝄞"),
        ("SELECT GREATEST(NULL, 2, 1)", 2),
        ("SELECT 'Z' < 'a' AND 'z' < 'é' AND '中' < '𝄞'", True),
        ("SELECT COUNT(*) FROM (SELECT UNNEST(RANGE(0)) AS n) AS t", 0),
        ("SELECT MAX(n) FROM (SELECT 10 + CAST(UNNEST(RANGE(3)) AS INTEGER) AS n) AS t", 12),
    ],
)
def test_one_meaning(spark_here: SparkSession, sql: str, meant: object) -> None:
    assert configured(spark_here).sql(to_spark(sql)).collect()[0][0] == meant
