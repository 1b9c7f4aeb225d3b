"""A what-if answer on a narrow screen: every word of it is there, in either language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from rich.console import Console
from tests.unit.evaluation.whatif.test_words import EXCEEDANCES, PENALTIES, penalty, rated, waiting

from goodstanding.cli.whatif_command import show_answer
from goodstanding.evaluation.whatif import Answer

LONG = "The Very Long and Honourable Company of Tanners, Dyers, Rope Makers and Others of Reed"


def shown(answer: Answer, width: int, name: str = "Reed Ltd") -> str:
    console = Console(width=width, file=StringIO())
    show_answer(console, answer, name)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def column(page: str, heading: str, following: str) -> str:
    """What stands in one column of the table, without the spaces between."""
    lines = page.splitlines()
    at = next(n for n, line in enumerate(lines) if heading in line and following in line)
    begin, end = (_cells(lines[at], word) for word in (heading, following))
    return re.sub(r"\s", "", "".join(_cut(line, begin, end) for line in lines[at + 1 :]))


def _cells(line: str, word: str) -> int:
    return sum(map(_width, line[: line.index(word)]))


def _cut(line: str, begin: int, end: int) -> str:
    kept, at = "", 0
    for letter in line:
        kept += letter if begin <= at < end else ""
        at += _width(letter)
    return kept


def _width(letter: str) -> int:
    from rich.cells import cell_len

    return cell_len(letter)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize(
    ("language", "what", "under"),
    [("en", "what would have to happen", "under"), ("zh", "所需变化", "依据")],
)
def test_nothing_is_cut_off(width: int, language: str, what: str, under: str) -> None:
    for records in (PENALTIES, EXCEEDANCES):
        answer = rated(records, language)
        page = shown(answer, width)
        assert "…" not in page
        told = column(page, what, under)
        for change in (change for s in answer.suggestions for change in s.changes):
            assert re.sub(r"\s", "", change.words) in told


def test_a_long_name_is_not_cut_off_either() -> None:
    page = shown(rated(PENALTIES), 80, LONG)
    assert "…" not in page
    assert "mer-biz:99000003" in page


def test_totals_and_days_are_written_as_an_explanation_writes_them() -> None:
    english, chinese = (shown(rated(PENALTIES, language), 120) for language in ("en", "zh"))
    assert "76.0 points, as of 1 July 2026" in english
    assert "from 1 December 2026" in english
    assert "waiting until 1 July 2036" in english
    assert "76.0分，截至2026年7月1日" in chinese
    assert "自2026年12月1日起" in chinese
    assert "等待至2036年7月1日" in chinese
    assert not re.search(r"\d-\d\d-\d\d|points|; ", chinese)


def test_one_is_not_several() -> None:
    answer = rated(PENALTIES)
    page = shown(replace(answer, most_changes=1, left_out=1, evaluations=1), 200)
    assert "Looked at: single changes, waiting until" in page
    assert "1 evaluation," in page
    assert "1 more way of the same or a larger size is not shown." in page
    many = shown(replace(answer, most_changes=3, left_out=2), 200)
    assert "Looked at: sets of up to 3 changes" in many
    assert "2 more ways of the same or a larger size are not shown." in many


def test_where_nothing_is_shown_nothing_is_said_to_be_shown() -> None:
    answer = replace(rated(PENALTIES), suggestions=())
    assert "each way shown" not in shown(answer, 200)


def test_a_grade_that_is_lost_again_says_when() -> None:
    lost = replace(waiting(rated(PENALTIES)), until=date(2027, 3, 1))
    answer = replace(rated([*PENALTIES, penalty(3, date(2026, 1, 1))]), suggestions=(lost,))
    assert "until 1 March 2027" in shown(answer, 120)
    assert "至2027年3月1日" in shown(replace(answer, language="zh"), 120)
