"""What others wrote is shown, never run; and what was disarmed can be had back."""

from __future__ import annotations

import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import escaping
from goodstanding.kernel.escaping import for_html, for_json, for_spreadsheet, for_terminal, rearmed

#: Every kind of text that has a meaning somewhere, and much that has none.
HOSTILE = st.text(
    st.sampled_from("'=+-@\t\r\n ＝－＠−0159.,a[]<>&\"\\\x1b\x9b\u202e\u200b\u200d\U000e0041é漢")
)


def in_sql(expression: str, text: str) -> object:
    """What the SQL form gives for a text."""
    found = duckdb.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS v)", [text])
    ((value,),) = found.fetchall()
    return value


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+cmd|x", "'+1+cmd|x"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("－A1", "'－A1"),
        (" =1", "' =1"),
        ("\u00a0＠x", "'\u00a0＠x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("-5.00", "-5.00"),
        ("-1.234,50", "-1.234,50"),
        ("+49 30 123", "+49 30 123"),
        ("-", "-"),
        ("Lumen Lines", "Lumen Lines"),
        ("a=b", "a=b"),
        ("O'Neill", "O'Neill"),
    ],
)
def test_a_cell_runs_nothing_and_a_number_stays_one(text: str, cell: str) -> None:
    assert for_spreadsheet(text) == cell
    assert rearmed(cell) == text


@given(HOSTILE)
def test_what_is_disarmed_is_what_it_was(text: str) -> None:
    cell = for_spreadsheet(text)
    assert rearmed(cell) == text
    assert in_sql(escaping.for_spreadsheet_sql("v"), text) == cell
    assert in_sql(escaping.rearmed_sql("v"), cell) == text


@given(HOSTILE)
def test_a_line_of_a_terminal_holds_nothing_that_acts(text: str) -> None:
    shown = for_terminal(text)
    assert not set(shown) & set("\x1b\x9b\u202e\u200b\n\r\t\U000e0041")
    assert in_sql(escaping.visible_sql("v"), text) == shown


def test_what_is_not_seen_is_written_out() -> None:
    assert for_terminal("a\x1b]0;x\x07\u202eb") == "a\\u{1b}]0;x\\u{7}\\u{202e}b"
    assert for_terminal("نمی\u200cشود") == "نمی\u200cشود"


@given(HOSTILE)
def test_json_reads_the_same_and_shows_nothing_unseen(text: str) -> None:
    document = for_json(json.dumps({"a": text}, ensure_ascii=False, indent=2))
    assert json.loads(document) == {"a": text}
    assert not set(document) & set("\x1b\x9b\u202e\u200b\u200d\U000e0041")


def test_a_page_runs_nothing() -> None:
    assert for_html('<script>"x"\u202e') == "&lt;script&gt;&quot;x&quot;\\u{202e}"
