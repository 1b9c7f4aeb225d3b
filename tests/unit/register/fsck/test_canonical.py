"""Three ways to the same bytes: the writer's SQL, the kernel's JSON, and the checker's Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import FactType, Fixed, canonical_text, commitment
from goodstanding.register.fsck.canonical import commitments
from goodstanding.register.fsck.columns import RECORD, record_problem
from goodstanding.register.fsck.unsealable import unsealable_records
from goodstanding.register.model import FactColumn, FactValue, Record
from goodstanding.register.segments import duck
from goodstanding.register.segments.canonical import record_preimages

MOST = 2**53 - 1
DIGITS = 10**18 - 1
FACTS = {
    FactColumn("amount", FactType.MONEY, 2): pa.decimal128(18, 2),
    FactColumn("appealed", FactType.BOOLEAN): pa.bool_(),
    FactColumn("days", FactType.INTEGER): pa.int64(),
    FactColumn("kind", FactType.CODE): pa.string(),
    FactColumn("paid_on", FactType.DATE): pa.date32(),
    FactColumn("ratio", FactType.DECIMAL, 6): pa.decimal128(18, 6),
    FactColumn("whole", FactType.DECIMAL, 0): pa.decimal128(18, 0),
}
SCHEMA = pa.schema([*RECORD.items(), *((fact.column, of) for fact, of in FACTS.items())])

# Few letters, so that values repeat; then whatever Unicode has, then what JSON escapes.
ODD = '"\\/\x7f\u2028\ufeff\U0001f600美é́{}:,'
TEXTS = st.text("ab" + ODD, max_size=6) | st.text(st.characters(exclude_categories=["Cs", "Cc"]))
ANY_TEXTS = TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
NAMES = ("source", "source_key", "authority", "subject", "subject_kind", "subject_name")


def fixed(scale: int) -> st.SearchStrategy[Fixed]:
    small = st.integers(-12, 12)
    return (small | st.integers(-DIGITS, DIGITS)).map(lambda units: Fixed(units, scale))


def records(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Record]:
    facts: dict[str, st.SearchStrategy[FactValue]] = {
        "amount": st.none() | fixed(2),
        "appealed": st.none() | st.booleans(),
        "days": st.none() | st.integers(-MOST, MOST),
        "kind": st.none() | texts,
        "paid_on": st.none() | DAYS,
        "ratio": st.none() | fixed(6),
        "whole": st.none() | fixed(0),
    }
    whole: dict[str, st.SearchStrategy[object]] = dict.fromkeys(
        (*NAMES, "document", "basis", "delivery"), texts
    )
    whole |= dict.fromkeys(
        ("decided_on", "published_on", "amended_on", "ends_on"), st.none() | DAYS
    )
    return st.builds(
        Record,
        leaf=st.just(0),
        salt=st.binary(min_size=16, max_size=16),
        act=st.sampled_from(["record", "correction", "withdrawal"]),
        supersedes=st.none() | st.integers(0, MOST),
        item=st.just("berth_fine"),
        effective_on=DAYS,
        known_at=st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),
        row=st.integers(0, MOST),
        original=st.dictionaries(texts, texts, max_size=3).map(canonical_text),
        facts=st.fixed_dictionaries(facts),
        **whole,
    )


def as_batch(made: list[Record]) -> pa.RecordBatch:
    """The rows as a segment holds them."""
    columns = []
    for field in SCHEMA:
        if field.name in RECORD:
            values = [getattr(record, field.name) for record in made]
        else:
            values = [record.facts[field.name.removeprefix("f_")] for record in made]
        plain = [value.to_decimal() if isinstance(value, Fixed) else value for value in values]
        naive = [v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in plain]
        columns.append(pa.array(naive, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def encoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same with its texts as dictionaries, as the checker reads them."""
    columns = [
        column.dictionary_encode() if column.type == pa.string() else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duck.connect()) as opened:
        yield opened


def test_the_columns_here_are_those_of_a_segment() -> None:
    assert record_problem(SCHEMA) is None


@settings(deadline=None)
@given(made=st.lists(records(TEXTS), min_size=1, max_size=6))
def test_the_writer_the_kernel_and_the_checker_agree(
    connection: duckdb.DuckDBPyConnection, made: list[Record]
) -> None:
    batch = as_batch(made)
    connection.register("records", batch)
    sql = record_preimages("records", "berth_fine", tuple(FACTS))
    written = [preimage for _, preimage in duck.run(connection, sql)]
    connection.unregister("records")
    by_kernel = [commitment(record.salt, record.canonical()) for record in made]
    assert [sha256(each).digest() for each in written if isinstance(each, bytes)] == by_kernel
    assert commitments(encoded(batch)) == by_kernel
    assert unsealable_records(encoded(batch), "berth_fine") == {}


@settings(deadline=None)
@given(made=st.lists(records(ANY_TEXTS), min_size=1, max_size=6), start=st.integers(0, 5))
def test_control_characters_and_parts_of_a_batch(made: list[Record], start: int) -> None:
    batch = encoded(as_batch(made)).slice(min(start, len(made) - 1))
    expected = [commitment(record.salt, record.canonical()) for record in made]
    assert commitments(batch) == expected[min(start, len(made) - 1) :]


def a_record(**changes: object) -> Record:
    texts = dict.fromkeys((*NAMES, "document", "basis", "delivery"), "x")
    dates = dict.fromkeys(("decided_on", "published_on", "amended_on", "ends_on"))
    fixed = {"act": "record", "supersedes": None, "item": "berth_fine", "row": 1}
    instants = {"effective_on": date(2025, 1, 3), "known_at": datetime(2026, 1, 31, tzinfo=UTC)}
    facts = {fact.name: None for fact in FACTS}
    sealed = {"leaf": 0, "salt": bytes(16), "original": "{}", "facts": facts}
    values: dict[str, Any] = texts | dates | fixed | instants | sealed | changes
    return Record(**values)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"salt": bytes(15)}, "its salt has not 16 bytes"),
        ({"salt": None}, "its salt has not 16 bytes"),
        ({"item": "dues"}, "it is not of the item berth_fine"),
        ({"act": "rumour"}, "its act is none we know"),
        ({"basis": None}, "its basis is empty"),
        ({"effective_on": None}, "its effective_on is empty"),
        ({"row": MOST + 1}, "its row is beyond 2^53"),
        ({"supersedes": -(2**63)}, "its supersedes is beyond 2^53"),
        ({"original": "[]"}, "its original is no canonical object"),
        ({"original": "{"}, "its original is no canonical object"),
        ({"original": '{"a":1}'}, "its original is no canonical object"),
        ({"original": '{"a": "x"}'}, "its original is no canonical object"),
        ({"original": '{"b":"x","a":"y"}'}, "its original is no canonical object"),
        ({"original": '{"a":"x","a":"y"}'}, "its original is no canonical object"),
        ({"original": '{"a":"x""b":"y"}'}, "its original is no canonical object"),
        ({"original": '{"a":"\\u0041"}'}, "its original is no canonical object"),
        ({"original": "[" * 100_000}, "its original is no canonical object"),
        ({"original": '{"a":' * 5_000}, "its original is no canonical object"),
    ],
)
def test_a_row_that_cannot_be_sealed_is_told_from_its_neighbours(
    changes: dict[str, object], problem: str
) -> None:
    batch = encoded(as_batch([a_record(), a_record(**changes), a_record()]))
    assert unsealable_records(batch, "berth_fine") == {1: problem}


@pytest.mark.parametrize(
    "original",
    ["{}", '{"a":"x"}', '{"a":"x","b":"<y>"}', '{"A":"\\"","b":"x"}', '{"é":""}'],
)
def test_a_canonical_object_of_texts_can_be_sealed(original: str) -> None:
    batch = encoded(as_batch([a_record(original=original)]))
    assert unsealable_records(batch, "berth_fine") == {}
