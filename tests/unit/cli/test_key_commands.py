"""The commands on a node's key: what they seal, and what is on the disk afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from goodstanding.audit import found_node
from goodstanding.catalogue import Pack
from goodstanding.cli.key_commands import app, history_of
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.register import Node, VerifyingKey
from goodstanding.register.checkpoint import open_signed
from goodstanding.register.key_history import Verdict
from goodstanding.register.keys import SigningKey, retired_keys

WORD = "correct horse 42"


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def node(tmp_path: Path, harbour: Pack) -> Path:
    clock = SystemClock()
    found_node(tmp_path / "node", "register.example/lumen", harbour, by="op", clock=clock)
    return tmp_path / "node"


def rotate(node: Path) -> tuple[VerifyingKey, VerifyingKey]:
    """The key before and the key after."""
    old = Node.open(node).log.key
    run("rotate", "--node", node, "--by", "operator", "--reason", "yearly")
    return old, Node.open(node).log.key


def test_a_rotation_is_sealed_with_both_keys(node: Path) -> None:
    old, new = rotate(node)
    assert history_of(Node.open(node)).keys == (old, new)


def test_the_checkpoint_of_the_change_is_signed_by_both(node: Path) -> None:
    old, new = rotate(node)
    note = Node.open(node).layout.checkpoint.read_bytes()
    assert open_signed(note, [old, new]).signers == (old, new)


def test_the_new_key_signs_from_then_on(node: Path) -> None:
    old, new = rotate(node)
    run("compromised", old, "--node", node, "--since", "2026-01-01", "--reason", "laptop lost")
    note = Node.open(node).layout.checkpoint.read_bytes()
    assert open_signed(note, [old, new]).signers == (new,)


def test_an_old_checkpoint_is_judged_by_the_old_key(node: Path) -> None:
    before = Node.open(node).log.checkpoint().head.size
    old, new = rotate(node)
    history = history_of(Node.open(node))
    assert history.judge(old, before, None).good
    assert history.judge(new, before, None).verdict is Verdict.BEYOND_ITS_PERIOD


def test_a_second_rotation_follows_the_first(node: Path) -> None:
    old, middle = rotate(node)
    middle_again, new = rotate(node)
    assert middle_again == middle
    assert history_of(Node.open(node)).keys == (old, middle, new)
    assert set(retired_keys(node / "keys")) == {old, middle}


def test_a_compromised_key_is_marked(node: Path) -> None:
    key = Node.open(node).log.key
    run("compromised", key, "--node", node, "--since", "2026-01-01", "--reason", "laptop lost")
    judged = history_of(Node.open(node)).judge(key, 1, None)
    assert judged.verdict is Verdict.NEEDS_COSIGNATURE


def test_a_key_of_nobody_is_not_marked(node: Path) -> None:
    size = Node.open(node).log.head.size
    key = SigningKey.generate("register.example/lumen").verifying_key
    with pytest.raises(GoodStandingError) as refused:
        run("compromised", key, "--node", node, "--since", "2026-01-01", "--reason", "x")
    assert refused.value.code.id == "GS-REGISTER-038"
    assert Node.open(node).log.head.size == size


def test_encrypting_keeps_the_public_key(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Node.open(node).log.key
    monkeypatch.setenv("GS_KEY_PASSPHRASE", WORD)
    run("encrypt", "--node", node)
    assert "PRIVATE+KEY" not in (node / "keys" / "register.key").read_text()
    assert Node.open(node).log.key == key


def test_showing_how_the_key_is_kept(node: Path) -> None:
    shown = json.loads(run("show", "--node", node, "--json"))
    assert (shown["kept"], len(shown["periods"])) == ("plain", 1)


def test_nothing_secret_is_shown(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GS_KEY_PASSPHRASE", WORD)
    secret = (node / "keys" / "register.key").read_text().rpartition("+")[2].strip()
    said = run("show", "--node", node) + run("encrypt", "--node", node)
    assert secret not in said
    assert WORD not in said


def test_the_keys_of_erased_records_are_shown_renewed_and_given_up(node: Path) -> None:
    assert "no key yet" in run("erased", "--node", node)
    run("erased", "--node", node, "--renew", "--by", "operator")
    (first,) = json.loads(run("erased", "--node", node, "--json"))
    assert (first["erasures"], first["here"], first["lost"]) == (0, True, False)
    run("erased", "--node", node, "--lost", first["key"], "--by", "operator")
    (given_up,) = json.loads(run("erased", "--node", node, "--json"))
    assert given_up["lost"]
