"""Anyone can work out the standings: with the published files, one script and a plain DuckDB.

The script runs in a process of its own that imports nothing but duckdb.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app
from goodstanding.demo import AS_OF, generate

RESULTS = ("standings.parquet", "reasons.parquet")
#: All that a citizen needs to know of Python: hand the script to DuckDB.
CITIZEN = """
import sys
import duckdb
assert not [name for name in sys.modules if "goodstanding" in name]
duckdb.connect().execute(open(sys.argv[1], encoding="utf-8").read()).fetchall()
"""


def command(*words: object) -> None:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("files")
    folder = tmp_path_factory.mktemp("open") / "node"
    command("init", folder, "--pack", "template", "--origin", "meridia.example/open")
    for delivery in generate(files, businesses=120, bodies=6, records=1_500):
        command("ingest", "--node", folder, "-s", delivery.source, delivery.path)
    return folder


@pytest.mark.parametrize("more", [[], ["--history"]])
def test_a_citizen_gets_the_same_bytes(node: Path, tmp_path: Path, more: list[str]) -> None:
    script, out = tmp_path / "conduct.sql", tmp_path / "out"
    command(
        "evaluate", "--node", node, "template/business_compliance", "--as-of", AS_OF,
        "--out", out, "--emit-sql", script, *more,
    )  # fmt: skip
    published = tmp_path / "published"
    shutil.copytree(node / "register" / "segments", published / "register" / "segments")
    subprocess.run(
        [sys.executable, "-I", "-c", CITIZEN, str(script)],
        cwd=published,
        env={},
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert [(published / name).read_bytes() for name in RESULTS] == [
        (out / name).read_bytes() for name in RESULTS
    ]
