"""The same targets under atheris, which looks for bytes that reach new code.

Each target runs in a child process for a few seconds, longer under ``make soak``; what it
writes lies in the test's own folder. GS_FUZZ_SECONDS changes how long.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
SECONDS, SOAK_SECONDS = 2, 120

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="ATHERIS ABSENT: it is built for Linux on x86-64 and Python 3.11 to 3.13 only",
)


def fuzz(name: str, seconds: int, folder: Path) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.atheris_run",
        name,
        str(corpus),
        f"-max_total_time={os.environ.get('GS_FUZZ_SECONDS', seconds)}",
        # One input that takes longer than this, in seconds, is a defect. The limit on memory is
        # set by the runner: a process's peak, which this one goes by, begins at its parent's.
        "-timeout=10",
        "-rss_limit_mb=0",
        "-max_len=8192",
        f"-artifact_prefix={folder}/",
    ]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        check=False,
    )
    told = done.stderr + done.stdout
    assert done.returncode == 0, told.decode("utf-8", "replace")[-4000:]
    # Without this line the fuzzer never began.
    assert b"Done " in told


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_few_seconds_find_nothing(name: str, tmp_path: Path) -> None:
    fuzz(name, SECONDS, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", list(TARGETS))
def test_minutes_find_nothing(name: str, tmp_path: Path) -> None:
    fuzz(name, SOAK_SECONDS, tmp_path)
