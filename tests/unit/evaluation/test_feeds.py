"""Lint says which scheme no source can feed, and which published value nothing checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.evaluation.test_publishing import folder

from goodstanding.catalogue import load_pack
from goodstanding.evaluation import lint_schemes

__all__ = ["folder"]


def codes(folder: Path) -> list[str]:
    return [finding.code.id for finding in lint_schemes(load_pack(folder))]


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def without_source(folder: Path) -> None:
    for ending in ("yaml", "sql"):
        (folder / "sources" / f"fines.{ending}").unlink()


def test_a_scheme_that_a_source_feeds_has_no_finding(folder: Path) -> None:
    assert codes(folder) == []


def test_a_scheme_that_nothing_feeds_is_found(folder: Path) -> None:
    without_source(folder)
    assert codes(folder) == ["GS-SCHEME-127"]


@pytest.mark.parametrize("which", ["", "selections: [fines], "])
def test_a_pack_may_say_why(folder: Path, which: str) -> None:
    without_source(folder)
    said = f"unfed: {{{which}why: {{en: No file yet.}}}}\n"
    change(folder, "schemes/berth_conduct.yaml", "selections:\n", f"{said}selections:\n")
    assert codes(folder) == []


def test_what_is_said_must_be_so(folder: Path) -> None:
    said = "unfed: {why: {en: No file yet.}}\nselections:\n"
    change(folder, "schemes/berth_conduct.yaml", "selections:\n", said)
    assert codes(folder) == ["GS-SCHEME-128"]


def test_a_published_value_that_nothing_checks_is_found(folder: Path) -> None:
    fact = "facts:\n  published_grade: {type: text, titles: {en: Grade}}\n"
    change(folder, "catalogue/berth_fine.yaml", "facts:\n", fact)
    assert codes(folder) == ["GS-SCHEME-129"]
    declared = "published: {scheme: berth_conduct, fact: published_grade}\nfacts:\n"
    change(folder, "catalogue/berth_fine.yaml", "facts:\n", declared)
    assert codes(folder) == []
