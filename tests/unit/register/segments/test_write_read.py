"""What is written is what is read, in leaf order, with salts no one can guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from goodstanding.kernel import Fixed, GoodStandingError, commitment
from goodstanding.register import DatedEvent, FactColumn, FactType, NewEvent, RecordTable
from goodstanding.register.segments import (
    Segment,
    commitments,
    digest_file,
    list_segments,
    read_events,
    read_records,
    read_subjects,
    rewrite_without,
    segment_at,
    strange_files,
    write_events,
    write_records,
)

Row = dict[str, object]
MakeRow = Callable[..., Row]
MakeTable = Callable[..., RecordTable]

KNOWN_AT = datetime(2026, 1, 31, 12, 0, 0, 250, tzinfo=UTC)


def nothing() -> None:
    pass


def write(folder: Path, table: RecordTable, first: int = 0) -> Segment:
    return write_records(table, range(table.count()), folder, first, KNOWN_AT, nothing)


def test_records_come_back_as_they_went_in(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    segment = write(tmp_path, make_table([make_row(n) for n in range(7)]), first=40)
    records = read_records(segment)
    assert [record.leaf for record in records] == list(range(40, 47))
    assert len({record.salt for record in records}) == 7
    record = records[1]
    assert record.facts == {
        "amount": Fixed(50, 2),
        "appealed": False,
        "days": -1,
        "kind": "late",
        "paid_on": None,
    }
    assert record.known_at == KNOWN_AT
    assert (record.effective_on, record.published_on) == (date(2025, 1, 3), None)


def test_commitments_are_those_of_the_records(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    segment = write(tmp_path, make_table([make_row(n) for n in range(50)]))
    found = [each for batch in commitments(segment) for each in batch]
    assert found == [commitment(r.salt, r.canonical()) for r in read_records(segment)]


def test_one_subject_and_single_leaves_are_found(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    segment = write(tmp_path, make_table([make_row(n) for n in range(9)]), first=10)
    of_one = read_records(segment, subject="lum-ship:00000001")
    assert [record.leaf for record in of_one] == [13, 14, 15]
    assert [record.leaf for record in read_records(segment, leaves={18, 11, 99})] == [11, 18]
    assert read_records(segment, leaves=[]) == []
    assert read_records(segment, subject="lum-ship:' OR true --") == []


def test_subjects_are_counted_with_their_latest_name(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    rows = [make_row(n) for n in range(5)]
    rows[2]["subject_name"] = "Renamed 改名"
    segment = write(tmp_path, make_table(rows), first=10)
    assert [list(row) for batch in read_subjects(segment, 1) for row in batch] == [
        ["lum-ship:00000000", 10, "business", "Renamed 改名", 3, 10, 12],
        ["lum-ship:00000001", 10, "business", "光明 Shipping 1", 2, 13, 14],
    ]


def test_events_come_back_as_they_went_in(tmp_path: Path) -> None:
    known_at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    events = [DatedEvent(NewEvent("delivery", {"rows": 3, "file": "一月.csv"}), known_at)] * 2
    segment = write_events(events, tmp_path, 5, nothing)
    found = read_events(segment)
    assert [(event.leaf, event.event, event.known_at) for event in found] == [
        (5, "delivery", known_at),
        (6, "delivery", known_at),
    ]
    assert found[0].payload == (
        '{"event":"delivery","file":"一月.csv","known_at":"2026-01-31T12:00:00.000000Z",'
        '"rows":3,"schema":"goodstanding/event/1"}'
    )
    sealed = [each for batch in commitments(segment) for each in batch]
    assert sealed == [commitment(event.salt, event.canonical()) for event in found]
    assert sealed[0] != sealed[1]


def test_a_folder_with_the_signs_of_a_pattern_is_a_folder(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    for name in ("a[1]", "a*?", "it's"):
        segment = write(tmp_path / name, make_table([make_row(0)]))
        assert len(read_records(segment)) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DROP COLUMN basis", "basis"),
        ("ADD COLUMN f_colour VARCHAR", "f_colour"),
        ("ALTER COLUMN f_amount TYPE VARCHAR USING '1e99'", "Could not convert|Could not cast"),
    ],
)
def test_a_table_that_is_not_one_of_records_is_refused(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow, change: str, says: str
) -> None:
    table = make_table([make_row(0)])
    quoted = table.relation.replace('"', '""')
    table.connection.execute(f'ALTER TABLE "{quoted}" {change}').fetchall()
    with pytest.raises(GoodStandingError, match=says) as refused:
        write(tmp_path, table)
    assert refused.value.code.id == "GS-REGISTER-013"
    assert list_segments(tmp_path) == []


def test_a_row_that_cannot_be_sealed_is_named(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    rows = [make_row(0), make_row(1, document=None), make_row(2)]
    segment = write(tmp_path, make_table(rows), first=100)
    with pytest.raises(GoodStandingError) as refused:
        list(commitments(segment))
    assert refused.value.code.id == "GS-REGISTER-008"
    assert refused.value.values["leaf"] == 101


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM whole LIMIT 2",
        "SELECT * FROM whole ORDER BY leaf DESC",
        "SELECT * REPLACE (leaf + 1 AS leaf) FROM whole",
        "SELECT *, 'x' AS unsealed FROM whole",
        "SELECT * EXCLUDE (basis) FROM whole",
        "SELECT * REPLACE (CAST(leaf AS INTEGER) AS leaf) FROM whole",
    ],
)
def test_a_file_that_is_not_its_segment_is_refused(
    tmp_path: Path,
    make_table: MakeTable,
    make_row: MakeRow,
    connection: duckdb.DuckDBPyConnection,
    sql: str,
) -> None:
    segment = write(tmp_path, make_table([make_row(n) for n in range(3)]))
    connection.execute(f"CREATE OR REPLACE TABLE whole AS FROM '{segment.file}'").fetchall()
    connection.execute(f"COPY ({sql}) TO '{segment.file}'").fetchall()
    with pytest.raises(GoodStandingError) as refused:
        list(commitments(segment))
    assert refused.value.code.id == "GS-REGISTER-014"


def test_a_truncated_file_is_named(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    segment = write(tmp_path, make_table([make_row(0)]))
    segment.file.write_bytes(segment.file.read_bytes()[:-20])
    for read in (commitments, read_records, lambda each: read_subjects(each, 10)):
        with pytest.raises(GoodStandingError) as refused:
            list(read(segment))
        assert refused.value.code.id == "GS-REGISTER-014"
        assert str(segment.file) in refused.value.what


def test_segments_are_listed_by_leaf_and_others_are_strange(tmp_path: Path) -> None:
    for name in ("b/10-5.parquet", "a/0-10.parquet", "a/.15-5.parquet.tmp", "a/01-2.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list_segments(tmp_path) == [
        segment_at(tmp_path, "a", 0, 10),
        segment_at(tmp_path, "b", 10, 5),
    ]
    assert [file.name for file in strange_files(tmp_path)] == [".15-5.parquet.tmp", "01-2.parquet"]


@pytest.mark.parametrize("name", ["Amount", "1st", "a b", "", 'a"b'])
def test_a_fact_s_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a fact's column"):
        FactColumn(name, FactType.TEXT)


def test_a_digest_lies_beside_each_segment(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    segment = write(tmp_path, make_table([make_row(n) for n in range(3)]), first=4)
    digest = sha256(segment.file.read_bytes()).hexdigest()
    assert digest_file(segment.file).read_text() == f"{digest}  4-3.parquet\n"
    assert strange_files(tmp_path) == []
    segment.file.unlink()
    assert strange_files(tmp_path) == [digest_file(segment.file)]


def test_a_rewritten_segment_holds_nothing_of_the_rows(
    tmp_path: Path, make_table: MakeTable, make_row: MakeRow
) -> None:
    rows = [make_row(n) for n in range(5)]
    segment = write(tmp_path, make_table(rows), first=10)
    whole = read_records(segment)
    assert rewrite_without(segment, [11, 13])
    assert read_records(segment) == [whole[0], whole[2], whole[4]]
    digest = sha256(segment.file.read_bytes()).hexdigest()
    assert digest_file(segment.file).read_text() == f"{digest}  10-5.parquet\n"
    assert not rewrite_without(segment, [11, 13])
    assert rewrite_without(segment, [10, 12, 14])
    assert read_records(segment) == []
