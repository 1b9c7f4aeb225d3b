"""A workbook as the archive that it is: its parts, and what the cells of a sheet are.

Parts are read as streams and searched as bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.reading.containers import Limits
from goodstanding.ingest.reading.errors import UNPACKS_TOO_LARGE
from goodstanding.kernel import GoodStandingError, Place

_CHUNK = 1 << 20
#: The most cells between the first and the last that holds something: they are kept in memory.
MOST_CELLS = 50_000_000
#: The longest row and the largest list of parts, in bytes: looked at as one piece.
_LONGEST_ROW = 64 << 20
LARGEST_LIST = 8 << 20


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells: rows from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass(slots=True)
class SheetParts:
    """What the cells of one sheet are; rows from 1, columns from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    #: By column: how many formulas, and the row of the first.
    formulas: dict[int, tuple[int, int]] = field(default_factory=dict)
    #: By column: the row of the first formula without a stored result.
    without_result: dict[int, int] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)

    def add_formula(self, row: int, column: int, has_result: bool) -> None:
        """Note a formula."""
        count, first = self.formulas.get(column, (0, row))
        self.formulas[column] = (count + 1, min(first, row))
        if not has_result:
            self.without_result.setdefault(column, row)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's parts: what is to be said of the whole, and each sheet on demand."""

    path: Path
    format: str
    file: str
    notes: tuple[str, ...]
    limits: Limits
    #: The sheets of an ODS, which are looked at before the library reads them all at once.
    ods: dict[str, SheetParts] = field(default_factory=dict)

    def check_size(self, rows: int, columns: int) -> None:
        """Refuse a sheet whose cells would fill memory. Raises GS-INGEST-023."""
        if rows * columns > MOST_CELLS:
            raise self.too_large(f"{MOST_CELLS} cells (it reaches {letters(columns - 1)}{rows})")

    def too_large(self, limit: str) -> GoodStandingError:
        """The refusal of a workbook that is larger than ``limit``."""
        return GoodStandingError(
            UNPACKS_TOO_LARGE, place=Place(self.file), file=self.file, limit=limit
        )

    def damaged(self) -> GoodStandingError:
        """The refusal of a workbook of which a part cannot be read."""
        return GoodStandingError(
            UNREADABLE,
            place=Place(self.file),
            file=self.file,
            format=self.format.upper(),
            problem="a part of it is damaged.",
        )

    def part_of(self, archive: zipfile.ZipFile, name: str) -> str | None:
        """The file in which an XLSX keeps the cells of a sheet."""
        relations = {
            str(relation.get("Id")): str(relation.get("Target"))
            for relation in self._tree(archive, "xl/_rels/workbook.xml.rels")
        }
        for element in self._tree(archive, "xl/workbook.xml").iter():
            if element.tag.rpartition("}")[2] == "sheet" and element.get("name") == name:
                ids = [value for key, value in element.items() if key.endswith("}id")]
                target = relations.get(ids[0] if ids else "", "")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return None

    def _tree(self, archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.whole(archive, part, LARGEST_LIST))

    def whole(self, archive: zipfile.ZipFile, part: str, most: int) -> bytes:
        """A part as one piece. Raises GS-INGEST-023."""
        with archive.open(part) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise self.too_large(f"{most} bytes in {part}")
        return content

    def pieces(self, archive: zipfile.ZipFile, part: str) -> Generator[bytes]:
        """The part in pieces that end with a row."""
        held, done = b"", 0
        size = archive.getinfo(part).compress_size
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                done += len(chunk)
                if limit := self.limits.problem(done, size):
                    raise self.too_large(limit)
                held += chunk
                end = held.rfind(b"row>") + 4
                if end > 3:
                    yield held[:end]
                    held = held[end:]
                elif len(held) > _LONGEST_ROW:
                    raise self.too_large(f"{_LONGEST_ROW} bytes for one row")
        yield held


def letters(column: int) -> str:
    """The letters of a column counted from 0."""
    high, low = divmod(column, 26)
    return (letters(high - 1) if high else "") + chr(ord("A") + low)


def number_of(column: str) -> int:
    """The column, counted from 0, of its letters."""
    at = 0
    for letter in column:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1
