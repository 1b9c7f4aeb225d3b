"""Monthly full lists of a labour bureau: no numbers, eras, and firms that leave the list.

Who was removed, was a firm listed on a day, what is known of it since: asked as an office would.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app
from goodstanding.kernel.local_ids import local_value
from goodstanding.register import Node

PACK = Path(__file__).parent.parent / "fixtures" / "packs" / "asagiri"
HEADER = "企業・事業場名称,所在地,公表日,違反法条,事案概要"
#: Invented firms: name and place.
MILL, YARD, WORKS, TRADER = (
    ("㈱朝霧製粉", "朝霧市1-2"),
    ("灯台造船 有限会社", "港町3"),
    ("丸山工業（株）", "丸山村"),
    ("個人事業主 山田某", "丸山村"),
)


def case(firm: tuple[str, str], on: str, article: str = "第20条") -> str:
    return f"{firm[0]},{firm[1]},{on},{article},足場に手すりを設けなかった"


def subject(firm: tuple[str, str]) -> str:
    return f"asa-local:{local_value(*firm)}"


class Bureau:
    """A node under the law of Asagiri that takes one list a month."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.node = folder, folder / "node"
        self.say("init", self.node, "--pack", PACK, "--origin", "asagiri.example/r")
        # The lists of 1 March, 1 April and 1 May 2024, in Reiwa 6.
        self.march = self.take("R6.3.1", case(MILL, "R5.12.5"), case(YARD, "令和6年1月10日"))
        self.april = self.take(
            "R6.4.1", case(MILL, "R5.12.5"), case(WORKS, "R6.3.20"), case(TRADER, "R6.3.20")
        )
        self.may = self.take("R6.5.1", case(MILL, "R5.12.5"), case(WORKS, "R6.3.20"))

    def say(self, *words: object) -> str:
        result = CliRunner().invoke(app, [str(word) for word in (*words, "--by", "clerk")])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def read(self, *words: object) -> Any:
        return json.loads(self.say(*words, "--node", self.node, "--json"))

    def take(self, day: str, *rows: str) -> Any:
        file = self.folder / f"referred-{day}.csv"
        file.write_bytes("\r\n".join([HEADER, *rows, ""]).encode("cp932"))
        return self.read("ingest", "-s", "referred", file)

    def grade(self, firm: tuple[str, str], day: str) -> str:
        words = ("explain", subject(firm), "--scheme", "asagiri/referred", "--as-of", day)
        return str(self.read(*words)["grade"])


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    return Bureau(tmp_path_factory.mktemp("asagiri"))


def test_each_list_is_of_the_day_in_its_name(bureau: Bureau) -> None:
    days = [bureau.march["as_of"], bureau.april["as_of"], bureau.may["as_of"]]
    assert days == ["2024-03-01", "2024-04-01", "2024-05-01"]


def test_a_sole_trader_is_held_and_nobody_else(bureau: Bureau) -> None:
    assert (bureau.april["read"], bureau.april["accepted"], bureau.april["held"]) == (3, 2, 1)


def test_who_was_removed(bureau: Bureau) -> None:
    shown = bureau.read("deliveries", "show", bureau.april["entry"])["named"]
    named = {(one["what"], one["subject_name"]) for one in shown if one["what"] != "rejected"}
    assert named == {("new", WORKS[0]), ("ended", YARD[0])}


@pytest.mark.parametrize(
    ("day", "stood"), [("2024-01-09", 0), ("2024-03-01", 1), ("2024-03-31", 1), ("2024-04-01", 0)]
)
def test_was_it_listed_on_that_day(bureau: Bureau, day: str, stood: int) -> None:
    assert bureau.read("records", subject(YARD), "--as-of", day)["stood"] == stood


def test_the_history_of_a_firm_that_was_removed(bureau: Bureau) -> None:
    assert bureau.grade(YARD, "2024-03-01") == "listed"
    words = ["explain", subject(YARD), "--scheme", "asagiri/referred", "--as-of", "2024-04-01"]
    since = CliRunner().invoke(app, [*words, "--node", str(bureau.node), "--by", "clerk"])
    assert "has no record on 2024-04-01" in str(since.exception)
    (held,) = bureau.read("records", subject(YARD))["records"]
    assert "full list of 2024-04-01" in held["how"]
    out = bureau.folder / "history"
    bureau.read("evaluate", "asagiri/referred", "--history", "--as-of", "2024-06-01", "--out", out)
    rows = pq.read_table(out / "standings.parquet").to_pylist()
    changes = [(str(row["as_of"]), row["grade"]) for row in rows if row["subject"] == subject(YARD)]
    assert ("2024-01-10", "listed") in changes
    assert not [row for row in changes if row[0] >= "2024-04-01" and row[1] == "listed"]


def test_every_look_is_noted(bureau: Bureau) -> None:
    bureau.read("records", subject(YARD), "--as-of", "2024-03-01")
    looks = bureau.read("access", "list", "--subject", subject(YARD))
    assert "records_read" in {look["event"] for look in looks}


def test_one_firm_under_two_spellings_is_one_subject(bureau: Bureau) -> None:
    assert local_value("㈱朝霧製粉", "朝霧市1-2") == local_value("（株）朝霧製粉", "朝霧市１－２")
    assert Node.open(bureau.node).index.subject(subject(MILL)) is not None


def test_april_again_changes_nothing(bureau: Bureau) -> None:
    file = bureau.folder / "referred-R6.4.1.csv"
    words = ["ingest", "-s", "referred", str(file), "--node", str(bureau.node), "--by", "clerk"]
    refused = CliRunner().invoke(app, words)
    assert "GS-INGEST-038" in str(refused.exception)
    assert bureau.read("ingest", "-s", "referred", file, "--again")["older"] == 2
    assert bureau.grade(WORKS, "2024-06-01") == "listed"
