"""A pack covers what it says: each rating as the rule gives it, and none refused for its age."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from goodstanding.cli.main import app
from goodstanding.ingest import read_quarantine
from goodstanding.ingest.quarantine import reasons_file
from goodstanding.kernel import Noted
from goodstanding.register import Node

FIRST, LAST = date(1994, 1, 3), date(2026, 11, 1)
LAW = date(2010, 11, 30)
COLUMNS = (
    *("FHRSID", "BusinessName", "RatingValue", "RatingDate", "LocalAuthorityName", "SchemeType"),
    *("Scores.Hygiene", "Scores.Structural", "Scores.ConfidenceInManagement"),
)


def command(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result


@pytest.fixture
def node(tmp_path: Path) -> Path:
    command("init", tmp_path / "node", "--pack", "uk_fhrs", "--by", "operator")
    return tmp_path / "node"


def combinations(shared: Path) -> list[dict[str, str]]:
    with (shared.parent / "law" / "world" / "uk_fhrs_all_180.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def as_list(rows: list[dict[str, str]]) -> str:
    """The agency's list with one invented establishment for each combination of points."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for n, row in enumerate(rows):
        day = FIRST + timedelta(days=(LAST - FIRST).days * n // (len(rows) - 1))
        parts = (row["hygiene"], row["structural"], row["confidence"])
        writer.writerow([1000 + n, f"Cafe {n}", row["rating"], day, "Lumen", "FHRS", *parts])
    return text.getvalue()


@pytest.mark.real
def test_every_combination_is_rated_as_the_rule_says_whatever_its_age(
    node: Path, shared_data: Path, tmp_path: Path
) -> None:
    rows = combinations(shared_data)
    file = tmp_path / "list.csv"
    file.write_text(as_list(rows), "utf-8")
    taken = command("ingest", "-s", "fsa_list", file, "--node", node, "--by", "o", "--json")
    assert (json.loads(taken.stdout)["read"], json.loads(taken.stdout)["accepted"]) == (180, 180)
    told = command("pack", "evidence", "hygiene_rating", "--node", node, "--by", "o", "--csv")
    found = list(csv.DictReader(io.StringIO(told.stdout)))
    assert {row["subject"]: row["computed"] for row in found} == {
        f"uk-fhrsid:{1000 + n}": row["rating"] for n, row in enumerate(rows)
    }
    assert {row["outcome"] for row in found} == {"agreeing"}
    assert min(row["day"] for row in found) == LAW.isoformat()


def test_a_record_older_than_the_law_says_so(node: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    lines = [
        f"{n},Cafe,5,{day},Lumen,FHRS,0,0,0"
        for n, day in enumerate(("1989-12-31", "1990-01-01", "2010-11-29", "2010-11-30"), 1)
    ]
    file.write_text("\n".join([",".join(COLUMNS), *lines, ""]), "utf-8")
    report = command("ingest", "-s", "fsa_list", file, "--node", node, "--by", "o", "--json")
    (reason,) = json.loads(report.stdout)["reasons"]
    assert "from 1990-01-01 (the law began on 2010-11-30)" in str(reason)
    told = {
        n: command("explain", f"uk-fhrsid:{n}", "--scheme", "hygiene_rating", "--node", node,
                   "--by", "o").output
        for n in (2, 3, 4)
    }  # fmt: skip
    older = "older than the law, which began on 30 November 2010"
    assert [n for n, said in told.items() if older in " ".join(said.split())] == [2, 3]


@pytest.mark.real
def test_ratings_without_points_are_taken_or_refused_in_any_order(
    node: Path, shared_data: Path, tmp_path: Path
) -> None:
    text = (shared_data / "uk_fhrs_bbc" / "fhrs_distributors_2024.csv").read_text("utf-8")
    header, *lines = text.splitlines(keepends=True)
    outcomes = []
    for seed in (None, 1):
        if seed is not None:
            Random(seed).shuffle(lines)
        file, place = tmp_path / f"list-{seed}.csv", tmp_path / f"node-{seed}"
        file.write_text(header + "".join(lines), "utf-8")
        command("init", place, "--pack", "uk_fhrs", "--by", "o")
        told = command("ingest", "-s", "fsa_extract", file, "--node", place, "--by", "o", "--json")
        outcomes.append(_outcome(place, json.loads(told.stdout)))
    assert outcomes[0] == outcomes[1]
    report = outcomes[0][0]
    assert report == {"read": 13_785, "accepted": 7_014, "rejected": 6_771}


def _outcome(
    place: Path, report: dict[str, int]
) -> tuple[dict[str, int], set[tuple[str, str]], Counter[tuple[str, str]]]:
    """The counts, what stands, and how often each reason was given."""
    opened = Node.open(place)
    records = opened.log.records(range(opened.log.head.size), noted=Noted("test", 0))
    stand = {(record.source_key, str(record.facts["grade"])) for record in records}
    (file,) = (path for path in opened.layout.quarantine.glob("*.csv"))
    assert reasons_file(file).exists()
    reasons = Counter((reason.code, reason.sentence) for reason in read_quarantine(file))
    return {name: report[name] for name in ("read", "accepted", "rejected")}, stand, reasons


# -- evidence ------------------------------------------------------------------------------------

Deliver = Callable[[list[str]], None]


@pytest.fixture
def deliver(node: Path, tmp_path: Path) -> Deliver:
    def run(lines: list[str]) -> None:
        file = tmp_path / "list.csv"
        file.write_text("\n".join([",".join(COLUMNS), *lines, ""]), "utf-8")
        command("ingest", "-s", "fsa_list", file, "--node", node, "--by", "o")

    return run


def test_what_differs_is_shown_row_by_row(node: Path, deliver: Deliver) -> None:
    deliver(
        [
            "1,Cafe One,5,2024-01-02,Lumen,FHRS,0,0,0",
            "2,Cafe Two,5,2024-01-02,Lumen,FHRS,15,0,0",
            "3,Cafe Three,Exempt,2024-01-02,Lumen,FHRS,,,",
        ]
    )
    words = ("pack", "evidence", "hygiene_rating", "--node", node, "--by", "o")
    told = json.loads(command(*words, "--json").stdout)
    assert [(c["outcome"], c["rows"]) for c in told["counts"]] == [
        ("agreeing", 1),
        ("differing", 1),
    ]
    (row,) = told["differing"]
    assert (row["subject"], row["published"], row["computed"]) == ("uk-fhrsid:2", "5", "2")
    said = command(*words).output
    assert "of 2 published results that can be compared ours agrees with 1" in " ".join(
        said.split()
    )


def test_a_scheme_without_published_results_has_no_evidence(node: Path) -> None:
    words = ("pack", "evidence", "display", "--node", node, "--by", "o")
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert getattr(result.exception, "code", None) is not None
    assert "GS-SCHEME-130" in str(result.exception)
