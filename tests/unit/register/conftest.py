"""The smallest register: tables of a few made-up records of the Port of Lumen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from goodstanding.kernel import FixedClock, Noted, decimal_text
from goodstanding.register import RECORD_COLUMNS, FactColumn, FactType, Log, Node, RecordTable

KNOWN_AT = datetime(2026, 1, 31, 12, 0, 0, 250, tzinfo=UTC)
CLOCK = FixedClock(KNOWN_AT)
NOTED = Noted("test", 0)
FACTS = (
    FactColumn("amount", FactType.MONEY, 2),
    FactColumn("appealed", FactType.BOOLEAN),
    FactColumn("days", FactType.INTEGER),
    FactColumn("kind", FactType.CODE),
    FactColumn("paid_on", FactType.DATE),
)

Row = dict[str, object]
MakeTable = Callable[..., RecordTable]


def row(number: int, **changes: object) -> Row:
    """A record's columns but leaf and salt, and its facts."""
    return {
        "act": "record",
        "supersedes": None,
        "source": "port_monthly",
        "source_key": f"K{number:06}",
        "item": "berth_fine",
        "authority": "harbour_office",
        "subject": f"lum-ship:{number // 3:08}",
        "subject_kind": "business",
        "subject_name": f"光明 Shipping {number // 3}",
        "document": f"Decision {number}/2025",
        "basis": "port_act.7",
        "decided_on": date(2025, 1, 2),
        "effective_on": date(2025, 1, 3),
        "published_on": None,
        "amended_on": None,
        "ends_on": date(2028, 1, 3),
        "delivery": "ab" * 32,
        "row": number + 1,
        "original": "{}",
        "f_amount": number * 100 - 50,
        "f_appealed": number % 2 == 0,
        "f_days": -number,
        "f_kind": "late",
        "f_paid_on": None,
    } | changes


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as opened:
        yield opened


@pytest.fixture(scope="session")
def make_table(connection: duckdb.DuckDBPyConnection) -> MakeTable:
    """(rows, item, facts) -> a table of them on ``connection``; amounts are in hundredths."""

    def make(
        rows: list[Row], item: str = "berth_fine", facts: tuple[FactColumn, ...] = FACTS
    ) -> RecordTable:
        count = len(connection.execute("SHOW TABLES").fetchall())
        name = f'records "{count}"'
        columns = {n: t for n, t in RECORD_COLUMNS.items() if n not in ("leaf", "salt", "known_at")}
        columns |= {fact.column: fact.sql_type for fact in facts}
        quoted = name.replace('"', '""')
        listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        connection.execute(f'CREATE TABLE "{quoted}" ({listed})').fetchall()
        scales = {fact.column: fact.scale for fact in facts if fact.scale}
        if rows:
            values = [{c: _scaled(each[c], scales.get(c)) for c in columns} for each in rows]
            connection.register("new_rows", pa.Table.from_pylist(values))
            connection.execute(f'INSERT INTO "{quoted}" FROM new_rows').fetchall()
            connection.unregister("new_rows")
        return RecordTable(connection, name, item, facts)

    return make


def _scaled(value: object, scale: int | None) -> object:
    return decimal_text(value, scale) if scale and isinstance(value, int) else value


@pytest.fixture(scope="session")
def make_row() -> Callable[..., Row]:
    return row


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """A new node, with its first entry."""
    return Node.create(
        tmp_path / "node", "register.example/lumen", "harbour", "cd" * 32, CLOCK, noted=NOTED
    )


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A new, empty log."""
    return Log.create(tmp_path / "log", "register.example/lumen")
