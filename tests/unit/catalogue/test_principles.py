"""No pack that may be put into force breaks a principle; each principle is seen when broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.catalogue import list_packs, load_pack, read_pack
from goodstanding.catalogue.documents import read_document
from goodstanding.catalogue.principles import check_principles

SPECIMEN = "specimen: {why: {en: Shown}, consent: true, notice: true}\n"


@pytest.mark.parametrize("name", list_packs())
def test_no_pack_that_may_be_in_force_breaks_a_principle(name: str) -> None:
    pack = load_pack(name)
    documents = {("pack", pack.id): read_document(pack.folder / "pack.yaml")} | {
        ("catalogue", item): read_document(pack.folder / "catalogue" / f"{item}.yaml")
        for item in pack.items
    }
    assert check_principles(pack, documents) == []


def test_a_lawful_pack_as_specimen_has_no_findings(harbour_folder: Path) -> None:
    with (harbour_folder / "pack.yaml").open("a") as file:
        file.write(SPECIMEN)
    assert read_pack(harbour_folder)[1] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("pack.yaml", "consent: true", "consent: false", "GS-PACK-031"),
        ("pack.yaml", "notice: true", "notice: false", "GS-PACK-036"),
        ("catalogue/berth_fine.yaml", "[operator]", "[resident]", "GS-PACK-031"),
        ("catalogue/berth_fine.yaml", "[port_act.3]", "[]", "GS-PACK-032"),
        ("catalogue/berth_fine.yaml", "[port_act.3]", "[]", "GS-PACK-033"),
        ("catalogue/berth_fine.yaml", "retention: fine_months\n", "", "GS-PACK-034"),
    ],
)
def test_each_principle_is_seen_when_it_is_broken(
    harbour_folder: Path, file: str, old: str, new: str, code: str
) -> None:
    with (harbour_folder / "pack.yaml").open("a") as pack:
        pack.write(SPECIMEN)
    path = harbour_folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert code in [finding.code.id for finding in read_pack(harbour_folder)[1]]


def test_points_that_no_article_sets_are_seen(harbour_folder: Path) -> None:
    with (harbour_folder / "pack.yaml").open("a") as pack:
        pack.write(SPECIMEN)
    path = harbour_folder / "catalogue" / "berth_fine.yaml"
    text = path.read_text("utf-8").replace("max: 72,", "max: 72, unit: points,")
    path.write_text(text, "utf-8")
    assert read_pack(harbour_folder)[1] == []
    path.write_text(text.replace("[port_act.3]", "[]"), "utf-8")
    codes = [finding.code.id for finding in read_pack(harbour_folder)[1]]
    assert codes == ["GS-PACK-032", "GS-PACK-033", "GS-PACK-037"]
