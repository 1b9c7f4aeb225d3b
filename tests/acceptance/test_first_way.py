"""The first whole way through the commands, on Meridia in miniature."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog
from goodstanding.catalogue import load_pack
from goodstanding.cli import main as cli
from goodstanding.cli.demo_schemes import put_into_force
from goodstanding.cli.demo_stage import Stage
from goodstanding.cli.main import app
from goodstanding.demo import AS_OF, STORIES, Delivery, generate
from goodstanding.evaluation import load_schemes
from goodstanding.evaluation.publishing import is_draft
from goodstanding.ingest import Quarantined
from goodstanding.kernel import FixedClock, Noted, SystemClock
from goodstanding.register import Node

Run = Callable[..., Result]

NOTED = Noted("test", 0)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Delivery]:
    folder = tmp_path_factory.mktemp("files")
    return generate(folder, businesses=300, bodies=12, records=4_000)


def command(*words: object, ok: bool = True) -> Result:
    """Run one command; it must succeed unless told otherwise."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if ok:
        assert result.exit_code == 0, result.output
    return result


def read(*words: object) -> Any:
    """Run a reading command and take its JSON."""
    return json.loads(command(*words, "--json").stdout)


@pytest.fixture(scope="module")
def node(files: list[Delivery], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("way") / "node"
    command("init", folder, "--pack", "template", "--origin", "meridia.example/test")
    for delivery in files:
        report = read("ingest", "--node", folder, "-s", delivery.source, delivery.path)
        assert report["accepted"] + report["rejected"] == report["read"] > 0
    return folder


def test_verify_says_how_many_of_what_it_checked(node: Path) -> None:
    report = read("verify", "--node", node)
    assert report["verified"]
    assert report["access"]["verified"]
    steps = report["steps"] + report["access"]["steps"]
    assert all(step["checked"] == step["total"] for step in steps)
    # Nothing was erased, and no checkpoint of an earlier day was given.
    assert sum(step["total"] == 0 for step in report["steps"]) == 2


def test_a_changed_byte_of_the_access_log_is_found(node: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(node, tmp_path / "node"))
    segment = min((copy / "access" / "register" / "segments").rglob("*.parquet"))
    data = bytearray(segment.read_bytes())
    data[len(data) // 5] ^= 1
    segment.write_bytes(data)
    result = command("verify", "--node", copy, ok=False)
    assert result.exit_code == 3
    assert segment.name in result.output.replace("\n", "")


def test_a_node_without_access_log_says_so(node: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(node, tmp_path / "node"))
    shutil.rmtree(copy / "access")
    assert "there is none" in command("verify", "--node", copy).output
    checks = json.loads(command("doctor", "--node", copy, "--json", ok=False).stdout)
    assert [check["check"] for check in checks if not check["well"]] == ["access"]


def test_a_changed_byte_is_found(node: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(node, tmp_path / "node"))
    segments = (copy / "register" / "segments").rglob("*.parquet")
    segment = max(segments, key=lambda path: path.stat().st_size)
    data = bytearray(segment.read_bytes())
    # Somewhere among the salts, which stand second and are as random as any payload.
    data[len(data) // 5] ^= 1
    segment.write_bytes(data)
    result = command("verify", "--node", copy, ok=False)
    assert result.exit_code == 3
    assert segment.name in result.output.replace("\n", "")


def test_the_index_comes_back_the_same(node: Path) -> None:
    before = read("index", "rebuild", "--node", node)
    (node / "index.db").unlink()
    assert read("index", "rebuild", "--node", node) == before


def test_results_are_the_same_bytes_whatever_the_threads(node: Path, tmp_path: Path) -> None:
    for threads in (1, 2, 4):
        command(
            "evaluate", "--node", node, "template/business_compliance", "--as-of", AS_OF,
            "--out", tmp_path / str(threads), "--threads", threads,
        )  # fmt: skip
    for name in ("standings.parquet", "reasons.parquet"):
        assert len({(tmp_path / str(t) / name).read_bytes() for t in (1, 2, 4)}) == 1


def test_two_registers_of_the_same_files_give_the_same_bytes(
    node: Path, files: list[Delivery], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    command("init", other, "--pack", "template", "--origin", "elsewhere.example/test")
    for delivery in files:
        command("ingest", "--node", other, "-s", delivery.source, delivery.path, "--threads", 1)
    for n, folder in enumerate((node, other)):
        command(
            "evaluate", "--node", folder, "public_body_timeliness", "--as-of", AS_OF,
            "--out", tmp_path / f"out{n}", "--history",
        )  # fmt: skip
    for name in ("standings.parquet", "reasons.parquet"):
        assert (tmp_path / "out0" / name).read_bytes() == (tmp_path / "out1" / name).read_bytes()


def test_what_was_known_earlier_can_be_replayed(node: Path, tmp_path: Path) -> None:
    """Before anything was known nobody had a standing; with everything known, all have."""
    early = read(
        "evaluate", "--node", node, "business_compliance", "--as-of", AS_OF, "--out", tmp_path,
        "--known-at", AS_OF - timedelta(days=10_000),
    )  # fmt: skip
    late = read(
        "evaluate", "--node", node, "business_compliance", "--as-of", AS_OF, "--out", tmp_path
    )
    assert early["standings"] == 0
    assert late["standings"] > 250


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_an_explanation_leads_to_records_articles_and_proofs(node: Path, story: Any) -> None:
    found = read(
        "explain", "--node", node, story.subject, "--scheme", story.scheme, "--as-of", AS_OF
    )
    assert found["grade"] == story.grade
    leaves = {record["leaf"] for part in found["parts"] for record in part["records"]}
    assert {proof["leaf"] for proof in found["proofs"]} == leaves
    assert all(proof["verified"] for proof in found["proofs"])
    assert all(part["article"] for part in found["parts"] if part["kind"] == "rule")


def stage_on(node: Path) -> Stage:
    """The demonstration on a node that is there, with the two schemes that are quick to try."""
    opened, pack = Node.open(node), load_pack("template")
    schemes = load_schemes(pack)
    quick = {name: schemes[name] for name in ("answer_speed", "environment_supervision")}
    clock = FixedClock(SystemClock().now())
    return Stage(opened, pack, quick, AccessLog.open(node), clock, "the tester")


def test_the_demonstration_puts_its_schemes_into_force(node: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(node, tmp_path / "node"))
    stage = stage_on(copy)
    put_into_force(stage, (AS_OF.replace(year=AS_OF.year - 1), AS_OF))
    for name, scheme in stage.schemes.items():
        assert (copy / "out" / "backtests" / name / "report.html").is_file()
        assert not is_draft(stage.node, scheme, None, noted=NOTED)
        found = read("evaluate", "--node", copy, name, "--as-of", AS_OF, "--out", tmp_path / name)
        assert found["draft"] is False
    assert read("verify", "--node", copy)["verified"]


def test_without_the_tools_for_reports_the_schemes_stay_drafts(
    node: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    stage = stage_on(node)
    size = stage.node.log.head.size
    put_into_force(stage, (AS_OF,))
    said = capsys.readouterr().out
    assert "stay drafts" in said
    assert "altair" in said
    assert stage.node.log.head.size == size


def test_an_explanation_speaks_chinese(node: Path) -> None:
    story = STORIES[0]
    words = ("explain", "--node", node, story.subject, "--scheme", story.scheme)
    assert "守法" in command(*words, "--as-of", AS_OF, "--language", "zh").output


def test_the_node_is_named_by_the_environment(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GS_NODE", str(node))
    assert all(check["well"] for check in read("doctor"))


def test_the_quarantine_is_listed_and_read(node: Path) -> None:
    files = read("quarantine", "--node", node)
    name, codes = max(files.items(), key=lambda file: sum(file[1].values()))
    reasons = read("quarantine", "--node", node, name)
    assert len(reasons) == sum(codes.values()) > 10
    assert set(reasons[0]) == set(Quarantined.__slots__)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("verfy",), 2),
        (("evaluate", "template/busines_compliance"), 2),
        (("explain", "mer-biz:00000000", "--scheme", "business_compliance"), 1),
        (("explain", "not an identifier", "--scheme", "business_compliance"), 1),
        (("ingest", "-s", "tax_ofice", "x.csv"), 1),
        (("ingest", "-s", "tax_office", "x.csv"), 1),
        (("evaluate", "business_compliance", "--known-at", "yesterday"), 2),
        (("evaluate", "business_compliance", "--as-of", "2026-02-30"), 2),
        (("evaluate", "business_compliance", "--as-of", "1999-01-01"), 1),
        (("quarantine", "nothing.csv"), 2),
        (("pack", "show", "atlantis"), 1),
    ],
)
def test_wrong_words_are_refused_without_a_traceback(
    node: Path, words: tuple[str, ...], code: int
) -> None:
    folder = () if words[0] in ("pack", "verfy") else ("--node", str(node))
    assert cli.run([*words, *folder]) == code


def test_a_folder_that_is_no_node_is_refused(tmp_path: Path) -> None:
    assert cli.run(["verify", "--node", str(tmp_path)]) == 1
    (tmp_path / "something").touch()
    assert cli.run(["init", str(tmp_path), "--pack", "template"]) == 1


def test_pack_lint_finds_what_is_broken(harbour_folder: Path) -> None:
    assert read("pack", "lint", harbour_folder) == []
    (harbour_folder / "sources" / "fines.sql").write_text("SELECT 1 FROM delivered", "utf-8")
    result = command("pack", "lint", harbour_folder, ok=False)
    assert result.exit_code == 3
    assert "GS-INGEST-009" in result.output
