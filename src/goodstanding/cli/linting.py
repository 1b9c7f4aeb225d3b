"""Everything wrong with a pack, asked of each package that reads a part of it."""

from __future__ import annotations

from goodstanding.catalogue import find_pack, lint_persons, read_pack
from goodstanding.evaluation import lint_schemes
from goodstanding.ingest import lint_contract
from goodstanding.kernel import GoodStandingError


def lint_pack(name: str) -> list[GoodStandingError]:
    """The findings of every package that reads a part of the pack."""
    pack, findings = read_pack(find_pack(name))
    if pack is None or findings:
        return findings
    for source in pack.sources.values():
        findings += lint_contract(source, pack)
    return findings + lint_persons(pack) + lint_schemes(pack)
