"""An officer asks what would have to change; a ministry tries a new version on the past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog
from goodstanding.catalogue import load_pack
from goodstanding.cli.main import app
from goodstanding.demo import AS_OF, STORIES, generate
from goodstanding.evaluation import scheme_versions
from goodstanding.evaluation.publishing import check_backtest, scheme_digest
from goodstanding.kernel import GoodStandingError, Noted

STORY = next(story for story in STORIES if story.subject == "mer-biz:99000002")


def command(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})
    if isinstance(result.exception, GoodStandingError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = generate(
        tmp_path_factory.mktemp("files"), businesses=300, bodies=12, records=4_000
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("asked") / "node"
    command("init", folder, "--pack", "template", "--origin", "meridia.example/r", "--by", "one")
    for file in files:
        command("ingest", "-s", file.source, file.path, "--node", folder, "--by", "one")
    return folder


def ask(node: Path, *words: object) -> Result:
    return command(
        "what-if", STORY.subject, "--node", node, "--scheme", STORY.scheme, "--grade", "A",
        "--as-of", AS_OF, "--by", "inspector", *words,
    )  # fmt: skip


def test_an_officer_is_told_the_smallest_lawful_changes(node: Path) -> None:
    told: dict[str, Any] = json.loads(ask(node, "--json").stdout)
    first = told["suggestions"][0]
    assert [change["kind"] for change in first["changes"]] == ["settle"]
    assert (first["on"], first["grade"]) == (AS_OF.isoformat(), "A")
    assert first["changes"][0]["decided_by"] == ["Courts Service"]
    shown = ask(node).stdout
    assert "Settle what is open" in shown
    assert "Courts Service" in shown
    chinese = ask(node, "--language", "zh").stdout
    assert "了结未结事项" in chinese
    assert "or better" not in chinese


def test_what_was_not_known_cannot_change_anything(node: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        ask(node, "--known-at", "2020-01-01T00:00:00Z")
    assert refused.value.code.id == "GS-SCHEME-023"


def test_asking_is_a_look_that_the_subject_can_see(node: Path) -> None:
    ask(node, "--purpose", "a hearing")
    looks = AccessLog.open(node).looks_at(STORY.subject, noted=Noted("test", 0))
    last = next(iter(looks))
    assert (last.event, last.by, last.purpose) == ("changes_asked", "inspector", "a hearing")


def test_a_new_version_is_tried_on_the_past_and_the_report_counts(
    node: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    words = ("backtest", "--node", node, "--by", "ministry", "--scheme", "tax_standing")
    span = ("--from", "2025-07-01", "--to", "2026-07-01", "--step", "year")
    told: dict[str, Any] = json.loads(
        command(*words, *span, "--by-group", "registration.sector", "--out", out, "--json").stdout
    )
    older, newer = scheme_versions(load_pack("template"), "tax_standing")
    assert (told["candidate"]["version"], told["against"]["version"]) == (2, 1)
    assert told["against"]["digest"] == scheme_digest(older)
    # What puts a version into force accepts this report, and not for another version.
    assert len(check_backtest(out, newer, scheme_digest(newer))) == 64
    with pytest.raises(GoodStandingError, match="is not about"):
        check_backtest(out, older, scheme_digest(older))
    page = (out / "report.html").read_text("utf-8")
    assert "mer-biz" not in page
    assert page.count("<svg") >= 5
    assert not list(out.glob(".backtesting-*"))


def test_a_pack_in_a_folder_is_compared_by_its_own_files(node: Path, tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        command(
            "backtest", "--node", node, "--by", "ministry", "--scheme", "tax_standing",
            "--from", "2025-07-01", "--to", "2026-07-01", "--against", "us_nyc",
            "--out", tmp_path / "none",
        )  # fmt: skip
    assert refused.value.code.id == "GS-SCHEME-014"
    with pytest.raises(GoodStandingError) as refused:
        command(
            "backtest", "--node", node, "--by", "ministry", "--scheme", "tax_standing",
            "--from", "2025-07-01", "--to", "2026-07-01", "--against-version", 9,
            "--out", tmp_path / "none",
        )  # fmt: skip
    assert refused.value.code.id == "GS-SCHEME-083"
    assert not (tmp_path / "none").exists()


def test_an_empty_register_gives_a_report_that_can_be_published(tmp_path: Path) -> None:
    node, out = tmp_path / "node", tmp_path / "report"
    command("init", node, "--pack", "template", "--origin", "meridia.example/e", "--by", "one")
    words = ("backtest", "--node", node, "--by", "ministry", "--scheme", "environment_rating")
    span = ("--from", "2025-07-01", "--to", "2026-07-01", "--step", "year")
    grouped = ("--by-group", "registration.sector")
    said = command(*words, *span, *grouped, "--out", out).stdout
    assert "nobody has a standing on the last one" in " ".join(said.split())
    assert "Nobody has a standing on any of these days" in (out / "report.html").read_text("utf-8")
    (scheme,) = scheme_versions(load_pack("template"), "environment_rating")
    assert len(check_backtest(out, scheme, scheme_digest(scheme))) == 64


def test_groups_of_an_item_without_records_are_no_groups(node: Path, tmp_path: Path) -> None:
    words = ("backtest", "--node", node, "--by", "ministry", "--scheme", "business_compliance")
    span = ("--from", "2025-07-01", "--to", "2026-07-01", "--step", "year")
    group = ("--by-group", "accident_finding.severity", "--out", tmp_path)
    told: dict[str, Any] = json.loads(command(*words, *span, *group, "--json").stdout)
    assert told["subjects"] > 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "(accident_finding.severity)" in page
    assert "not recorded" in page
