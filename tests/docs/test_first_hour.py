"""The first hour, command by command, on the file that it speaks of."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "start" / "first-hour.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """The words of each command on the page, less the name of the program."""
    lines = "".join(BLOCK.findall(PAGE.read_text("utf-8"))).splitlines()
    assert all(line.startswith("goodstanding ") for line in lines)
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.real
def test_every_command_does_what_the_page_says(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("inspections.csv.gz", "violations.csv.gz"):
        shutil.copy(shared_data / "detroit_food" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    told = {}
    for words in commands():
        result = CliRunner().invoke(
            app, [*words, *(["--by", "Ada Quay"] if "--node" in words else [])]
        )
        # `pack lint` says with its exit code that something is still to be written.
        expected = 3 if words[:2] == ["pack", "lint"] else 0
        assert result.exit_code == expected, f"{words}: {result.output}{result.exception!r}"
        told[words[0]] = result.output
    assert "read 8,602 = accepted 8,535 + rejected 67" in told["ingest"]
    assert "DRAFT" in told["ingest"] + told["init"]
    assert "DRAFT: not in force, binds nobody" in told["explain"]
    standings = pq.read_table(tmp_path / "detroit-results" / "standings.parquet")
    assert standings.num_rows == 2_157
    assert standings["draft"].to_pylist() == [True] * 2_157
    assert json.loads((tmp_path / "detroit-results" / "manifest.json").read_text())["draft"]


def test_standings_come_in_under_ten_commands() -> None:
    names = [words[0] for words in commands()]
    assert names.index("evaluate") < 9
