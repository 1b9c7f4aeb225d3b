"""Compare the good rows with what stands: what is new, what corrects, what has ended.

Same source and source key are the same record (DESIGN 5.4). Changed content supersedes;
equal content changes nothing. What a missing row means is said by the contract, and only of a
full list: nothing, an end on the day of the list, or a withdrawal.

Invariant: a delivery older than one that was taken changes nothing that stands. What it has
and the register has not, is taken, with the end that the newer list gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Missing, Pack, Source
from goodstanding.ingest.dating import Dated
from goodstanding.ingest.sql import day, name, run, text, texts
from goodstanding.ingest.stage import StagedField
from goodstanding.ingest.standing import (
    NOT_CONTENT,
    fact_columns,
    reject_against_standing,
    sealed_columns,
    view_standing,
)
from goodstanding.kernel.characters import fold_key_sql
from goodstanding.register.history import CONTENT


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows are entries of each kind, and how many change nothing.

    ``ended`` and ``withdrawn`` are those that a full list no longer has.
    """

    new: int
    corrected: int
    unchanged: int
    ended: int
    withdrawn: int

    @property
    def entries(self) -> int:
        """How many entries there are to append."""
        return self.new + self.corrected + self.ended + self.withdrawn


@dataclass(frozen=True, slots=True)
class Compared:
    """A delivery in time, what stands, and the marks of what was erased."""

    dated: Dated
    segments: Mapping[str, Sequence[Path]]
    marks: Sequence[str] = ()
    #: The delivery holds mended rows of another one, so nothing is missing from it.
    is_part: bool = False


def find_changes(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    fields: list[StagedField],
    compared: Compared,
) -> dict[str, Changes]:
    """Create `changes_<item>` per item: rows to append, less leaf, salt and what the log adds.

    `outcomes_<item>` says of each good row, where there is something to compare it with, what
    comes of it.
    `good` has the rows that are taken, `older` those of an older delivery that change nothing.
    Rejects rows as ``reject_against_standing`` says.
    """
    items = [pack.items[item] for item in source.items]
    for item in items:
        view_standing(con, source.id, item, compared.segments.get(item.id, ()))
    reject_against_standing(con, source, items, fields, compared.marks)
    _set_older_apart(con, source, compared.dated)
    run(con, "CREATE VIEW good AS FROM staged WHERE NOT bad AND row NOT IN (FROM older)")
    absent = source.missing is not Missing.NOTHING and tells_absence(con, source, compared)
    found = {}
    for item in items:
        good = _good(item, fields)
        if not compared.segments.get(item.id):
            # Nothing to compare with.
            all_new = f"SELECT 'record' AS act, NULL::BIGINT AS supersedes, * FROM ({good})"
            run(con, f"CREATE VIEW changes_{item.id} AS {all_new}")
            run(con, f"CREATE TABLE outcomes_{item.id} (row BIGINT, outcome VARCHAR)")
        else:
            run(con, f"CREATE TABLE outcomes_{item.id} AS {_outcomes(item, fields, good)}")
            select = _changes(item, fields, good)
            if absent:
                select += f" UNION ALL BY NAME {_absent(source, item, compared.dated)}"
            run(con, f"CREATE TABLE changes_{item.id} AS {select}")
        found[item.id] = _count(con, item)
    return found


def tells_absence(con: duckdb.DuckDBPyConnection, source: Source, compared: Compared) -> bool:
    """Whether what the file does not have is known to be missing from it.

    Not of an older file, nor of a part; nor if a line could not be split or a row has lost its
    key, for then nobody can tell which record is meant.
    """
    if not source.snapshot or compared.is_part or compared.dated.is_older:
        return False
    return not unclear_rows(con)


def unclear_rows(con: duckdb.DuckDBPyConnection) -> int:
    """How many lines could not be split and rows have no key: which records they are of is open."""
    lost = (
        "SELECT (SELECT count(*) FROM broken_lines) + "
        "(SELECT count(*) FROM staged WHERE source_key IS NULL)"
    )
    return int(str(run(con, lost)[0][0]))


def _set_older_apart(con: duckdb.DuckDBPyConnection, source: Source, dated: Dated) -> None:
    """Create `older`: rows of an older delivery whose records were told of since."""
    if not dated.is_older:
        run(con, "CREATE TABLE older (row BIGINT)")
        return
    known = "source_key IN (SELECT source_key FROM standing_keys)"
    if source.missing is Missing.WITHDRAWN:
        # The newer list has it not, so it should never have stood.
        known = "true"
    run(con, f"CREATE TABLE older AS SELECT row FROM staged WHERE NOT bad AND {known}")
    if source.missing is Missing.ENDED and dated.next_day is not None:
        end = f"greatest({day(dated.next_day)}, effective_on)"
        run(
            con,
            f"UPDATE staged SET ends_on = least(ends_on, {end}) "
            "WHERE NOT bad AND row NOT IN (FROM older)",
        )


def _reported(item: Item, fields: list[StagedField], row: str) -> dict[str, str]:
    """Sealed column -> SQL for what the staged ``row`` says in it."""
    given = {field.name for field in fields}
    facts = {
        fact.column: f"{row}.{name(fact.name)}" if fact.name in given else f"NULL::{fact.sql_type}"
        for fact in fact_columns(item)
    }
    return {**{column: f"{row}.{column}" for column in CONTENT}, **facts}


def _differs(item: Item, reported: Mapping[str, str], compared: str) -> str:
    """SQL: whether the row says otherwise than the agency did last."""
    old = ", ".join(f"{compared}.{name(column)}" for column in sealed_columns(item))
    return f"ROW({', '.join(reported.values())}) IS DISTINCT FROM ROW({old})"


def _good(item: Item, fields: list[StagedField]) -> str:
    said = _reported(item, fields, "g")
    reported = ", ".join(
        ["g.row", "g.source_key", "g.original", *(f"{v} AS {name(c)}" for c, v in said.items())]
    )
    return f"SELECT {reported} FROM good AS g WHERE g.item = {text(item.id)}"


def _outcomes(item: Item, fields: list[StagedField], good: str) -> str:
    """SQL: of each good row what comes of it, with the version it replaces and the one before."""
    same = {column: f"r.{name(column)}" for column in _reported(item, fields, "g")}
    return (
        "SELECT r.row, p.leaf, p.supersedes AS earlier, "
        f"CASE WHEN p.leaf IS NULL THEN 'record' WHEN {_differs(item, same, 'p')} "
        "THEN 'correction' WHEN p.by_absence THEN 'again' ELSE 'unchanged' END AS outcome "
        f"FROM ({good}) AS r LEFT JOIN compared_{item.id} AS p USING (source_key)"
    )


def _changes(item: Item, fields: list[StagedField], good: str) -> str:
    """SQL: the rows that become entries, by their outcomes."""
    changed = (
        f"SELECT o.outcome AS act, o.leaf AS supersedes, r.* FROM ({good}) AS r "
        f"JOIN outcomes_{item.id} AS o USING (row) WHERE o.outcome IN ('record', 'correction')"
    )
    # What the agency left out of a full list and now says again is what it was before: with
    # what an officer had corrected in it.
    content = ", ".join(f"v.{name(column)}" for column in _reported(item, fields, "g"))
    again = (
        f"SELECT 'correction' AS act, o.leaf AS supersedes, r.row, r.source_key, r.original, "
        f"{content} FROM ({good}) AS r JOIN outcomes_{item.id} AS o USING (row) "
        f"JOIN present_{item.id} AS v ON v.leaf = o.earlier WHERE o.outcome = 'again'"
    )
    return f"{changed} UNION ALL BY NAME {again}"


def _absent(source: Source, item: Item, dated: Dated) -> str:
    """SQL: what stands but is no longer in the full list of its series.

    A rejected row still counts as present, however its key is written.
    """
    key = fold_key_sql("source_key")
    missing = (
        f"FROM standing_{item.id} WHERE act <> 'withdrawal' "
        f"AND {key} NOT IN (SELECT {key} FROM staged WHERE source_key IS NOT NULL)"
    )
    if source.series is not None:
        own = texts(earlier.sha256 for earlier in dated.before)
        missing += f" AND source_key IN (SELECT source_key FROM compared_{item.id} " + (
            f"WHERE delivery IN {own})"
        )
    content = f"* EXCLUDE ({NOT_CONTENT})"
    if source.missing is Missing.WITHDRAWN:
        return (
            f"SELECT 'withdrawal' AS act, leaf AS supersedes, 0 AS row, '{{}}' AS original, "
            f"{content} {missing}"
        )
    on = day(dated.as_of)
    # What had not begun by then never begins.
    return (
        f"SELECT 'correction' AS act, leaf AS supersedes, 0 AS row, '{{}}' AS original, "
        f"{content} REPLACE (greatest({on}, effective_on) AS ends_on) {missing} "
        f"AND (ends_on IS NULL OR ends_on > {on}) AND ends_on IS DISTINCT FROM effective_on"
    )


def _count(con: duckdb.DuckDBPyConnection, item: Item) -> Changes:
    acts = run(
        con, f"SELECT act, row = 0, count(*)::BIGINT FROM changes_{item.id} GROUP BY act, row = 0"
    )
    counts = {(str(act), bool(absent)): int(str(n)) for act, absent, n in acts}
    same = f"SELECT count(*)::BIGINT FROM outcomes_{item.id} WHERE outcome = 'unchanged'"
    return Changes(
        new=counts.get(("record", False), 0),
        corrected=counts.get(("correction", False), 0),
        unchanged=int(str(run(con, same)[0][0])),
        ended=counts.get(("correction", True), 0),
        withdrawn=counts.get(("withdrawal", True), 0),
    )
