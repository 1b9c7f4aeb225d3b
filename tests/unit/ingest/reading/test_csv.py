"""Each line of a CSV file is a row under its own number, part of one, broken, or blank."""

from __future__ import annotations

import pytest
from tests.unit.ingest.reading.conftest import ReadFile, Refused


def test_a_row_has_the_number_of_its_line(read: ReadFile) -> None:
    found = read(b"a,b,c\n1,2,3\n4,5,6\n")
    assert found.rows == [(2, "1", "2", "3"), (3, "4", "5", "6")]
    assert found.notes == ()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_any_line_end_will_do(read: ReadFile, end: bytes, last: bool) -> None:
    content = end.join([b"a,b,c", b'1,"x, y",3', b"4,,6"]) + end * last
    assert read(content).rows == [(2, "1", "x, y", "3"), (3, "4", None, "6")]


def test_mixed_line_ends_are_line_ends(read: ReadFile) -> None:
    found = read(b"a,b,c\r\n1,2,3\n4,5,6\r7,8,9\r\n")
    assert [row[0] for row in found.rows] == [2, 3, 4]
    assert found.broken == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_quoted_value_may_hold_lines(read: ReadFile, end: bytes) -> None:
    found = read(end.join([b"a,b,c", b'1,"x', b"", b'""y",3', b"4,5,6", b""]))
    value = f'x{end.decode() * 2}"y'
    assert found.rows == [(2, "1", value, "3"), (5, "4", "5", "6")]
    assert found.broken == []


def test_an_open_quote_breaks_all_that_follows(read: ReadFile) -> None:
    found = read(b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n\n"10",11,12\n')
    assert found.rows == [(2, "1", "2", "3")]
    assert [line for line, _ in found.broken] == [3, 4, 5, 6]


def test_a_row_inside_an_open_quote_is_not_taken(read: ReadFile) -> None:
    found = read(b'a,b,c\n1,"He said "stop"\n2,fake,row\n",x\n3,4,5\n')
    assert found.rows == [(5, "3", "4", "5")]
    assert [line for line, _ in found.broken] == [2, 3, 4]


def test_two_open_quotes_do_not_make_one_row_of_those_between(read: ReadFile) -> None:
    columns = ("a", "b", "c", "d", "e")
    lines = [b"1,x,x,x,x", b'2,"x,x,x,x', b"3,x,x,x,x", b'4,x",x,x,x', b"5,x,x,x,x"]
    found = read(b"\n".join([b"a,b,c,d,e", *lines, b""]), columns=columns)
    assert [row[0] for row in found.rows] == [2, 6]
    assert [line for line, _ in found.broken] == [3, 4, 5]


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        (b"1,2", True),
        (b"1,2,3,4", True),
        (b"1,2,3,", False),
        (b"1,2,3,,,", False),
        (b'1,"2"x,3', True),
        (b'1,2"x"y,3', False),
        (b'1, "2" ,3', False),
        (b'1,"2" "3",4', True),
        (b",,", False),
    ],
)
def test_a_line_that_cannot_be_split_is_broken_alone(
    read: ReadFile, line: bytes, broken: bool
) -> None:
    found = read(b"a,b,c\n0,0,0\n" + line + b"\n9,9,9\n")
    assert [row[0] for row in found.rows] == ([2, 4] if broken else [2, 3, 4])
    assert [number for number, _ in found.broken] == ([3] if broken else [])


def test_a_value_is_the_same_with_and_without_a_broken_line(read: ReadFile) -> None:
    good = b'1, "2, 3" ,4"5\n,"",6 \n"""x""",\t,7\n'
    alone, beside = read(b"a,b,c\n" + good), read(b"a,b,c\n" + good + b"broken\n")
    assert alone.rows == beside.rows
    assert alone.rows[0] == (2, "1", "2, 3", '4"5')


def test_blank_lines_are_said_and_no_rows(read: ReadFile) -> None:
    found = read(b"a,b,c\n\n1,2,3\n  \n4,5,6\n\n\n")
    assert [row[0] for row in found.rows] == [3, 5]
    assert found.notes == ("Blank lines are no rows: 2 (line 2, 4).",)


def test_many_runs_of_rows_keep_their_numbers(read: ReadFile) -> None:
    lines = [b"", b"x,y,z"] * 300
    found = read(b"a,b,c\n" + b"\n".join(lines) + b"\n")
    assert [row[0] for row in found.rows] == list(range(3, 602, 2))


def test_a_preamble_is_declared_and_said(read: ReadFile) -> None:
    found = read(b'List of "fines\n\na,b,c\n1,2,3\n', preamble=1)
    assert found.rows == [(4, "1", "2", "3")]
    assert found.notes == (
        "Lines of the preamble, which were not read: 1.",
        "Blank lines before the header are passed over: 1.",
    )


def test_a_file_without_header_has_the_contracts_columns(read: ReadFile) -> None:
    assert read(b"\xef\xbb\xbf1,2,3\n", header=False).rows == [(1, "1", "2", "3")]


def test_a_file_without_quotation_marks_has_none(read: ReadFile) -> None:
    found = read(b'a\tb\tc\n"1\t2\t3\n', quote="", delimiter="\t")
    assert found.rows == [(2, '"1', "2", "3")]


def test_a_line_without_end_is_no_row(refused: Refused) -> None:
    refusal = refused(b"a,b,c\n1,2,3\n" + b"x" * 3_000_000)
    assert refusal.code.id == "GS-INGEST-019"
    assert "Line 3" in refusal.what


def test_a_long_open_quote_is_broken_line_by_line(read: ReadFile) -> None:
    found = read(b'a,b,c\n1,"2,3\n' + (b"x" * 1000 + b"\n") * 2000)
    assert len(found.broken) == 2001
    assert found.rows == []


# The header -----------------------------------------------------------------------------------


def test_an_unnamed_column_does_no_harm(read: ReadFile) -> None:
    found = read(b",a,b,c,\n0,1,2,3,\n1,4,5,6\n")
    assert found.rows == [(2, "1", "2", "3"), (3, "4", "5", "6")]
    assert found.notes == ("The header gives no name to column 1, column 5: not used.",)


def test_a_double_column_that_is_used_is_refused(refused: Refused) -> None:
    refusal = refused(b"a,b,c,b\n1,2,3,4\n")
    assert refusal.code.id == "GS-INGEST-018"
    assert "'b' 2 times (column 2, column 4)" in refusal.what


@pytest.mark.parametrize("extra", [b"x,x", b"x,X", b"row,ROW", b"column_4,", b"A, a"])
def test_other_columns_may_be_called_anything(read: ReadFile, extra: bytes) -> None:
    assert read(b"a,b,c," + extra + b"\n1,2,3,4,5\n").rows == [(2, "1", "2", "3")]


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        (b"A,b,c", "a is 'A', which differs in case"),
        (b"a,b , c", "b is 'b ', which differs in blanks"),
        (b"a;b;c", "the delimiter is perhaps a semicolon"),
        (b"a\tb\tc", "the delimiter is perhaps a tab"),
        (b"a|b|c", "the delimiter is perhaps a bar"),
        (b"List\n\na,b,c", "the header stands perhaps on line 3: if it is to stay there, "),
        (b"1,2,3", "perhaps its header is left out"),
        (b"a,b,see", "c"),
    ],
)
def test_a_file_without_the_columns_is_told_what_it_may_be(
    refused: Refused, header: bytes, hint: str
) -> None:
    refusal = refused(header + b"\n4,5,6\n")
    assert refusal.code.id == "GS-INGEST-006"
    assert hint in refusal.what


def test_what_was_found_is_named_and_does_no_harm(refused: Refused) -> None:
    assert r"Its columns are 'a', 'b\\u{1b}'." in refused(b"a,b\x1b\n").what


def test_a_header_that_is_never_closed_is_refused(refused: Refused) -> None:
    refusal = refused(b'a,"b,c\n1,2,3\n')
    assert refusal.code.id == "GS-INGEST-005"
    assert "line 1" in refusal.what


def test_a_header_over_two_lines_is_counted(read: ReadFile) -> None:
    assert read(b'a,b,c,"in\nwords"\n1,2,3,4\n').rows == [(3, "1", "2", "3")]
