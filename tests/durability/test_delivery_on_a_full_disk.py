"""A delivery on a disk that takes no more: refused in the system's words, whole or not at all.

No file of the process may grow beyond a limit (RLIMIT_FSIZE), which works everywhere; what the
register does on a disk that is really full is in ``test_full_disk``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from goodstanding.cli.main import run
from goodstanding.demo import generate
from goodstanding.register import Node, verify

LIMITED = """
import resource, sys
most = int(sys.argv.pop(1)) * 1024
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from goodstanding.cli.entry import main
main()
"""
#: In kilobytes: too few for the access log, then for the file itself.
LIMITS = [8, 64, 256, 512]
REFUSALS = {"GS-AUDIT-003", "GS-CLI-001", "GS-REGISTER-018", "GS-REGISTER-040"}


@dataclass(frozen=True)
class Sent:
    node: Path
    file: Path

    def words(self, node: Path) -> list[str]:
        return ["ingest", "-s", "tax_office", str(self.file), "--node", str(node), "--by", "me"]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("full")
    found = generate(folder / "files", businesses=300, bodies=12, records=20_000)
    file = next(each.path for each in found if each.source == "tax_office")
    assert run(["init", str(folder / "node"), "--pack", "template", "--by", "me"]) == 0
    return Sent(folder / "node", file)


@pytest.mark.parametrize("limit", LIMITS)
def test_it_is_refused_in_plain_words_and_taken_when_there_is_room(
    sent: Sent, tmp_path: Path, limit: int
) -> None:
    node = Path(shutil.copytree(sent.node, tmp_path / "node"))
    before = Node.open(node).log.head.size
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *sent.words(node), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    refusal = json.loads(done.stderr)
    assert refusal["code"] in REFUSALS
    assert "File too large" in refusal["what"] or "disk I/O error" in refusal["what"]
    assert "Context" not in refusal["what"]
    sealed = refusal["code"] == "GS-REGISTER-040"
    assert (Node.open(node).log.head.size > before) is sealed
    assert verify(node).verified
    assert run(sent.words(node)) == 0
    assert Node.open(node).index.deliveries("tax_office")
    assert not list(node.glob(".receiving-*"))
