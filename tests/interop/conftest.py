"""Go's transparency-log packages as a second opinion: our program around them, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock
from tests.interop.logs import RunGo

SOURCE = Path(__file__).parent / "gotlog"
#: Where Debian's golang-golang-x-mod-dev puts its source; nothing is ever downloaded.
GOPATH = Path("/usr/share/gocode")
PACKAGES = GOPATH / "src/golang.org/x/mod/sumdb"


@pytest.fixture(scope="session")
def gotlog(tmp_path_factory: pytest.TempPathFactory) -> RunGo:
    """The program, built once for all workers of a test run."""
    go = shutil.which("go")
    if go is None or not PACKAGES.is_dir():
        _absent()
    shared = tmp_path_factory.getbasetemp().parent / "gotlog-build"
    program = shared / "gotlog"
    # Each worker waits for the first, then finds nothing left to build.
    with FileLock(f"{shared}.lock"):
        settings = {
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(shared / "cache"),
            "GOFLAGS": "",
        }
        command = [go, "build", "-o", str(program), "."]
        built = subprocess.run(
            command, cwd=SOURCE, env=os.environ | settings, capture_output=True, check=False
        )
        assert built.returncode == 0, built.stderr.decode()

    def run(*arguments: object) -> tuple[int, str]:
        command = [str(program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def _absent() -> NoReturn:
    words = "GO ABSENT: install golang-go and golang-golang-x-mod-dev to run the interop tests"
    if os.environ.get("CI") or os.environ.get("GS_REQUIRE_TOOLS"):
        pytest.fail(words)
    pytest.skip(words)
