"""Every value of a JSON file is read as the token that was sent."""

from __future__ import annotations

import pytest
from tests.unit.ingest.reading.conftest import ReadFile, Refused, shortly

FORMATS = ("json", "jsonl")


def _file(format: str, *objects: str) -> bytes:
    lines = "\n".join(objects)
    return (lines if format == "jsonl" else "[" + ",\n".join(objects) + "]").encode()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("1e3", "1e3"),
        ("100.10", "100.10"),
        ("10.0000000000000001", "10.0000000000000001"),
        ("-0", "-0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('"1e3"', "1e3"),
        ('"\\u00e9\\n"', "é\n"),
        ('""', ""),
        ('{"x": [1.50, "é", null]}', '{"x":[1.50,"é",null]}'),
    ],
)
def test_a_value_is_read_as_its_token(
    read: ReadFile, format: str, token: str, value: str | None
) -> None:
    found = read(_file(format, f'{{"a": {token}, "b": 1, "c": 2}}'), format=format)
    assert found.rows == [(1, value, "1", "2")]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "bad",
    [
        "5",
        "[1]",
        '"x"',
        '{"a": 1, "a": 2}',
        '{"a": {"x": 1, "x": 2}}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": "\\ud800"}',
    ],
)
def test_what_is_not_one_object_is_broken_alone(read: ReadFile, format: str, bad: str) -> None:
    good = '{"a": 1, "b": 2, "c": 3}'
    found = read(_file(format, good, bad, good), format=format)
    assert [row[0] for row in found.rows] == [1, 3]
    assert found.broken == [(2, bad)]


@pytest.mark.parametrize("bad", ['{"a": ', '{"a": 01}', "{'a': 1}", "[" * 100_000, '{"a": 1} x'])
def test_a_broken_line_is_broken_alone(read: ReadFile, bad: str) -> None:
    good = '{"a": 1, "b": 2, "c": 3}'
    found = read(_file("jsonl", good, "", bad, good, "", ""), format="jsonl")
    assert [row[0] for row in found.rows] == [1, 4]
    assert [line for line, _ in found.broken] == [3]
    assert found.notes == ("Blank lines are no rows: 1.",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[{"a": 1},\n {"a": }]', "line 2, column 8: a value is missing"),
        (b'[{"a": 1}', "line 1, column 10: it is cut off"),
        (b'[{"a": 1}]\n\nx', "line 3, column 1: something follows the array"),
        (b'[{"a": 1} {"a": 2}]', "line 1, column 11: a comma or ] is missing"),
        (b'[{"a": 1},]', "a value is missing"),
        (b'{"a": 1}', "it is no array"),
        (b"[" * 100_000, "nested too deep"),
        (b'[{"a": "' + b"x" * 3_000_000, "line 1, column 8: a text is not closed"),
    ],
    ids=shortly,
)
def test_a_broken_array_is_refused_with_the_place(
    refused: Refused, content: bytes, words: str
) -> None:
    refusal = refused(content, format="json")
    assert refusal.code.id == "GS-INGEST-005"
    assert words in refusal.what


def test_an_array_is_read_as_a_stream(read: ReadFile) -> None:
    objects = [f'{{"a": {n}, "b": "{"x" * 300}", "c": 0.10}}' for n in range(12_000)]
    found = read(_file("json", *objects), format="json")
    assert [(row[0], row[1]) for row in found.rows] == [(n + 1, str(n)) for n in range(12_000)]


def test_an_empty_array_holds_no_rows(refused: Refused) -> None:
    assert refused(b"\xef\xbb\xbf [ ]\n", format="json").code.id == "GS-INGEST-003"


def test_a_name_in_other_case_is_said(refused: Refused) -> None:
    refusal = refused(b'{"A": 1, "b": 2, "c": 3}\n', format="jsonl")
    assert refusal.code.id == "GS-INGEST-006"
    assert "a is 'A', which differs in case" in refusal.what


def test_a_line_without_end_is_no_object(refused: Refused) -> None:
    refusal = refused(b'{"a": 1}\n{"a": "' + b"x" * 2_000_000, format="jsonl")
    assert refusal.code.id == "GS-INGEST-019"
    assert "Line 2" in refusal.what
