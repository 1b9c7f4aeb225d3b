"""A backtest by region of a pack whose every title is an attack: all are shown, none is obeyed."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.hostile_pack import ATTACKS, DELIVERED, REGIONS, hostile_pack
from typer.testing import CliRunner, Result

from goodstanding.cli.console import out
from goodstanding.cli.main import app
from goodstanding.demo import generate
from goodstanding.kernel.characters import unseen
from goodstanding.kernel.escaping import for_spreadsheet, visible

#: What the page is made of; a name brings none of it, for none of it is elsewhere.
PAGE = """
html head meta title style body main h1 h2 h3 p ul li b span figure figcaption
div table caption thead tbody tr th td dl dt dd
"""
DRAWING = "svg title desc defs clippath rect g path line text tspan"
ATTRIBUTES = """
lang charset name content class scope id role aria-labelledby xmlns xmlns:xlink version width height
viewbox fill stroke stroke-width stroke-miterlimit stroke-dasharray stroke-opacity transform d x y
x1 x2 y1 y2 dx dy opacity text-anchor font-family font-size font-style font-weight pointer-events
clip-path fill-opacity display
"""


def invoke(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output or repr(result.exception)
    return result


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    pack = hostile_pack(folder)
    invoke("init", folder / "node", "--pack", pack, "--origin", "test.example/h", "--by", "one")
    for file in generate(folder / "files", businesses=400, bodies=12, records=3_000):
        if file.source in ("registry", "tax_office"):
            words = ("-s", file.source, file.path, "--node", folder / "node", "--by", "one")
            invoke("ingest", *words)
    return folder / "node"


@pytest.fixture(scope="module")
def report(node: Path) -> tuple[str, Path]:
    """What the terminal says, and the folder of the report."""
    out = node.parent / "report [red]*"
    said = invoke(
        "backtest", "--node", node, "--by", "[/one]", "--scheme", "tax_standing", "--from",
        "2025-07-01", "--to", "2026-07-01", "--step", "year", "--by-group", "registration.district",
        "--minimum", "9", "--out", out,
    ).stdout  # fmt: skip
    return said, out


@pytest.fixture(scope="module")
def page(report: tuple[str, Path]) -> str:
    return (report[1] / "report.html").read_text("utf-8")


class Parsed(HTMLParser):
    """Every element with its attributes, and every text, as a browser takes them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_has_no_element_attribute_or_address_that_a_name_brought(page: str) -> None:
    parsed = Parsed(page)
    assert {tag for tag, _ in parsed.elements} <= {*PAGE.split(), *DRAWING.split()}
    names = {name for _, attributes in parsed.elements for name in attributes}
    assert names <= set(ATTRIBUTES.split())
    values = [
        v or "" for _, a in parsed.elements for n, v in a.items() if not n.startswith("xmlns")
    ]
    assert not [v for v in values if re.search(r"https?:|javascript:|url\((?!#)|alert", v)]
    # The only style is the page's own, and no name stands in it.
    assert page.count("<style>") == 1
    assert "display:none" not in page.partition("<style>")[2].partition("</style>")[0]


def test_nothing_unseen_is_on_the_page_and_every_attack_is_read(page: str) -> None:
    assert not [found for line in page.splitlines() for found in unseen(line)]
    texts = " ".join(" ".join(Parsed(page).texts).split())
    for attack in ATTACKS:
        assert " ".join(visible(attack).split()) in texts


def test_every_chart_is_well_formed_and_draws_text_only(page: str) -> None:
    charts = re.findall(r"<svg .*?</svg>", page, re.S)
    assert len(charts) >= 6
    for chart in charts:
        root = ElementTree.fromstring(chart)
        tags = {element.tag.rpartition("}")[2].lower() for element in root.iter()}
        assert tags <= set(DRAWING.split())


def test_every_region_stands_in_every_chart_and_table(page: str) -> None:
    regions = {f"Region {n}" for n in range(REGIONS)}
    figures = re.findall(r'<figure id="(group-\d+)(?:-\d+)?">(.*?)</figure>', page, re.S)
    drawn: dict[str, str] = {}
    for name, figure in figures:
        texts = [" ".join(e.itertext()) for e in _texts(figure)]
        drawn[name] = drawn.get(name, "") + "\n" + "\n".join(texts) + "\n"
    assert drawn
    for text in drawn.values():
        found = re.findall(r"Region\s\d+(?=\n)", text)
        assert sorted(" ".join(f.split()) for f in found) == sorted(regions)
    tables = re.findall(r"as a share of their group; differences.*?</table>", page, re.S)
    assert len(tables) >= len(drawn)
    for table in tables:
        assert set(re.findall(r"Region \d+(?=</th>)", table)) == regions


def _texts(figure: str) -> list[ElementTree.Element]:
    svg = re.search(r"<svg .*?</svg>", figure, re.S)
    assert svg is not None
    return list(ElementTree.fromstring(svg[0]).iter("{http://www.w3.org/2000/svg}text"))


def test_regions_without_businesses_are_not_covered(report: tuple[str, Path], page: str) -> None:
    told: dict[str, Any] = json.loads((report[1] / "backtest.json").read_text("utf-8"))
    groups = told["groups"]
    codes = [group["value"] for group in groups["not_covered"]]
    assert sorted(codes) == [f"r{n:02}" for n in range(DELIVERED, REGIONS)]
    assert (groups["all"], groups["listed"], groups["left_out_of_report"]) == (REGIONS, REGIONS, 0)
    assert f"{REGIONS - DELIVERED} groups are not covered" in page
    assert f"not covered: {REGIONS - DELIVERED}" in report[0]


def test_the_terminal_shows_and_obeys_nothing(report: tuple[str, Path]) -> None:
    said = report[0]
    assert not [found for line in said.splitlines() for found in unseen(line)]
    assert r"\u{1b}]0;owned\u{7}\u{1b}[31mred" in " ".join(said.split())


def test_no_cell_of_the_sheet_runs(report: tuple[str, Path]) -> None:
    with (report[1] / "groups.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert not [c for row in rows for c in row if for_spreadsheet(c) != c and c[0] != "'"]
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)
    assert {len(row) for row in rows} == {17}
    assert not [found for row in rows for cell in row for found in unseen(cell, name=True)]


@pytest.mark.parametrize("width", ["40", "80"])
def test_a_list_of_schemes_cuts_no_title(
    node: Path, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["scheme", "list", "--node", str(node)]
    monkeypatch.setattr(out, "_width", int(width))
    shown = CliRunner().invoke(app, words).stdout
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= int(width)
    versions = json.loads(invoke(*words, "--json").stdout)
    assert shown.count("draft") == len(versions)
