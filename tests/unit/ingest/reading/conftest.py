"""Words to read the bytes of a file under a contract of three columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goodstanding.catalogue import Pack
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading import Delivered, open_delivered, receive
from goodstanding.kernel import GoodStandingError


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a file: rows of the contract's columns, broken lines, and what was said."""

    rows: list[tuple[object, ...]]
    broken: list[tuple[int, str]]
    delivery: Delivery
    delivered: Delivered

    @property
    def notes(self) -> tuple[str, ...]:
        """All that was said."""
        return self.delivery.notes + self.delivered.notes


ReadFile = Callable[..., Read]
Refused = Callable[..., GoodStandingError]


def shortly(value: object) -> str | None:
    """The name of a parameter: bytes can be long, and archives hold the time of day."""
    return f"{len(value)}-bytes" if isinstance(value, bytes) else None


@pytest.fixture
def read(tmp_path: Path, harbour: Pack) -> ReadFile:
    """Read bytes (or a path) as a file of the columns a, b, c; the contract can be changed."""

    def run(content: bytes | Path, *, name: str = "list.csv", **changed: Any) -> Read:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        contract: dict[str, Any] = {"columns": ("a", "b", "c"), **changed}
        source = replace(harbour.sources["fines"], **contract)
        place = tmp_path / "work"
        place.mkdir(exist_ok=True)
        with duckdb.connect() as con:
            delivery = receive(path, source, place, lambda *_: None)
            delivered = open_delivered(con, delivery, source)
            columns = ", ".join(f'"{column}"' for column in source.columns)
            rows = con.execute(f"SELECT row, {columns} FROM delivered ORDER BY row").fetchall()
            broken = con.execute("FROM broken_lines ORDER BY line").fetchall()
        return Read(rows, broken, delivery, delivered)

    return run


@pytest.fixture
def refused(read: ReadFile) -> Refused:
    """The refusal that reading ends in."""

    def run(content: bytes | Path, **changed: Any) -> GoodStandingError:
        with pytest.raises(GoodStandingError) as refusal:
            read(content, **changed)
        # The refusal itself must be fit to print, and in our own words.
        assert "DuckDB" not in str(refusal.value)
        str(refusal.value).encode("utf-8")
        return refusal.value

    return run
