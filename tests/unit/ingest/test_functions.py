"""What a contract declares of days and numbers is read exactly; the rest is as written."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
import sqlglot

from goodstanding.ingest.functions import as_macros, create_macros

Read = Callable[[str, str], object]
#: What stands before a text that must not be taken for another number or day.
NOT_READ = "\x1a"


@pytest.fixture(scope="module")
def read() -> Read:
    """One call of a contract on one text `x`."""
    con = duckdb.connect()
    create_macros(con)

    def run(call: str, text: str) -> object:
        tree = as_macros(sqlglot.parse_one(f"SELECT {call} FROM t", dialect="duckdb"))
        sql = tree.sql(dialect="duckdb").replace("FROM t", "FROM (SELECT ?::VARCHAR AS x)")
        ((value,),) = con.execute(sql, [text]).fetchall()
        return value

    return run


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.000", "1000"),
        ("1.230", "1230"),
        ("12.500", "12500"),
        ("1.234,50", "1234.50"),
        ("1.000,00", "1000.00"),
        ("1.000.000", "1000000"),
        ("1000", "1000"),
        ("1234,5", "1234.5"),
        ("-5,00", "-5.00"),
        ("+5", "5"),
        ("\u00a07,5 ", "7.5"),
        ("1.00", None),
        ("1.23", None),
        ("0.123", None),
        ("1.2345", None),
        ("12.34.567", None),
        ("1.0000", None),
        ("1,234.50", None),
        (",5", None),
        ("5,", None),
        ("1 000,00", None),
        ("12,50 EUR", None),
        ("1e3", None),
        ("--5", None),
        ("", None),
        ("١٢", None),
        ("１２", None),
    ],
)
def test_a_number_fits_its_marks_or_is_none(read: Read, text: str, number: str | None) -> None:
    wanted = NOT_READ + text if number is None else number
    assert read("decimal(x, ',', '.')", text) == wanted


@pytest.mark.parametrize(
    ("text", "point", "thousands", "number"),
    [
        ("1'234.50", ".", "''", "1234.50"),
        ("1’234.50", ".", "''", "1234.50"),
        ("1\u202f000,5", ",", " ", "1000.5"),
        ("1 000\u00a0000", ",", " ", "1000000"),
        ("1,234.50", ".", ",", "1234.50"),
        ("1234.50", ".", "", "1234.50"),
        ("1,234", ".", "", None),
        ("12,34,567", ".", ",", None),  # lakhs are no groups of three
    ],
)
def test_other_marks(read: Read, text: str, point: str, thousands: str, number: str | None) -> None:
    wanted = NOT_READ + text if number is None else number
    assert read(f"decimal(x, '{point}', '{thousands}')", text) == wanted


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("04.03.2025", "2025-03-04"),
        ("4.3.2025", "2025-03-04"),
        (" 04.03.2025\u3000", "2025-03-04"),
        ("2025-03-04", "2025-03-04"),
        ("01.01.0001", "0001-01-01"),
        ("31.12.9999", "9999-12-31"),
        ("04.03.25", None),
        ("04.03.02025", None),
        ("04.03.12025", None),
        ("04.03. 2025", None),
        ("04/03/2025", None),
        ("31.02.2025", None),
        ("00.00.0000", None),
        ("04.03.2025 10:00", None),
        ("０４.０３.２０２５", None),
    ],
)
def test_a_day_fits_its_format_or_is_handed_on(read: Read, text: str, day: str | None) -> None:
    assert read("iso_date(x, '%d.%m.%Y')", text) == (day or text)


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("432025", "%d%m%Y", "432025"),  # which figure is the month is not guessed
        ("04032025", "%d%m%Y", "2025-03-04"),
        ("4 march 2025", "%d %B %Y", "2025-03-04"),
        ("2025年3月4日", "%Y年%m月%d日", "2025-03-04"),
        ("2025-13-04", "%Y-%d-%m", "2025-04-13"),
        # A day in ISO form that the format means otherwise is no day.
        ("2025-04-13", "%Y-%d-%m", f"{NOT_READ}2025-04-13"),
        ("2025-03-04T23:30:00+09:00", "%Y-%m-%dT%H:%M:%S%z", "2025-03-04"),
        ("2025-03-04T23:30:00Z", "%Y-%m-%dT%H:%M:%S%z", "2025-03-04"),
        ("2025-03-04 23:30 +0900", "%Y-%m-%d %H:%M %z", "2025-03-04"),
        ("04.03.2025 23:30 +0900", "%d.%m.%Y %H:%M %z", "2025-03-04"),
        ("04.03.2025 23:30", "%d.%m.%Y %H:%M %z", "04.03.2025 23:30"),
        ("平成30年10月4日", "era", "2018-10-04"),
        ("平成31年5月1日", "era", "平成31年5月1日"),
    ],
)
def test_other_formats(read: Read, text: str, form: str, day: str) -> None:
    assert read(f"iso_date(x, '{form}')", text) == day


def test_functions_stand_inside_each_other(read: Read) -> None:
    call = "coalesce(iso_date(iso_date(x, 'era'), '%d.%m.%Y'), decimal(x, ',', '.'))"
    assert read(call, "R6.3.5") == "2024-03-05"
    assert read("fold_key(x)", "Ｘ１") == "x1"


@pytest.mark.parametrize(
    ("text", "mended"), [("99Â¢ HOT PIZZA", "99¢ HOT PIZZA"), ("CAFÉ", "CAFÉ"), ("Ã", "Ã")]
)
def test_a_contract_may_mend_what_was_read_wrongly(read: Read, text: str, mended: str) -> None:
    assert read("utf8_mended(x)", text) == mended
