"""DESIGN 2.2 grounded: every record names document, authority and a legal basis in force."""

from __future__ import annotations

import pytest

from goodstanding.catalogue import list_packs, load_pack


@pytest.mark.parametrize("name", list_packs())
def test_grounded(name: str) -> None:
    pack = load_pack(name)
    for item in pack.items.values():
        assert item.basis
        assert item.authorities
        assert all(article in pack.articles for article in item.basis)
