"""What may not be written can still be read and checked; every writer is refused in plain words."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from tests.durability.children import UNSHARE, can_mount, run_module

WORDS = {"mount": "Read-only file system", "user": "Permission denied"}
READERS = ["verify", "open", "records", "records_of", "prove"]
WRITERS = ["submit", "append", "erase", "create"]


@pytest.fixture(scope="module", params=WORDS)
def told(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """How the folder is locked, and what each act gave."""
    how: str = request.param
    if how == "mount" and not can_mount():
        pytest.skip("NO DISK CAN BE MOUNTED HERE: only the missing right is tested")
    with tempfile.TemporaryDirectory() as folder:
        # Another user is to read here.
        Path(folder).chmod(0o755)
        within = UNSHARE if how == "mount" else ()
        said = run_module("tests.durability.read_only", folder, how, within=within)
        for path in Path(folder).rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
    return how, json.loads(said)


@pytest.mark.parametrize("act", READERS)
def test_readers_read(told: tuple[str, dict[str, object]], act: str) -> None:
    assert told[1][act] is True


@pytest.mark.parametrize("act", WRITERS)
def test_writers_are_refused(told: tuple[str, dict[str, object]], act: str) -> None:
    how, acts = told
    said = str(acts[act])
    assert said.startswith("GS-REGISTER-018 The register cannot be written: ")
    assert said.endswith(f"{WORDS[how]}.")
