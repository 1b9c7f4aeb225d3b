"""The node keeps the law it uses: a version comes in by an act, and nothing else changes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog
from goodstanding.catalogue import load_kept, load_pack
from goodstanding.cli.main import app
from goodstanding.kernel import GoodStandingError, Noted
from goodstanding.register import Node, verify
from goodstanding.register.segments import EVENTS, read_events

HEADER = "no,operator,name,date,amount,berth,hours,paid,repeated,authority,item\n"
FINE = "{n},lum-op:0001,Lumen Lines,03.02.2020,100.00,N1,4,,false,harbour_office,berth_fine\n"


def command(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    refused = result.exception if isinstance(result.exception, GoodStandingError) else None
    assert result.exit_code == code, f"{result.output} {refused}"
    return result


def refusal(*words: object) -> str:
    """The code by which a command refuses."""
    error = command(*words, code=1).exception
    assert isinstance(error, GoodStandingError)
    return error.code.id


@pytest.fixture
def node(tmp_path: Path, harbour_folder: Path) -> Path:
    command("init", tmp_path / "node", "--pack", harbour_folder, "--by", "operator")
    return tmp_path / "node"


def deliver(node: Path, n: int) -> Result:
    file = node.parent / f"fines-{n}.csv"
    file.write_text(HEADER + FINE.format(n=n), "utf-8")
    return command("ingest", "-s", "fines", file, "--node", node, "--by", "operator")


def amend(folder: Path) -> None:
    """A later version: fines are kept for three years, and a note is gone."""
    months = folder / "parameters" / "fine_months.yaml"
    months.write_text(months.read_text("utf-8").replace("value: 12", "value: 36"), "utf-8")
    (folder / "law" / "note.yaml").unlink(missing_ok=True)


def adopt(node: Path, folder: Path, *words: str) -> Result:
    return command("pack", "adopt", folder, "--node", node, "--by", "Ada Quay", *words)


def ends(node: Path) -> list[str]:
    opened = Node.open(node)
    found = opened.log.records(range(opened.log.head.size), noted=Noted("test", 0))
    return [str(record.ends_on) for record in found]


def test_moving_or_editing_the_folder_changes_nothing(node: Path, harbour_folder: Path) -> None:
    deliver(node, 1)
    amend(harbour_folder)
    deliver(node, 2)
    shutil.rmtree(harbour_folder)
    deliver(node, 3)
    assert ends(node) == ["2022-02-03"] * 3


def test_what_is_adopted_is_used_from_then_on(node: Path, harbour_folder: Path) -> None:
    deliver(node, 1)
    months = harbour_folder / "parameters" / "fine_months.yaml"
    months.write_text(months.read_text("utf-8").replace("value: 24", "value: 36"), "utf-8")
    adopt(node, harbour_folder, "--reason", "the amending act")
    shutil.rmtree(harbour_folder)
    deliver(node, 2)
    assert ends(node) == ["2022-02-03", "2023-02-03"]
    assert len(list((node / "packs").iterdir())) == 2
    assert verify(node).verified


def test_adopting_is_sealed_and_noted(node: Path, harbour_folder: Path) -> None:
    before = load_pack(harbour_folder).digest
    amend(harbour_folder)
    adopt(node, harbour_folder, "--reason", "the amending act")
    log = Node.open(node).log
    (event,) = [
        event
        for segment in log.segments(EVENTS)
        for event in read_events(segment)
        if event.event == "pack_adopted"
    ]
    said = ("pack", "pack_digest", "before", "changes", "by", "reason")
    assert {name: event.members[name] for name in said} == {
        "pack": "harbour",
        "pack_digest": load_pack(harbour_folder).digest,
        "before": before,
        "changes": ["changed parameters/fine_months.yaml"],
        "by": "Ada Quay",
        "reason": "the amending act",
    }
    newest = max(AccessLog.open(node).entries(noted=Noted("test", 0)), key=lambda e: e.leaf)
    assert (newest.event, newest.by) == ("pack_adopted", "Ada Quay")


def test_what_changed_is_told_file_by_file(node: Path, harbour_folder: Path) -> None:
    amend(harbour_folder)
    (harbour_folder / "law" / "wharf_act.yaml").write_text(
        "id: wharf_act\ntitles: {en: Wharf Act}\narticles: {}\n", "utf-8"
    )
    told = adopt(node, harbour_folder, "--dry-run").output
    assert "parameters/fine_months.yaml  changed  +1 −1" in told
    assert "law/wharf_act.yaml           added    +3 −0" in told
    assert "would come in" in told
    asked = json.loads(adopt(node, harbour_folder, "--dry-run", "--json").stdout)
    assert asked["entry"] is None
    assert len(asked["changes"]) == 2
    assert Node.open(node).log.head.size == 1


def test_verify_looks_at_every_version(node: Path, harbour_folder: Path) -> None:
    amend(harbour_folder)
    adopt(node, harbour_folder, "--reason", "the amending act")
    first, second = sorted((node / "packs").iterdir())
    assert verify(node).verified
    months = first / "parameters" / "fine_months.yaml"
    kept = months.read_bytes()
    months.write_bytes(kept + b"# kept longer\n")
    assert [f.problem for f in verify(node).findings] == ["its files are not those of its digest"]
    months.write_bytes(kept)
    (first / "pack.yaml").rename(second.with_name("spare.yaml"))
    problems = {(f.file.name, f.problem) for f in verify(node).findings}
    assert ("spare.yaml", "no entry names this version of the pack") in problems
    shutil.rmtree(second)
    assert (second.name, "this version of the pack is missing") in {
        (f.file.name, f.problem) for f in verify(node).findings
    }


def test_the_same_version_again_is_no_act(node: Path, harbour_folder: Path) -> None:
    told = adopt(node, harbour_folder, "--reason", "again").output
    assert "in use already" in told
    assert Node.open(node).log.head.size == 1


def test_a_version_with_findings_does_not_come_in(node: Path, harbour_folder: Path) -> None:
    (harbour_folder / "sources" / "fines.sql").write_text("SELECT 1 AS x", "utf-8")
    words = ("pack", "adopt", harbour_folder, "--node", node, "--by", "A", "--reason", "r")
    assert refusal(*words) == "GS-PACK-026"


def test_another_law_does_not_come_in(node: Path) -> None:
    words = ("pack", "adopt", "template", "--node", node, "--by", "A", "--reason", "r")
    assert refusal(*words) == "GS-PACK-025"


def test_a_copy_that_was_changed_is_not_used(node: Path, harbour_folder: Path) -> None:
    (kept,) = (node / "packs").iterdir()
    months = kept / "parameters" / "fine_months.yaml"
    months.write_text(months.read_text("utf-8") + "# kept longer\n", "utf-8")
    assert refusal("scheme", "list", "--node", node) == "GS-PACK-024"
    adopt(node, harbour_folder, "--reason", "put right")
    command("scheme", "list", "--node", node)
    shutil.rmtree(kept)
    assert refusal("scheme", "list", "--node", node) == "GS-PACK-023"
    told = adopt(node, harbour_folder, "--reason", "restored").output
    assert "lies in the node again" in told
    deliver(node, 1)


def test_a_killed_copy_is_cleared_away(node: Path, harbour_folder: Path) -> None:
    left = node / "packs" / ".copying-abc"
    left.mkdir()
    amend(harbour_folder)
    adopt(node, harbour_folder, "--reason", "the amending act")
    assert not left.exists()
    digest = Node.open(node).index.pack_digest()
    assert load_kept(node / "packs", digest).digest == digest


# -- drafts --------------------------------------------------------------------------------------


@pytest.fixture
def draft(tmp_path: Path, harbour_folder: Path) -> Path:
    """A draft of the pack, and a node under it."""
    folder = Path(shutil.copytree(harbour_folder, tmp_path / "draft"))
    with (folder / "pack.yaml").open("a", encoding="utf-8") as head:
        head.write("draft: true\n")
    command("init", tmp_path / "draft-node", "--pack", folder, "--by", "operator")
    return folder


def test_a_draft_is_said_to_be_one_by_every_command(draft: Path, tmp_path: Path) -> None:
    told = deliver(tmp_path / "draft-node", 1)
    assert "DRAFT harbour is unfinished" in told.stderr


def test_a_draft_never_becomes_law_by_adopting(
    draft: Path, harbour_folder: Path, node: Path
) -> None:
    words = ("--by", "A", "--reason", "r")
    scratch = node.with_name("draft-node")
    assert refusal("pack", "adopt", harbour_folder, "--node", scratch, *words) == "GS-PACK-027"
    assert refusal("pack", "adopt", draft, "--node", node, *words) == "GS-PACK-027"
