"""What nobody sees is refused, every blank is one blank, and both engines draw the same lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import duckdb
import pytest

from goodstanding.kernel import characters
from goodstanding.kernel.characters import fold_blanks, fold_key, unseen

#: A VARCHAR holds no surrogates and Python's text may: they are asked about apart.
POINTS = [n for n in range(1, 0x110000) if not 0xD800 <= n <= 0xDFFF]


@pytest.fixture(scope="module")
def points() -> duckdb.DuckDBPyConnection:
    """Every code point but the surrogates, as `points (n, c)`."""
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE points AS SELECT n::INTEGER AS n, chr(n::INTEGER) AS c "
        "FROM range(1, 1114112) AS r(n) WHERE n NOT BETWEEN 55296 AND 57343"
    )
    return con


@pytest.mark.parametrize(
    ("re2", "pattern"),
    [
        (characters.UNSEEN_RE2, characters.UNSEEN_PATTERN),
        (characters.UNSEEN_IN_NAMES_RE2, characters.UNSEEN_IN_NAMES_PATTERN),
    ],
)
@pytest.mark.parametrize("before", ["", "क्", "ف", "漢", "ᠠ", "x"])
def test_both_spellings_refuse_the_same(
    points: duckdb.DuckDBPyConnection, re2: str, pattern: re.Pattern[str], before: str
) -> None:
    query = f"SELECT n FROM points WHERE regexp_matches('{before}' || c || '{before}', '{re2}')"
    in_sql = {n for (n,) in points.execute(query).fetchall()}
    assert in_sql == {n for n in POINTS if pattern.search(f"{before}{chr(n)}{before}")}


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        (characters.fold_key_sql, fold_key),
        (characters.fold_blanks_sql, fold_blanks),
    ],
)
def test_both_spellings_fold_the_same(
    points: duckdb.DuckDBPyConnection, sql: Callable[[str], str], plain: Callable[[str], str]
) -> None:
    text = "'A' || c || c || 'b' || c"
    found = points.execute(f"SELECT n, {sql('t')} FROM (SELECT n, {text} AS t FROM points)")
    differs = [
        hex(n) for n, folded in found.fetchall() if folded != plain(f"A{chr(n) * 2}b{chr(n)}")
    ]
    assert not differs


def test_every_character_unicode_calls_ignorable_control_or_separator_is_in_the_table() -> None:
    blank = {" ", "\t"}
    kept = {  # seen, or written over the digits that follow: they stand for something
        *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
        *range(0x13430, 0x13440),
    }  # fmt: skip
    wanted = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")
    missed = [
        hex(n)
        for n in range(0x110000)
        if unicodedata.category(chr(n)) in wanted and n not in kept and not unseen(chr(n))
    ]
    assert not missed
    spaces = [c for c in map(chr, POINTS) if unicodedata.category(c) == "Zs" and c not in blank]
    assert all(fold_blanks(f"a{c}{c}b{c}") == "a b" for c in spaces)


@pytest.mark.parametrize("point", [0xD800, 0xDFFF, 0xFFFE, 0x10FFFF, 0xFDD0, 0xE000])
def test_what_is_no_character_is_refused(point: int) -> None:
    assert unseen(chr(point))
    assert unseen(f"a{chr(point)}", name=True)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("نمی\u200cشود", True),  # between Arabic letters
        ("\u200cنمی", False),
        ("نمی\u200c", False),
        ("a\u200cb", False),
        ("क्\u200dष", True),  # after a virama
        ("ക്\u200d", True),  # at the end of a Malayalam word
        ("क\u200dष", False),
        ("क्\u200d\u200d", False),
        ("葛\U000e0100城", True),  # the registered form of an ideograph
        ("葛\U000e0100\U000e0100城", False),
        ("a\ufe0f", False),
        ("ᠠ\u180b", True),
        ("❤\ufe0f", False),
    ],
)
def test_a_joiner_stands_only_where_its_script_needs_it(name: str, allowed: bool) -> None:
    assert (not unseen(name, name=True)) is allowed
    assert unseen(name), "in a key it stands nowhere"


def test_what_is_refused_is_named() -> None:
    assert unseen("X1\u200b\u00ad\u200b") == ("U+200B ZERO WIDTH SPACE", "U+00AD SOFT HYPHEN")
    assert unseen("X1\x80") == ("U+0080",)
    assert unseen("Müller & 公司 §1") == ()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\u3000株式会社\u3000港\u00a0", "株式会社 港"),
        ("\tX1\t", "X1"),
        ("a  b", "a b"),
        ("a\tb", "a\tb"),  # inside it is a control character, and refused as one
        ("plain", "plain"),
        (" \u2003 ", ""),
    ],
)
def test_blanks_are_folded(text: str, folded: str) -> None:
    assert fold_blanks(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("X1", "x1"), ("Ｘ１", "x1"), ("Ä-1", "ä-1"), ("Ｘ　１", "x 1"), ("İ", "i"), ("Σ", "σ")],
)
def test_keys_that_differ_in_case_or_width_are_folded_into_one(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other)
    assert fold_key("X1") != fold_key("X2")
