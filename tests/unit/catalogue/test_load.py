"""A pack loads whole or is refused with every finding in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from goodstanding.catalogue import FactType, Pack, list_packs, load_pack, read_pack
from goodstanding.kernel import Fixed, GoodStandingError, Nature

ITEM = "catalogue/berth_fine.yaml"
PARAMETER = "parameters/fine_months.yaml"
SOURCE = "sources/fines.yaml"


def test_a_pack_gives_dated_parameters(harbour: Pack) -> None:
    months = harbour.parameters["fine_months"]
    assert months.at(date(2014, 12, 31)) is None
    assert months.at(date(2015, 1, 1)) == Fixed(24, 0)
    assert months.at(date(2021, 12, 31)) == Fixed(24, 0)
    assert months.at(date(2022, 1, 1)) == Fixed(12, 0)


def test_a_pack_gives_typed_facts_in_order_of_name(harbour: Pack) -> None:
    facts = harbour.items["berth_fine"].facts
    assert list(facts) == sorted(facts)
    assert (facts["amount"].type, facts["amount"].scale) == (FactType.MONEY, 2)
    assert facts["amount"].maximum == Fixed(500_000, 2)


def test_an_article_is_found_by_instrument_and_number(harbour: Pack) -> None:
    assert harbour.articles["port_act.3"].number == "3"


def test_the_digest_changes_with_any_file(harbour: Pack, harbour_folder: Path) -> None:
    assert load_pack(harbour_folder).digest == harbour.digest
    with (harbour_folder / "sources" / "fines.sql").open("a") as sql:
        sql.write("-- a remark\n")
    assert load_pack(harbour_folder).digest != harbour.digest


def test_every_pack_that_comes_with_the_software_loads() -> None:
    for name in list_packs():
        pack, findings = read_pack(load_pack(name).folder)
        assert pack is not None
        assert not findings


def test_there_is_no_such_pack() -> None:
    with pytest.raises(GoodStandingError) as refusal:
        load_pack("atlantis")
    assert refusal.value.code.id == "GS-PACK-001"


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        ("pack.yaml", "currency: LUM", "currency: LUM\nflag: x", "GS-PACK-003", "pack.yaml:5:7"),
        (
            "pack.yaml",
            "currency: LUM",
            "currency: LUM\nnames_from: [fines, tolls]",
            "GS-PACK-004",
            "pack.yaml:5:21",
        ),
        (
            "pack.yaml",
            "currency: LUM",
            "currency: LUM\nnames_from: [fines, fines]",
            "GS-PACK-067",
            "pack.yaml:5:21",
        ),
        ("pack.yaml", "time_zone: UTC\n", "", "GS-PACK-003", "pack.yaml:1:1"),
        ("pack.yaml", "UTC", "Mars/Olympus", "GS-PACK-070", "pack.yaml:6:12"),
        ("pack.yaml", "UTC", "posix/UTC", "GS-PACK-070", "pack.yaml:6:12"),
        ("pack.yaml", "UTC", "America", "GS-PACK-070", "pack.yaml:6:12"),
        ("pack.yaml", "languages: [en]\n", "", "GS-PACK-003", "pack.yaml:1:1"),
        ("pack.yaml", "{en: Port of Lumen}", "{fr: Port}", "GS-PACK-005", "pack.yaml:2:9"),
        (ITEM, "basis: [port_act.3]", "basis: []", "GS-PACK-006", ":6:8"),
        (ITEM, "basis: [port_act.3]", "basis: [port_act.4]", "GS-PACK-004", ":6:9"),
        (ITEM, "[harbour_office]", "[navy]", "GS-PACK-004", ":5:15"),
        (ITEM, "[operator]", "[operator, whale]", "GS-PACK-004", ":3:27"),
        (ITEM, "[operator]", "[operator, resident]", "GS-PERSON-001", ":3:27"),
        (ITEM, "[lum-op]", "[lum-res]", "GS-PERSON-001", ":4:22"),
        (ITEM, "retention: fine_months\n", "", "GS-PACK-007", ":8:9"),
        (ITEM, "from: 2015-01-01", "from: 2014-01-01", "GS-PACK-012", ":7:11"),
        (ITEM, "type: money", "type: coins", "GS-PACK-003", ":11:18"),
        (ITEM, "type: integer", "type: integer, scale: 2", "GS-PACK-011", ":13:10"),
        (ITEM, "min: 0, max", "min: 0.001, max", "GS-KERNEL-004", ":11:11"),
        (ITEM, "  hours:", "  document:", "GS-PACK-011", ":13:13"),
        (ITEM, "codes: {N1: {en: North 1}, S2: {en: South 2}}, ", "", "GS-PACK-011", ":12:10"),
        (ITEM, "id: berth_fine", "id: berthfine", "GS-PACK-009", ":1:5"),
        (PARAMETER, "from: 2022-01-01", "from: 2015-01-01", "GS-PACK-008", ":6:12"),
        (PARAMETER, "value: 12, article: port_act.9", "value: 12", "GS-PACK-003", ":6:5"),
        (PARAMETER, "article: port_act.9", "article: port_act.7", "GS-PACK-004", ":5:44"),
        (PARAMETER, "value: 12", "value: 12.5", "GS-KERNEL-004", ":6:31"),
        (SOURCE, "items: [berth_fine]", "items: [sailing_permit]", "GS-PACK-014", ":4:9"),
        (SOURCE, "format: csv", "format: pdf", "GS-PACK-003", ":5:9"),
    ],
)
def test_a_broken_pack_is_refused_with_the_place(
    harbour_folder: Path, file: str, old: str, new: str, code: str, place: str
) -> None:
    path = harbour_folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    findings = read_pack(harbour_folder)[1]
    found = [f"{finding.code.id} {finding.place}" for finding in findings]
    assert any(f.startswith(code) and f.endswith(place) for f in found), found
    with pytest.raises(GoodStandingError):
        load_pack(harbour_folder)


def test_a_source_without_its_select_is_refused(harbour_folder: Path) -> None:
    (harbour_folder / "sources" / "fines.sql").unlink()
    assert [f.code.id for f in read_pack(harbour_folder)[1]] == ["GS-PACK-013"]


def test_all_findings_of_a_pack_are_listed_at_once(harbour_folder: Path) -> None:
    (harbour_folder / "sources" / "fines.sql").unlink()
    item = harbour_folder / "catalogue" / "sailing_permit.yaml"
    item.write_text(item.read_text("utf-8").replace("port_act.3", "port_act.5"), "utf-8")
    assert [f.code.id for f in read_pack(harbour_folder)[1]] == ["GS-PACK-004", "GS-PACK-013"]


def test_kinds_of_subject_say_what_they_are_in_law(harbour: Pack) -> None:
    assert harbour.subject_kinds["operator"].nature is Nature.ORGANISATION
