"""From a register to a file to a stranger: prove, verify-bundle, verifier-page, consistency."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.nodes import create_node
from tests.vectors.bundle_cases import FOLDER
from typer.testing import CliRunner, Result

from goodstanding.catalogue import load_pack
from goodstanding.cli.main import app
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import NewEvent, Node

NOTED = Noted("test", 0)
CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
VECTOR = FOLDER / "valid-record-of-8.json"


def command(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, f"{result.output}{result.exception!r}"
    return result


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A node of Meridia with three events; the last rests on an article."""
    folder = tmp_path_factory.mktemp("way") / "node"
    node = create_node(folder, "meridia.example/test", load_pack("template"), CLOCK, noted=NOTED)
    events = [NewEvent("test", {"n": 1}), NewEvent("test", {"basis": "credit_act.10"})]
    node.log.append(events, clock=CLOCK, noted=NOTED)
    return node


@pytest.fixture
def bundle(node: Node, tmp_path: Path) -> Path:
    file = tmp_path / "bundle.json"
    command("log", "prove", 2, "--node", node.folder, "--out", file)
    return file


def test_what_a_node_proves_a_stranger_verifies(node: Node, bundle: Path) -> None:
    said = command("verify-bundle", bundle, "--key", node.log.key).stdout
    assert "sealed as entry 2 of the register meridia.example/test" in said
    assert "That it still stands today" in said


def test_the_bundle_carries_the_article_of_the_pack(bundle: Path) -> None:
    law = json.loads(bundle.read_bytes())["law"]
    assert [article["titles"]["en"] for article in law] == ["Compliance standing of businesses"]


def test_without_a_file_the_bundle_goes_to_the_terminal(node: Node, bundle: Path) -> None:
    assert command("log", "prove", 2, "--node", node.folder).stdout_bytes == bundle.read_bytes()


def test_the_key_may_lie_in_a_file(node: Node, bundle: Path) -> None:
    command("verify-bundle", bundle, "--key", node.layout.public_key)


def test_a_verdict_as_json_is_the_verdict(bundle: Path) -> None:
    verdict = json.loads(command("verify-bundle", bundle, "--json").stdout)
    assert verdict["verified"] is True
    assert [step["step"] for step in verdict["steps"]] == list(range(1, 10))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_does_not_verify_ends_with_code_3_and_its_step(options: list[str]) -> None:
    file = FOLDER / "path-bit-flipped.json"
    said = command("verify-bundle", file, *options, code=3).stdout
    assert "step 8" in said or json.loads(said)["step"] == 8
    assert "entry 3 does not lead to the root of 8 entries" in said


def test_a_strangers_file_does_not_command_the_terminal(tmp_path: Path) -> None:
    value = json.loads(VECTOR.read_bytes())
    value["\x1b[2J\u202e"] = 1
    (tmp_path / "bundle.json").write_text(json.dumps(value), "utf-8")
    said = command("verify-bundle", tmp_path / "bundle.json", code=3).stdout
    assert "unknown member" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_a_sealed_text_does_not_command_the_terminal() -> None:
    said = command("verify-bundle", FOLDER / "valid-event-of-escapes.json").stdout
    assert "the event \\u{1b}[2J\\u{202e}" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_a_policy_that_nobody_has_met_is_step_9(tmp_path: Path) -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    policy = next(each["policy"] for each in manifest if each["file"] == "cosigned-nobody.json")
    (tmp_path / "policy").write_text(policy, "utf-8")
    said = command("verify-bundle", VECTOR, "--policy", tmp_path / "policy", code=3).stdout
    assert "too few witnesses" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify-bundle", "absent.json"], "GS-REGISTER-051"),
        (["verify-bundle", FOLDER], "GS-REGISTER-051"),
        (["verify-bundle", VECTOR, "--key", "absent.vkey"], "GS-REGISTER-051"),
        (["verify-bundle", VECTOR, "--policy", FOLDER / "not-utf8.json"], "GS-REGISTER-051"),
    ],
)
def test_what_cannot_be_read_is_refused(words: list[object], code: str) -> None:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(result.exception, GoodStandingError)
    assert result.exception.code.id == code


def test_a_leaf_that_is_not_there_is_refused(node: Node) -> None:
    result = CliRunner().invoke(app, ["log", "prove", "3", "--node", str(node.folder)])
    assert isinstance(result.exception, GoodStandingError)
    assert result.exception.code.id == "GS-REGISTER-011"


def test_the_page_is_one_file(tmp_path: Path) -> None:
    command("verifier-page", tmp_path / "verifier.html")
    page = (tmp_path / "verifier.html").read_text("utf-8")
    assert "async function verifyBundle" in page
    assert ' from "' not in page


@pytest.mark.parametrize("as_file", [False, True])
def test_a_size_continues_an_earlier_one(node: Node, tmp_path: Path, as_file: bool) -> None:
    note = tmp_path / "new"
    note.write_text(node.log.checkpoint().note, "utf-8")
    out = tmp_path / "proof.json"
    new = note if as_file else 3
    command("log", "consistency", 1, new, "--node", node.folder, "--out", out)
    proof = json.loads(out.read_bytes())
    assert (proof["old"]["size"], proof["new"]["size"]) == (1, 3)
    assert ("checkpoint" in proof["new"]) is as_file
