"""A sheet is read as it was seen; what could only be guessed is refused or said."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime

import pytest
from tests.unit.ingest.reading.conftest import ReadFile, Refused, shortly
from tests.workbooks import Cell, Sheet, error, formula, ods, xlsx

HEADER: list[object] = ["a", "b", "c"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
Make = Callable[..., bytes]


@pytest.fixture(name="format", params=["xlsx", "ods"])
def _format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(format: str) -> Make:
    return xlsx if format == "xlsx" else ods


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("007", "007"),
        ("12", "12"),
        (12, "12"),
        (12.0, "12"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "0.0000001"),
        (-3, "-3"),
        (True, "true"),
        (False, "false"),
        (date(2025, 3, 4), "2025-03-04"),
        (datetime(2025, 3, 4, 10), "2025-03-04T10:00:00"),
        (None, None),
        ("é", "é"),
    ],
)
def test_a_value_is_written_without_loss(
    read: ReadFile, make: Make, format: str, value: object, written: str | None
) -> None:
    assert read(make([HEADER, ["1", value, 3]]), format=format).rows == [(2, "1", written, "3")]


def test_days_since_1904_are_the_same_days(read: ReadFile) -> None:
    content = xlsx([HEADER, ["1", date(2025, 3, 4), 3]], since_1904=True)
    assert read(content, format="xlsx").rows == [(2, "1", "2025-03-04", "3")]


def test_a_row_has_its_number_in_the_sheet(read: ReadFile, make: Make, format: str) -> None:
    rows = [["List"], [], HEADER, [1, 2, 3], [None, None], [4, 5, 6], [None]]
    found = read(make(rows), format=format, preamble=2)
    assert found.rows == [(4, "1", "2", "3"), (6, "4", "5", "6")]
    assert "Rows without any value are no rows: 1 (row 5)." in found.notes


def test_a_sheet_that_begins_further_down_keeps_its_numbers(read: ReadFile) -> None:
    sheet = Sheet([[None, *HEADER], [None, 1, 2, 3]], first=7)
    assert read(xlsx({"S": sheet}), format="xlsx").rows == [(8, "1", "2", "3")]


def test_a_header_further_down_is_found(refused: Refused, make: Make, format: str) -> None:
    refusal = refused(make([["List"], HEADER]), format=format)
    assert refusal.code.id == "GS-INGEST-006"
    assert "perhaps in row 2" in refusal.what


def test_a_sheet_without_rows_is_empty(refused: Refused, make: Make, format: str) -> None:
    for rows in ([HEADER], []):
        assert refused(make(rows), format=format).code.id == "GS-INGEST-003"


def test_columns_of_a_sheet_are_named_by_letters(refused: Refused, make: Make, format: str) -> None:
    refusal = refused(make([[*HEADER, "b"], [1, 2, 3, 4]]), format=format)
    assert "'b' 2 times (column B, column D)" in refusal.what


# Which sheet ----------------------------------------------------------------------------------

ONE = Sheet([HEADER, [1, 2, 3]])
HIDDEN = Sheet([HEADER, [4, 5, 6]], state="hidden")


@pytest.mark.parametrize(
    ("sheets", "named", "words"),
    [
        ({"A": ONE, "B": ONE}, None, "has 2 visible sheets, and the contract names none"),
        ({"A": HIDDEN}, None, "has 0 visible sheets"),
        ({"A": ONE, "B": HIDDEN}, "B", "has the sheet 'B' hidden; its sheets are 'A'; hidden: 'B'"),
        ({"A": ONE}, "B", "has no sheet 'B'; its sheets are 'A'"),
    ],
)
def test_which_sheet_is_never_guessed(
    refused: Refused,
    make: Make,
    format: str,
    sheets: dict[str, Sheet],
    named: str | None,
    words: str,
) -> None:
    refusal = refused(make(sheets), format=format, sheet=named)
    assert refusal.code.id == "GS-INGEST-024"
    assert words in refusal.what


def test_the_named_sheet_is_read_and_the_others_are_said(
    read: ReadFile, make: Make, format: str
) -> None:
    other = Sheet([HEADER, [7, 8, 9]])
    found = read(make({"A": other, "<B>": ONE, "C": HIDDEN}), format=format, sheet="<B>")
    assert found.rows == [(2, "1", "2", "3")]
    assert found.notes == (
        "Only the sheet '<B>' was read, not 'A'.",
        "Hidden sheets were not read: 'C'.",
    )


# What cells hold ------------------------------------------------------------------------------


def _ods_error(value: str) -> Cell:
    return Cell(
        'table:formula="of:=1/0" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"',
        f"<text:p>{value}</text:p>",
    )


def test_an_error_rejects_the_row_and_is_named(read: ReadFile, make: Make, format: str) -> None:
    bad = error if format == "xlsx" else _ods_error
    rows = [HEADER, ["1", bad("#REF!"), 3], ["2", 5, 6], ["3", 5, 6], [None, None, bad("#N/A")]]
    found = read(make(rows), format=format)
    assert [row[0] for row in found.rows] == [2, 3, 4, 5]
    assert found.rows[0][2] == "#REF!"
    assert [check.sentence({}) for check in found.delivered.checks] == [
        "b: The cell of the column 'b' holds the error #REF!.",
        "c: The cell of the column 'c' holds the error #N/A.",
    ]


def test_an_error_in_a_column_that_is_not_used_does_no_harm(read: ReadFile) -> None:
    content = xlsx([[*HEADER, "d"], [1, 2, 3, error("#REF!")]])
    assert read(content, format="xlsx").delivered.checks == ()


def test_the_stored_result_of_a_formula_is_taken_and_said(read: ReadFile) -> None:
    text = Cell('t="str"', "<f>A1</f><v></v>")
    rows = [HEADER, ["1", formula("A1*2", "5"), 3], ["2", formula("A2*2", "6"), text]]
    found = read(xlsx(rows), format="xlsx")
    assert [row[2] for row in found.rows] == ["5", "6"]
    assert found.notes == (
        "The column 'b' holds formulas (2, the first in B2): their stored results were taken.",
        "The column 'c' holds formulas (1, the first in C3): their stored results were taken.",
    )


def test_a_formula_without_a_result_is_refused_if_it_is_used(
    read: ReadFile, refused: Refused
) -> None:
    for cell in (formula("A1", None), Cell("", "<f>A1</f><v/>")):
        refusal = refused(xlsx([HEADER, ["1", cell, 3]]), format="xlsx")
        assert refusal.code.id == "GS-INGEST-026"
        assert "The cell B2" in refusal.what
    assert read(xlsx([[*HEADER, "d"], [1, 2, 3, formula("A1", None)]]), format="xlsx").rows
    unsaved = Cell('table:formula="of:=[.A1]"', "")
    assert refused(ods([HEADER, ["1", unsaved, 3]]), format="ods").code.id == "GS-INGEST-026"


@pytest.mark.parametrize("merged", ["B2:B3", "A1:B1", "C3:D9"])
def test_merged_cells_are_refused_with_their_place(refused: Refused, merged: str) -> None:
    sheet = Sheet([HEADER, [1, 2, 3], [4, 5, 6]], merged=["F1:F2", merged])
    refusal = refused(xlsx({"S": sheet}), format="xlsx")
    assert refusal.code.id == "GS-INGEST-025"
    assert f"merged cells: {merged}." in refusal.what


def test_merged_cells_of_an_ods_are_refused_with_their_place(refused: Refused) -> None:
    merged = Cell(
        'table:number-columns-spanned="2" office:value-type="string"', "<text:p>x</text:p>"
    )
    refusal = refused(ods([HEADER, [merged, None, 3]]), format="ods")
    assert refusal.code.id == "GS-INGEST-025"
    assert "A2:B2" in refusal.what


def test_merged_cells_elsewhere_do_no_harm(read: ReadFile) -> None:
    rows: list[list[object]] = [["Title"], HEADER, [1, 2, 3]]
    content = xlsx({"S": Sheet(rows, merged=["A1:C1", "F2:F9"])})
    assert read(content, format="xlsx", preamble=1).rows == [(3, "1", "2", "3")]


def test_a_number_of_more_than_15_digits_is_lost_already(read: ReadFile) -> None:
    found = read(xlsx([HEADER, [110101199003070000, 2, 10**15 - 1], ["1", 2, 3]]), format="xlsx")
    (check,) = found.delivered.checks
    assert (check.code.id, check.field) == ("GS-INGEST-106", "a")


def test_hidden_rows_are_said(read: ReadFile) -> None:
    tail = '<row r="3" hidden="1"><c r="A3"><v>4</v></c></row>'
    found = read(xlsx({"S": Sheet([HEADER, [1, 2, 3]], tail=tail)}), format="xlsx")
    assert [row[0] for row in found.rows] == [2, 3]
    assert found.notes == ("Hidden rows were read like the others: 1 (row 3).",)


# What a workbook may not be -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (OLE, "GS-INGEST-027", "is an old XLS workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "GS-INGEST-022", "password"),
        (xlsx([HEADER], parts={"xl/vbaProject.bin": b"x"}), "GS-INGEST-027", "holds macros"),
        (xlsx([HEADER], parts={"xl/workbook.bin": b"x"}), "GS-INGEST-027", "an XLSB workbook"),
        (xlsx([HEADER])[:900], "GS-INGEST-005", "damaged"),
        (
            xlsx([HEADER], parts={"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
            "GS-INGEST-005",
            "a part of it is damaged",
        ),
    ],
    ids=shortly,
)
def test_what_can_run_or_not_be_read_is_refused(
    refused: Refused, content: bytes, code: str, words: str
) -> None:
    refusal = refused(content, format="xlsx")
    assert refusal.code.id == code
    assert words in refusal.what


def test_an_ods_that_is_locked_or_can_run_is_refused(refused: Refused) -> None:
    manifest = b'<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/>'
    locked = ods([HEADER], parts={"META-INF/manifest.xml": manifest})
    assert refused(locked, format="ods").code.id == "GS-INGEST-022"
    runs = ods([HEADER], parts={"Basic/Standard/Module1.xml": b"x"})
    assert refused(runs, format="ods").code.id == "GS-INGEST-027"


def test_links_to_other_files_are_said(read: ReadFile) -> None:
    links = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    found = read(xlsx([HEADER, [1, 2, 3]], parts=links), format="xlsx")
    assert found.notes == (
        "The workbook has links to other files: their stored values were taken.",
    )


def test_a_sheet_that_would_fill_memory_is_refused(refused: Refused) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    refusal = refused(xlsx({"S": Sheet([HEADER], tail=far)}), format="xlsx")
    assert refusal.code.id == "GS-INGEST-023"
    assert "XFD1048576" in refusal.what
    many = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
        "</table:table-row>"
    )
    refusal = refused(ods({"S": Sheet([HEADER], tail=many)}), format="ods")
    assert refusal.code.id == "GS-INGEST-023"


def test_a_million_empty_rows_are_nothing(read: ReadFile) -> None:
    tail = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))
    content = xlsx({"S": Sheet([HEADER, [1, 2, 3]], tail=tail)})
    before = time.process_time()
    found = read(content, format="xlsx")
    assert (found.rows, found.notes) == ([(2, "1", "2", "3")], ())
    assert time.process_time() - before < 10
    tail = (
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell '
        'table:number-columns-repeated="1024"/></table:table-row>'
    )
    found = read(ods({"S": Sheet([HEADER, [1, 2, 3]], tail=tail)}), format="ods")
    assert (found.rows, found.notes) == ([(2, "1", "2", "3")], ())
