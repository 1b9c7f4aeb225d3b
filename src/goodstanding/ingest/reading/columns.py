"""The columns of a file by the names its header gives them.

Invariant: a column that the contract uses is there exactly once, under its exact name. What
other columns are called does no harm: they are kept under names that clash with nothing.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import MISSING_COLUMNS
from goodstanding.ingest.model import Delivery
from goodstanding.ingest.reading.errors import DOUBLE_COLUMN
from goodstanding.ingest.reading.names import harmless, listed
from goodstanding.kernel import GoodStandingError, Place

#: What a column is in a sentence: "column 14", "column N".
Placed = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file in their order, each under a name that stands once."""

    names: tuple[str, ...]
    #: How many at the end have no name: a row may leave them out.
    unnamed_at_end: int
    notes: tuple[str, ...]


def by_number(index: int) -> str:
    """A column by its number in the file."""
    return f"column {index + 1}"


def columns_of(
    header: Sequence[str],
    delivery: Delivery,
    source: Source,
    *,
    placed: Placed = by_number,
    meant: Callable[[], Iterable[str]] = tuple,
) -> Columns:
    """Find the contract's columns in a header; ``meant`` says what else the file may be.

    Raises GS-INGEST-006 (a column is missing) and 018 (one that is used stands twice).
    """
    file, place = delivery.file_name, Place(delivery.file_name)
    missing = [column for column in source.columns if column not in header]
    if missing:
        hints = [*_renamed(missing, header, source), *meant()]
        raise GoodStandingError(
            MISSING_COLUMNS,
            place=place,
            file=file,
            missing=listed(missing),
            hint=f" ({'; '.join(hints)})" if hints else "",
            found=listed([name for name in header if name.strip()]) or "none with a name",
        )
    for column in source.columns:
        at = [index for index, name in enumerate(header) if name == column]
        if len(at) > 1:
            raise GoodStandingError(
                DOUBLE_COLUMN,
                place=place,
                file=file,
                column=column,
                times=len(at),
                places=", ".join(placed(index) for index in at),
            )
    names = _unique(header, source)
    trailing = next((n for n, name in enumerate(reversed(header)) if name.strip()), len(header))
    return Columns(names, trailing, tuple(_notes(header, source, placed)))


def _renamed(missing: list[str], header: Sequence[str], source: Source) -> list[str]:
    others = {name for name in header if name.strip()} - set(source.columns)
    folded = {_folded(name): name for name in others}
    hints = []
    for column in missing:
        if same := folded.get(_folded(column)):
            how = "in blanks" if same.strip() == column else "in case, width or blanks"
            hints.append(f"{column} is {harmless(same)!r}, which differs {how}")
        elif close := difflib.get_close_matches(column, others, n=1):
            hints.append(f"{column} is perhaps {harmless(close[0])!r}")
    return hints[:20]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _unique(header: Sequence[str], source: Source) -> tuple[str, ...]:
    """DuckDB tells names apart without case, and `row` is ours."""
    taken = {"row", *(column.lower() for column in source.columns)}
    names = []
    for index, name in enumerate(header):
        if name in source.columns:
            names.append(name)
            continue
        plain = "".join(char if char.isprintable() else "_" for char in name.strip())
        unique = plain = plain or f"column_{index + 1}"
        number = index + 1
        while unique.lower() in taken:
            unique, number = f"{plain}_{number}", number + len(header)
        taken.add(unique.lower())
        names.append(unique)
    return tuple(names)


def _notes(header: Sequence[str], source: Source, placed: Placed) -> Iterable[str]:
    unnamed = [placed(index) for index, name in enumerate(header) if not name.strip()]
    if unnamed:
        yield f"The header gives no name to {_several(unnamed)}: not used."
    doubled = sorted({name for name in header if name.strip() and list(header).count(name) > 1})
    if doubled:
        yield f"These columns stand more than once and are not used: {listed(doubled)}."
    for column in source.columns:
        alike = [n for n in header if n != column and _folded(n) == _folded(column)]
        if alike:
            yield (
                f"The column {column!r} was read; {listed(alike)} differs from it in case, "
                "width or blanks only, and is not used."
            )


def _several(places: list[str]) -> str:
    return ", ".join(places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
