"""Every scheme of every pack, by three engines: the same bytes in every result file.

The cases beside a scheme become the subjects of one register, kept in segments. It is looked at
on the day most cases ask about, and through its whole history up to the last of them; this last
by Spark for `template` only, which uses every feature, as planning takes Spark many seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from tests.spec.engines import Tables
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Item, list_packs, load_pack
from goodstanding.evaluation import shapes
from goodstanding.evaluation.engines import EngineName, engine, spark
from goodstanding.evaluation.engines.files import REASONS, SCHEME_SQL, STANDINGS, Run
from goodstanding.evaluation.load import read_scheme, read_shape
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import parse_fixed

KNOWN_AT = datetime(2040, 1, 1, tzinfo=UTC)
Relations = dict[str, list[Path]]


def schemes() -> list[tuple[str, str]]:
    """Every scheme file of every pack."""
    return [(pack, file) for pack in list_packs() for file in sorted(load_pack(pack).schemes)]


@pytest.mark.parametrize("key", schemes(), ids="/".join)
def test_the_same_bytes(key: tuple[str, str], tmp_path: Path, spark_here: SparkSession) -> None:
    pack = load_pack(key[0])
    file = pack.schemes[key[1]]
    scheme, _ = read_scheme(pack, file.document)
    tests = file.tests()
    if scheme is None or tests is None:
        # A specimen that no node could evaluate: what lint says of it is tested elsewhere.
        assert key[0] == "museum"
        return
    shape, _ = read_shape(shapes.TestsShape, tests)
    assert shape is not None
    relations = segments(tmp_path, scheme, entries(scheme, shape))
    asked = [case.as_of for case in shape.cases if case.as_of >= scheme.starts()]
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


def entries(scheme: Scheme, shape: shapes.TestsShape) -> list[Entry]:
    """The records of all cases, each case a subject of its own."""
    made = [one for n, case in enumerate(shape.cases) for one in records_of(scheme, n, case)]
    return [replace(one, leaf=leaf) for leaf, one in enumerate(made)]


def records_of(scheme: Scheme, n: int, case: shapes.CaseShape) -> Iterator[Entry]:
    """The records of one case."""
    for m, given in enumerate(case.records):
        item = scheme.population[given.item]
        yield Entry(
            leaf=0,
            item=item.id,
            subject=f"test:{n:03}",
            effective_on=given.effective_on,
            facts={name: fact_of(item, name, value) for name, value in given.facts.items()},
            source_key=f"{n:03}|{m:03}",
            authority=item.authorities[0],
            subject_kind=scheme.subject_kind,
            basis=item.basis[0],
            decided_on=given.decided_on or given.effective_on,
            ends_on=given.ends_on,
        )


def fact_of(item: Item, name: str, value: shapes.FactValue) -> object:
    """A fact as a register holds it."""
    fact = item.facts[name]
    return parse_fixed(str(value), fact.scale) if fact.type.is_number else value
