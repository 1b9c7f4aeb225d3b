"""DuckDB gives what the reference gives, on all cases beside the schemes of these packs.

The cases of a scheme become subjects of one register, which is asked on each of their days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.spec.engines import ENGINES, Engine, by_reference
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Item, load_pack
from goodstanding.evaluation import shapes
from goodstanding.evaluation.load import load_scheme, read_shape
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import parse_fixed

PACKS = ("kr_cp", "sg_mom", "uk_fhrs", "us_nyc")
KNOWN_AT = datetime(2040, 1, 1, tzinfo=UTC)


def schemes() -> list[tuple[str, str]]:
    """Every scheme of the packs."""
    return [(pack, name) for pack in PACKS for name in sorted(load_pack(pack).schemes)]


@pytest.fixture(scope="module")
def cases() -> dict[tuple[str, str], tuple[Scheme, list[Entry], list[date]]]:
    """For each scheme: the records of all its cases, a subject each, and their days."""
    return {key: _cases(*key) for key in schemes()}


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One in-memory DuckDB."""
    return ENGINES["duckdb"]()


@pytest.mark.parametrize("key", schemes(), ids="/".join)
def test_all_cases(
    engine: Engine,
    cases: dict[tuple[str, str], tuple[Scheme, list[Entry], list[date]]],
    key: tuple[str, str],
) -> None:
    scheme, records, days = cases[key]
    engine.load(scheme.pack, records)
    for day in days:
        # On the day before the scheme begins both refuse.
        expected = by_reference(scheme, records, day, KNOWN_AT, history=False)
        assert engine.evaluate(scheme, day, KNOWN_AT, history=False) == expected, day


def _cases(pack: str, name: str) -> tuple[Scheme, list[Entry], list[date]]:
    scheme = load_scheme(load_pack(pack), name)
    tests = scheme.pack.schemes[name].tests()
    assert tests is not None
    shape, _ = read_shape(shapes.TestsShape, tests)
    assert shape is not None
    made = [one for n, case in enumerate(shape.cases) for one in _records(scheme, n, case)]
    records = [replace(one, leaf=leaf) for leaf, one in enumerate(made)]
    return scheme, records, sorted({case.as_of for case in shape.cases})


def _records(scheme: Scheme, n: int, case: shapes.CaseShape) -> Iterator[Entry]:
    for m, given in enumerate(case.records):
        item = scheme.population[given.item]
        yield Entry(
            leaf=0,
            item=item.id,
            subject=f"test:{n:03}",
            effective_on=given.effective_on,
            facts={name: _fact(item, name, value) for name, value in given.facts.items()},
            source_key=f"{n:03}|{m:03}",
            authority=item.authorities[0],
            subject_kind=scheme.subject_kind,
            basis=item.basis[0],
            decided_on=given.decided_on or given.effective_on,
            ends_on=given.ends_on,
        )


def _fact(item: Item, name: str, value: shapes.FactValue) -> object:
    fact = item.facts[name]
    return parse_fixed(str(value), fact.scale) if fact.type.is_number else value
