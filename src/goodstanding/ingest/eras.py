"""Days counted by the reign or the republic: 令和6年3月5日, H30.10.4, 民國113年3月5日.

Invariant: a day outside the years of its era is no day. 平成31年5月1日 was never in Heisei; whoever
wrote it may have meant the day after April 2019, or another year, and it is not guessed.

Sources of the table: Cabinet Order No. 1 of 1989 (Heisei from the day after 7 January 1989) and
No. 143 of 2019 (Reiwa from 1 May 2019), under the Era Name Act (Law No. 43 of 1979); the edicts
of 30 July 1912 (Taisho) and 25 December 1926 (Showa), both in force on their own day, which the
era before therefore shares. Days before 1 January 1873 (Meiji 6) were counted by another
calendar (Edict No. 337 of 1872). The Republic of China counts from 1 January 1912.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from goodstanding.ingest.sql import day, text


@dataclass(frozen=True, slots=True)
class Era:
    """The names an era is written with, its first and last day, and the year before its first."""

    names: tuple[str, ...]
    first: date
    last: date
    year_zero: int


ERAS = (
    Era(("明治", "㍾", "明", "M", "m"), date(1873, 1, 1), date(1912, 7, 30), 1867),
    Era(("大正", "㍽", "大", "T", "t"), date(1912, 7, 30), date(1926, 12, 25), 1911),
    Era(("昭和", "㍼", "昭", "S", "s"), date(1926, 12, 25), date(1989, 1, 7), 1925),
    Era(("平成", "㍻", "平", "H", "h"), date(1989, 1, 8), date(2019, 4, 30), 1988),
    Era(("令和", "㋿", "令", "R", "r"), date(2019, 5, 1), date(9999, 12, 31), 2018),
    Era(("中華民國", "中华民国", "民國", "民国"), date(1912, 1, 1), date(9999, 12, 31), 1911),
)

_WIDE = "０１２３４５６７８９．／－ＭＴＳＨＲｍｔｓｈｒ　"
_NARROW = "0123456789./-MTSHRmtshr "
_NAMES = "|".join(name for era in ERAS for name in era.names)
_REST = "|".join(
    [
        " ?年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日",
        *(f" ?{sign} ?[0-9]{{1,2}} ?{sign} ?[0-9]{{1,2}}" for sign in (r"\.", "/", "-")),
    ]
)
#: What is written by an era, whether or not there was such a day; of a text in half width.
_SHAPE = f"(?:{_NAMES}) ?(?:元|[0-9]{{1,3}})(?:{_REST})"
_PATTERN = re.compile(_SHAPE)
_NUMBER = re.compile("[0-9]+")


def era_day(written: str) -> date | None:
    """The day, or None for what is no day of an era. The plain form of ``era_day_sql``."""
    narrow = written.translate(str.maketrans(_WIDE, _NARROW))
    if not _PATTERN.fullmatch(narrow):
        return None
    era = next(e for e in ERAS if narrow.startswith(e.names))
    year, month, number = map(int, _NUMBER.findall(narrow.replace("元", "1")))
    try:
        found = date(era.year_zero + year, month, number)
    except ValueError:
        return None
    return found if year > 0 and era.first <= found <= era.last else None


def era_day_sql(value: str) -> str:
    """SQL: the day as DATE; NULL for what is no day of an era."""
    narrow = _narrow_sql(value)
    numbers = f"regexp_extract_all(replace({narrow}, '元', '1'), '[0-9]+')"
    cases = " ".join(f"WHEN {_any_start(era, narrow)} THEN {_within(era, numbers)}" for era in ERAS)
    return f"CASE WHEN {written_by_era_sql(value)} THEN CASE {cases} END END"


def written_by_era_sql(value: str) -> str:
    """SQL: whether a text is written by an era, even if there was no such day."""
    return f"regexp_full_match({_narrow_sql(value)}, {text(_SHAPE)})"


def _narrow_sql(value: str) -> str:
    return f"translate({value}, {text(_WIDE)}, {text(_NARROW)})"


def _any_start(era: Era, narrow: str) -> str:
    return " OR ".join(f"starts_with({narrow}, {text(name)})" for name in era.names)


def _within(era: Era, numbers: str) -> str:
    """SQL: the day of the three numbers, if it lies in the era."""
    year = f"{numbers}[1]::INTEGER"
    written = (
        f"printf('%04d-%02d-%02d', {era.year_zero} + {year}, "
        f"{numbers}[2]::INTEGER, {numbers}[3]::INTEGER)"
    )
    found = f"try_cast({written} AS DATE)"
    return (
        f"CASE WHEN {year} > 0 AND {found} BETWEEN {day(era.first)} AND {day(era.last)} "
        f"THEN {found} END"
    )
