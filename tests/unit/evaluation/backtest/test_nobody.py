"""Where nobody has a standing a backtest says so, counts nothing, and draws nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.unit.evaluation.backtest import world
from tests.unit.evaluation.backtest.test_report import Outline

from goodstanding.evaluation.backtest import (
    AFTER,
    BEFORE,
    Backtest,
    GroupState,
    Machine,
    Question,
    grouping_of,
    run_backtest,
    seal,
    write_report,
)
from goodstanding.evaluation.engines.files import Relations
from goodstanding.evaluation.model import Scheme
from goodstanding.register import Checkpoint, Head

BEFORE_ALL = datetime(2010, 1, 1, tzinfo=UTC)
#: Two days before the first registration, and two with subjects.
HALF = (date(2020, 7, 1), date(2021, 7, 1), date(2023, 7, 1), date(2024, 1, 1))


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return world.scheme(tmp_path_factory.mktemp("scheme"))


def asked(scheme: Scheme, days: tuple[date, ...] = world.DAYS, *, alone: bool = False) -> Question:
    other = None if alone else world.with_number(scheme, "b_from", 12)
    return Question(scheme, other, days, None, grouping_of(scheme, "trade"), 10, bounds=True)


def reported(found: Backtest, out: Path) -> str:
    page = write_report(found, out).read_text("utf-8")
    assert Outline(page).open == []
    seal(found, out)
    return page


def empty(question: Question, out: Path, relations: Relations) -> Backtest:
    checkpoint = Checkpoint("register.example/x", Head(0, bytes(32)), "")
    digests = {AFTER: "aa", BEFORE: "bb"}
    return run_backtest(question, relations, digests, checkpoint, out, Machine("1GiB", 1))


@pytest.mark.parametrize("alone", [False, True])
def test_a_register_without_records_gives_a_report(
    scheme: Scheme, tmp_path: Path, alone: bool
) -> None:
    found = empty(asked(scheme, alone=alone), tmp_path, {})
    page = reported(found, tmp_path)
    assert "Nobody has a standing on any of these days" in page
    assert "<svg" not in page
    assert "0.0 %" not in page
    told = json.loads((tmp_path / "backtest.json").read_text("utf-8"))
    assert (told["subjects"], told["moved"]) == (0, 0)
    assert "report.html" in told["sha256"]


def test_what_was_not_known_then_is_not_compared(scheme: Scheme, tmp_path: Path) -> None:
    question = replace(asked(scheme), known_at=BEFORE_ALL)
    found = world.run(tmp_path / "run", question, tmp_path / "out")
    assert "Nobody has a standing on any of these days" in reported(found, tmp_path / "out")


def test_nobody_on_the_last_day_is_not_told_with_an_earlier_days_figures(
    scheme: Scheme, tmp_path: Path
) -> None:
    # All fines and registrations end long before the last day.
    days = (date(2023, 7, 1), date(2030, 1, 1))
    folder = tmp_path / "run"
    folder.mkdir()
    ending = [replace(entry, ends_on=date(2029, 1, 1)) for entry in world.entries()]
    found = empty(asked(scheme, days), tmp_path / "out", world.segments(folder, ending))
    page = reported(found, tmp_path / "out")
    assert re.search(r"<b>0</b><span>subjects on 1 January 2030", page)
    assert "Nobody has a standing on 1 January 2030" in page
    assert "On 1 of these days nobody has a standing; the charts leave it out." in page
    assert '<figure id="grades">' in page
    assert '<figure id="confusion">' not in page
    assert '<figure id="stability">' not in page
    (moved, nobody) = re.findall(
        r"<tr><th scope=\"row\">(?:1 July 2023|1 January 2030)</th>(.*?)"
        r"</tr>",
        page.partition("Moves on each day</caption>")[2],
    )[:2]
    assert ">0<" not in moved.partition("</td>")[0]
    assert nobody == '<td class="n">0</td>' * 5 + '<td class="n">–</td>'


def test_a_day_without_anyone_is_a_day_of_its_own(scheme: Scheme, tmp_path: Path) -> None:
    found = world.run(tmp_path / "run", asked(scheme, HALF), tmp_path / "out")
    rows = {(row.side, row.start, row.end): row for row in found.findings.stability}
    assert {key[1:] for key in rows} == {(HALF[1], HALF[2]), (HALF[2], HALF[3])}
    first = rows[AFTER, HALF[1], HALF[2]]
    assert (first.subjects, first.came, first.went) == (
        0, len(world.grades(scheme, HALF[2])), 0
    )  # fmt: skip
    page = reported(found, tmp_path / "out")
    assert "Nobody has a standing on any" not in page
    assert "On 2 of these days nobody has a standing; the charts leave them out." in page


def test_where_nobody_told_the_fact_nobody_has_a_group(scheme: Scheme, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    relations = dict(world.segments(folder, world.entries()))
    with_fines = len(world.grades(scheme, world.DAYS[-1]))
    assert with_fines > 0
    for name, files in (("none", []), ("out", relations["registration"])):
        only = {**relations, "registration": files}
        question = replace(asked(scheme, alone=True), bounds=False)
        found = empty(question, tmp_path / name, only)
        states = {row.value: row.state for row in found.findings.groups}
        page = reported(found, tmp_path / name)
        assert "not recorded" in page
        listed = {states[trade] for trade in world.KINDS}
        assert (listed == {GroupState.NOT_COVERED}) == (name == "none")
        assert ("3 groups are not covered" in page) == (name == "none")
