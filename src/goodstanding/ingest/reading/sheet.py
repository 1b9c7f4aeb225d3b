"""Look into a workbook for what python-calamine does not say.

Which cells hold errors, formulas, or formulas without a result; what is merged or hidden; and
whether anything in it can run, is locked, or would fill memory.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

from goodstanding.ingest.reading.book import LARGEST_LIST, Book, SheetParts
from goodstanding.ingest.reading.containers import LIMITS, Limits
from goodstanding.ingest.reading.errors import LOCKED, REFUSED_WORKBOOK
from goodstanding.ingest.reading.kinds import DAMAGED
from goodstanding.ingest.reading.sheet_ods import look_into_ods
from goodstanding.ingest.reading.sheet_xlsx import look_into_xlsx
from goodstanding.kernel import GoodStandingError, Place

#: The largest ODS content, in bytes: it is looked at as one piece.
_LARGEST_ODS = 512 << 20
_RUNS = re.compile(r"vbaProject\.bin$|^xl/macrosheets/|^Basic/.|^Scripts/.", re.IGNORECASE)


def look_into(path: Path, format: str, file: str, limits: Limits = LIMITS) -> Book:
    """Check a workbook as a whole before anything of it is read.

    Raises GS-INGEST-005 (damaged), 022 (password), 023 (a bomb) and 027 (macros).
    """
    notes: list[str] = []
    book = Book(path, format, file, (), limits)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            locked = any(entry.flag_bits & 1 for entry in entries)
            if format == "ods" and "META-INF/manifest.xml" in names:
                manifest = book.whole(archive, "META-INF/manifest.xml", LARGEST_LIST)
                locked = locked or b"encryption-data" in manifest
            _check_sizes(book, entries)
            if format == "ods" and not locked:
                book.ods.update(_all_of_ods(book, archive))
    except (*DAMAGED, KeyError):
        raise book.damaged() from None
    if locked:
        raise GoodStandingError(LOCKED, place=Place(file), file=file)
    if any(_RUNS.search(name) for name in names):
        raise GoodStandingError(
            REFUSED_WORKBOOK, place=Place(file), file=file, problem="holds macros"
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("The workbook has links to other files: their stored values were taken.")
    return Book(path, format, file, tuple(notes), limits, book.ods)


def _all_of_ods(book: Book, archive: zipfile.ZipFile) -> dict[str, SheetParts]:
    return look_into_ods(book.whole(archive, "content.xml", _LARGEST_ODS), book)


def _check_sizes(book: Book, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if limit := book.limits.problem(entry.file_size, max(entry.compress_size, 1)):
            raise book.too_large(limit)
    total = sum(entry.file_size for entry in entries)
    if total > book.limits.size:
        raise book.too_large(f"{book.limits.size} bytes")


def sheet_parts(book: Book, name: str) -> SheetParts:
    """What the cells of a sheet are. Raises GS-INGEST-005 and 023."""
    if book.format == "ods":
        if name not in book.ods:
            raise book.damaged()
        return book.ods[name]
    try:
        with zipfile.ZipFile(book.path) as archive:
            part = book.part_of(archive, name)
            if part is None:
                # A sheet that cannot be looked into is not taken.
                raise book.damaged()
            with closing(book.pieces(archive, part)) as pieces:
                return look_into_xlsx(pieces, book)
    except (*DAMAGED, KeyError, ElementTree.ParseError):
        raise book.damaged() from None
