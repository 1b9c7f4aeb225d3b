"""A name is asked for its marks, never for its looks; Python and DuckDB tell alike."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel.honorifics import (
    HONORIFICS,
    bears_honorific,
    bears_honorific_sql,
    mark_pattern,
)

PERSONAL = [
    "Mr John Roe", "MR.ROE", "Mr. & Mrs Roe", "Mr&Mrs Roe", "mr john roe", "Mr\u00a0Roe",
    "Ｍｒ Roe", "Ｍｒ．Roe", "Mr\u3000Roe", '"Mr Roe"', "Roe, Mr John", "Roe (Mr)",
    "ROE JANE, MRS.", "Owner: Mrs Roe", "Miss Roe", "Ms Roe", "Dr Jane Roe", "Prof. Roe",
    "Herr Muster", "Frau Muster", "Hr. Muster", "M. Dupont", "Mme Dupont", "Sr. Ruiz",
    "Sra. Ruiz", "Sig. Rossi", "Sig.ra Rossi", "г-н Иванов", "นายสมชาย", "李明先生", "王女士",
    "山田太郎様", "山田さん", "山田 太郎 氏", "홍길동 씨", "홍길동님",
    # A brand without a legal form is not told from a person, and held all the same.
    "Mr Kipling",
    # The form is another's.
    "Mr Roe t/a Roe Foods Ltd", "Mr Roe, Roe Foods Ltd", "Mr Roe (Roe Foods Ltd)",
]  # fmt: skip
OTHERS = [
    "Lumen Lines", "John Roe", "Smith & Sons", "Drummond Ltd", "Mrsa Ltd", "Missouri Foods",
    "Dr Pepper Bottling Ltd", "Dr Pepper Bottling Ltd.", "Mr Kipling, Inc.",
    "Mr Men (UK) Limited", "Frau Holle GmbH", "张先生食品有限公司", "株式会社花屋様",
    # What looks like an honorific and is none.
    "SR Foods", "M. & S. Foods", "M&S", "八百屋さん", "아저씨", "Professional Cleaning",
    "Hello Mr Chips Shop", "Mr", "Mrs", "",
]  # fmt: skip


def told_by_duckdb(name: str) -> bool:
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT {bears_honorific_sql('name')} FROM (SELECT ? AS name)", [name]
        ).fetchone()
    return found == (True,)


@pytest.mark.parametrize("name", PERSONAL)
def test_a_name_with_an_honorific_is_told(name: str) -> None:
    assert (bears_honorific(name), told_by_duckdb(name)) == (True, True)


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_is_guessed_from_any_other_name(name: str) -> None:
    assert (bears_honorific(name), told_by_duckdb(name)) == (False, False)


@given(
    st.sampled_from([word for row in HONORIFICS for word in row.words]),
    st.sampled_from(["", " ", ". ", "\u3000", " & ", ", "]),
    st.sampled_from(["Roe", "Roe Ltd", "山田", "홍길동", "(Roe)", "shop"]),
    st.booleans(),
)
def test_python_and_duckdb_tell_alike(word: str, between: str, name: str, before: bool) -> None:
    whole = f"{word}{between}{name}" if before else f"{name}{between}{word}"
    assert bears_honorific(whole) == told_by_duckdb(whole)


@pytest.mark.parametrize(
    ("mark", "name", "found"),
    [
        ("t/a", "Roe T/A Fine Foods", True),
        ("t/a", "Roe ｔ／ａ Fine Foods", True),
        ("t/a", "Bert/Ann Foods", False),
        ("(sole trader)", "Roe (Sole Trader)", True),
        ("sole trader", "Sole  Trader Roe", True),
        ("個人事業主", "山田商店（個人事業主）", True),
        ("个体工商户", "某某小吃店（个体工商户）", True),
    ],
)
def test_a_contracts_mark_is_found_as_a_word(mark: str, name: str, found: bool) -> None:
    assert (re.search(mark_pattern(mark), name) is not None) == found
    with duckdb.connect() as con:
        told = con.execute("SELECT regexp_matches(?, ?)", [name, mark_pattern(mark)]).fetchone()
    assert told == (found,)
