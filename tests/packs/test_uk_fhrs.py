"""Food hygiene ratings: every combination of parts, from the agency's columns to the rating."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML
from tests.packs.records import record
from typer.testing import CliRunner

from goodstanding.catalogue import load_pack
from goodstanding.cli.main import app
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_all

pytestmark = pytest.mark.real

DAY = date(2024, 3, 4)
KNOWN_AT = datetime(2025, 1, 1, tzinfo=UTC)
#: The columns of the agency's list, as a table.
COLUMNS = (
    "FHRSID",
    "BusinessName",
    "RatingValue",
    "RatingDate",
    "LocalAuthorityName",
    "SchemeType",
    "Scores.Hygiene",
    "Scores.Structural",
    "Scores.ConfidenceInManagement",
)


@pytest.fixture(scope="module")
def combinations(world_law: Path) -> list[dict[str, str]]:
    """All 180 combinations of parts, with the sum, the worst part and the rating."""
    with (world_law / "uk_fhrs_all_180.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def run() -> Callable[..., str]:
    """Run one command as a user does; it must succeed."""

    def run(*words: str | Path) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output or repr(result.exception)
        return result.output

    return run


def test_all_180_combinations_by_the_reference(combinations: list[dict[str, str]]) -> None:
    scheme = load_scheme(load_pack("uk_fhrs"), "hygiene_rating")
    parts = ("hygiene", "structural", "confidence")
    records = [
        record(scheme, "inspection", f"uk-fhrsid:{n:03}", DAY, facts={p: row[p] for p in parts})
        for n, row in enumerate(combinations)
    ]
    found = evaluate_all(scheme, records, DAY, KNOWN_AT)
    assert len(found) == len(combinations) == 180
    for row, evaluation in zip(combinations, found, strict=True):
        standing = evaluation.standing
        assert (standing.grade, str(standing.total)) == (row["rating"], row["total"]), row


def test_the_table_of_points_has_exactly_these_steps(combinations: list[dict[str, str]]) -> None:
    table = load_pack("uk_fhrs").tables["part_points"].values[-1].rows
    parts = ("hygiene", "structural", "confidence")
    assert set(table) == {(part, row[part]) for row in combinations for part in parts}
    assert all(str(value) == step for (_, step), value in table.items())


def test_the_agencys_list_all_the_way(
    combinations: list[dict[str, str]], run: Callable[..., str], tmp_path: Path
) -> None:
    file, node, out = tmp_path / "list.csv", tmp_path / "node", tmp_path / "out"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for n, row in enumerate(combinations):
            head = [n, f"Kitchen {n}", row["rating"], f"{DAY}T00:00:00", "Lumen District", "FHRS"]
            writer.writerow([*head, row["hygiene"], row["structural"], row["confidence"]])
        writer.writerow([900, "Exempt Kiosk", "Exempt", DAY, "Lumen District", "FHRS", "", "", ""])
        new = [901, "New Kitchen", "AwaitingInspection", "", "Lumen District", "FHRS", "", "", ""]
        writer.writerow(new)
        writer.writerow([902, "North Kitchen", "Pass", DAY, "Tarn District", "FHIS", "", "", ""])

    run("init", node, "--pack", "uk_fhrs")
    run("ingest", "--node", node, "--source", "fsa_list", file)
    run("evaluate", "--node", node, "uk_fhrs/hygiene_rating", "--as-of", DAY, "--out", out)

    rows = duckdb.execute(
        "SELECT subject, grade FROM read_parquet(?) ORDER BY subject",
        [str(out / "standings.parquet")],
    ).fetchall()
    grades = {subject.removeprefix("uk-fhrsid:"): grade for subject, grade in rows}
    assert grades.pop("900") == "Exempt"
    assert grades == {str(n): row["rating"] for n, row in enumerate(combinations)}


def test_every_published_result_is_known_to_the_scheme(shared_data: Path, world_law: Path) -> None:
    scheme = load_scheme(load_pack("uk_fhrs"), "hygiene_rating")
    file = shared_data / "uk_fhrs_bbc" / "fhrs_distributors_2024.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        published = {row["RatingValue"].replace(" ", "") for row in csv.DictReader(stream)}
    law = YAML(typ="safe").load((world_law / "uk_fhrs.yaml").read_text("utf-8"))
    scottish = {value.replace(" ", "") for value in law["fhis"]["values"]}

    # The Scottish scheme has results of its own; "awaiting" and "exempt" stand in both.
    ours = set(scheme.grades.labels)
    assert published <= ours | scottish
    assert {"0", "1", "2", "3", "4", "5", "AwaitingInspection"} <= published & ours
    assert set(law["non_numeric_values"]) <= ours
