"""Standing fixtures: the Port of Lumen, a pack as small as a pack can be."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from goodstanding.catalogue import Pack, load_pack

ROOT = Path(__file__).parent.parent
HARBOUR = ROOT / "tests" / "fixtures" / "packs" / "harbour"


@pytest.fixture(scope="session")
def harbour() -> Pack:
    """The pack of the Port of Lumen: two authorities, two items, two sources."""
    return load_pack(HARBOUR)


@pytest.fixture
def harbour_folder(tmp_path: Path) -> Path:
    """A copy of that pack to break."""
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public data sets beside the project; the test is skipped where they are absent."""
    folder = Path(os.environ.get("GS_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"REAL DATA ABSENT: no folder {folder}; set GS_SHARED to run this test")
    return folder
