"""Read a sheet of a workbook (XLSX, ODS) through python-calamine.

Invariant: what a reader could only guess is refused or said: which sheet, merged cells, errors,
formulas without a result. Formulas are never run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import python_calamine

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import EMPTY_FILE, UNREADABLE
from goodstanding.ingest.model import Delivery, RowCheck
from goodstanding.ingest.reading.book import SheetParts, letters
from goodstanding.ingest.reading.cells import cell_text, is_rounded
from goodstanding.ingest.reading.columns import Columns, columns_of
from goodstanding.ingest.reading.errors import (
    ERROR_CELL,
    MERGED_CELLS,
    NO_STORED_RESULT,
    ROUNDED_NUMBER,
    WHICH_SHEET,
)
from goodstanding.ingest.reading.loading import Loader
from goodstanding.ingest.reading.names import listed
from goodstanding.ingest.reading.sheet import look_into, sheet_parts
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import Code, GoodStandingError, Place

_SHOWN = 5


def read_workbook(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Source
) -> tuple[list[str], list[RowCheck]]:
    """Fill `delivered` with the contract's sheet; what is to be said, and what to be checked.

    Raises GS-INGEST-003, 005, 006, 018 and 022 to 027.
    """
    parts = look_into(delivery.readable, source.format, delivery.file_name)
    with _opened(delivery, source) as book:
        sheet, notes = _choose(book, delivery, source)
        found = sheet_parts(parts, sheet)
        rows = book.get_sheet_by_name(sheet).iter_rows()
        table = _Table.begin(rows, delivery, source)
        _check_cells(table, found, sheet, delivery)
        errors = {
            (row, at): error
            for (row, at), error in found.errors.items()
            if row > table.header_row and at in table.used
        }
        blank = _load(con, table, rows, errors)
    notes = [*parts.notes, *notes, *table.notes, *table.columns.notes, *_said(table, found)]
    if blank:
        notes.append(f"Rows without any value are no rows: {len(blank)} (row {_first(blank)}).")
    return notes, _faulty_cells(con, table, errors)


@contextmanager
def _opened(delivery: Delivery, source: Source) -> Iterator[python_calamine.CalamineWorkbook]:
    """The workbook; what the library cannot read becomes our refusal, in our own words."""
    try:
        with (
            delivery.readable.open("rb") as file,
            python_calamine.CalamineWorkbook.from_filelike(file) as book,
        ):
            yield book
    except (python_calamine.CalamineError, UnicodeError, OSError):
        raise GoodStandingError(
            UNREADABLE,
            place=Place(delivery.file_name),
            file=delivery.file_name,
            format=source.format.upper(),
            problem="a part of it is damaged.",
        ) from None


# Which sheet ----------------------------------------------------------------------------------


def _choose(
    book: python_calamine.CalamineWorkbook, delivery: Delivery, source: Source
) -> tuple[str, list[str]]:
    """The sheet to read, and which others there are. Raises GS-INGEST-024."""
    visible: list[str] = []
    hidden: list[str] = []
    for sheet in book.sheets_metadata:
        shown = sheet.visible == python_calamine.SheetVisibleEnum.Visible
        (visible if shown else hidden).append(sheet.name)
    problem = None
    if source.sheet is None:
        if len(visible) != 1:
            problem = f"has {len(visible)} visible sheets, and the contract names none"
    elif source.sheet in hidden:
        problem = f"has the sheet {source.sheet!r} hidden"
    elif source.sheet not in visible:
        problem = f"has no sheet {source.sheet!r}"
    if problem:
        sheets = listed(visible) or "none that is visible"
        raise GoodStandingError(
            WHICH_SHEET,
            place=Place(delivery.file_name),
            file=delivery.file_name,
            problem=problem,
            sheets=f"{sheets}; hidden: {listed(hidden)}" if hidden else sheets,
        )
    chosen = source.sheet or visible[0]
    others = [name for name in visible if name != chosen]
    notes = [f"Only the sheet {chosen!r} was read, not {listed(others)}."] if others else []
    if hidden:
        notes.append(f"Hidden sheets were not read: {listed(hidden)}.")
    return chosen, notes


# Its rows -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Table:
    """The columns of a sheet: where the header stands, and where the rows end."""

    header_row: int
    columns: Columns
    used: dict[int, str]
    notes: list[str]

    @classmethod
    def begin(cls, rows: Iterator[Sequence[object]], delivery: Delivery, source: Source) -> _Table:
        """Read up to the header. Raises GS-INGEST-003, 006 and 018."""
        notes = []
        before: list[list[str]] = []
        row = 0
        for cells in rows:
            row += 1
            names = [cell_text(cell) or "" for cell in cells]
            if row > source.preamble and any(names):
                break
            before.append(names)
        else:
            raise GoodStandingError(
                EMPTY_FILE, place=Place(delivery.file_name), file=delivery.file_name
            )
        while names and not names[-1]:
            names.pop()
        if source.preamble:
            notes.append(f"Rows of the preamble, which were not read: {source.preamble}.")

        def later() -> Iterator[str]:
            return _meant(rows, row, source)

        columns = columns_of(
            names, delivery, source, placed=lambda at: f"column {letters(at)}", meant=later
        )
        used = {at: name for at, name in enumerate(columns.names) if name in source.columns}
        return cls(row, columns, used, notes)


def _meant(rows: Iterator[Sequence[object]], row: int, source: Source) -> Iterator[str]:
    wanted = set(source.columns)
    for number, cells in zip(range(row + 1, row + 101), rows, strict=False):
        if len(wanted & {cell_text(cell) for cell in cells}) * 2 > len(wanted):
            yield (
                f"the header stands perhaps in row {number}: if it is to stay there, the "
                f"contract needs `preamble: {number - 1}`"
            )
            return


def _load(
    con: duckdb.DuckDBPyConnection,
    table: _Table,
    rows: Iterator[Sequence[object]],
    errors: dict[tuple[int, int], str],
) -> list[int]:
    """Load the rows below the header; the numbers of those that are blank."""
    width = len(table.columns.names)
    loader = Loader(con, "delivered", ("row", *table.columns.names))
    rounded = Loader(con, "rounded_cells", ("row", "field"))
    blank: list[int] = []
    waiting: list[int] = []
    last = max((row for row, _ in errors), default=0)
    for row, cells in enumerate(_until(rows, last - table.header_row), table.header_row + 1):
        values = [cell_text(cell) for cell in cells[:width]]
        values.extend([None] * (width - len(values)))
        if errors:
            # The library gives an error as an empty cell.
            values = [errors.get((row, at), value) for at, value in enumerate(values)]
        if not any(values):
            waiting.append(row)
            continue
        blank, waiting = blank + waiting, []
        loader.add((row, *values))
        for at, name in table.used.items():
            if at < len(cells) and is_rounded(cells[at]):
                rounded.add((row, name))
    loader.flush()
    rounded.flush()
    return blank


def _until(rows: Iterator[Sequence[object]], least: int) -> Iterator[Sequence[object]]:
    """The rows, and empty ones up to ``least``: the last may hold nothing but an error."""
    left = least
    for row in rows:
        yield row
        left -= 1
    for _ in range(left):
        yield ()


# What cells may not be ------------------------------------------------------------------------


def _check_cells(table: _Table, found: SheetParts, sheet: str, delivery: Delivery) -> None:
    """Raises GS-INGEST-025 (merged cells) and 026 (a formula without a result)."""
    place = Place(delivery.file_name)
    merged = [
        area
        for area in found.merged
        if area.bottom >= table.header_row
        and any(area.left <= at <= area.right for at in table.used)
    ]
    if merged:
        more = ", ..." if len(merged) > _SHOWN else ""
        raise GoodStandingError(
            MERGED_CELLS,
            place=place,
            file=delivery.file_name,
            sheet=sheet,
            ranges=", ".join(map(str, merged[:_SHOWN])) + more,
        )
    for at in table.used:
        row = found.without_result.get(at)
        if row is not None and row > table.header_row:
            raise GoodStandingError(
                NO_STORED_RESULT,
                place=place,
                file=delivery.file_name,
                sheet=sheet,
                cell=f"{letters(at)}{row}",
            )


def _said(table: _Table, found: SheetParts) -> Iterator[str]:
    for at, name in table.used.items():
        if at in found.formulas:
            count, row = found.formulas[at]
            yield (
                f"The column {name!r} holds formulas ({count}, the first in {letters(at)}{row}): "
                "their stored results were taken."
            )
    if found.hidden_rows:
        yield (
            f"Hidden rows were read like the others: {len(found.hidden_rows)} "
            f"(row {_first(found.hidden_rows)})."
        )


def _first(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")


def _faulty_cells(
    con: duckdb.DuckDBPyConnection, table: _Table, errors: dict[tuple[int, int], str]
) -> list[RowCheck]:
    """The checks that reject rows for what the sheet itself says of their cells."""
    faulty = Loader(con, "error_cells", ("row", "field", "error"))
    kinds: dict[tuple[str, str], None] = {}
    for (row, at), error in errors.items():
        name = table.used[at]
        faulty.add((row, name, error))
        kinds[name, error] = None
    faulty.flush()
    checks = [
        _check(
            ERROR_CELL,
            name,
            f"FROM error_cells WHERE field = {text(name)} AND error = {text(error)}",
            error=error,
        )
        for name, error in kinds
    ]
    for (column,) in run(con, "SELECT DISTINCT field FROM rounded_cells ORDER BY field"):
        where = f"FROM rounded_cells WHERE field = {text(str(column))}"
        checks.append(_check(ROUNDED_NUMBER, str(column), where))
    return checks


def _check(code: Code, column: str, rows: str, **values: object) -> RowCheck:
    return RowCheck(code, column, f"row IN (SELECT row {rows})", {"column": column, **values})
