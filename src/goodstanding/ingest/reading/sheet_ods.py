"""Find in the XML of an ODS file what the cells of a sheet are."""

from __future__ import annotations

import html
import re

from goodstanding.ingest.reading.book import Book, Range, SheetParts

_TABLE = re.compile(
    rb"<table:table\b[^>]*?\btable:name=\"([^\"]*)\"[^>]*>(.*?)</table:table>", re.DOTALL
)
_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_CELL = re.compile(
    rb"<table:(?:covered-)?table-cell\b([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([\w:-]+)=\"([^\"]*)\"")
_TEXT = re.compile(rb"<text:p[^>]*>([^<]*)<")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:\d+")


def look_into_ods(content: bytes, book: Book) -> dict[str, SheetParts]:
    """What the cells of each sheet are. Raises GS-INGEST-023."""
    return {
        html.unescape(table[1].decode("utf-8", "replace")): _cells(table[2], book)
        for table in _TABLE.finditer(content)
    }


def _cells(table: bytes, book: Book) -> SheetParts:
    found = SheetParts()
    row = 1
    last = width = 0
    for match in _ROW.finditer(table):
        attributes = _attributes(match[1])
        times = _times(attributes, b"table:number-rows-repeated")
        reach = _look_at_row(match[2] or b"", row, found)
        if reach:
            last, width = row + times - 1, max(width, reach)
            book.check_size(last, width)
            if attributes.get(b"table:visibility", b"visible") != b"visible":
                found.hidden_rows.extend(range(row, row + min(times, 1000)))
        row += times
    return found


def _look_at_row(cells: bytes, row: int, found: SheetParts) -> int:
    """Note what the cells of a row are; how far those that hold something reach."""
    column = reach = 0
    for match in _CELL.finditer(cells):
        attributes = _attributes(match[1])
        times = _times(attributes, b"table:number-columns-repeated")
        holds = b"office:value-type" in attributes or b"table:formula" in attributes
        if holds:
            reach = column + times
            shown = _TEXT.search(match[2] or b"")
            text = shown[1].decode("utf-8", "replace") if shown else ""
            failed = attributes.get(b"calcext:value-type") == b"error" or (
                b"table:formula" in attributes and bool(_ERROR.fullmatch(text))
            )
            for at in range(column, min(reach, column + 1000)):
                if failed:
                    found.errors[row, at] = text[:20] or "#ERROR!"
                if b"table:formula" in attributes:
                    found.add_formula(row, at, b"office:value-type" in attributes)
        spanned = (
            _times(attributes, b"table:number-columns-spanned"),
            _times(attributes, b"table:number-rows-spanned"),
        )
        if spanned != (1, 1):
            found.merged.append(Range(row, column, row + spanned[1] - 1, column + spanned[0] - 1))
        column += times
    return reach


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(text))


def _times(attributes: dict[bytes, bytes], name: bytes) -> int:
    value = attributes.get(name, b"1")
    return max(1, int(value)) if value.isdigit() and len(value) < 9 else 1
