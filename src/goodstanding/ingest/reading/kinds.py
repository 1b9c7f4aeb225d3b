"""Tell what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from goodstanding.ingest.errors import UNREADABLE
from goodstanding.ingest.reading.errors import LOCKED, OTHER_FORMAT, REFUSED_WORKBOOK
from goodstanding.kernel import GoodStandingError, Place

#: What Python's zip and gzip readers raise for a file that is none, or is damaged; a
#: RuntimeError for a way of packing or locking that they do not know.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
_TEXT_FORMATS = frozenset({"csv", "json", "jsonl"})
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PAR1", "parquet"),
    (b"%PDF-", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3\x00", "sqlite"),
)
_WORDS = {
    "gzip": "a gzip archive",
    "zip": "a zip archive",
    "xlsx": "an XLSX workbook",
    "xlsb": "an XLSB workbook",
    "xls": "an old XLS workbook",
    "ods": "an ODS workbook",
    "parquet": "a Parquet file",
    "pdf": "a PDF document",
    "7z": "a 7z archive",
    "rar": "a RAR archive",
    "bzip2": "a bzip2 archive",
    "xz": "an xz archive",
    "zstd": "a zstd archive",
    "sqlite": "an SQLite database",
    "page": "a web page",
    "text": "plain text",
}
ARCHIVES = frozenset({"gzip", "zip", "7z", "rar", "bzip2", "xz", "zstd"})
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|script)\b", re.IGNORECASE)
_HEAD = 4096


def kind_of(path: Path) -> str:
    """What the file is: the name of a format, of an archive, ``page``, or ``text``."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind == "zip":
        return _kind_of_zip(path)
    if kind == "ole":
        return "locked" if _holds(path, "EncryptedPackage".encode("utf-16-le")) else "xls"
    if kind:
        return kind
    return "page" if _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) else "text"


def check_kind(kind: str, format: str, file: str) -> None:
    """Refuse a file that is not what the contract says.

    Raises GS-INGEST-005, 017, 022 (password) and 027 (a workbook of another kind).
    """
    place = Place(file)
    if kind == "locked":
        raise GoodStandingError(LOCKED, place=place, file=file)
    if kind == format or (kind == "text" and format in _TEXT_FORMATS):
        return
    if format in ("xlsx", "ods") and kind in ("xls", "xlsb"):
        raise GoodStandingError(
            REFUSED_WORKBOOK, place=place, file=file, problem=f"is {_WORDS[kind]}"
        )
    if kind == "text":
        # Damaged or cut: it does not even begin as its format does.
        problem = f"it does not begin as {format.upper()} does."
        raise GoodStandingError(UNREADABLE, place=place, file=file, format=format, problem=problem)
    raise GoodStandingError(
        OTHER_FORMAT,
        place=place,
        file=file,
        found=_WORDS[kind],
        format=format,
        advice=_advice(kind, format),
    )


def _advice(kind: str, format: str) -> str:
    if kind in ("xlsx", "ods"):
        return f"Have it exported as {format.upper()}, or write `format: {kind}` in the contract."
    if kind in ("page", "pdf"):
        return "Look at it: a page of a login or an error is often saved in place of the list."
    return f"Have it exported as {format.upper()}, or change the contract by a new version."


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and "content.xml" in names:
                return "ods"
    except (*DAMAGED, OSError):
        return "zip"
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "xlsx" if "[Content_Types].xml" in names else "zip"


def _holds(path: Path, wanted: bytes) -> bool:
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if wanted in tail + chunk:
                return True
            tail = chunk[-len(wanted) :]
    return False
