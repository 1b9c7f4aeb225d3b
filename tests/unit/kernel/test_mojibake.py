"""UTF-8 read as a Western code page is recognised; names that only look odd are names."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goodstanding.kernel.mojibake import likely_original, likely_original_sql


def in_sql(text: str) -> object:
    """What the SQL form gives."""
    expression = likely_original_sql("v")
    ((found,),) = duckdb.execute(
        f"SELECT {expression} FROM (SELECT ?::VARCHAR AS v)", [text]
    ).fetchall()
    return found


@pytest.mark.parametrize(
    ("written", "original"),
    [
        ("MÃ¼ller & SÃ¶hne", "Müller & Söhne"),
        ("â€œGoodâ€\x9d", "“Good”"),
        ("Å»abka", "Żabka"),
        ("æ±Ÿæ¸¯", "江港"),
        ("Ð¡Ð¸Ñ€", "Сир"),
        ("20Â°C", "20°C"),
        ("Ã", None),
        ("SÃO", None),
        ("Müller", None),
        ("RENÉ’S", None),
        ("CAFÉ™", None),
        ("Müller, einst MÃ¼ller", None),
        ("江港公司", None),
        ("Lumen", None),
        ("", None),
    ],
)
def test_what_turns_back_as_a_whole_was_utf_8(written: str, original: str | None) -> None:
    assert likely_original(written) == original
    assert in_sql(written) == original


@given(st.text(st.characters(max_codepoint=0x17F, categories=["L", "Nd", "Zs"]), min_size=1))
def test_latin_names_read_wrongly_are_always_told(name: str) -> None:
    assume(not name.isascii())
    try:
        written = name.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        written = name.encode("utf-8").decode("latin-1")
    assert likely_original(written) == in_sql(written) == name
