"""What a column of a file holds, told from every value in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb

from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel import FactType
from goodstanding.kernel.escaping import visible
from goodstanding.kernel.numbers import DIGITS, MAX_SCALE

#: Ways of writing a day, the likelier first: of two that fit all values the first is taken.
_DAYS = (
    *("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d"),
    *("%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p"),
    *("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "era"),
)
_ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,]+ ?(Z|[+-][0-9:]+)?)?"
_MARKS = ((".", ","), (",", "."), (".", ""), (",", ""))
_YES_NO = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})
_CODE = "[A-Za-z0-9][A-Za-z0-9._-]*"
_IDENTIFIER = "[A-Za-z0-9][A-Za-z0-9._/-]*"
_MOST_CODES, _SHOWN = 20, 40


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column: the type of its values and how they are written, with what was counted."""

    name: str
    type: FactType
    #: How a day is written (``iso`` or a format), or the two marks of a number.
    form: tuple[str, ...] = ()
    also: str | None = None
    scale: int = 0
    codes: tuple[str, ...] = ()
    given: int = 0
    distinct: int = 0
    longest: int = 0
    least: str = ""
    examples: tuple[str, ...] = ()
    #: Whether each value could be the value of an identifier.
    is_identifier: bool = False


def look_at(con: duckdb.DuckDBPyConnection, column: str) -> SeenColumn:
    """What the column of `delivered` holds. It is a text where nothing narrower fits all values."""
    value = f"nullif(trim(CAST({name(column)} AS VARCHAR)), '')"
    run(con, f"CREATE OR REPLACE TEMP TABLE looked AS SELECT {value} AS v FROM delivered")
    fits = f"coalesce(bool_and(regexp_full_match(v, {text(_IDENTIFIER)})), false)"
    ((given, distinct, longest, least, identifies),) = run(
        con,
        "SELECT count(v)::BIGINT, count(DISTINCT v)::BIGINT, coalesce(max(length(v)), 0), "
        f"coalesce(min(v), ''), {fits} AND max(length(v)) <= 64 FROM looked",
    )
    examples = run(con, "SELECT v FROM looked WHERE v IS NOT NULL GROUP BY v "
                        "ORDER BY count(*) DESC, v LIMIT 3")  # fmt: skip
    seen = SeenColumn(
        column,
        FactType.TEXT,
        given=int(str(given)),
        distinct=int(str(distinct)),
        longest=int(str(longest)),
        least=str(least),
        examples=tuple(_cut(str(v)) for (v,) in examples),
        is_identifier=bool(identifies),
    )
    return _typed(con, seen) if seen.given else seen


def _typed(con: duckdb.DuckDBPyConnection, seen: SeenColumn) -> SeenColumn:
    few = seen.distinct <= _MOST_CODES
    values = _values(con) if few else []
    if {value.lower() for value in values} in _YES_NO:
        return replace(seen, type=FactType.BOOLEAN, codes=tuple(values))
    if days := list(_days(con)):
        least = str(run(con, f"SELECT min({_day(days[0])}) FROM looked")[0][0])[:10]
        also = days[1] if len(days) > 1 else None
        return replace(seen, type=FactType.DATE, form=(days[0],), also=also, least=least)
    if _all(con, "regexp_full_match(v, '-?(0|[1-9][0-9]{0,17})')"):
        return replace(seen, type=FactType.INTEGER)
    for point, thousands in _MARKS:
        if (scale := _scale(con, point, thousands)) is not None:
            return replace(seen, type=FactType.DECIMAL, form=(point, thousands), scale=scale)
    if few and seen.given >= 5 * seen.distinct and all(re.fullmatch(_CODE, v) for v in values):
        return replace(seen, type=FactType.CODE, codes=tuple(values))
    return seen


def _values(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = run(con, "SELECT DISTINCT v FROM looked WHERE v IS NOT NULL ORDER BY v")
    return [str(value) for (value,) in rows]


def _all(con: duckdb.DuckDBPyConnection, condition: str) -> bool:
    return bool(run(con, f"SELECT coalesce(bool_and({condition}), false) FROM looked")[0][0])


def _days(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Each way in which all values are days."""
    if _all(con, f"regexp_full_match(v, {text(_ISO)}) AND try_cast(left(v, 10) AS DATE) NOTNULL"):
        yield "iso"
        return
    for form in _DAYS:
        if _all(con, f"regexp_full_match({_day(form)}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
                     f"AND {_day(form)} BETWEEN '1850-01-01' AND '2199-12-31'"):  # fmt: skip
            yield form


def _day(form: str) -> str:
    if form == "iso":
        return "left(v, 10)"
    return "era_date(v)" if form == "era" else f"iso_date(v, {text(form)})"


def _scale(con: duckdb.DuckDBPyConnection, point: str, thousands: str) -> int | None:
    """How many places the numbers have, if all are written with these marks."""
    read = f"decimal_text(v, {text(point)}, {text(thousands)})"
    # `00012` is what something is called.
    shape = f"[+-]?(0|[1-9][0-9]{{0,{DIGITS - 3}}})([.][0-9]+)?"
    if not _all(con, f"regexp_full_match({read}, {text(shape)})"):
        return None
    places = f"max(length(split_part({read}, '.', 2)))"
    scale = int(str(run(con, f"SELECT {places} FROM looked")[0][0]))
    return scale if scale <= MAX_SCALE else None


def _cut(value: str) -> str:
    said = visible(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def described(seen: SeenColumn, rows: int) -> str:
    """One line about a column, for a comment."""
    share = "never empty" if seen.given == rows else f"empty in {rows - seen.given:,} of {rows:,}"
    shown = ", ".join(seen.examples) or "nothing"
    return f"{visible(seen.name)}: {seen.distinct:,} values, {share}; e.g. {shown}"


def of_type(columns: Sequence[SeenColumn], *types: FactType) -> list[SeenColumn]:
    """The columns of these types that hold anything."""
    return [column for column in columns if column.type in types and column.given]
