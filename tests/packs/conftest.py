"""Where the facts about laws lie that the packs are compared with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def world_law(shared_data: Path) -> Path:
    """The notes on laws beside the project; the test is skipped where they are absent."""
    folder = shared_data.parent / "law" / "world"
    if not folder.is_dir():
        pytest.skip(f"LAW NOTES ABSENT: no folder {folder}; set GS_SHARED to run this test")
    return folder
