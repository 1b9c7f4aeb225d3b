"""Write a cell of a workbook as text, without loss.

Days and times as ISO 8601, whole numbers without a point, other numbers in their shortest
exact form, durations as hours:minutes:seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

#: Digits of a number that a spreadsheet keeps.
_EXACT = 10**15


def is_rounded(cell: object) -> bool:
    """Whether a number has more digits than a spreadsheet keeps."""
    return isinstance(cell, float) and cell.is_integer() and abs(cell) >= _EXACT


def cell_text(cell: object) -> str | None:
    """A cell's value as text; None if it holds nothing."""
    if cell is None or isinstance(cell, str):
        return cell or None
    return _WRITTEN[type(cell)](cell)


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _duration(value: timedelta) -> str:
    seconds = value.days * 86400 + value.seconds
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_WRITTEN: dict[type, Callable[..., str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _number,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}
