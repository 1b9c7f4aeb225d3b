"""The quarantine file cell by cell: it opens in a spreadsheet, runs nothing, loses nothing."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ingest.conftest import HEADER, Deliver, fine

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest import Quarantined, read_quarantine
from goodstanding.ingest.mended import read_as
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.quarantine import (
    OWN,
    reasons_file,
    write_quarantine,
)
from goodstanding.ingest.reading import open_delivered, receive
from goodstanding.ingest.sql import name
from goodstanding.ingest.workplace import database
from goodstanding.kernel import Fixed
from goodstanding.kernel.escaping import for_spreadsheet, rearmed, rearmed_sql
from goodstanding.register import Layout

NOTED_HEADER = f"{HEADER},note"


def cells(path: Path | None) -> list[dict[str, str]]:
    """The spreadsheet as a spreadsheet reads it."""
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_bad_row_is_one_row_with_all_its_reasons_and_columns(deliver: Deliver) -> None:
    faulty = fine(2, name="流明渡轮", amount="-1", berth="X9") + ",seen twice"
    report = deliver([fine(1) + ",", faulty], header=NOTED_HEADER)
    (row,) = cells(report.quarantine)
    assert list(row) == [*OWN, *NOTED_HEADER.split(",")]
    (first, second) = read_quarantine(report.quarantine or Path())
    assert row == {
        "quarantine row": str(first.row),
        "quarantine reasons": "amount: '-1' is outside 0.00 to 5000.00. Check the value with the "
        "file of the case. | berth: 'X9' is not a code that the catalogue knows. Use a listed "
        "code, or have the code added to the item by its authority.",
        "quarantine codes": "GS-INGEST-152 GS-INGEST-153",
        "quarantine delivery": report.sha256,
        "quarantine line": "",
        **dict(zip(NOTED_HEADER.split(","), faulty.split(","), strict=True)),
    }
    assert second.row == first.row


def test_a_spreadsheet_knows_it_for_utf_8(deliver: Deliver) -> None:
    report = deliver([fine(1), fine(2, amount="-1")])
    assert report.quarantine is not None
    content = report.quarantine.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfquarantine row,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_a_line_that_cannot_be_split_stands_in_one_cell(deliver: Deliver) -> None:
    report = deliver([fine(1), "2,too,short"])
    (row,) = cells(report.quarantine)
    assert row["quarantine line"] == "2,too,short"
    assert {row[column] for column in HEADER.split(",")} == {""}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("@x", "'@x"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("  =1+1", "'  =1+1"),
        ("\u3000=1+1", "'\u3000=1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20x", "'\uff20x"),
        ("\uff0d1", "'\uff0d1"),
        ("'=1+1", "''=1+1"),
        ("-12.50", "-12.50"),
        ("+43", "+43"),
        ("'s-Graven BV", "'s-Graven BV"),
        ("a=1", "a=1"),
    ],
)
def test_what_a_spreadsheet_would_run_is_disarmed(deliver: Deliver, value: str, shown: str) -> None:
    report = deliver([fine(1) + ",", fine(2, amount="-1") + f",{value}"], header=NOTED_HEADER)
    (row,) = cells(report.quarantine)
    assert row["note"] == shown


def test_the_name_of_a_column_is_disarmed_too(deliver: Deliver) -> None:
    report = deliver([fine(1, amount="-1") + ",x", fine(2) + ",y"], header=f"{HEADER},=1+1")
    (row,) = cells(report.quarantine)
    assert list(row)[-1] == "'=1+1"


def test_for_machines_each_reason_names_field_column_and_value(deliver: Deliver) -> None:
    report = deliver([fine(1), fine(2, date="30.02.2020")])
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert reason == Quarantined(
        row=reason.row,
        code="GS-INGEST-131",
        field="decided_on",
        column="date",
        value="30.02.2020",
        sentence="date: '30.02.2020' is not a date.",
        remedy="Write an existing day as YYYY-MM-DD, or as the contract says.",
        rule="date: the value is not a date.",
        item="berth_fine",
        source_key="2",
        subject="lum-op:0001",
        subject_name="Lumen Lines",
    )
    (line,) = reasons_file(report.quarantine).read_text("utf-8").splitlines()
    assert json.loads(line)["column"] == "date"


def test_a_long_value_is_cut_visibly_in_the_sentence_alone(deliver: Deliver) -> None:
    report = deliver([fine(1), fine(2, berth="N" * 500)])
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert reason.sentence.startswith(f"berth: '{'N' * 120}…' is not a code")
    assert reason.value == "N" * 500


@pytest.mark.parametrize(
    ("made", "column", "begins"),
    [
        ("    CASE item WHEN 'berth_fine' THEN berth END AS berth,", "item, berth", "item, berth:"),
        ("    'X' || 9 AS berth,", "", "berth as the contract sets it: 'X9' is not"),
    ],
)
def test_a_field_names_every_column_it_is_made_of(
    deliver: Deliver, harbour: Pack, made: str, column: str, begins: str
) -> None:
    fines = harbour.sources["fines"]
    other = replace(
        fines, sql=fines.sql.replace("    berth,", made), max_rejected_share=Fixed(1, 0)
    )
    report = deliver(
        [fine(1, berth="X9")],
        pack=replace(harbour, sources={"fines": other}),
    )
    assert report.quarantine is not None
    reasons = [r for r in read_quarantine(report.quarantine) if r.field == "berth"]
    assert {reason.column for reason in reasons} == {column}
    assert reasons[0].sentence.startswith(begins)


values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
risky = st.tuples(
    st.sampled_from(["", "'", "''", " ", "\t", "\u3000"]),
    st.sampled_from(["=", "+", "-", "@", "\uff1d", "-1", "'", "\r\n"]),
    values,
).map("".join)


@given(value=st.one_of(values, risky))
def test_disarming_is_undone_exactly_once(value: str) -> None:
    assert rearmed(for_spreadsheet(value)) == value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round")


@given(rows=st.lists(st.tuples(*[st.one_of(st.none(), values, risky)] * 3), min_size=1, max_size=4))
def test_values_come_back_as_they_were(
    rows: list[tuple[str | None, ...]], folder: Path, harbour: Pack
) -> None:
    source = harbour.sources["fines"]
    columns = ("no", "=odd", "name")
    path = folder / "quarantine.csv"
    delivery = Delivery(source.id, "x.csv", path, path, "ab" * 32, 1)
    with database(Layout(folder), folder, harbour.time_zone) as con:
        _delivered(con, columns, rows)
        write_quarantine(con, [], delivery, path)
    with database(Layout(folder), folder, harbour.time_zone) as con:
        back = _sent_again(con, path, source, columns, folder)
    # An empty cell is no value.
    assert back == [tuple(value or None for value in row) for row in rows]


def _delivered(
    con: duckdb.DuckDBPyConnection, columns: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    con.execute(
        f"CREATE TABLE delivered (row BIGINT, {', '.join(f'{name(c)} VARCHAR' for c in columns)})"
    )
    con.executemany(
        "INSERT INTO delivered VALUES (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows, 1)]
    )
    con.execute(
        "CREATE TABLE staged AS SELECT row, '' AS item, '' AS source_key, '' AS subject, "
        "'' AS subject_name FROM delivered"
    )
    con.execute(
        "CREATE TABLE reasons AS SELECT row, 'GS-X-001' AS code, 'no' AS field, '' AS value, "
        "'bad' AS sentence, 'mend' AS remedy, 'no' AS \"column\", 'bad' AS said, "
        "false AS shown FROM delivered"
    )


def _sent_again(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    source: Source,
    columns: tuple[str, ...],
    folder: Path,
) -> list[tuple[str | None, ...]]:
    form = read_as(path, replace(source, columns=columns))
    delivery = receive(path, form.source, folder, lambda _step, _done, _total: None)
    delivery, delivered = form.taken(con, delivery, open_delivered(con, delivery, form.source))
    assert delivery.part_of == "ab" * 32
    assert list(delivered.columns) == ["row", *columns]
    found = ", ".join(map(name, columns))
    return con.execute(f"SELECT {found} FROM delivered ORDER BY row").fetchall()


def test_only_what_was_disarmed_is_armed_again() -> None:
    query = f"SELECT {rearmed_sql('v')} FROM (VALUES (?)) AS t(v)"
    assert duckdb.execute(query, ["'s-Graven"]).fetchall() == [("'s-Graven",)]
