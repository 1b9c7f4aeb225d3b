"""Open a file for which there is no contract yet: what it is, and its columns as they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from goodstanding.catalogue import Source
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading import open_delivered, receive
from goodstanding.ingest.reading.containers import unpack
from goodstanding.ingest.reading.encodings import likely
from goodstanding.ingest.reading.kinds import ARCHIVES, check_kind, kind_of
from goodstanding.ingest.reading.names import harmless
from goodstanding.ingest.sql import run, text

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_FIGURES = re.compile(r"[-+]?[0-9][0-9.,:/ -]*")
_WORKBOOKS = ("xlsx", "ods")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose rows stand in `delivered`: how it is to be read, and what was left aside."""

    file: str
    source: Source
    rows: int
    notes: tuple[str, ...]


def open_unknown(con: duckdb.DuckDBPyConnection, path: Path, place: Path) -> Opened:
    """Find out how a file is read, and read it. Raises what ``receive`` and ``open_delivered`` do.

    ``place`` is a folder for the copies that are made of it.
    """
    source = _described(path, place)
    delivery = receive(path, source, place, lambda _step, _done, _total: None)
    if source.format == "csv":
        source = replace(source, delimiter=_delimiter(delivery.readable))
    header = list(_names(con, delivery, source))
    if source.format == "csv" and _is_a_row(header):
        source = replace(source, header=False)
        header = [f"column_{n}" for n in range(1, len(header) + 1)]
        opening = ["The first line looks like a row, so the columns have names of ours."]
    else:
        opening = []
    names, notes = _usable(header)
    notes = [*opening, *notes]
    sheets = _sheets(delivery, source)
    if len(sheets) > 1:
        source = replace(source, sheet=sheets[0])
        notes.append(f"Of {len(sheets)} sheets the first is read.")
    source = replace(source, columns=tuple(names))
    delivered = open_delivered(con, delivery, source)
    if delivered.unreadable_lines:
        notes.append(f"{delivered.unreadable_lines:,} lines cannot be split and were left aside.")
    return Opened(delivery.file_name, source, delivered.rows, tuple(notes))


def _described(path: Path, place: Path) -> Source:
    """A contract that says no more than how the file is read."""
    kind, readable = (kind_of(path), path) if path.is_file() else ("text", None)
    if kind in ARCHIVES and readable is not None:
        readable = place / "looked-into"
        unpack(kind, path, readable, harmless(path.name))
        kind = kind_of(readable)
    form, encoding = kind, "utf-8"
    if kind == "text" and readable is not None:
        with readable.open("rb") as file:
            head = file.read(_HEAD)
        encoding = likely(head)
        begins = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")[:1]
        form = {"[": "json", "{": "jsonl"}.get(begins, "csv")
    elif kind not in (*_WORKBOOKS, "parquet"):
        form = "csv"
        check_kind(kind, form, harmless(path.name))
    return Source(
        id="draft", titles={}, authority="", items=(), format=form, encoding=encoding,
        delimiter=",", quote='"', header=True, columns=(), snapshot=False,
        min_share_of_last=None, max_rejected_share=None, checks=(), sql="", sql_path=Path(),
        digest="",
    )  # fmt: skip


def _delimiter(file: Path) -> str:
    """The mark that stands most often in the first line."""
    with file.open("rb") as opened:
        line = opened.read(_HEAD).lstrip(b"\xef\xbb\xbf\r\n").splitlines()[:1]
    counts = Counter(line[0].decode("utf-8", "replace")) if line else Counter[str]()
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _names(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source) -> Iterator[str]:
    file = text(str(delivery.readable))
    match source.format:
        case "csv":
            from goodstanding.ingest.reading.csv_header import read_header

            yield from read_header(delivery, source).names
        case "parquet":
            yield from (str(row[0]) for row in run(con, f"DESCRIBE FROM read_parquet({file})"))
        case "json" | "jsonl":
            scan = f"read_json({file}, sample_size = 20000, maximum_depth = 1)"
            yield from (str(row[0]) for row in run(con, f"DESCRIBE FROM {scan}"))
        case _:
            yield from _header_of_sheet(delivery)


def _header_of_sheet(delivery: Delivery) -> Iterator[str]:
    import python_calamine

    from goodstanding.ingest.reading.cells import cell_text

    book = python_calamine.CalamineWorkbook.from_path(str(delivery.readable))
    for row in book.get_sheet_by_index(0).iter_rows():
        cells = [cell_text(cell) or "" for cell in row]
        if any(cell.strip() for cell in cells):
            yield from cells
            return


def _sheets(delivery: Delivery, source: Source) -> Sequence[str]:
    if source.format not in _WORKBOOKS:
        return ()
    import python_calamine

    return list(python_calamine.CalamineWorkbook.from_path(str(delivery.readable)).sheet_names)


def _is_a_row(header: list[str]) -> bool:
    """Whether what stands where a header may stand is values: nobody calls a column `20100503`."""
    figures = sum(bool(_FIGURES.fullmatch(name.strip())) for name in header)
    return figures * 2 > len(header)


def _usable(found: list[str]) -> tuple[list[str], list[str]]:
    """The columns that a contract can name, and what is to be said of the others."""
    counts = Counter(name.strip() for name in found)
    names, notes = [], []
    for name in dict.fromkeys(found):
        if not name.strip():
            notes.append("A column without a name is left aside.")
        elif counts[name.strip()] > 1:
            notes.append(f"The column {name!r} stands {counts[name.strip()]} times: left aside.")
        elif name == "row" or name.lower().startswith("quarantine "):
            notes.append(f"The column {name!r} has a name of ours: left aside.")
        else:
            names.append(name)
    return names, notes
