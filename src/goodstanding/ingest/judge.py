"""Judge: run every check set-wise, find duplicates, and list the reasons of each bad row.

Leaves three tables: `staged` (every delivered row with ``bad``), `reasons` (row, code,
field, value, sentence, remedy; one line per reason) and `repeated` (rows that say again,
to the letter, what an earlier row of the same file says: accepted, and nothing new).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.errors import CONTRACT_CHECK, DIFFERENT_DUPLICATE, UNREADABLE_LINE
from goodstanding.ingest.model import LIKELY, RowCheck
from goodstanding.ingest.sql import any_of, name, run, text
from goodstanding.ingest.stage import StagedField, end_of_retention
from goodstanding.kernel.escaping import visible_sql
from goodstanding.kernel.mojibake import likely_original_sql

_BROKEN_LINE = RowCheck(UNREADABLE_LINE, "line", "")
_CONTRADICTION = RowCheck(DIFFERENT_DUPLICATE, "source_key", "")


def judge(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    fields: list[StagedField],
    checks: list[RowCheck],
) -> None:
    """Create `staged`, `reasons` and `repeated` from `staged_values`."""
    columns = ", ".join(_staged_column(field, source, pack) for field in fields)
    bad = any_of(check.fails for check in checks)
    run(
        con,
        f"CREATE TABLE staged AS SELECT row, {columns}, original, "
        f"unread, not_plain, coalesce({bad}, false) AS bad "
        f"{_check_columns(source)} FROM (SELECT * REPLACE "
        f"(coalesce(effective_on, CASE WHEN NOT contains(unread, '\"effective_on\":') "
        f"THEN decided_on END) AS effective_on) FROM staged_values)",
    )
    # Bad rows are few: they are taken out once, then each check is asked about them alone.
    run(con, "CREATE TABLE bad_rows AS SELECT * FROM staged WHERE bad")
    # A row the contract excludes is no record at all; further reasons would only distract.
    excluded = any_of(f"coalesce(check_{check.id}, false)" for check in source.checks)
    asked = checks if run(con, "SELECT 1 FROM bad_rows LIMIT 1") else []
    selects = [
        _reason(check, f"FROM bad_rows WHERE ({check.fails}){_unless(check, excluded)}", fields)
        for check in asked
    ]
    lines = _reason(_BROKEN_LINE, "FROM (SELECT line AS row, content FROM broken_lines)", [])
    run(con, f"CREATE TABLE reasons AS {_readable(' UNION ALL '.join([*selects, lines]))}")
    _twins(con, fields)


def _staged_column(field: StagedField, source: Source, pack: Pack) -> str:
    if field.name != "ends_on":
        return name(field.name)
    retained = [item for item in source.items if pack.items[item].retention]
    if not retained:
        return "ends_on"
    cases = []
    for item in retained:
        parameter = pack.parameters[str(pack.items[item].retention)]
        starts = [(value.start, value.value.units) for value in parameter.values]
        cases.append(f"WHEN {text(item)} THEN {end_of_retention('effective_on', starts)}")
    # least() ignores NULL: the law's end, unless the row itself ends earlier.
    return f"least(ends_on, CASE item {' '.join(cases)} END) AS ends_on"


def _check_columns(source: Source) -> str:
    return "".join(f", check_{check.id}" for check in source.checks)


def _unless(check: RowCheck, excluded: str) -> str:
    return "" if check.code is CONTRACT_CHECK else f" AND NOT ({excluded})"


def _reason(check: RowCheck, rows: str, fields: Iterable[StagedField]) -> str:
    if check is _BROKEN_LINE:
        value = "content"
    elif check.field in {field.name for field in fields}:
        key = text(f"$.{check.field}")
        # As it was delivered, if it was read or normalised.
        value = f"coalesce(original ->> {key}, unread ->> {key}, {name(check.field)}::VARCHAR)"
    else:
        value = "NULL"
    return (
        f"SELECT row, {text(check.code.id)} AS code, {text(check.field)} AS field, "
        f"{value} AS value, {text(check.sentence)} AS sentence, "
        f"{text(check.remedy)} AS remedy {rows}"
    )


def _readable(reasons: str) -> str:
    """SQL: reasons with nothing unseen in their values, and what was likely meant in a remedy."""
    likely = visible_sql(f"coalesce({likely_original_sql('value')}, value)")
    return (
        f"SELECT row, code, field, {visible_sql('value')} AS value, sentence, "
        f"CASE WHEN contains(remedy, {text(LIKELY)}) "
        f"THEN replace(remedy, {text(LIKELY)}, {likely}) ELSE remedy END AS remedy FROM ({reasons})"
    )


def _twins(con: duckdb.DuckDBPyConnection, fields: list[StagedField]) -> None:
    """Rows with one source key: told apart into repetitions and contradictions.

    Keys are first compared by a 64-bit hash, which keeps memory small; only rows whose
    hash stands twice are compared in full.
    """
    content = ", ".join(f"{name(f.name)} := {name(f.name)}" for f in fields)
    run(
        con,
        "CREATE TABLE suspects AS SELECT hash(source_key) AS h FROM staged WHERE NOT bad "
        "GROUP BY h HAVING count(*) > 1",
    )
    run(
        con,
        f"""CREATE TABLE twins AS  -- grain: good row whose key another good row has
        SELECT row, source_key, count(DISTINCT content) OVER same_key AS contents,
            count(*) OVER same_key AS rows, min(row) OVER same_key AS first
        FROM (
            SELECT row, source_key, CAST(to_json(struct_pack({content})) AS VARCHAR) AS content
            FROM staged WHERE NOT bad AND hash(source_key) IN (FROM suspects)
        ) WINDOW same_key AS (PARTITION BY source_key)""",
    )
    run(con, "CREATE TABLE repeated AS SELECT row FROM twins WHERE contents = 1 AND row <> first")
    add_reasons(con, _CONTRADICTION, "SELECT row FROM twins WHERE contents > 1", fields)


def add_reasons(
    con: duckdb.DuckDBPyConnection, check: RowCheck, rows: str, fields: list[StagedField]
) -> None:
    """Reject further rows, given by a query of their numbers."""
    run(con, f"CREATE OR REPLACE TABLE rejected_now AS {rows}")
    where = "FROM staged WHERE row IN (FROM rejected_now)"
    run(con, f"INSERT INTO reasons {_readable(_reason(check, where, fields))}")
    run(con, "UPDATE staged SET bad = true WHERE row IN (FROM rejected_now)")


def summary(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
    """Each reason with the number of its rows, most frequent first."""
    rows = run(
        con,
        "SELECT code, sentence, count(DISTINCT row)::BIGINT AS n FROM reasons "
        "GROUP BY code, sentence ORDER BY n DESC, code, sentence",
    )
    return tuple((str(code), str(sentence), int(str(n))) for code, sentence, n in rows)
