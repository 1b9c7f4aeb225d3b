"""groups.parquet for those who have a spreadsheet: the same rows and columns, nothing that runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from goodstanding.evaluation.backtest.model import GroupShare
from goodstanding.kernel.escaping import for_spreadsheet, visible

SHEET = "groups.csv"


def write_sheet(rows: Iterable[GroupShare], path: Path) -> None:
    """Write ``rows`` with a head; nothing stands where a value is unknown or kept back."""
    # The mark at its beginning tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(GroupShare)])
        writer.writerows(map(_cell, astuple(row)) for row in rows)


def _cell(value: object) -> str:
    return "" if value is None else for_spreadsheet(visible(str(value)))
