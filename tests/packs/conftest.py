"""Where the facts about laws lie that the packs are compared with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def law_notes(shared_data: Path) -> Path:
    """The notes on laws, which lie beside the data; where that is, they must be."""
    return shared_data.parent / "law"


@pytest.fixture(scope="session")
def world_law(law_notes: Path) -> Path:
    """The notes on laws outside China."""
    return law_notes / "world"
