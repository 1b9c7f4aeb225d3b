"""What lint asks of schemes and sources about checks and about persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.catalogue import lint_persons, load_pack, read_pack
from goodstanding.catalogue.number_checks import CHECKS, check_of

OPERATOR = 'pattern: "[0-9]{4}", check: none}'
RESIDENT = 'pattern: "R[0-9]{4}", check: none}'
NUMBERS = 'pattern: "[0-9]{9}", check: stdnum.us.ein}'
ALIKE = 'pattern: "[0-9]{3}-?[0-9]{2}-?[0-9]{4}", check: stdnum.us.ssn}'


def changed(folder: Path, file: str, *changes: tuple[str, str]) -> Path:
    path = folder / file
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    return folder


def found(folder: Path) -> list[str]:
    return [finding.code.id for finding in lint_persons(load_pack(folder))]


def test_a_pack_that_says_all_is_clean(harbour_folder: Path) -> None:
    assert found(harbour_folder) == []


def test_a_scheme_says_its_check(harbour_folder: Path) -> None:
    changed(harbour_folder, "pack.yaml", (OPERATOR, 'pattern: "[0-9]{4}"}'))
    assert found(harbour_folder) == ["GS-PACK-060"]


def test_a_check_is_one_of_the_list(harbour_folder: Path) -> None:
    changed(harbour_folder, "pack.yaml", (OPERATOR, 'pattern: "[0-9]{4}", check: os.system}'))
    assert [f.code.id for f in read_pack(harbour_folder)[1]] == ["GS-PACK-061"]


def test_numbers_that_look_like_persons_need_a_mark(harbour_folder: Path) -> None:
    """EIN and SSN both have nine digits, and neither has a check digit."""
    changed(harbour_folder, "pack.yaml", (OPERATOR, NUMBERS), (RESIDENT, ALIKE))
    assert found(harbour_folder) == ["GS-PACK-062"]


def test_a_pattern_is_a_mark_if_no_persons_number_fits_it(harbour_folder: Path) -> None:
    mark = NUMBERS[:-1] + ', told_from_persons_by: {why: {en: Written so}, pattern: "MARK"}}'
    changed(harbour_folder, "pack.yaml", (RESIDENT, ALIKE), (OPERATOR, mark))
    changed(harbour_folder, "pack.yaml", ("MARK", "[0-9]{2}-[0-9]{7}"))
    assert found(harbour_folder) == []
    changed(harbour_folder, "pack.yaml", ("[0-9]{2}-[0-9]{7}", "[0-9]{9}"))
    assert found(harbour_folder) == ["GS-PACK-063"]


def test_where_the_number_does_not_tell_each_source_must(harbour_folder: Path) -> None:
    mark = ", told_from_persons_by: {why: {en: The file says}, each_source: true}}"
    changed(harbour_folder, "pack.yaml", (RESIDENT, ALIKE), (OPERATOR, NUMBERS[:-1] + mark))
    assert found(harbour_folder) == ["GS-PACK-065", "GS-PACK-065"]
    for source in ("fines", "permits"):
        said = "told_by: marks, when: \"name = 'x'\""
        changed(harbour_folder, f"sources/{source}.yaml", ("told_by: identifier", said))
    assert found(harbour_folder) == []


def test_two_checks_tell_two_numbers_apart(harbour_folder: Path) -> None:
    changed(
        harbour_folder, "pack.yaml",
        (OPERATOR, 'pattern: "[0-9]{10}", check: stdnum.kr.brn}'),
        (RESIDENT, 'pattern: "[0-9]{10}", check: stdnum.gb.nhs}'),
    )  # fmt: skip
    assert found(harbour_folder) == []


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("", ["GS-PACK-064"]),
        ("persons: {told_by: identifier}\n", []),
        ("persons: {told_by: not_in_file}\n", []),
        ("persons: {told_by: marks}\n", ["GS-PACK-065"]),
        ('persons: {told_by: marks, marks: ["t/a"]}\n', []),
        ("persons: {told_by: marks, when: \"name = 'x'\"}\n", []),
    ],
)
def test_a_source_says_how_it_tells_persons(
    harbour_folder: Path, said: str, codes: list[str]
) -> None:
    changed(harbour_folder, "sources/fines.yaml", ("persons: {told_by: identifier}\n", said))
    assert found(harbour_folder) == codes


def test_the_article_of_establishments_is_one_of_the_pack(harbour_folder: Path) -> None:
    item = harbour_folder / "catalogue" / "berth_fine.yaml"
    item.write_text(item.read_text("utf-8") + "establishments: {article: port_act.77}\n", "utf-8")
    assert [f.code.id for f in read_pack(harbour_folder)[1]] == ["GS-PACK-004"]


@pytest.mark.parametrize(
    ("weak", "codes"),
    [
        ('pattern: "n1-[a-z2-7]{24}", check: none, weak: true}', []),
        ('pattern: "[0-9]{4}", check: none, weak: true}', ["GS-PACK-066"]),
        ('pattern: "n1-[a-z2-7]{24}", check: stdnum.lei, weak: true}', ["GS-PACK-066"]),
    ],
)
def test_a_weak_scheme_is_made_by_the_frozen_rule(
    harbour_folder: Path, weak: str, codes: list[str]
) -> None:
    changed(harbour_folder, "pack.yaml", (OPERATOR, weak))
    assert [f.code.id for f in read_pack(harbour_folder)[1]] == codes


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_of_the_list_is_there(name: str) -> None:
    """Each module loads, and refuses what no number is instead of failing."""
    assert not check_of(name)("-")
    assert not check_of(name)("")
