"""Harnesses run in processes of their own, started once for all the tests that look at them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
#: Gives the child a mount namespace of its own.
UNSHARE = ("unshare", "--map-root-user", "--mount")


def run_module(module: str, *arguments: str, within: tuple[str, ...] = ()) -> str:
    """What ``python -m module`` printed; fails with all it said if it ended with an error."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [*within, sys.executable, "-m", module, *arguments],
        env=os.environ | {"PYTHONPATH": paths},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def can_mount() -> bool:
    """Whether this machine lets us mount a disk of our own."""
    mounting = [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[], str]) -> str:
    """What ``make`` gave to the first of all processes that run these tests."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    told = shared / f"{name}.told"
    with FileLock(shared / f"{name}.lock"):
        if not told.exists():
            told.write_text(make(), "utf-8")
    return told.read_text("utf-8")
