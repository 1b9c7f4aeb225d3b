"""Every scheme of every pack, by three engines: the same bytes in every result file.

The cases beside a scheme become the subjects of one register, kept in segments. It is looked at
on the day most cases ask about, and through its whole history up to the last of them; this last
by Spark for `template` only, which uses every feature, as planning takes Spark many seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from tests.packs.cases import KNOWN_AT, register_of, scheme_files
from tests.spec.engines import Tables
from tests.spec.jurisdiction import Entry

from goodstanding.evaluation.engines import EngineName, engine, spark
from goodstanding.evaluation.engines.files import REASONS, SCHEME_SQL, STANDINGS, Run
from goodstanding.evaluation.model import Scheme

Relations = dict[str, list[Path]]


@pytest.mark.parametrize("key", scheme_files(), ids="/".join)
def test_the_same_bytes(key: tuple[str, str], tmp_path: Path, spark_here: SparkSession) -> None:
    register = register_of(*key)
    scheme = register.scheme
    relations = segments(tmp_path, scheme, register.entries)
    asked = [day for day in register.days if day >= scheme.starts()]
    days = [day for day in asked if scheme.in_force.contains(day)]
    runs = {EngineName.DUCKDB: engine("duckdb"), EngineName.SPARK: spark.on(spark_here)}
    day = Counter(days).most_common(1)[0][0]
    assert_equal(scheme, relations, day, False, tmp_path, runs)
    if key[0] != "template":
        del runs[EngineName.SPARK]
    assert_equal(scheme, relations, max(days), True, tmp_path, runs)


def assert_equal(
    scheme: Scheme,
    relations: Relations,
    day: date,
    history: bool,
    folder: Path,
    runs: Mapping[EngineName, Run],
) -> None:
    """Run the reference engine and these, and compare what they wrote."""
    found = {}
    for name, run in [(EngineName.REFERENCE, engine("reference")), *runs.items()]:
        out = folder / f"{name}-{day}-{history}"
        run(scheme, relations, as_of=day, known_at=KNOWN_AT, out=out, history=history, root=folder)
        found[name] = {
            file: sha256((out / file).read_bytes()).hexdigest()
            for file in (STANDINGS, REASONS, SCHEME_SQL)
        }
    for name in runs:
        assert found[name] == found[EngineName.REFERENCE], (name, day, history)


def segments(folder: Path, scheme: Scheme, records: list[Entry]) -> Relations:
    """The records as files such as a node has; an item without records has none."""
    tables = Tables()
    tables.load(scheme.pack, records)
    found: Relations = {}
    for item in sorted({record.item for record in records}):
        path = folder / f"{item}.parquet"
        tables.run(f"COPY entries_{item} TO '{path}' (FORMAT parquet)")
        found[item] = [path]
    return found
