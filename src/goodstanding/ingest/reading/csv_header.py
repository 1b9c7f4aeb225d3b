"""Read the header of a CSV file, and say what the file was likely meant as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading.errors import LINE_TOO_LONG
from goodstanding.ingest.reading.grammar import Grammar
from goodstanding.kernel import GoodStandingError, Place

_LONGEST = 1 << 20
_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
#: How far down a header is looked for.
_FAR = 100
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, and how many lines and bytes come before the first row."""

    names: tuple[str, ...]
    lines: int
    bytes: int
    notes: tuple[str, ...]


def read_header(delivery: Delivery, source: Source) -> Header:
    """The header after the contract's preamble; its own columns where there is to be none.

    Raises GS-INGEST-005 (it cannot be split) and 019 (too long).
    """
    with delivery.readable.open("rb") as file:
        beginning = file.read(_LONGEST)
    start = at = len(_BOM) if beginning.startswith(_BOM) else 0
    lines = 0
    notes = []
    for _ in range(source.preamble):
        at, lines = _next_line(beginning, at), lines + 1
    if lines:
        notes.append(f"Lines of the preamble, which were not read: {lines}.")
    if not source.header:
        return Header(source.columns, lines, at, tuple(notes))
    blank = 0
    while at < len(beginning) and not beginning[at : _next_line(beginning, at)].strip():
        at, blank = _next_line(beginning, at), blank + 1
    if blank:
        notes.append(f"Blank lines before the header are passed over: {blank}.")
    end, header_lines = _end_of_record(beginning, at, delivery, source, lines + blank + 1)
    record = beginning[at:end].rstrip(b"\r\n")
    grammar = Grammar.of(source.delimiter, source.quote, 1)
    if record and not grammar.field.match(record):
        raise _unsplit(delivery, lines + blank + 1)
    names = tuple(value or "" for value in grammar.split(record))
    if start and end == start:
        names = ()
    return Header(names, lines + blank + header_lines, end, tuple(notes))


def _next_line(text: bytes, at: int) -> int:
    match = _LINE.match(text, at)
    return match.end() if match else len(text)


def _end_of_record(
    text: bytes, at: int, delivery: Delivery, source: Source, line: int
) -> tuple[int, int]:
    """Where the record at ``at`` ends, and how many lines it has."""
    grammar = Grammar.of(source.delimiter, source.quote, 1)
    end = _next_line(text, at)
    if end == len(text) == _LONGEST:
        raise GoodStandingError(
            LINE_TOO_LONG,
            place=Place(delivery.file_name, line),
            file=delivery.file_name,
            line=line,
            limit=_LONGEST,
            format="CSV",
        )
    content = text[at:end].rstrip(b"\r\n")
    if grammar.record.fullmatch(content):
        return end, 1
    if not grammar.opened.fullmatch(content):
        raise _unsplit(delivery, line)
    lines = 1
    while end < len(text):
        begin, end, lines = end, _next_line(text, end), lines + 1
        content = text[begin:end].rstrip(b"\r\n")
        if grammar.closed.fullmatch(content):
            return end, lines
        if not grammar.inside.fullmatch(content) and not grammar.reopened.fullmatch(content):
            break
    raise _unsplit(delivery, line)


def _unsplit(delivery: Delivery, line: int) -> GoodStandingError:
    return GoodStandingError(
        UNREADABLE,
        place=Place(delivery.file_name, line),
        file=delivery.file_name,
        format="CSV",
        problem=f"a quotation mark in its header (line {line}) is never closed.",
    )


def meant_by(header: Header, delivery: Delivery, source: Source) -> Iterator[str]:
    """What a file without the expected columns may be: other delimiter, later or no header."""
    with delivery.readable.open("rb") as file:
        beginning = file.read(_LONGEST).removeprefix(_BOM)
    wanted = set(source.columns)
    at = 0
    for number in range(1, _FAR + 1):
        if at >= len(beginning):
            break
        begin, at = at, _next_line(beginning, at)
        record = beginning[begin:at].rstrip(b"\r\n")
        for delimiter, words in _DELIMITERS.items():
            names = _split(record, delimiter, source.quote)
            if len(wanted & set(names)) * 2 <= len(wanted):
                continue
            if number > header.lines:
                yield (
                    f"the header stands perhaps on line {number}: if it is to stay there, the "
                    f"contract needs `preamble: {number - 1}`"
                )
            if delimiter != source.delimiter:
                declared = _DELIMITERS.get(source.delimiter, repr(source.delimiter))
                yield f"the delimiter is perhaps {words}, not {declared}"
            return
    if len(header.names) == len(source.columns) and not wanted & set(header.names):
        yield "the file has as many columns as the contract: perhaps its header is left out"
    elif len(header.names) == 1:
        delimiter = max(_DELIMITERS, key=lambda mark: header.names[0].count(mark))
        if header.names[0].count(delimiter):
            yield f"the delimiter is perhaps {_DELIMITERS[delimiter]}"


def _split(record: bytes, delimiter: str, quote: str) -> list[str]:
    grammar = Grammar.of(delimiter, quote, 1)
    if not record or not grammar.record.fullmatch(record):
        return []
    return [value.strip() for value in grammar.split(record) if value]
