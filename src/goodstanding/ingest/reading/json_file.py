"""Read JSON, as an array or a line an object, with every value as the token that was sent.

Numbers never pass through binary floats: `1e3`, `100.10` and `10.0000000000000001` stay as
written. A further list or object within a value stays as its JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import IO

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading.columns import columns_of
from goodstanding.ingest.reading.errors import LINE_TOO_LONG
from goodstanding.ingest.reading.loading import Loader
from goodstanding.kernel import GoodStandingError, Place

#: The longest object, in characters.
LONGEST = 1 << 20
_CHUNK = 1 << 20
#: So many names of an object's values are remembered; the contract's own always are.
_NAMES = 1000
_BLANK = " \t\r\n"


class _Number(str):
    """The token of a number, told from a text inside a nested value."""

    __slots__ = ()


class _NotOneObjectError(ValueError):
    """A name that stands twice, or a number JSON does not know."""


def read_json(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> list[str]:
    """Fill `delivered` and `broken_lines`; what is to be said.

    ``row`` is the line of an object, or its place in the array from 1.
    Raises GS-INGEST-005 (no array, or a broken one), 006 and 019.
    """
    rows = Loader(con, "delivered", ("row", *source.columns))
    broken = Loader(con, "broken_lines", ("line", "content"))
    seen: dict[str, None] = {}
    objects = _lines(delivery) if source.format == "jsonl" else _elements(delivery)
    blank = 0
    with closing(objects):
        for number, found, content in objects:
            if not content:
                blank += 1
                continue
            values = _values(found, source.columns) if isinstance(found, dict) else None
            if not isinstance(found, dict) or values is None:
                broken.add((number, _writable(content)), len(content))
                continue
            if len(seen) < _NAMES or found.keys() & set(source.columns) - seen.keys():
                seen.update(dict.fromkeys(found))
            rows.add((number, *values), len(content))
    rows.flush()
    broken.flush()
    notes = [f"Blank lines are no rows: {blank}."] if blank else []
    if not rows.count:
        # Nothing of it could be read: what is wrong is said line by line.
        return notes
    return [*notes, *columns_of(list(seen), delivery, source, placed=repr).notes]


def _values(found: dict[str, object], columns: tuple[str, ...]) -> list[str | None] | None:
    """The values of the contract's columns as texts; None if one is no text at all."""
    values: list[str | None] = []
    for column in columns:
        value = found.get(column)
        if value is not None:
            text = value if isinstance(value, str) else _text(value)
            if not text.isascii() and _writable(text) != text:
                return None
            value = str(text)
        values.append(value)
    return values


def _text(value: object) -> str:
    """A value as JSON text; numbers as their tokens."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{json.dumps(k, ensure_ascii=False)}:{_inner(v)}" for k, v in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_inner, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _inner(value: object) -> str:
    if isinstance(value, str) and not isinstance(value, _Number):
        return json.dumps(value, ensure_ascii=False)
    return _text(value)


def _writable(text: str) -> str:
    """The text without half characters, which JSON's escapes can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotOneObjectError("a name stands twice")
    return found


def _no_number(token: str) -> object:
    raise _NotOneObjectError(f"{token} is no number of JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=_no_number,
)


# Lines ----------------------------------------------------------------------------------------


def _lines(delivery: Delivery) -> Generator[tuple[int, object, str]]:
    """Each line: its number, its value (None if it is none), its text; nothing if it is blank."""
    with _opened(delivery.readable) as lines:
        number, blank = 0, []
        while line := lines.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                raise GoodStandingError(
                    LINE_TOO_LONG,
                    place=Place(delivery.file_name, number),
                    file=delivery.file_name,
                    line=number,
                    limit=LONGEST,
                    format="JSON lines",
                )
            content = line.strip(_BLANK)
            if not content:
                blank.append(number)
                continue
            # Blank lines at the end are nothing.
            yield from ((at, None, "") for at in blank)
            blank.clear()
            try:
                value = _DECODER.decode(content)
            except (ValueError, RecursionError):
                value = None
            yield number, value, content


def _opened(path: Path) -> IO[str]:
    return path.open(encoding="utf-8-sig", newline="\n")


# An array -------------------------------------------------------------------------------------


def _elements(delivery: Delivery) -> Generator[tuple[int, object, str]]:
    """The elements of an array, read as a stream: place, value, text. Raises GS-INGEST-005."""
    with _opened(delivery.readable) as file:
        text = _Text(file, delivery)
        if text.next() != "[":
            raise text.refused("it is no array: [ is missing")
        text.take(1)
        number = 0
        if text.next() == "]":
            text.take(1)
        else:
            while True:
                number += 1
                yield number, *text.element()
                mark = text.next()
                if mark not in (",", "]"):
                    raise text.refused("a comma or ] is missing" if mark else "it is cut off")
                text.take(1)
                if mark == "]":
                    break
        if text.next():
            raise text.refused("something follows the array")


class _Text:
    """The text of a file around the place that is read, and where that is."""

    def __init__(self, file: IO[str], delivery: Delivery) -> None:
        self.file = file
        self.delivery = delivery
        self.held = ""
        self.at = 0
        self.ended = False
        self.line = self.column = 1

    def next(self) -> str:
        """The next character that is not blank; nothing at the end."""
        while True:
            while self.at < len(self.held):
                if self.held[self.at] not in _BLANK:
                    return self.held[self.at]
                self.take(1)
            if not self._more():
                return ""

    def take(self, length: int) -> str:
        """Read on; counts lines and columns."""
        taken = self.held[self.at : self.at + length]
        feeds = taken.count("\n")
        self.line += feeds
        self.column = len(taken) - taken.rfind("\n") if feeds else self.column + len(taken)
        self.at += length
        return taken

    def element(self) -> tuple[object, str]:
        """The value that begins here (None if it is not one object), and its text."""
        self.next()
        while True:
            try:
                value, end = self._decoded()
            except json.JSONDecodeError as error:
                problem, length = error.msg, error.pos - self.at
            except (ValueError, RecursionError):
                problem, length = "it is nested too deep", 0
            else:
                length = end - self.at
                # A number may go on in what is not read yet.
                if end < len(self.held) or not self._more():
                    return value, self.take(length)
                continue
            if len(self.held) - self.at > LONGEST or not self._more():
                self.take(length)
                whole = self.at < len(self.held)
                raise self.refused(_in_words(problem) if whole else "it is cut off")

    def _decoded(self) -> tuple[object, int]:
        """The value at this place and where it ends."""
        try:
            return _DECODER.raw_decode(self.held, self.at)
        except _NotOneObjectError:
            return None, _SHAPE.raw_decode(self.held, self.at)[1]

    def _more(self) -> bool:
        chunk = self.file.read(max(_CHUNK, len(self.held) - self.at))
        self.held, self.at = self.held[self.at :] + chunk, 0
        self.ended = not chunk
        return bool(chunk)

    def refused(self, problem: str) -> GoodStandingError:
        """The refusal of the file at this place."""
        return GoodStandingError(
            UNREADABLE,
            place=Place(self.delivery.file_name, self.line, self.column),
            file=self.delivery.file_name,
            format="JSON",
            problem=f"line {self.line}, column {self.column}: {problem}.",
        )


#: Finds where a value ends that is not one object.
_SHAPE = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def _in_words(problem: str) -> str:
    words = {
        "Expecting value": "a value is missing",
        "Expecting ',' delimiter": "a comma is missing",
        "Expecting ':' delimiter": "a colon is missing",
        "Expecting property name enclosed in double quotes": "a name in quotation marks is missing",
        "Unterminated string starting at": "a text is not closed",
    }
    return words.get(problem, problem if problem.startswith("it is") else "it is no JSON")
