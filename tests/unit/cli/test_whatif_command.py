"""A what-if answer on a narrow screen: every word of it is there, in either language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from rich.console import Console
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.whatif.test_words import EXCEEDANCES, PENALTIES, penalty, rated, waiting

from goodstanding.cli.show_answer import show_answer
from goodstanding.evaluation.whatif import Answer

LONG = "The Very Long and Honourable Company of Tanners, Dyers, Rope Makers and Others of Reed"


def shown(answer: Answer, width: int, name: str = "Reed Ltd", *, everything: bool = False) -> str:
    console = Console(width=width, file=StringIO())
    show_answer(console, answer, name, everything=everything)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def letters(text: str) -> str:
    """Without the blanks at which lines were broken."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off(width: int, language: str) -> None:
    for records in (PENALTIES, EXCEEDANCES):
        answer = rated(records, language)
        page = shown(answer, width, everything=True)
        assert "…" not in page
        for group in answer.groups:
            assert letters(group.words) in letters(page)
        for change in (change for s in answer.suggestions for change in s.changes):
            # What begins a line begins with a capital.
            assert letters(change.brief)[1:] in letters(page)


def many() -> list[Entry]:
    """Penalties enough that hundreds of sets lead to the best grade."""
    return [PENALTIES[0], *(penalty(n, date(2026, 1, n)) for n in range(2, 20))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_is_one_screen_and_all_of_it_on_demand(language: str) -> None:
    answer = rated(many(), language, "blue")
    assert answer.left_out > 0
    page = shown(answer, 80)
    assert len(page.splitlines()) <= 40
    assert "--all" in page
    told = sum(re.match(r" \d+ ", line) is not None for line in page.splitlines())
    more = re.search(r"(\d+)(?: more ways are not shown|种方式未列出)", page)
    assert more is not None
    assert int(more[1]) == answer.left_out + len(answer.suggestions) - told
    whole = rated(many(), language, "blue", everything=True)
    assert (whole.left_out, len(whole.suggestions)) == (
        0,
        answer.left_out + len(answer.suggestions),
    )
    assert "--all" not in shown(whole, 80, everything=True)


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
    assert "1 more way is not shown: --all" in page
    several = shown(replace(answer, most_changes=3, left_out=2), 200)
    assert "Looked at: sets of up to 3 changes" in several
    assert "2 more ways are not shown: --all" in several


def test_where_nothing_is_shown_nothing_is_said_to_be_shown() -> None:
    answer = replace(rated(PENALTIES), suggestions=(), groups=())
    assert "each way shown" not in shown(answer, 200)


def test_a_grade_that_is_lost_again_says_when() -> None:
    found = rated(PENALTIES)
    lost = replace(waiting(found), until=date(2027, 3, 1))
    (alone,) = [group for group in found.groups if group.kinds == ("wait",)]
    answer = replace(found, suggestions=(lost,), groups=(replace(alone, suggestions=(0,)),))
    assert "until 1 March 2027" in shown(answer, 120)
    assert "至2027年3月1日" in shown(replace(answer, language="zh"), 120)
