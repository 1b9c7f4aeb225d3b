"""Find in the XML of an XLSX sheet what its cells are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from goodstanding.ingest.reading.book import Book, Range, SheetParts, number_of

_P = rb"(?:\w+:)?"
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
#: Cells that hold something; those that are only formatted close at once.
_CELLS = re.compile(rb"""<%bc\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""" % _P)
_ERROR = re.compile(rb"""<%bc\b([^>]*?\bt=["']e["'][^>]*)>(.*?)</%bc>""" % (_P, _P), re.DOTALL)
_FORMULA = re.compile(
    rb"<%bc\b([^>]*)(?<!/)>\s*<%bf\b(?:[^>]*/>|[^>]*>[^<]*</%bf>)(?=(.{0,64}))" % (_P, _P, _P),
    re.DOTALL,
)
_EMPTY = re.compile(rb"\s*(?:<%bv\s*/>|<%bv[^>]*>\s*</%bv>)?\s*</%bc>" % (_P, _P, _P, _P))
_VALUE = re.compile(rb"<%bv[^>]*>([^<]*)</%bv>" % (_P, _P))
_MERGED = re.compile(
    rb"""<%bmergeCell\b[^>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""" % _P
)
_HIDDEN = re.compile(rb"""<%brow\b(?=[^>]*?\bhidden=["'](?:1|true)["'])[^>]*?\br=["'](\d+)""" % _P)
_TEXT = re.compile(rb"""\bt=["']str["']""")


def look_into_xlsx(pieces: Iterator[bytes], book: Book) -> SheetParts:
    """What the cells of a sheet are; its XML comes in pieces that end with a row.

    Raises GS-INGEST-023 (a sheet that would fill memory).
    """
    found = SheetParts()
    columns: set[bytes] = set()
    last = 0
    for piece in pieces:
        if cells := _CELLS.findall(piece):
            columns.update(column for column, _ in cells)
            last = max(last, max(int(row) for _, row in cells))
            book.check_size(last, max(map(_at, columns)) + 1)
        for match in _all(_ERROR, piece, b'"e"', b"'e'"):
            value = _VALUE.search(match[2])
            error = value[1].decode("ascii", "replace") if value else "#ERROR!"
            found.errors[_place(match[1], book)] = error[:20]
        for match in _all(_FORMULA, piece, b"<f", b":f"):
            # An empty text is a result, if the cell says it is text.
            missing = _EMPTY.match(match[2]) and not _TEXT.search(match[1])
            found.add_formula(*_place(match[1], book), not missing)
        found.hidden_rows.extend(int(match[1]) for match in _all(_HIDDEN, piece, b"hidden"))
        for match in _all(_MERGED, piece, b"mergeCell"):
            left, top, right, bottom = match.groups()
            found.merged.append(Range(int(top), _at(left), int(bottom), _at(right)))
    return found


def _all(shape: re.Pattern[bytes], piece: bytes, *marks: bytes) -> Iterator[re.Match[bytes]]:
    """Every place of a shape, looked for only where one of its marks stands."""
    if any(mark in piece for mark in marks):
        yield from shape.finditer(piece)


def _place(attributes: bytes, book: Book) -> tuple[int, int]:
    """Row and column of a cell; one that does not say them cannot be judged."""
    place = _REFERENCE.search(attributes)
    if place is None:
        raise book.damaged()
    return int(place[2]), _at(place[1])


def _at(column: bytes) -> int:
    return number_of(column.decode("ascii"))
