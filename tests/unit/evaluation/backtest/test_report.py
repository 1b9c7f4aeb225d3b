"""The report stands alone, says in words what it draws, and names nobody."""

from __future__ import annotations

import re
import sys
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from tests.unit.evaluation.backtest import world

from goodstanding.evaluation.backtest import (
    Confusion,
    Question,
    check_tools,
    grouping_of,
    write_report,
)
from goodstanding.evaluation.backtest.page import Column, Figure, Table
from goodstanding.evaluation.backtest.shown import moves, number, percent, points
from goodstanding.kernel import GoodStandingError


class Outline(HTMLParser):
    """Which elements a page has, in order, and what is not closed."""

    VOID = frozenset({"meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    scheme = world.scheme(folder)
    question = Question(
        scheme, world.with_number(scheme, "b_from", 12), world.DAYS, None,
        grouping_of(scheme, "trade"), 10,
    )  # fmt: skip
    found = world.run(folder, question, folder / "out")
    return write_report(found, folder / "out").read_text("utf-8")


def test_it_loads_nothing_and_runs_nothing(page: str) -> None:
    tags = {tag for tag, _ in Outline(page).seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "image", "use", "foreignobject"}
    assert not re.search(r"url\(|@import|\son[a-z]+=|javascript:", page)
    links = set(re.findall(r'https?://[^"\s<]+', page))
    assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_it_is_well_formed_and_says_its_language(page: str) -> None:
    outline = Outline(page)
    assert outline.open == []
    assert ("html", {"lang": "en"}) in outline.seen
    ids = [attrs["id"] for _, attrs in outline.seen if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_every_chart_has_words_and_a_table_after_it(page: str) -> None:
    figures = re.findall(
        r"<figure id=\"([a-z0-9-]+)\">(.*?)</figure>(.*?)(?=<figure|$)", page, re.S
    )
    assert {"confusion", "moves", "grades", "stability", "sensitivity"} <= {f[0] for f in figures}
    for name, inside, after in figures:
        assert f'role="img" aria-labelledby="{name}-title {name}-desc"' in inside
        assert re.search(
            rf'<title id="{name}-title">[^<]+</title><desc id="{name}-desc">[^<]+', inside
        )
        assert "<table" in after
        assert 'scope="row"' in after


def test_it_names_no_subject(page: str) -> None:
    assert "biz:" not in page


def test_it_states_its_formulas_and_what_it_rests_on(page: str) -> None:
    for said in (
        "Wilson",
        "Newcombe",
        "method 10",
        "smallest group",
        "register.example/x",
        "1,200",
    ):
        assert said in page


def test_text_is_escaped() -> None:
    table = Table("a < b", [Column("<i>")], [["<script>"]]).html()
    assert "<script>" not in table
    assert "a &lt; b" in table
    drawn = Figure("x", '<svg class="marks" role="graphics" width="1"></svg>', "t<", "s&").html()
    assert '<title id="x-title">t&lt;</title><desc id="x-desc">s&amp;</desc></svg>' in drawn
    assert drawn.count("role=") == 1
    text = '<svg class="x"><text>a role="b" aria-label="c"</text></svg>'
    assert 'a role="b" aria-label="c"' in Figure("x", text, "t", "s").html()


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_the_tools_it_is_refused_before_anything_is_done(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_tools()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(GoodStandingError, match=missing) as refused:
        check_tools()
    assert refused.value.code.id == "GS-SCHEME-081"
    assert "reports" in refused.value.remedy


@pytest.mark.parametrize(
    ("written", "read"),
    [("1000000.00", "1,000,000.00"), ("-15", "−15"), ("-0.50", "−0.50"), ("0.2500", "0.2500")],
)  # fmt: skip
def test_numbers_as_they_are_read(written: str, read: str) -> None:
    assert number(written) == read


def test_shares_as_they_are_read() -> None:
    assert (percent(Decimal("0.0625")), percent(None)) == ("6.3 %", "–")
    assert [points(Decimal(d)) for d in ("0.01", "-0.025", "-0.0001")] == ["+1.0", "−2.5", "0.0"]


def test_moves_to_and_from_outside_the_order_are_neither_better_nor_worse() -> None:
    day = date(2024, 1, 1)
    rows = [
        Confusion(day, "A", "A", 5), Confusion(day, "A", "C", 4), Confusion(day, "B", "A", 3),
        Confusion(day, "A", "N", 2), Confusion(day, None, "A", 1),
    ]  # fmt: skip
    before, found = moves(rows, ["A", "B", "C"], [date(2023, 1, 1), day])
    assert (before.subjects, before.moved) == (0, 0)
    assert found.by_steps == {2: 4, -1: 3, None: 3}
    assert (found.worse, found.better, found.other, found.moved) == (4, 3, 3, 10)
