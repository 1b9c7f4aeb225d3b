"""Spark, asked what the other engines are asked: one session, many small registers.

A register of a few rows costs Spark as much as one of a million: most of it is planning. So
plans are interpreted here unless asked (tests/conftest.py), and nothing is shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType
from tests.spec.engines import REASONS, STANDINGS, Outcome, Tables
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Item, Pack
from goodstanding.evaluation.compile import EVALUATED, Plan, compile_scheme, empty_relation
from goodstanding.evaluation.compile.spark import to_spark
from goodstanding.evaluation.engines.spark import configured, evaluated_of, refusal
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError

_COMPILED = {
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.codegen.wholeStage": "true",
}


def compiled(spark: SparkSession) -> SparkSession:
    """A session of its own that makes Java of its plans, as Spark does with large tables."""
    session = configured(spark)
    for name, value in _COMPILED.items():
        session.conf.set(name, value)
    return session


class OnSpark:
    """The entries of a pack's items as views of one Spark session."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.tables = Tables()
        self.empty: dict[str, DataFrame] = {}

    def load(self, pack: Pack, entries: Sequence[Entry]) -> None:
        """From here on the register holds these entries."""
        self.tables.load(pack, entries)
        for item in pack.items.values():
            name = f"entries_{item.id}"
            found = self._empty(item)
            if any(entry.item == item.id for entry in entries):
                table = self.tables.connection.sql(f"SELECT * FROM {name}").to_arrow_table()
                found = self._frame(table, found.schema)
            found.createOrReplaceTempView(name)

    def _empty(self, item: Item) -> DataFrame:
        sql = empty_relation(item)
        if sql not in self.empty:
            self.empty[sql] = self.spark.sql(to_spark(sql))
        return self.empty[sql]

    def _frame(self, table: pa.Table, schema: StructType) -> DataFrame:
        return self.spark.createDataFrame(table, schema)

    def evaluate(self, scheme: Scheme, as_of: date, known_at: datetime, history: bool) -> Outcome:
        """The rows of both result files, in order."""
        try:
            plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history)
        except GoodStandingError as error:
            return error.code.id
        try:
            return self._rows(plan)
        except PySparkException as error:
            found = refusal(scheme, error)
            if found.code.id == "GS-SCHEME-040":
                raise
            return found.code.id

    def _rows(self, plan: Plan) -> Outcome:
        evaluated = evaluated_of(self.spark, plan)
        # Worked out once: what follows reads the rows, not the steps.
        rows = self._frame(evaluated.toArrow(), evaluated.schema)
        rows.createOrReplaceTempView(EVALUATED)
        standings = self.spark.sql(to_spark(plan.standings)).select(*STANDINGS).collect()
        reasons = self.spark.sql(to_spark(plan.reasons)).select(*REASONS).collect()
        # Result files are put in order when they are written.
        return (
            sorted((tuple(row) for row in standings), key=itemgetter(0, 4)),
            sorted((tuple(row) for row in reasons), key=itemgetter(0, 1, 2)),
        )
