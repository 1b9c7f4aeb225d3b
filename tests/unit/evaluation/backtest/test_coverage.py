"""Groups of which nothing is known are said as such, never left out and never good."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation import small
from tests.unit.evaluation.backtest import world

from goodstanding.catalogue import FactType
from goodstanding.evaluation.backtest import (
    AFTER,
    Backtest,
    GroupCoverage,
    GroupShare,
    GroupState,
    Question,
    grouping_of,
    seal,
    write_report,
)
from goodstanding.evaluation.backtest import coverage as should
from goodstanding.evaluation.backtest.shown import place

DAYS = (date(2023, 7, 1), date(2024, 7, 1))
#: In no order of the alphabet, so that an order by name is one.
TRADES = ("mill", "inn", "pit", "quay", "kiln", "gate", "dock", "ford", "weir")
S = GroupState
EXPECTED = {
    "inn": S.SHOWN, "mill": S.SHOWN, "pit": S.SHOWN, "quay": S.NOTHING_REPORTED,
    "kiln": S.NOT_EVALUATED, "gate": S.NOT_EVALUATED, "dock": S.TOO_FEW, "ford": S.TOO_FEW,
    "weir": S.NOT_COVERED, None: S.SHOWN,
}  # fmt: skip


def entries() -> Iterator[Entry]:
    """Twenty businesses of each trade (few of the docks and fords, none of the weirs).

    A quarter of the inns and mills and half of the pits are fined; at the gates all are closed for
    their fines; nobody fined a quay; the kilns are no longer registered; and some are fined whose
    trade is not recorded.
    """
    leaf = 0
    for trade in (*TRADES[:6], *TRADES[6:8], None):
        for n in range({"dock": 3, "ford": 2}.get(trade or "", 20)):
            subject = f"biz:{trade or 'none'}{n:02}"
            if trade is not None:
                ends = date(2024, 1, 1) if trade == "kiln" else None
                yield Entry(
                    leaf := leaf + 1, "registration", subject, date(2023, 1, 1),
                    {"trade": trade, "staff": n}, source_key=f"r{leaf:04}", ends_on=ends,
                )  # fmt: skip
            fined = {"inn": n < 5, "mill": n < 5, "pit": n < 10, "gate": True, None: True}
            for _ in range((11 if trade == "gate" else 2) * fined.get(trade, False)):
                yield small.fine(leaf := leaf + 1, date(2024, 5, 1), subject=subject)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Backtest, Path]:
    folder = tmp_path_factory.mktemp("coverage")
    scheme = world.scheme(folder, TRADES)
    group = grouping_of(scheme, "registration.trade")
    question = Question(scheme, None, DAYS, None, group, 10, bounds=False)
    backtest = world.run(folder, question, folder / "out", list(entries()))
    return backtest, folder / "out"


@pytest.fixture(scope="module")
def page(found: tuple[Backtest, Path]) -> str:
    return write_report(*found).read_text("utf-8")


def shares(found: Backtest, grade: str = "B") -> dict[str | None, GroupShare]:
    return {row.value: row for row in found.findings.groups if row.grade == grade}


def test_every_group_of_the_catalogue_has_its_state(found: tuple[Backtest, Path]) -> None:
    assert {g.value: g.state for g in found[0].findings.coverage} == EXPECTED
    assert {row.value: row.state for row in shares(found[0]).values()} == EXPECTED
    subjects = {g.value: g.subjects for g in found[0].findings.coverage}
    assert (subjects["quay"], subjects["kiln"], subjects["dock"], subjects["weir"]) == (
        20, 0, None, 0
    )  # fmt: skip


def test_only_a_shown_group_has_figures(found: tuple[Backtest, Path]) -> None:
    for row in shares(found[0], "A").values():
        figures = (row.counted, row.share, row.low, row.place, row.tied, row.difference)
        assert (figures == (None,) * 6) == (row.state is not GroupState.SHOWN)


def test_all_others_are_those_covered(found: tuple[Backtest, Path]) -> None:
    # Inns, pits and those of no trade, of whom 35 have grade B; five docks and fords have none.
    rest = shares(found[0])["mill"].rest_share
    assert rest == round(Decimal(35) / 65, 6)


def test_equal_shares_have_one_place(found: tuple[Backtest, Path]) -> None:
    rows = shares(found[0])
    assert {v: place(rows[v]) for v in ("pit", "inn", "mill", None)} == {
        "pit": "1", "inn": "2=", "mill": "2=", None: "–"
    }  # fmt: skip
    order = [row.value for row in found[0].findings.groups if row.grade == "B"]
    assert order[:4] == ["pit", "inn", "mill", None]


def test_places_are_those_of_the_shares(found: tuple[Backtest, Path]) -> None:
    for grade in ("A", "B"):
        rows = [r for r in shares(found[0], grade).values() if r.place is not None]
        exact = {r.value: Fraction(r.counted or 0, r.subjects or 1) for r in rows}
        for row in rows:
            assert row.place == 1 + sum(e > exact[row.value] for e in exact.values())
            assert row.tied == (list(exact.values()).count(exact[row.value]) > 1)


def test_the_page_names_every_group_and_why_it_has_no_figures(page: str) -> None:
    without = page.partition("Groups without figures</caption>")[2].partition("</table>")[0]
    rows = dict(re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td>', without))
    assert rows == {
        "dock": "too few to show", "ford": "too few to show", "quay": "nothing delivered",
        "gate": "nobody evaluated", "kiln": "nobody evaluated", "weir": "not covered",
    }  # fmt: skip
    for said in (
        "The catalogue lists 9 values of this fact, whatever was delivered: 3 of them have",
        "2 groups with 5 subjects in all are not shown",
        "From 1 group nothing was delivered",
        "1 group is not covered",
        "over the covered groups only",
        "among them the order is by name",
    ):
        assert said in page
    assert "shares of the other grades" not in page


def test_every_group_stands_in_every_chart(page: str) -> None:
    charts = re.findall(r'<figure id="group-\d">(.*?)</figure>', page, re.S)
    assert len(charts) == 2
    for chart in charts:
        drawn = re.findall(r">([^<>]+)</text>", chart)
        assert {*TRADES, "not recorded", "not covered"} <= set(drawn)


def test_the_summary_says_the_same(found: tuple[Backtest, Path]) -> None:
    write_report(*found)
    seal(*found)
    groups = json.loads((found[1] / "backtest.json").read_text("utf-8"))["groups"]
    assert groups == {
        "all": 9, "listed": 9, "shown": 3, "not_recorded": "shown",
        "too_few": {"groups": 2, "subjects": 5},
        "nothing_reported": [{"value": "quay", "title": "quay"}],
        "not_evaluated": [{"value": v, "title": v} for v in ("gate", "kiln")],
        "not_covered": [{"value": "weir", "title": "weir"}],
        "left_out_of_report": 0,
    }  # fmt: skip


def test_parquet_and_sheet_say_the_same(found: tuple[Backtest, Path]) -> None:
    with duckdb.connect() as con:
        query = f"SELECT value, state FROM '{found[1] / 'coverage.parquet'}'"
        assert dict(con.execute(query).fetchall()) == EXPECTED
    with (found[1] / "groups.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["value"] or None: row["state"] for row in rows} == EXPECTED
    assert len(rows) == len(found[0].findings.groups)


# -- what should be there ----------------------------------------------------------------


def test_a_text_has_no_list_and_that_is_said(found: tuple[Backtest, Path], tmp_path: Path) -> None:
    question = found[0].question
    assert question.group is not None
    fact = replace(question.group.fact, type=FactType.TEXT, codes={})
    free = replace(question, group=replace(question.group, fact=fact))
    backtest = world.run(tmp_path, free, tmp_path / "out", list(entries()))
    assert "weir" not in {g.value for g in backtest.findings.coverage}
    groups = backtest.summary["groups"]
    assert isinstance(groups, dict)
    assert groups["listed"] is None
    shown = write_report(backtest, tmp_path / "out").read_text("utf-8")
    assert "one of which no record came is not known here" in shown


def test_a_group_that_is_on_no_list_is_named(found: tuple[Backtest, Path], tmp_path: Path) -> None:
    question = found[0].question
    assert question.group is not None
    codes = {code: {"en": code} for code in TRADES if code != "inn"}
    shorter = replace(question.group, fact=replace(question.group.fact, codes=codes))
    asked = replace(question, group=shorter)
    backtest = world.run(tmp_path, asked, tmp_path / "out", list(entries()))
    page = write_report(backtest, tmp_path / "out").read_text("utf-8")
    assert "Recorded, but not on that list: inn." in page


def test_without_any_record_every_group_is_not_covered(
    found: tuple[Backtest, Path], tmp_path: Path
) -> None:
    backtest = world.run(tmp_path, found[0].question, tmp_path / "out", [])
    states = {g.value: g.state for g in backtest.findings.coverage}
    assert states == dict.fromkeys(TRADES, GroupState.NOT_COVERED)
    page = write_report(backtest, tmp_path / "out").read_text("utf-8")
    assert "9 groups are not covered" in page


def test_a_record_that_only_names_the_group_shows_nothing(found: tuple[Backtest, Path]) -> None:
    question = found[0].question
    assert question.group is not None
    assert [i.id for i in should.telling_items(question, question.group)] == ["fine"]
    fine = question.after.pack.items["fine"]
    by_fine = replace(question.group, item=fine, fact=fine.facts["kind"])
    assert [i.id for i in should.telling_items(question, by_fine)] == ["fine"]


SIZES = st.lists(st.integers(0, 900), min_size=1, max_size=2 * should.MOST_GROUPS)


@given(SIZES)
def test_a_page_leaves_out_the_smallest_only(sizes: list[int]) -> None:
    groups = [
        GroupCoverage(f"{n}", f"{n}", True, S.SHOWN if n % 3 else S.NOT_COVERED, size)
        for n, size in enumerate(sizes)
    ]
    shown = should.on_page(groups)
    assert len(shown) == min(len(groups), should.MOST_GROUPS)
    left_out = [g for g in groups if g not in shown]
    least = min(g.subjects or 0 for g in shown)
    assert all((g.subjects or 0) <= least for g in left_out)


def test_what_a_page_leaves_out_is_counted_on_it(tmp_path: Path) -> None:
    trades = (*TRADES, *(f"c{n:03}" for n in range(should.MOST_GROUPS)))
    scheme = world.scheme(tmp_path, trades)
    group = grouping_of(scheme, "registration.trade")
    question = Question(scheme, None, DAYS, None, group, 10, bounds=False)
    backtest = world.run(tmp_path, question, tmp_path / "out", list(entries()))
    groups = backtest.summary["groups"]
    assert isinstance(groups, dict)
    # Ten more than it holds: those of no trade are one.
    assert (groups["all"], groups["left_out_of_report"]) == (409, 10)
    page = write_report(backtest, tmp_path / "out").read_text("utf-8")
    assert "Of 410 groups this page leaves out 10, those too small to be shown first" in page
    assert not {">dock<", ">ford<"} & set(re.findall(r">(?:dock|ford)<", page))
    assert "2 groups with 5 subjects in all are not shown" in page
    assert "400 of 400" in page


# -- sources -----------------------------------------------------------------------------


def test_a_source_from_which_nothing_came_is_named(
    found: tuple[Backtest, Path], page: str, tmp_path: Path
) -> None:
    rows = {row.item: row for row in found[0].findings.sources}
    assert set(rows) == {"fine"}
    assert rows["fine"].in_period == sum(entry.item == "fine" for entry in entries())
    assert "Every source delivered something" in page
    quiet = [entry for entry in entries() if entry.item != "fine"]
    backtest = world.run(tmp_path, found[0].question, tmp_path / "out", quiet)
    assert backtest.summary["sources"] == {
        "all": 1, "nothing_in_period": [{"item": "fine", "source": None, "earlier": 0}]
    }  # fmt: skip
    said = write_report(backtest, tmp_path / "out").read_text("utf-8")
    assert "1 brought nothing that takes effect" in said


def test_alone_there_is_one_side(found: tuple[Backtest, Path]) -> None:
    assert {row.side for row in found[0].findings.groups} == {AFTER}
