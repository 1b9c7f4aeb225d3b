"""DuckDB gives what the reference gives, on all cases beside the schemes of all packs.

The cases of a scheme become subjects of one register, which is asked on each of their days.
"""

from __future__ import annotations

import pytest
from tests.packs.cases import KNOWN_AT, register_of, scheme_files
from tests.spec.engines import ENGINES, Engine, by_reference


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One in-memory DuckDB."""
    return ENGINES["duckdb"]()


@pytest.mark.parametrize("key", scheme_files(), ids="/".join)
def test_all_cases(engine: Engine, key: tuple[str, str]) -> None:
    register = register_of(*key)
    scheme, entries = register.scheme, register.entries
    engine.load(scheme.pack, entries)
    for day in sorted(set(register.days)):
        # On the day before the scheme begins both refuse.
        expected = by_reference(scheme, entries, day, KNOWN_AT, history=False)
        assert engine.evaluate(scheme, day, KNOWN_AT, history=False) == expected, day
