"""The sealed bytes that SQL writes are those of the kernel, for every row that can be sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import FactType, Fixed, canonical_bytes
from goodstanding.kernel.canonical import MAX_INTEGER
from goodstanding.kernel.hashing import COMMITMENT_TAG
from goodstanding.register.model import RECORD_COLUMNS, FactColumn, Record
from goodstanding.register.segments import duck
from goodstanding.register.segments.canonical import record_preimages

FACTS = (
    FactColumn("amount", FactType.MONEY, 2),
    FactColumn("appealed", FactType.BOOLEAN),
    FactColumn("days", FactType.INTEGER),
    FactColumn("kind", FactType.CODE),
    FactColumn("paid_on", FactType.DATE),
    FactColumn("ratio", FactType.DECIMAL, 6),
    FactColumn("whole", FactType.DECIMAL, 0),
)
SALT = bytes(range(16))

# Control characters cannot be sealed; everything else, whatever its script, can.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[chr(n) for n in range(32)])
)
TRICKY = st.sampled_from(
    [
        '"',
        "\\",
        "\\u001F",
        "\\\\u00",
        "/",
        "\u2028\u2029",
        "\x7f",
        "美里迪亚",
        "😀",
        "'",
        "{}",
        "\ufeff",
    ]
)
WORDS = st.lists(TEXTS | TRICKY, max_size=4).map("".join)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
DIGITS = 10**18 - 1


def fixed(scale: int) -> st.SearchStrategy[Fixed]:
    return st.integers(-DIGITS, DIGITS).map(lambda units: Fixed(units, scale))


def optional(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


RECORDS = st.builds(
    Record,
    leaf=st.just(0),
    salt=st.just(SALT),
    act=WORDS,
    supersedes=st.none() | st.integers(0, MAX_INTEGER),
    source=WORDS,
    source_key=WORDS,
    item=st.just("berth_fine"),
    authority=WORDS,
    subject=WORDS,
    subject_kind=WORDS,
    subject_name=WORDS,
    document=WORDS,
    basis=WORDS,
    decided_on=st.none() | DAYS,
    effective_on=DAYS,
    published_on=st.none() | DAYS,
    amended_on=st.none() | DAYS,
    ends_on=st.none() | DAYS,
    known_at=st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),
    delivery=WORDS,
    row=st.integers(0, MAX_INTEGER),
    original=st.dictionaries(WORDS, WORDS, max_size=3).map(lambda o: canonical_bytes(o).decode()),
    facts=st.fixed_dictionaries(
        {
            "amount": optional(fixed(2)),
            "appealed": optional(st.booleans()),
            "days": optional(st.integers(-MAX_INTEGER, MAX_INTEGER)),
            "kind": optional(WORDS),
            "paid_on": optional(DAYS),
            "ratio": optional(fixed(6)),
            "whole": optional(fixed(0)),
        }
    ),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duck.connect()) as opened:
        types = RECORD_COLUMNS | {fact.column: fact.sql_type for fact in FACTS}
        columns = ", ".join(f"{duck.name(name)} {type_}" for name, type_ in types.items())
        duck.run(opened, f"CREATE TABLE records ({columns})")
        yield opened


def preimage(connection: duckdb.DuckDBPyConnection, record: Record) -> bytes | None:
    fixed_values = [getattr(record, name) for name in RECORD_COLUMNS]
    facts = [record.facts[fact.name] for fact in FACTS]
    values = [_plain(value) for value in [*fixed_values, *facts]]
    duck.run(connection, "DELETE FROM records")
    duck.run(connection, f"INSERT INTO records VALUES ({', '.join('?' for _ in values)})", values)
    ((_, found),) = duck.run(connection, record_preimages("records", "berth_fine", FACTS))
    assert found is None or isinstance(found, bytes)
    return found


def _plain(value: object) -> object:
    match value:
        case Fixed():
            return str(value)
        case datetime():
            return value.replace(tzinfo=None)
    return value


@settings(deadline=None)
@given(record=RECORDS)
def test_sql_writes_the_bytes_of_the_kernel(
    connection: duckdb.DuckDBPyConnection, record: Record
) -> None:
    assert preimage(connection, record) == COMMITMENT_TAG + SALT + record.canonical()


def a_record(**changes: object) -> Record:
    day, instant = date(2025, 1, 3), datetime(2026, 1, 31, tzinfo=UTC)
    names = ("source", "source_key", "authority", "subject", "subject_kind", "subject_name")
    values: dict[str, Any] = dict.fromkeys((*names, "act", "document", "basis", "delivery"), "x")
    values |= dict.fromkeys(("supersedes", "decided_on", "published_on", "amended_on", "ends_on"))
    values |= {"leaf": 0, "salt": SALT, "item": "berth_fine", "effective_on": day}
    values |= {"known_at": instant, "row": 1, "original": "{}"}
    values |= {"facts": {fact.name: None for fact in FACTS}}
    return Record(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": bytes(15)},
        {"item": "other_item"},
        {"row": MAX_INTEGER + 1},
        {"subject_name": "\x1b[31m"},
        {"subject_name": "a\\\x0b"},
        {"original": "[]"},
        {"original": "{"},
        {"original": None},
        {"basis": None},
        {"effective_on": None},
        {"facts": {fact.name: MAX_INTEGER + 1 if fact.name == "days" else None for fact in FACTS}},
    ],
)
def test_what_the_kernel_would_write_otherwise_is_not_written(
    connection: duckdb.DuckDBPyConnection, changes: dict[str, object]
) -> None:
    assert preimage(connection, a_record()) is not None
    assert preimage(connection, a_record(**changes)) is None


def test_decimals_keep_their_places() -> None:
    record = a_record(facts={"amount": Fixed(-5, 2), "ratio": Fixed(0, 6), "whole": Fixed(7, 0)})
    assert b'"facts":{"amount":"-0.05","ratio":"0.000000","whole":"7"}' in record.canonical()
