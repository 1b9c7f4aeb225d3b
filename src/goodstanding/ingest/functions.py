"""The functions a contract has beside DuckDB's own: how an agency writes days and numbers.

Invariant: what does not fit the stated way of writing is no day and no number, and is handed on
as it was written, so that the row is refused with its own value. Where such a text could be taken
for another day or number it is marked (``NOT_READ`` before it); the mark is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
from sqlglot import exp

from goodstanding.ingest.eras import era_day_sql
from goodstanding.ingest.sql import run, text
from goodstanding.kernel.characters import fold_key_sql, trimmed_sql
from goodstanding.kernel.mojibake import likely_original_sql

#: SUBSTITUTE: no text that is sealed holds it.
NOT_READ = "chr(26)"
#: What may separate groups of three digits, and what else is taken for it.
_THOUSANDS = {"": "", ".": ".", ",": ",", "'": "'’", " ": " \u00a0\u202f\u2009"}
#: A function whose name DuckDB takes for a type goes by another name there.
_RENAMED = {"decimal": "decimal_text"}
_AS_IT_IS = "CAST(value AS VARCHAR)"
#: Formats of which a part is a year without its century, or whatever the machine's place uses.
_OPEN_YEARS = ("%y", "%-y", "%c", "%x", "%D")
_ZONE = r" ?(?:Z|[+-][0-9]{2}:?[0-9]{2})$"


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``iso_date(text, format)``, ``decimal(text, mark, mark)``, ``fold_key(text)`` and
    ``utf8_mended(text)``.

    Contracts call them by these names; ``as_macros`` puts those of the macros in their place.
    """
    written = trimmed_sql("CAST(value AS VARCHAR)")
    zone_left_off = f"regexp_replace({written}, {text(_ZONE)}, '')"
    zoned = f"regexp_matches({written}, {text(_ZONE)})"
    macros = {
        "iso_date(value, format)": _day_read(written, "true"),
        "iso_date_zoned(value, format)": _day_read(zone_left_off, zoned),
        "era_date(value)": f"coalesce(CAST({era_day_sql(written)} AS VARCHAR), {_AS_IT_IS})",
        "decimal_text(value, point, thousands)": _decimal(written),
        "fold_key(value)": fold_key_sql("value"),
        "utf8_mended(value)": f"coalesce({likely_original_sql('value')}, value)",
    }
    for signature, body in macros.items():
        run(con, f"CREATE MACRO {signature} AS {body}")


def unmarked(value: str) -> str:
    """SQL: a text as it was written, without the mark."""
    return f"ltrim({value}, {NOT_READ})"


def _day_read(written: str, zoned: str) -> str:
    """SQL: the day as YYYY-MM-DD, or the text itself where it is no day of that format.

    DuckDB reads leniently (`04.03.25` is the year 25), so the day is written back and compared;
    a zero before a single digit is not asked for. A zone at the end was left off: a day is the
    one that is written, in its own zone.
    """
    read = f"try_strptime({written}, format)"
    same = f"{_padded(f'strftime({read}, format)')} = {_padded(written)} AND {zoned}"
    # A text of the ISO shape is that day, unless the format means another by the same shape.
    iso = "'^[0-9]{4}-[0-9]{2}-[0-9]{2}'"
    means_other = f"regexp_matches(strftime(DATE '2000-10-20', format), {iso})"
    return (
        f"CASE WHEN {same} THEN strftime({read}, '%Y-%m-%d') "
        f"WHEN {means_other} AND regexp_matches({written}, {iso}) THEN {NOT_READ} || {_AS_IT_IS} "
        f"ELSE {_AS_IT_IS} END"
    )


def _padded(value: str) -> str:
    return rf"lower(regexp_replace({value}, '\b([0-9])\b', '0\1', 'g'))"


def _decimal(written: str) -> str:
    """SQL: the number with a point and without thousands marks, or the text marked.

    Sign, digits (plain, or grouped by three under the one thousands mark), and at most one
    decimal mark with digits after it. A first group never begins with 0: `0.123` is no 123.
    """
    plain = r"[+-]?[0-9]+(?:MARK[0-9]+)?"
    grouped = r"[+-]?[1-9][0-9]{0,2}(?:GROUP[0-9]{3})+(?:MARK[0-9]+)?"
    mark = r"'[' || point || ']'"
    group = f"CASE thousands {_cases()} ELSE '[^\\x00-\\x{{10FFFF}}]' END"
    whole = f"replace('{plain}', 'MARK', {mark})"
    parts = f"replace(replace('{grouped}', 'MARK', {mark}), 'GROUP', {group})"
    # What remains of a number that fits is its sign, its digits and its one decimal mark.
    bare = f"replace(regexp_replace({written}, '[^0-9+' || point || '-]', '', 'g'), point, '.')"
    fits = f"regexp_full_match({written}, {whole}) OR regexp_full_match({written}, {parts})"
    return f"CASE WHEN {fits} THEN ltrim({bare}, '+') ELSE {NOT_READ} || {_AS_IT_IS} END"


def _cases() -> str:
    return " ".join(
        f"WHEN {text(mark)} THEN {text(f'[{taken}]')}" for mark, taken in _THOUSANDS.items() if mark
    )


def call_problems(node: exp.Expr) -> Iterator[str]:
    """What is wrong with one call of these functions: their way of writing is written out."""
    if not isinstance(node, exp.Anonymous):
        return
    called, arguments = node.name.lower(), node.expressions
    if called == "iso_date":
        form = _literal(arguments[1]) if len(arguments) == 2 else None
        if form is None:
            yield "iso_date takes a text and its format, written out: iso_date(x, '%d.%m.%Y')"
        elif any(part in form.replace("%%", "") for part in _OPEN_YEARS):
            yield (
                f"iso_date with {form!r} leaves the century open: write it out, for example "
                "iso_date(left(x, 6) || '20' || right(x, 2), '%d.%m.%Y')"
            )
    elif called == "decimal":
        marks = [_literal(argument) for argument in arguments[1:]]
        good = len(marks) == 2 and marks[0] in (".", ",") and marks[1] in _THOUSANDS
        if not good or marks[0] == marks[1]:
            yield (
                "decimal takes a text, its decimal mark (point or comma) and its thousands mark "
                "(point, comma, apostrophe, blank or '' for none), written out: "
                "decimal(x, ',', '.')"
            )


def number_surgery(projection: exp.Expr) -> str | None:
    """How a number is read by replacing its marks, which takes `1.000` for 1; None if it is not."""
    if projection.find(exp.Round, exp.Floor, exp.Ceil) or any(
        cast.to.is_type("float", "double", "real") for cast in projection.find_all(exp.Cast)
    ):
        return (
            f"{projection.alias_or_name} is rounded or read as a binary float: hand it on exactly"
        )
    for node in projection.find_all(exp.Replace, exp.Translate, exp.RegexpReplace):
        parts = [_literal(part) for part in node.args.values() if isinstance(part, exp.Expr)]
        if any(part in (",", ".", "[.]", "[,]", r"\.", ",.", ".,") for part in parts):
            return (
                f"{projection.alias_or_name} is read by replacing its marks: write "
                "decimal(x, ',', '.') with the agency's decimal and thousands marks"
            )
    return None


def _literal(node: exp.Expr) -> str | None:
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def as_macros(tree: exp.Expr) -> exp.Expr:
    """The tree with these functions as DuckDB takes them: `decimal` is the name of a type there."""
    for call in list(tree.find_all(exp.Anonymous)):
        called, arguments = call.name.lower(), call.expressions
        form = _literal(arguments[1]) if called == "iso_date" and len(arguments) == 2 else None
        if called in _RENAMED:
            call.set("this", _RENAMED[called])
        elif form == "era":
            call.set("this", "era_date")
            call.set("expressions", arguments[:1])
        elif form and form.endswith("%z"):
            bare = exp.Literal.string(form.removesuffix("%z").rstrip())
            call.set("this", "iso_date_zoned")
            call.set("expressions", [arguments[0], bare])
    return tree
