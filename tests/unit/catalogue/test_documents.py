"""YAML is read exactly, with the place of every value."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from goodstanding.catalogue import read_document
from goodstanding.kernel import GoodStandingError


def _write(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("1.50", Decimal("1.50")),
        ("0.1", Decimal("0.1")),
        ("true", True),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("2020-02-29", date(2020, 2, 29)),
        ("'2020-02-29'", "2020-02-29"),
        ('"1"', "1"),
        ("04L", "04L"),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        ("12:30:45", "12:30:45"),
        ("2020-2-9", "2020-2-9"),
        ("''", ""),
        ("!!str 5", "5"),
        ("<<", "<<"),
    ],
)
def test_scalars_are_read_as_yaml_1_2_and_never_as_floats(
    tmp_path: Path, text: str, value: object
) -> None:
    data = read_document(_write(tmp_path, f"a: {text}\n")).data
    assert data == {"a": value}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(value)


def test_every_value_has_its_place(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, "a:\n  b: [1, 2]\n"))
    assert str(document.place("a", "b", 1)).endswith("a.yaml:2:10")


def test_a_missing_value_is_placed_at_its_nearest_ancestor(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, "a:\n  b: 1\n"))
    assert str(document.place("a", "c")).endswith("a.yaml:2:3")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: [1, 2", "GS-PACK-002", "1:9"),
        ("a: 1\na: 2\n", "GS-PACK-010", "2:1"),
        ("a: 2020-02-30\n", "GS-PACK-002", "1:4"),
        ("a: b: c\n", "GS-PACK-002", "1:5"),
        ("\ta: 1\n", "GS-PACK-002", "1:1"),
        ("é😀: 1\nb: {ü: ]}\n", "GS-PACK-002", "2:8"),
        (b"a: \xff\n", "GS-PACK-021", "a.yaml"),
        ("a: \x01\n", "GS-PACK-002", "1:4"),
        ("a: 1\n---\nb: 2\n", "GS-PACK-002", "2:1"),
        ("a: &x [*x]\n", "GS-PACK-002", "1:4"),
        ("a: " + 100_000 * "[", "GS-PACK-002", "1:1003"),
        ("a: " + 101 * "[" + 101 * "]", "GS-PACK-002", "1:102"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, code: str, place: str
) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        read_document(_write(tmp_path, text))
    assert refusal.value.code.id == code
    assert str(refusal.value.place).endswith(place)


def test_a_wrong_character_is_shown(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError, match=r"no value begins with '@'"):
        read_document(_write(tmp_path, "a: @x\n"))


def test_a_document_that_calls_itself_older_is_read_as_yaml_1_2_too(tmp_path: Path) -> None:
    assert read_document(_write(tmp_path, "%YAML 1.1\n---\na: no\n")).data == {"a": "no"}


def test_a_folder_is_no_file_of_a_pack(tmp_path: Path) -> None:
    folder = tmp_path / "fines.yaml"
    folder.mkdir()
    with pytest.raises(GoodStandingError) as refusal:
        read_document(folder)
    assert refusal.value.code.id == "GS-PACK-002"
    assert str(folder) in str(refusal.value.place)
