"""Stage: the contract's select, typed, with what could not be read set aside.

`staged`, one row per delivered row: ``row``, the record's fields and facts in their
types (NULL where the text is no such value), and

* ``original``: JSON object of the delivered texts that were normalised (trimmed, put
  into Unicode form C, read from another date format), so that the messy truth stays;
* ``unread``: JSON object of the texts that could not be read as their type;
* ``check_<id>``: whether the contract's own check <id> rejects the row.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from goodstanding.catalogue import FactType, Pack, Source
from goodstanding.ingest.codes import as_listed, fold_code
from goodstanding.ingest.contract import contract_fields, contract_select
from goodstanding.ingest.local_ids import with_local_ids
from goodstanding.ingest.model import DATE_FIELDS, OPTIONAL_FIELDS, REQUIRED_FIELDS
from goodstanding.ingest.persons import HELD_WHEN
from goodstanding.ingest.reading import Delivered
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel.numbers import DIGITS
from goodstanding.register import FactColumn

CONTROL = "[\\x00-\\x1F\\x7F]"

_FIELD_TYPE = dict.fromkeys(DATE_FIELDS, FactType.DATE)
#: Mapped rather than reported fields: their text is ours, so it is no one's original.
_MAPPED = frozenset({"source_key", "item", "authority", "subject", "subject_kind", "basis"})


@dataclass(frozen=True, slots=True)
class StagedField:
    """One output of the contract: its type, and the type in which the contract gives it.

    ``columns`` are the agency's columns it is made of, in the order of the select; none if the
    contract sets it itself.
    """

    name: str
    type: FactType
    scale: int
    given: str
    raw: str
    codes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        """The DuckDB type in which it is staged and sealed."""
        return FactColumn(self.name, self.type, self.scale).sql_type

    @property
    def arrives_typed(self) -> bool:
        """Whether the contract already gives the exact type, so that nothing is read."""
        exact = {FactType.INTEGER: ("BIGINT", "INTEGER", "SMALLINT", "TINYINT")}
        return self.given in exact.get(self.type, (self.sql_type,)) and self.given != "VARCHAR"

    @property
    def is_text(self) -> bool:
        """Whether it is staged as text."""
        return self.sql_type == "VARCHAR"


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """The functions a contract has beside DuckDB's own.

    ``iso_date(text, format)``: the date as YYYY-MM-DD, or the text itself where it is no
    such date, so that the row is rejected with its real value. Beside them stands the table
    `released`, empty until ``persons.remember_released`` fills it.
    """
    run(con, "CREATE TABLE released (source_key VARCHAR, subject VARCHAR)")
    run(
        con,
        "CREATE MACRO iso_date(value, format) AS "
        "coalesce(strftime(try_strptime(value, format), '%Y-%m-%d'), value)",
    )


def stage(
    con: duckdb.DuckDBPyConnection, source: Source, pack: Pack, delivered: Delivered
) -> list[StagedField]:
    """Create `staged_values` (a view, one row per delivered row). Raises GS-INGEST-009."""
    select = with_local_ids(con, _with_defaults(contract_select(source), source, pack))
    # "row" comes along so that every reason can name it; a source column is never called so.
    outputs = [exp.column("row", table="delivered"), *select.expressions]
    fields = _staged_fields(con, source, pack, select, delivered)
    raws = [
        exp.alias_(exp.cast(_delivered_column(p, delivered) or p.unalias(), "VARCHAR"), f"raw_{n}")
        for p in select.expressions
        if (n := p.alias_or_name) not in _MAPPED
    ]
    checks = [
        exp.alias_(exp.paren(exp.maybe_parse(check.when, dialect="duckdb")), f"check_{check.id}")
        for check in source.checks
    ]
    if source.persons is not None and source.persons.when is not None:
        held: exp.Expr = exp.maybe_parse(source.persons.when, dialect="duckdb")
        checks.append(exp.alias_(exp.paren(held), HELD_WHEN))
    contract = select.copy()
    contract.set("expressions", [e.copy() for e in (*outputs, *raws, *checks)])
    run(con, f"CREATE OR REPLACE MACRO code(value) AS {fold_code('value', source.codes)}")
    run(con, f"CREATE VIEW contract AS {contract.sql(dialect='duckdb')}")
    run(con, f"CREATE VIEW staged_values AS {_typed(fields, source)}")
    return fields


def _with_defaults(select: exp.Select, source: Source, pack: Pack) -> exp.Select:
    """What a contract may leave out: the authority of the source, the only subject kind."""
    given = {projection.alias_or_name for projection in select.expressions}
    kinds = {kind for item in source.items for kind in pack.items[item].subject_kinds}
    defaults = dict.fromkeys(OPTIONAL_FIELDS, "NULL::VARCHAR")
    defaults["authority"] = text(source.authority)
    if len(kinds) == 1:
        defaults["subject_kind"] = text(kinds.pop())
    for field in OPTIONAL_FIELDS:
        if field not in given:
            select = select.select(f"{defaults[field]} AS {field}", dialect="duckdb")
    return select


def _staged_fields(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    select: exp.Select,
    delivered: Delivered,
) -> list[StagedField]:
    described = run(con, f"DESCRIBE {select.sql(dialect='duckdb')}")
    given = {str(row[0]): str(row[1]) for row in described}
    facts = {f: fact for item in source.items for f, fact in pack.items[item].facts.items()}
    named = {p.alias_or_name: p for p in select.expressions}
    fields = []
    for field in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS, *contract_fields(source, pack)[1]):
        fact = facts.get(field)
        column = _delivered_column(named[field], delivered)
        fields.append(
            StagedField(
                name=field,
                type=fact.type if fact else _FIELD_TYPE.get(field, FactType.TEXT),
                scale=fact.scale if fact else 0,
                given=given[field],
                raw="" if field in _MAPPED else ("VARCHAR" if column else given[field]),
                codes=tuple(fact.codes) if fact else (),
                columns=_columns(named[field]),
            )
        )
    return fields


def _columns(projection: exp.Expr) -> tuple[str, ...]:
    names = [column.name for column in projection.find_all(exp.Column, bfs=False)]
    return tuple(dict.fromkeys(names))


def labels(fields: Collection[StagedField]) -> dict[str, str]:
    """Field -> the words by which the agency knows it: its columns."""
    found = {
        field.name: ", ".join(field.columns) or f"{field.name} as the contract sets it"
        for field in fields
    }
    given = {field.name for field in fields if field.columns}
    # Without a day of its own, a record takes effect on the day of the decision.
    if "decided_on" in given and "effective_on" not in given:
        found["effective_on"] = found["decided_on"]
    return found


def _delivered_column(projection: exp.Expr, delivered: Delivered) -> exp.Column | None:
    """The one text column of the file that the projection normalises, if there is just one.

    A text composed of several parts (`'Fine no. ' || no`) or chosen by CASE is ours, not a
    delivered value put into its normal form.
    """
    if projection.find(exp.DPipe, exp.Concat, exp.ConcatWs, exp.Case):
        return None
    columns = {column.name for column in projection.find_all(exp.Column)}
    if len(columns) == 1 and delivered.columns.get(found := columns.pop()) == "VARCHAR":
        return exp.column(found, table="delivered")
    return None


def _typed(fields: list[StagedField], source: Source) -> str:
    """SQL: texts normalised, then read in their types; one row per row of `contract`."""
    checks = "".join(f", check_{check.id}" for check in source.checks)
    if source.persons is not None and source.persons.when is not None:
        checks += f", {HELD_WHEN}"
    raws = "".join(f", raw_{f.name}" for f in fields if f.raw)
    texts = ", ".join(
        f"{as_listed(_given_text(f), f.codes, source.codes) if f.codes else _given_text(f)} "
        f"AS {name(f.name)}"
        for f in fields
    )
    values = ", ".join(f"{_read(f)} AS {name(f.name)}" for f in fields)
    originals = [
        _member(f, f"raw_{f.name}", f"raw_{f.name} IS DISTINCT FROM v.{name(f.name)}::VARCHAR")
        for f in sorted(fields, key=lambda f: f.name)
        if f.raw == "VARCHAR"
    ]
    unread = [
        _member(f, f"t.{name(f.name)}", f"v.{name(f.name)} IS NULL")
        for f in fields
        if not f.is_text and not f.arrives_typed
    ]
    return f"""
        WITH texts AS (  -- grain: delivered row
            SELECT row, {texts}{raws}{checks} FROM contract
        )
        SELECT t.row, v.*, {_json_object(originals)} AS original, {_json_object(unread)} AS unread
            {checks}
        FROM texts AS t, LATERAL (SELECT {values}) AS v
    """


def _given_text(field: StagedField) -> str:
    if field.arrives_typed:
        return name(field.name)
    return f"nullif(nfc_normalize(trim(CAST({name(field.name)} AS VARCHAR))), '')"


def _read(field: StagedField) -> str:
    """SQL reading a text as the field's type: NULL where it is no such value, never rounded."""
    value = f"t.{name(field.name)}"
    if field.arrives_typed or field.is_text:
        return f"CAST({value} AS {field.sql_type})" if field.arrives_typed else value
    shapes = {
        FactType.INTEGER: "-?[0-9]{1,18}",
        FactType.DATE: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        FactType.BOOLEAN: "true|false",
    }
    places = f"(\\.[0-9]{{0,{field.scale}}}0*)?" if field.scale else "(\\.0*)?"
    shape = shapes.get(field.type, f"-?[0-9]{{1,{DIGITS - field.scale}}}{places}")
    return (
        f"CASE WHEN regexp_full_match({value}, {text(shape)}) "
        f"THEN try_cast({value} AS {field.sql_type}) END"
    )


def _member(field: StagedField, value: str, wanted: str) -> str:
    """SQL: one `"name":"text"` member of a JSON object where ``wanted``, else NULL."""
    key = text(f'"{field.name}":')
    return f"CASE WHEN {value} IS NOT NULL AND {wanted} THEN {key} || to_json({value}) END"


def _json_object(members: list[str]) -> str:
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'" if members else "'{}'"
