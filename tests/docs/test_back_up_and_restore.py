"""What the page tells to type is typed, in its order, and does what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app
from goodstanding.demo import generate
from goodstanding.kernel import Noted
from goodstanding.register import Log, Node, verify
from goodstanding.register.ledger import read_ledger

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "back-up-and-restore.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOTED = Noted("test", 0)


def run(*words: str) -> None:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, f"{words}: {result.output} {result.exception}"


def be_on_tuesday(folder: Path) -> None:
    """The night after the erasure: a backup, the newest checkpoint, the ledger as it was then."""
    run("backup", str(folder / "node"), str(folder / "backups/tuesday"), "--by", "a", "--keys")
    shutil.copy2(folder / "node/register/checkpoint", folder / "seen/tuesday")
    ledger = folder / "ledger/meridia"
    shutil.copy2(ledger, folder / "ledger/after-restore")
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])


@pytest.fixture(scope="module")
def srv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's /srv after everything on it was typed."""
    folder = tmp_path_factory.mktemp("srv")
    for name in ("ledger", "backups", "seen"):
        (folder / name).mkdir()
    page = PAGE.read_text("utf-8").replace("/srv/", f"{folder}/")
    found = generate(folder / "files", businesses=1_000, bodies=12, records=10_000)
    file = next(each.path for each in found if each.source == "tax_office")
    node = str(folder / "node")
    run("init", node, "--pack", "template", "--origin", "register.example/meridia", "--by", "a")
    with (folder / "node/node.toml").open("a") as settings:
        settings.write(next(text for kind, text in BLOCK.findall(page) if kind == "toml"))
    run("ingest", "--node", node, "-s", "tax_office", str(file), "--by", "a")
    for line in "".join(text for kind, text in BLOCK.findall(page) if not kind).splitlines():
        if "tuesday" in line and not (folder / "backups/tuesday").exists():
            be_on_tuesday(folder)
        program, *words = shlex.split(line)
        assert program == "goodstanding"
        run(*words)
    return folder


def payload(folder: Path) -> int:
    return len(Node.open(folder).log.records([2], noted=NOTED))


def test_what_was_erased_is_in_no_restored_node(srv: Path) -> None:
    assert [payload(srv / name) for name in ("node", "restored", "moved")] == [0, 0, 0]


def test_it_was_in_the_backup(srv: Path) -> None:
    """It was not gone anyway."""
    copy = Log(srv / "backups/monday/node")
    assert len(copy.records([2], noted=NOTED)) == 1


def test_the_restored_ones_verify(srv: Path) -> None:
    for name in ("restored", "moved"):
        assert verify(srv / name).verified
        assert verify(srv / name / "access").verified


def test_the_key_stays_where_nothing_newer_was_signed(srv: Path) -> None:
    keys = {name: Log(srv / name).key for name in ("node", "restored", "moved")}
    assert keys["moved"] == keys["node"] != keys["restored"]


def test_the_ledger_has_both_erasures(srv: Path) -> None:
    lines = read_ledger(srv / "ledger/after-restore", "register.example/meridia")
    assert [line.leaves for line in lines] == [(2,), (2,)]
