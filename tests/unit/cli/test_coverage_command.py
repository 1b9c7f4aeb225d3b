"""`goodstanding pack coverage` prints what is covered and exits 3 on what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app

COVERED = """
pack: harbour
encoded:
  port.yaml: {fine: {by: [catalogue/berth_fine]}}
left_out:
  - {reason: later, why: "with boats", files: {port.yaml: [boats.*]}}
"""


@pytest.fixture
def facts(harbour_folder: Path, tmp_path: Path) -> Path:
    """Notes about the Port of Lumen, and what became of them."""
    folder = tmp_path / "facts"
    folder.mkdir()
    notes = "fine: {max: 5000, confidence: V}\nboats: {small: {crew: 2}, large: {crew: 9}}\n"
    (folder / "port.yaml").write_text(notes, "utf-8")
    (harbour_folder / "coverage.yaml").write_text(COVERED, "utf-8")
    return folder


def test_the_table_says_what_is_encoded_and_what_is_not(harbour_folder: Path, facts: Path) -> None:
    words = ["pack", "coverage", str(harbour_folder), "--facts", str(facts)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "catalogue/berth_fine" in result.output
    assert "with boats" in result.output
    assert "3 facts, 1 encoded, 2 left out, 0 not looked at" in result.output


def test_what_was_not_looked_at_is_listed_and_ends_with_3(
    harbour_folder: Path, facts: Path
) -> None:
    (facts / "more.yaml").write_text("tide: high\n", "utf-8")
    words = ["pack", "coverage", str(harbour_folder), "--json"]
    result = CliRunner().invoke(app, words, env={"GS_FACTS": str(facts)})
    assert result.exit_code == 3
    found = json.loads(result.output)
    assert found["not_looked_at"] == ["more.yaml#tide"]
    assert found["encoded"] == [
        {"fact": "port.yaml#fine", "mark": "V", "by": ["catalogue/berth_fine"], "but": None}
    ]
    assert [entry["fact"] for entry in found["left_out"]] == [
        "port.yaml#boats.small",
        "port.yaml#boats.large",
    ]
