"""The Spark engine gives exactly what the reference engine gives, on made-up schemes.

A case costs Spark about a second, nearly all of it planning; so there are fewer than for
DuckDB, every third of them a history.
"""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pyspark.sql import SparkSession
from tests.generative.strategies import Case, cases
from tests.spec.engines import by_reference
from tests.spec.on_spark import OnSpark

from goodstanding.evaluation.engines.spark import configured

SETTINGS = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def agree(session: SparkSession, more: int = 1) -> None:
    """Ask both about many cases; ``more`` times as many as the settings say, and then new ones."""
    engine = OnSpark(configured(session))
    numbers = count()

    @settings(SETTINGS, max_examples=more * SETTINGS.max_examples, derandomize=more == 1)
    @given(case=cases())
    def asked(case: Case | None) -> None:
        if case is None:
            return
        history = next(numbers) % 3 == 2
        engine.load(case.pack, case.entries)
        meant = by_reference(case.scheme, case.entries, case.as_of, case.known_at, history)
        assert engine.evaluate(case.scheme, case.as_of, case.known_at, history) == meant

    asked()


def test_a_hundred_cases(spark_here: SparkSession) -> None:
    agree(spark_here)


@pytest.mark.soak
def test_two_thousand_cases(spark_here: SparkSession) -> None:
    agree(spark_here, more=20)
