"""A node takes a delivery by night: only whom it touched is evaluated, with the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog
from goodstanding.cli.main import app
from goodstanding.demo import AS_OF, generate
from goodstanding.evaluation.engines.files import REASONS, SCHEME_SQL, STANDINGS
from goodstanding.evaluation.manifest import MANIFEST
from goodstanding.kernel import GoodStandingError, Noted

SCHEME = "template/business_compliance"


def command(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})
    if isinstance(result.exception, GoodStandingError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


class Office:
    """A node of which all deliveries but the last have been evaluated into ``base``."""

    def __init__(self, folder: Path) -> None:
        files = generate(folder / "files", businesses=300, bodies=12, records=4_000)
        # The last delivery is one that this scheme reads.
        files = sorted(files, key=lambda file: file.source == "tax_office")
        self.folder, self.node, self.base = folder, folder / "node", folder / "base"
        command("init", self.node, "--pack", "template", "--origin", "m.example/r", "--by", "one")
        for file in files[:-1]:
            self.ingest(file.source, file.path)
        self.evaluate(self.base)
        self.ingest(files[-1].source, files[-1].path)

    def ingest(self, source: str, file: Path) -> None:
        command("ingest", "-s", source, file, "--node", self.node, "--by", "one")

    def evaluate(self, out: Path, *words: object) -> Result:
        return command(
            "evaluate", SCHEME, "--node", self.node, "--as-of", AS_OF, "--out", out,
            "--by", "inspector", *words,
        )  # fmt: skip

    def events(self) -> list[str]:
        entries = AccessLog.open(self.node).entries(noted=Noted("test", 0))
        return [entry.event for entry in sorted(entries, key=lambda entry: entry.leaf)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        name: (folder / name).read_bytes() for name in (STANDINGS, REASONS, SCHEME_SQL, MANIFEST)
    }


def test_changes_and_what_they_change_are_the_whole(office: Office, tmp_path: Path) -> None:
    changes, merged, whole = (tmp_path / name for name in ("changes", "merged", "whole"))
    said = json.loads(office.evaluate(changes, "--since", office.base, "--json").stdout)
    counts = json.loads(command("results", "merge", changes, "--out", merged, "--json").stdout)
    everyone = json.loads(office.evaluate(whole, "--json").stdout)
    assert said["looked_at"] > 0
    assert counts["standings"] == everyone["standings"]
    assert contents(merged) == contents(whole)


def test_a_run_since_another_leaves_exactly_one_entry(office: Office, tmp_path: Path) -> None:
    before = office.events()
    office.evaluate(tmp_path / "changes", "--since", office.base)
    command("results", "merge", tmp_path / "changes", "--out", tmp_path / "merged")
    assert office.events() == [*before, "standings_evaluated"]


def test_where_everyone_has_to_be_evaluated_it_says_why(office: Office, tmp_path: Path) -> None:
    shown = office.evaluate(tmp_path, "--since", office.base, "--known-at", "2026-06-01T00:00:00Z")
    assert "A whole run, because only what was known at an instant is asked for." in shown.stdout
    assert (tmp_path / STANDINGS).is_file()
