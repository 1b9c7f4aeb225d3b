"""Whatever goes wrong ends in words and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.cli.console import Exit
from goodstanding.cli.main import run
from goodstanding.demo import generate


def test_what_the_system_refuses_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = tmp_path / "node"
    assert run(["init", str(node), "--pack", "template", "--by", "one"]) == Exit.OK
    delivery, *_ = generate(tmp_path / "files", businesses=100, bodies=4, records=1_500)
    (node / "deliveries").rmdir()
    (node / "deliveries").write_text("a file where a folder should be")
    words = ["ingest", "-s", delivery.source, str(delivery.path), "-n", str(node), "--by", "one"]
    assert run(words) == Exit.REFUSED
    assert "GS-CLI-001" in capsys.readouterr().err
    assert run(["verify", "-n", str(node)]) == Exit.OK
