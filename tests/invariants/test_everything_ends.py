"""DESIGN 2.5 everything_ends: an adverse record has an end computed when it is written."""

from __future__ import annotations

import pytest

from goodstanding.catalogue import Effect, list_packs, load_pack


@pytest.mark.parametrize("name", list_packs())
def test_everything_ends(name: str) -> None:
    pack = load_pack(name)
    for item in pack.items.values():
        if item.effect is Effect.ADVERSE:
            assert item.retention is not None
            months = pack.parameters[item.retention].at(item.in_force.start)
            assert months is not None
            assert months.units > 0
