"""Whatever is done to a CSV file, no line is lost or counted twice, and each is where it is said.

A second reading, character by character and without haste, says what each line is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.catalogue import Pack
from goodstanding.ingest.errors import EMPTY_FILE
from goodstanding.ingest.reading import open_delivered, receive
from goodstanding.kernel import GoodStandingError

COLUMNS = ("a", "b", "c")
HEADER = "a,b,c\n"

pieces = st.sampled_from(
    ["1", "x y", "é", "", '"', '""', '"q"', ",", ",", "\n", "\n", "\r\n", "\r", " ", "\t", "=1"]
)
good = st.sampled_from(
    ["1,2,3\n", '4,"5,6",7\r\n', '"8","9\n9","""0"""\n', "\n", ",,\n", "x,y,z\r"]
)
texts = st.lists(st.one_of(pieces, good), max_size=25).map("".join)


@dataclass
class Lines:
    """What the slow reading finds: rows by their line, and what other lines are."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    spans: int = 0
    broken: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)


def slowly(text: str, first: int) -> Lines:
    """Read by the rules of the documentation, one line after the other."""
    lines = [line for line in re.findall(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", text) if line]
    found, at = Lines(), 0
    while at < len(lines):
        if not lines[at].strip(" \t\r\n"):
            found.blank.append(first + at)
            at += 1
            continue
        fields, length = _record(lines, at)
        numbers = [first + n for n in range(at, at + length)]
        if fields is None or any(fields[3:]) or len(fields) < 3:
            found.broken.extend(numbers)
        else:
            found.rows.append((numbers[0], *(value or None for value in fields[:3])))
            found.spans += length
        at += length
    return found


def _record(lines: list[str], at: int) -> tuple[list[str] | None, int]:
    """The fields of the record that begins here (None: broken), and how many lines it has."""
    for length in range(1, len(lines) - at + 1):
        state, fields = _fields("".join(lines[at : at + length]).rstrip("\r\n"))
        if state == "whole":
            return fields, length
        if state == "wrong":
            while length < len(lines) - at and _quotes(lines[at : at + length]) % 2:
                length += 1
            return None, length
    return None, len(lines) - at


def _quotes(lines: list[str]) -> int:
    return "".join(lines).count('"')


def _fields(record: str) -> tuple[str, list[str]]:
    fields: list[str] = []
    rest = record
    while True:
        bare = rest.lstrip(" ")
        if bare.startswith('"'):
            end = 1
            while (end := bare.find('"', end)) >= 0 and bare[end : end + 2] == '""':
                end += 2
            if end < 0:
                return "open", fields
            fields.append(bare[1:end].replace('""', '"'))
            rest = bare[end + 1 :].lstrip(" ")
            if rest and not rest.startswith(","):
                return "wrong", fields
        else:
            value, comma, after = rest.partition(",")
            fields.append(value)
            rest = comma + after
        if not rest:
            return "whole", fields
        rest = rest[1:]


def quickly(text: bytes, pack: Pack, encoding: str) -> Lines | None:
    """What the software finds; None if it finds no row and no line at all."""
    source = replace(pack.sources["fines"], columns=COLUMNS, encoding=encoding)
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "list.csv"
        path.write_bytes(text)
        delivery = receive(path, source, Path(folder), lambda *_: None)
        try:
            open_delivered(con, delivery, source)
        except GoodStandingError as refusal:
            if refusal.code is not EMPTY_FILE:
                raise
            return None
        rows = con.execute("SELECT row, a, b, c FROM delivered ORDER BY row").fetchall()
        broken = con.execute("SELECT line FROM broken_lines ORDER BY line").fetchall()
    return Lines(rows=rows, broken=[line for (line,) in broken])


@given(text=texts, encoding=st.sampled_from(["utf-8", "utf-8", "utf-16", "windows-1252"]))
@example(text='1,"2,3\n4,5,6\n', encoding="utf-8")
@example(text='1,"2" "3",4\n5,6,7\n', encoding="utf-8")
@example(text='1,"2"x,3\n"4,5,6\n', encoding="utf-8")
@example(text='1,"2\r\n2",3\n4,5,6\n', encoding="utf-8")
@example(text='1,2,3\n4,"5"",6\n7,8,9', encoding="utf-8")
@example(text="1,2,3,\n4,5,6\n", encoding="utf-8")
@example(text='1,2 "",3\n', encoding="utf-8")
def test_no_line_is_lost_or_doubled(harbour: Pack, text: str, encoding: str) -> None:
    expected = slowly(text, 2)
    found = quickly((HEADER + text).encode(encoding), harbour, encoding)
    if found is None:
        assert not expected.rows
        assert not expected.broken
        return
    assert found.rows == expected.rows
    assert found.broken == expected.broken
    lines = [line for line in re.findall(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", text) if line]
    assert expected.spans + len(found.broken) + len(expected.blank) == len(lines)
    for row, *values in found.rows:
        for value in values:
            assert value is None or str(value).split("\n")[0].split('"')[0] in "".join(
                lines[int(str(row)) - 2 :]
            )
