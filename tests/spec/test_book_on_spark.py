"""Spark gives what the reference gives on every example of the book.

One test, so that one worker starts one Java virtual machine and keeps it.
"""

from __future__ import annotations

from itertools import count

from pyspark.sql import SparkSession
from tests.spec.book import KNOWN_AT, chapters, entries, load
from tests.spec.engines import by_reference
from tests.spec.on_spark import OnSpark, compiled

from goodstanding.evaluation.engines.spark import configured

#: Every so many of the examples also run as large tables do.
COMPILED = 12


def test_spark_agrees_on_the_book(spark_here: SparkSession) -> None:
    plain, large = OnSpark(configured(spark_here)), OnSpark(compiled(spark_here))
    numbers = count()
    for chapter in chapters():
        for example in chapter.examples:
            pack, scheme, _ = load(example)
            if scheme is None:
                continue
            known = entries(example)
            meant = by_reference(scheme, known, example.as_of, KNOWN_AT, example.history)
            for engine in [plain, large] if next(numbers) % COMPILED == 0 else [plain]:
                engine.load(pack, known)
                found = engine.evaluate(scheme, example.as_of, KNOWN_AT, example.history)
                assert found == meant, f"{chapter.file}: {example.title}"
