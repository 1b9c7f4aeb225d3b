"""Stage: the contract's select, typed, with what could not be read set aside.

`staged`, one row per delivered row: ``row``, the record's fields and facts in their
types (NULL where the text is no such value), and

* ``original``: JSON object of the delivered texts that were normalised (blanks folded, put
  into Unicode form C, read from another date format), so that the messy truth stays;
* ``unread``: JSON object of the texts that could not be read as their type;
* ``not_plain``: whether any text holds more than printable ASCII, so that it is looked at closely;
* ``check_<id>``: whether the contract's own check <id> rejects the row, and ``held_when``
  whether its condition for persons is met.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import duckdb
from sqlglot import exp

from goodstanding.catalogue import FactType, Pack, Source
from goodstanding.ingest.codes import as_listed, fold_code
from goodstanding.ingest.contract import check_contract, contract_fields, contract_select
from goodstanding.ingest.functions import as_macros, unmarked
from goodstanding.ingest.local_ids import with_local_ids
from goodstanding.ingest.model import DATE_FIELDS, OPTIONAL_FIELDS, REQUIRED_FIELDS
from goodstanding.ingest.persons import HELD_WHEN
from goodstanding.ingest.reading import Delivered
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel.characters import ENDS_RE2, fold_blanks_sql, trimmed_sql
from goodstanding.kernel.numbers import DIGITS
from goodstanding.register import FactColumn

_FIELD_TYPE = dict.fromkeys(DATE_FIELDS, FactType.DATE)
#: Mapped rather than reported fields: their text is ours, so it is no one's original.
_MAPPED = frozenset({"item", "authority", "subject_kind", "basis"})
#: A day, or an instant written with the day in its own zone, which is then the day.
_DAY = "(?:[1-9][0-9]{3}|0[0-9]{2}[1-9]|0[0-9][1-9]0|0[1-9]00)-[0-9]{2}-[0-9]{2}"
_STAMP = (
    f"{_DAY}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
    " ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2}){0,2})?"
)
#: The years that every calendar, file and reader of a record can write.
_CALENDAR = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


@dataclass(frozen=True, slots=True)
class StagedField:
    """One output of the contract: its type, and the type in which the contract gives it."""

    name: str
    type: FactType
    scale: int
    given: str
    raw: str
    #: Whether the contract CASTs one text column: then that text must say the same.
    cast: bool = False
    #: The codes of the catalogue, and the agency's columns from which the contract makes it.
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


def stage(
    con: duckdb.DuckDBPyConnection, source: Source, pack: Pack, delivered: Delivered
) -> list[StagedField]:
    """Create `staged_values` (a view, one row per delivered row). Raises GS-INGEST-009."""
    for problem in check_contract(source, pack):
        raise problem
    run(con, f"CREATE OR REPLACE MACRO code(value) AS {fold_code('value', source.codes)}")
    select = _with_defaults(contract_select(source), source, pack)
    as_macros(select)
    select = with_local_ids(con, select)
    # "row" comes along so that every reason can name it; a source column is never called so.
    outputs = [exp.column("row", table="delivered"), *select.expressions]
    fields = _staged_fields(con, source, pack, select, delivered)
    raws = [
        exp.alias_(_raw(p, delivered), f"raw_{n}")
        for p in select.expressions
        if (n := p.alias_or_name) not in _MAPPED
    ]
    checks = [
        exp.alias_(exp.paren(as_macros(exp.maybe_parse(check.when, dialect="duckdb"))), alias)
        for check in source.checks
        if (alias := f"check_{check.id}")
    ]
    if source.persons is not None and source.persons.when is not None:
        held = as_macros(exp.maybe_parse(source.persons.when, dialect="duckdb"))
        checks.append(exp.alias_(exp.paren(held), HELD_WHEN))
    contract = select.copy()
    contract.set("expressions", [e.copy() for e in (*outputs, *raws, *checks)])
    run(con, f"CREATE VIEW contract AS {contract.sql(dialect='duckdb')}")
    run(con, f"CREATE VIEW staged_values AS {_typed(fields, source)}")
    return fields


def _with_defaults(select: exp.Select, source: Source, pack: Pack) -> exp.Select:
    """What a contract may leave out: the authority of the source, the only subject kind."""
    given = {projection.alias_or_name for projection in select.expressions}
    kinds = {kind for item in source.items for kind in pack.items[item].subject_kinds}
    defaults = dict.fromkeys(OPTIONAL_FIELDS, "NULL::VARCHAR")
    defaults["authority"] = text(source.authority)
    # A file that names nobody leaves the name empty: another source may have it.
    defaults["subject_name"] = "''"
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
    # DuckDB calls an output as its column is called where the two differ only by case.
    given = {str(row[0]).lower(): str(row[1]) for row in described}
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
                cast=bool(column) and _is_cast(named[field]),
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


def _is_cast(projection: exp.Expr) -> bool:
    """Whether it is a column in another type, and nothing else."""
    tree = projection.unalias()
    return isinstance(tree, exp.Cast | exp.TryCast) and isinstance(tree.this, exp.Column)


def _raw(projection: exp.Expr, delivered: Delivered) -> exp.Expr:
    """What the agency wrote: its one text column, or what the contract composed of several."""
    column = _delivered_column(projection, delivered)
    if column is not None:
        return column
    composed = exp.cast(projection.unalias(), "VARCHAR")
    if projection.find(exp.Anonymous) is None:
        return composed
    return exp.maybe_parse(unmarked(composed.sql(dialect="duckdb")), dialect="duckdb")


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
        _member(f, f"raw_{f.name}", _was_changed(f))
        for f in sorted(fields, key=lambda f: f.name)
        if f.raw == "VARCHAR" or f.raw.startswith("TIMESTAMP")
    ]
    plain = ", ".join(f"v.{name(f.name)}" for f in fields if f.is_text)
    unread = [
        _member(f, _not_read(f), f"v.{name(f.name)} IS NULL")
        for f in fields
        if not f.is_text and (f.type is FactType.DATE or f.cast or not f.arrives_typed)
    ]
    return f"""
        WITH texts AS (  -- grain: delivered row
            SELECT row, {texts}{raws}{checks} FROM contract
        )
        SELECT t.row, v.*, {_json_object(originals)} AS original, {_json_object(unread)} AS unread,
            regexp_matches(concat_ws(' ', {plain}), '[^ -~]') AS not_plain {checks}
        FROM texts AS t, LATERAL (SELECT {values}) AS v
    """


def _not_read(field: StagedField) -> str:
    """SQL: the text that is shown where it could not be read; NULL where there was none."""
    value = f"t.raw_{field.name}" if field.cast else f"CAST(t.{name(field.name)} AS VARCHAR)"
    return f"nullif({trimmed_sql(unmarked(value))}, '')"


def _was_changed(field: StagedField) -> str:
    """SQL: whether the value is not what was delivered; the midnight of a day is that day."""
    changed = f"raw_{field.name} IS DISTINCT FROM v.{name(field.name)}::VARCHAR"
    if field.raw == "VARCHAR":
        return changed
    return f"{changed} AND NOT ends_with(raw_{field.name}, ' 00:00:00')"


def _given_text(field: StagedField) -> str:
    """SQL: the text of a value; of texts, without what is only its outer form."""
    value = name(field.name)
    if field.arrives_typed:
        return value
    if field.given in ("DOUBLE", "FLOAT"):
        # The shortest text that says it: what binary noise says besides is no number we take.
        return f"regexp_replace(CAST({value} AS VARCHAR), '[.]0$', '')"
    if field.given != "VARCHAR":
        return f"CAST({value} AS VARCHAR)"
    if field.name == "subject_name" and not field.columns:
        # No column of the file names anybody: then the name is empty, not missing.
        return value
    if field.name == "subject":
        # No blank is part of an identifier; one inside it is refused as what it is.
        return f"nullif(nfc_normalize({trimmed_sql(value)}), '')"
    if field.is_text:
        return f"nullif(nfc_normalize({fold_blanks_sql(value)}), '')"
    return value


def _read(field: StagedField) -> str:
    """SQL reading a text as the field's type: NULL where it is no such value, never rounded."""
    value = f"t.{name(field.name)}"
    if field.cast and not field.is_text and field.type is not FactType.BOOLEAN:
        # A CAST rounds, and TRY_CAST makes nothing of what it cannot read: neither in silence.
        given = _read_as(field, value)
        text_ = _read_as(replace(field, given="VARCHAR"), f"t.raw_{field.name}")
        return f"CASE WHEN {given} IS NOT DISTINCT FROM {text_} THEN {given} END"
    return _read_as(field, value)


def _read_as(field: StagedField, value: str) -> str:
    if field.arrives_typed and field.type is FactType.DATE:
        return f"CASE WHEN {value} {_CALENDAR} THEN {value} END"
    if field.arrives_typed or field.is_text:
        return f"CAST({value} AS {field.sql_type})" if field.arrives_typed else value
    if field.type is FactType.DATE:
        return _read_shape(value, _DAY, f"{_DAY}|{_STAMP}", "left({}, 10)", "DATE")
    shapes = {FactType.INTEGER: "-?[0-9]{1,18}", FactType.BOOLEAN: "true|false"}
    places = f"(\\.[0-9]{{0,{field.scale}}}0*)?" if field.scale else "(\\.0*)?"
    shape = shapes.get(field.type, f"-?[0-9]{{1,{DIGITS - field.scale}}}{places}")
    return _read_shape(value, shape, shape, "{}", field.sql_type)


def _read_shape(value: str, shape: str, wider: str, part: str, sql_type: str) -> str:
    """SQL: ``value`` in its type if it has the shape; nearly all do, and are looked at once.

    Else it may have a wider shape, between blanks, of which ``part`` is the value.
    """
    between = text(f"{ENDS_RE2}(?:{wider}){ENDS_RE2}")
    return (
        f"CASE WHEN regexp_full_match({value}, {text(shape)}) THEN try_cast({value} AS {sql_type}) "
        f"WHEN regexp_full_match({value}, {between}) "
        f"THEN try_cast({part.format(trimmed_sql(value))} AS {sql_type}) END"
    )


def _member(field: StagedField, value: str, wanted: str) -> str:
    """SQL: one `"name":"text"` member of a JSON object where ``wanted``, else NULL."""
    key = text(f'"{field.name}":')
    # Few are wanted: the value, which is dearer, is made for those alone.
    member = f"CASE WHEN {value} IS NOT NULL THEN {key} || to_json({value}) END"
    return f"CASE WHEN {wanted} THEN {member} END"


def _json_object(members: list[str]) -> str:
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'" if members else "'{}'"
