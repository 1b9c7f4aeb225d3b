"""Judge: run every check set-wise, find duplicates, and list the reasons of each bad row.

Leaves two tables: `staged` (every delivered row with ``bad``) and `reasons` (row, code, our
field, value, sentence, remedy, the agency's columns, the sentence that waits for the value, and
whether that value says more than the delivered one; one line per reason).
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from goodstanding.catalogue import NearKeys, Pack, Repeats, Source
from goodstanding.ingest.errors import (
    CONTRACT_CHECK,
    DIFFERENT_DUPLICATE,
    NEAR_KEY,
    REPEATED,
    UNREADABLE_LINE,
)
from goodstanding.ingest.model import VALUE, RowCheck
from goodstanding.ingest.persons import HELD_WHEN, look_at_numbers
from goodstanding.ingest.reading.errors import NOT_ONE_OBJECT
from goodstanding.ingest.sql import any_of, name, run, text
from goodstanding.ingest.stage import StagedField, labels
from goodstanding.ingest.terms import computed_end
from goodstanding.kernel.characters import fold_key_sql

_BROKEN_LINE = RowCheck(UNREADABLE_LINE, "line", "")
_BROKEN_OBJECT = RowCheck(NOT_ONE_OBJECT, "line", "")
_CONTRADICTION = RowCheck(DIFFERENT_DUPLICATE, "source_key", "")
_REPEATED = RowCheck(REPEATED, "source_key", "")
NEAR = RowCheck(NEAR_KEY, "source_key", "")


def judge(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    fields: list[StagedField],
    checks: list[RowCheck],
) -> None:
    """Create `staged` and `reasons` from `staged_values`."""
    look_at_numbers(con, pack, source)
    columns = ", ".join(name(field.name) for field in fields if field.name != "ends_on")
    bad = any_of(check.fails for check in checks)
    end = computed_end(source, pack, {field.name for field in fields})
    # A row that is sent back keeps the end that its agency stated, or did not state.
    run(
        con,
        f"CREATE TABLE staged AS SELECT row, {columns}, "
        f"CASE WHEN bad THEN ends_on ELSE {end} END AS ends_on, "
        f"original, unread, not_plain, bad {_check_columns(source)} "
        f"FROM (SELECT *, coalesce({bad}, false) AS bad FROM (SELECT * REPLACE "
        f"(coalesce(effective_on, CASE WHEN NOT contains(unread, '\"effective_on\":') "
        f"THEN decided_on END) AS effective_on) FROM staged_values))",
    )
    # Bad rows are few: they are taken out once, and asked about alone.
    run(con, "CREATE TABLE bad_rows AS SELECT * FROM staged WHERE bad")
    # A row the contract excludes is no record at all; further reasons would only distract.
    excluded = any_of(f"coalesce(check_{check.id}, false)" for check in source.checks)
    selects = [
        _reason(check, f"FROM bad_rows WHERE ({check.fails}){_unless(check, excluded)}", fields)
        for check in _failed(con, checks)
    ]
    broken = _BROKEN_OBJECT if source.format in ("json", "jsonl") else _BROKEN_LINE
    lines = _reason(broken, "FROM (SELECT line AS row, content FROM broken_lines)", [])
    run(con, f"CREATE TABLE reasons AS {' UNION ALL '.join([*selects, lines])}")
    _twins(con, source, fields)


def _failed(con: duckdb.DuckDBPyConnection, checks: list[RowCheck]) -> list[RowCheck]:
    """The checks that some row failed; to word the reasons of the others takes long for nothing."""
    if not checks:
        return []
    found = run(con, f"SELECT {', '.join(f'bool_or({c.fails})' for c in checks)} FROM bad_rows")
    return [check for check, failed in zip(checks, found[0], strict=True) if failed]


def _check_columns(source: Source) -> str:
    when = source.persons is not None and source.persons.when is not None
    held = f", {HELD_WHEN}" if when else ""
    return held + "".join(f", check_{check.id}" for check in source.checks)


def _unless(check: RowCheck, excluded: str) -> str:
    return "" if check.code is CONTRACT_CHECK else f" AND NOT ({excluded})"


def _reason(check: RowCheck, rows: str, fields: Collection[StagedField]) -> str:
    """SQL: one reason a row. ``sentence`` is the same in each, ``said`` waits for its value."""
    known = labels(fields)
    staged = next((field for field in fields if field.name == check.field), None)
    if check in (_BROKEN_LINE, _BROKEN_OBJECT):
        value = "content"
    elif check.shows is not None:
        value = check.shows
    elif staged:
        key = text(f"$.{check.field}")
        # As it was delivered, if it was read or normalised.
        value = f"coalesce(original ->> {key}, unread ->> {key}, {name(check.field)}::VARCHAR)"
    else:
        value = "NULL"
    columns = ", ".join(staged.columns) if staged else ""
    return (
        f"SELECT row, {text(check.code.id)} AS code, {text(check.field)} AS field, "
        f"{value} AS value, {_said(check.sentence(known), check)} AS sentence, "
        f'{_said(check.remedy(known), check)} AS remedy, {text(columns)} AS "column", '
        f"{_said(check.sentence(known, VALUE), check)} AS said, "
        f"{check.shows is not None} AS shown {rows}"
    )


def _said(sentence: str, check: RowCheck) -> str:
    """SQL: a sentence, filled in row by row where the check says something of each."""
    if not check.of_row:
        return text(sentence)
    return f"format({text(sentence)}, {', '.join(check.of_row)})"


def _twins(con: duckdb.DuckDBPyConnection, source: Source, fields: list[StagedField]) -> None:
    """Rows with one source key: told apart into repetitions, contradictions and near keys.

    Keys are first compared by a 64-bit hash, which keeps memory small; only rows whose
    hash stands twice are compared in full.
    """
    content = ", ".join(f"{name(f.name)} := {name(f.name)}" for f in fields)
    folded = fold_key_sql("source_key") if source.near_keys is NearKeys.REFUSE else "source_key"
    run(
        con,
        f"CREATE TABLE suspects AS SELECT hash({folded}) AS h FROM staged WHERE NOT bad "
        "GROUP BY h HAVING count(*) > 1",
    )
    run(
        con,
        f"""CREATE TABLE twins AS  -- grain: good row whose key another good row has, or nearly
        SELECT row, source_key,
            count(DISTINCT content) OVER (PARTITION BY source_key) AS contents,
            count(*) OVER (PARTITION BY source_key) AS rows,
            min(row) OVER (PARTITION BY source_key) AS first,
            row_number() OVER (PARTITION BY source_key ORDER BY row) AS place,
            list_filter(array_agg(DISTINCT source_key) OVER (PARTITION BY {folded}),
                lambda other: other <> source_key)[1] AS near
        FROM (
            SELECT row, source_key, CAST(to_json(struct_pack({content})) AS VARCHAR) AS content
            FROM staged WHERE NOT bad AND hash({folded}) IN (FROM suspects)
        )""",
    )
    if source.repeats is Repeats.COUNT:
        _count_repeats(con)
    else:
        often = "source_key || ' (as row ' || first || ', ' || rows || ' times in all)'"
        again = f"SELECT row, {often} AS shown FROM twins WHERE contents = 1 AND place > 1"
        add_reasons(con, _REPEATED, again, fields)
    differing = "SELECT row, NULL AS shown FROM twins WHERE contents > 1"
    add_reasons(con, _CONTRADICTION, differing, fields)
    near = (
        "SELECT row, source_key || ' (beside ' || near || ')' AS shown FROM twins "
        "WHERE near IS NOT NULL"
    )
    add_reasons(con, NEAR, near, fields)


def _count_repeats(con: duckdb.DuckDBPyConnection) -> None:
    """Equal rows are facts of their own: the second has the key with " #2" behind it.

    Where a row already has that key, the two contradict each other.
    """
    run(
        con,
        "UPDATE staged SET source_key = t.source_key || ' #' || t.place FROM twins AS t "
        "WHERE t.row = staged.row AND t.contents = 1 AND t.place > 1",
    )
    run(
        con,
        "UPDATE twins SET contents = 2 WHERE row IN (SELECT unnest(list(row)) FROM staged "
        "WHERE NOT bad GROUP BY source_key HAVING count(*) > 1)",
    )


def add_reasons(
    con: duckdb.DuckDBPyConnection, check: RowCheck, rows: str, fields: list[StagedField]
) -> None:
    """Reject further rows: a query of their number, and of what to show instead of the value."""
    run(con, f"CREATE OR REPLACE TABLE rejected_now AS {rows}")
    where = "FROM staged JOIN rejected_now USING (row)"
    reason = _reason(check, where, fields)
    run(
        con,
        "INSERT INTO reasons SELECT r.* REPLACE "
        "(coalesce(n.shown, r.value) AS value, n.shown IS NOT NULL AS shown) "
        f"FROM ({reason}) AS r JOIN rejected_now AS n USING (row)",
    )
    run(con, "UPDATE staged SET bad = true WHERE row IN (SELECT row FROM rejected_now)")


def summary(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
    """Each reason with the number of its rows, most frequent first."""
    rows = run(
        con,
        "SELECT code, sentence, count(DISTINCT row)::BIGINT AS n FROM reasons "
        "GROUP BY code, sentence ORDER BY n DESC, code, sentence",
    )
    return tuple((str(code), str(sentence), int(str(n))) for code, sentence, n in rows)
