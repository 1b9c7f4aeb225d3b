"""The commands of a witness, as an operator types them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from tests.tiny_log import TinyLog
from typer.testing import CliRunner

from goodstanding.cli.witness_commands import app
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.register.cosignature import WitnessKey, verify_cosignature
from goodstanding.register.keys import SigningKey
from goodstanding.register.note import parse_signatures
from goodstanding.register.witness import Proof, WitnessFolder, submit

LOG = SigningKey.generate("register.example/lumen")
ENTRIES = tuple(bytes([n]) for n in range(20))
HONEST = TinyLog(LOG, ENTRIES)
FORK = TinyLog(LOG, tuple(b"x" + e for e in ENTRIES))


def run(*words: object) -> str:
    """Standard output; a refusal comes through as itself."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, GoodStandingError):
        raise result.exception
    return result.stdout


def refuse(*words: object) -> GoodStandingError:
    with pytest.raises(GoodStandingError) as refused:
        run(*words)
    return refused.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run("init", tmp_path / "witness", "--name", "harbour-union.example/w1")
    run("trust", tmp_path / "witness", LOG.verifying_key)
    return tmp_path / "witness"


def checkpoint(folder: Path, log: TinyLog, size: int) -> Path:
    file = folder.parent / f"checkpoint-{size}"
    file.write_text(log.note(size), encoding="utf-8")
    return file


def proof(folder: Path, old: int, new: int) -> Path:
    file = folder.parent / "proof"
    file.write_text(str(Proof(old, tuple(HONEST.proof(old, new)))), encoding="utf-8")
    return file


def test_a_new_witness_has_a_key_of_its_own_kind(folder: Path) -> None:
    key = WitnessFolder.open(folder).key
    assert WitnessKey.parse(str(key)) == key


def test_a_witness_is_not_begun_twice(folder: Path) -> None:
    assert refuse("init", folder, "--name", "again").code.id == "GS-REGISTER-032"


def test_a_folder_that_is_no_witness(tmp_path: Path) -> None:
    assert refuse("show", tmp_path).code.id == "GS-REGISTER-031"


@pytest.mark.parametrize("text", ["name = 1\n", "name =", "name = 'other'\n"])
def test_damaged_settings_are_refused(folder: Path, text: str) -> None:
    (folder / "witness.toml").write_text(text)
    assert refuse("show", folder).code.id == "GS-REGISTER-031"


def test_a_witness_key_is_no_log(folder: Path) -> None:
    key = WitnessFolder.open(folder).key
    assert refuse("trust", folder, key).code.id == "GS-REGISTER-010"


def test_a_log_is_trusted_once(folder: Path) -> None:
    run("trust", folder, LOG.verifying_key)
    assert WitnessFolder.open(folder).trusted() == (LOG.verifying_key,)


def test_cosigning_offline_prints_the_line_to_add(folder: Path) -> None:
    (line,) = parse_signatures(run("cosign", folder, checkpoint(folder, HONEST, 5)))
    text = HONEST.note(5).rpartition("\n\n")[0] + "\n"
    verify_cosignature(text, line, WitnessFolder.open(folder).key, SystemClock().now())


def test_cosigning_growth_offline_takes_a_proof(folder: Path) -> None:
    run("cosign", folder, checkpoint(folder, HONEST, 5))
    words = ("cosign", folder, checkpoint(folder, HONEST, 9), "--proof", proof(folder, 5, 9))
    assert run(*words).startswith("\u2014 harbour-union.example/w1 ")


def test_the_proof_may_be_the_file_of_log_consistency(folder: Path) -> None:
    run("cosign", folder, checkpoint(folder, HONEST, 5))
    lines = proof(folder, 5, 9).read_text().splitlines()
    file = folder.parent / "proof.json"
    file.write_text(json.dumps({"old": {"size": 5}, "new": {"size": 9}, "path": lines[1:]}))
    words = ("cosign", folder, checkpoint(folder, HONEST, 9), "--proof", file)
    assert run(*words).startswith("\u2014 ")


@pytest.mark.parametrize("text", ["{", "{}", '{"old": {"size": 5}, "path": [1]}', "old\n", ""])
def test_a_proof_that_cannot_be_read(folder: Path, text: str) -> None:
    file = folder.parent / "proof"
    file.write_text(text)
    words = ("cosign", folder, checkpoint(folder, HONEST, 5), "--proof", file)
    assert refuse(*words).code.id == "GS-REGISTER-005"


def test_without_the_proof_it_says_from_where(folder: Path) -> None:
    run("cosign", folder, checkpoint(folder, HONEST, 5))
    refused = refuse("cosign", folder, checkpoint(folder, HONEST, 9))
    assert refused.code.id == "GS-REGISTER-035"
    assert "the last size cosigned is 5, not 0; give a proof from 5" in refused.what


def test_a_log_that_is_not_watched_is_not_cosigned(folder: Path) -> None:
    other = TinyLog(SigningKey.generate("register.example/other"), ENTRIES)
    refused = refuse("cosign", folder, checkpoint(folder, other, 5))
    assert "does not watch that log" in refused.what


def test_showing_what_was_seen(folder: Path) -> None:
    run("cosign", folder, checkpoint(folder, HONEST, 5))
    shown = json.loads(run("show", folder, "--json"))
    assert [(log["origin"], log["size"]) for log in shown["logs"]] == [(LOG.name, 5)]


def test_showing_evidence_of_a_fork(folder: Path) -> None:
    run("cosign", folder, checkpoint(folder, HONEST, 5))
    refuse("cosign", folder, checkpoint(folder, FORK, 5))
    result = CliRunner().invoke(app, ["show", str(folder), "--json"])
    kept = json.loads(result.stdout)["evidence"]
    assert result.exit_code == 3
    assert [e["kind"] for e in kept] == ["contradiction"]
    assert kept[0]["checkpoint"] == FORK.note(5)


def test_an_encrypted_witness_needs_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GS_KEY_PASSPHRASE", "harbour")
    run("init", tmp_path / "w", "--name", "w.example", "--encrypted")
    monkeypatch.delenv("GS_KEY_PASSPHRASE")
    refused = refuse("cosign", tmp_path / "w", checkpoint(tmp_path / "w", HONEST, 5))
    assert "it is encrypted and no passphrase is given" in refused.what


def test_an_address_that_cannot_be_had(folder: Path) -> None:
    assert refuse("serve", folder, "--host", "192.0.2.1").code.id == "GS-REGISTER-039"


def test_a_served_witness_cosigns_and_ends_by_signal(folder: Path) -> None:
    code = "from goodstanding.cli.witness_commands import app; app()"
    words = [sys.executable, "-c", code, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1
    ) as child:
        assert child.stdout is not None
        url = child.stdout.readline().split()[-1]
        key = WitnessFolder.open(folder).key
        now = SystemClock().now()
        line = submit(url, key, HONEST.note(5), lambda _: (), now)
        child.send_signal(signal.SIGTERM)
        assert (child.stdout.read(), child.wait(timeout=30)) == ("stopped\n", 0)
    assert line.name == key.name
    with pytest.raises(OSError, match="refused"):
        urlopen(url, timeout=5)
