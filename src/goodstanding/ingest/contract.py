"""Source contracts: one readable select from `delivered`, and nothing else.

Invariant: one delivered row gives exactly one staged row, and no code of a pack can
reach a file, the network or the machine. So the select may hold only expressions made of
allow-listed functions: no WHERE, JOIN, GROUP BY, LIMIT, sub-select or window.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.codes import clashing
from goodstanding.ingest.errors import BAD_CONTRACT
from goodstanding.ingest.functions import call_problems, number_surgery
from goodstanding.ingest.local_ids import local_id_calls
from goodstanding.ingest.model import OPTIONAL_FIELDS, REQUIRED_FIELDS
from goodstanding.ingest.reading.encodings import find_encoding
from goodstanding.kernel import GoodStandingError, Place

_FUNCTIONS = frozenset(
    {
        *("abs", "case", "cast", "try_cast", "coalesce", "if", "nullif", "greatest", "least"),
        *("concat", "concat_ws", "dpipe", "trim", "ltrim", "rtrim", "lower", "upper", "replace"),
        *("left", "right", "substring", "substr", "length", "lpad", "rpad", "pad", "split_part"),
        *("strpos", "str_position", "contains", "starts_with", "ends_with", "translate"),
        *("regexp_replace", "regexp_matches", "regexp_like", "regexp_extract"),
        *("regexp_full_match", "nfc_normalize", "floor", "ceil", "round", "and", "or"),
        *("strptime", "try_strptime", "str_to_time", "strftime", "time_to_str", "ts_or_ds_to_date"),
        *("date", "make_date", "date_from_parts", "date_trunc", "timestamp_trunc", "year", "month"),
        *("day", "array", "anonymous", "map", "safe_divide", "cast_to_str_type"),
        *("iso_date", "decimal", "fold_key", "utf8_mended", "code", "local_id"),
    }
)
_FORBIDDEN = (
    (exp.Subquery, "a sub-select"),
    (exp.Window, "a window function"),
    (exp.AggFunc, "an aggregate"),
    (exp.Star, "`*`"),
    (exp.Lambda, "a lambda"),
    (exp.Placeholder, "a placeholder"),
    (exp.Command, "a command"),
)
_CLAUSES = {
    "where": "WHERE",
    "joins": "JOIN",
    "group": "GROUP BY",
    "having": "HAVING",
    "qualify": "QUALIFY",
    "distinct": "DISTINCT",
    "limit": "LIMIT",
    "order": "ORDER BY",
    "with": "WITH",
    "with_": "WITH",
}


def contract_select(source: Source) -> exp.Select:
    """The contract's select as a tree. Raises GS-INGEST-009 with the place."""
    problem = None
    try:
        statements = [tree for tree in sqlglot.parse(source.sql, dialect="duckdb") if tree]
    except SqlglotError as error:
        raise _refused(source, _not_sql(error)) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise _refused(source, "it is not one SELECT")
    select = statements[0]
    if "row" in source.columns:
        raise _refused(source, "a column is called row, which is the number of the row here")
    if ours := [column for column in source.columns if column.lower().startswith("quarantine ")]:
        raise _refused(source, f"a column is called {ours[0]!r}, as those of quarantine files are")
    problem = next(_problems(select), None)
    if problem:
        raise _refused(source, problem)
    fields = [projection.alias_or_name for projection in select.expressions]
    missing = [field for field in REQUIRED_FIELDS if field not in fields]
    twice = {field for field in fields if fields.count(field) > 1}
    if missing:
        raise _refused(source, f"it does not give {', '.join(missing)}")
    if twice:
        raise _refused(source, f"it gives {', '.join(sorted(twice))} twice")
    return select


def contract_fields(source: Source, pack: Pack) -> tuple[list[str], list[str]]:
    """The record fields and the facts that the select gives. Raises GS-INGEST-009."""
    fields = [projection.alias_or_name for projection in contract_select(source).expressions]
    facts = {fact for item in source.items for fact in pack.items[item].facts}
    known = {*REQUIRED_FIELDS, *OPTIONAL_FIELDS, *facts}
    unknown = [field for field in fields if field not in known]
    if unknown:
        raise _refused(source, f"no item of the source has a fact {', '.join(unknown)}")
    return [f for f in fields if f not in facts], [f for f in fields if f in facts]


def check_contract(source: Source, pack: Pack) -> list[GoodStandingError]:
    """What is wrong with a source's SQL: its select and its checks."""
    found = []
    try:
        fields, facts = contract_fields(source, pack)
        find_encoding(source.encoding)
        _check_columns(source)
        _check_numbers(source, pack)
        for check in source.checks:
            check_condition(source, check.when, {*fields, *facts, *source.columns})
        _check_codes(source, pack)
        _check_date(source)
        if source.persons is not None and source.persons.when is not None:
            check_condition(source, source.persons.when, {*source.columns})
        check_local_ids(source, pack)
    except GoodStandingError as error:
        found.append(error)
    return found


def _check_codes(source: Source, pack: Pack) -> None:
    for item in source.items:
        for fact in pack.items[item].facts.values():
            if clash := clashing(fact, source.codes):
                one, other = clash
                problem = f"{one!r} and {other!r} of the fact {fact.name} are one by its `codes`"
                raise _refused(source, problem)


def _check_date(source: Source) -> None:
    """Raises GS-INGEST-009 for a date of the delivery whose format leaves the century open."""
    if source.dated_by is not None:
        form = exp.Literal.string(source.dated_by.format)
        for problem in call_problems(exp.Anonymous(this="iso_date", expressions=[form, form])):
            raise _refused(source, problem)


def check_local_ids(source: Source, pack: Pack) -> None:
    """Raises GS-INGEST-009 unless every `local_id` names a weak scheme, a name and a place."""
    for call in local_id_calls(contract_select(source)):
        arguments = call.expressions
        scheme = arguments[0].name if arguments and arguments[0].is_string else ""
        if len(arguments) != 3 or not (
            scheme in pack.identifier_schemes and pack.identifier_schemes[scheme].weak
        ):
            weak = [s.id for s in pack.identifier_schemes.values() if s.weak]
            problem = (
                "local_id takes a weak identifier scheme as text, a name and a place; "
                f"weak schemes are: {', '.join(weak) or 'none'}"
            )
            raise _refused(source, problem)


def _check_columns(source: Source) -> None:
    """Raises GS-INGEST-009 for a column that the select uses and the contract does not list."""
    used = {column.name for column in contract_select(source).find_all(exp.Column)}
    if unlisted := sorted(used - set(source.columns)):
        raise _refused(source, f"it uses {', '.join(unlisted)}, which `columns` does not list")


def _check_numbers(source: Source, pack: Pack) -> None:
    """Raises GS-INGEST-009 for a number that is read by replacing its marks."""
    types = {fact: f.type for item in source.items for fact, f in pack.items[item].facts.items()}
    for projection in contract_select(source).expressions:
        found = types.get(projection.alias_or_name)
        problem = number_surgery(projection) if found and found.is_number else None
        if problem:
            raise _refused(source, problem)


def check_condition(source: Source, when: str, columns: set[str]) -> exp.Expr:
    """The condition of one contract check as a tree. Raises GS-INGEST-009."""
    try:
        tree = sqlglot.parse_one(when, dialect="duckdb")
    except SqlglotError as error:
        raise _refused(source, _not_sql(error)) from None
    problem = next(_expression_problems(tree), None)
    unknown = [c.name for c in tree.find_all(exp.Column) if c.name not in columns]
    if unknown:
        problem = f"a check names the unknown column {unknown[0]!r}"
    if problem:
        raise _refused(source, problem)
    return tree


def _problems(select: exp.Select) -> Iterator[str]:
    for key, clause in _CLAUSES.items():
        if select.args.get(key):
            yield f"it has {clause}"
    tables = list(select.find_all(exp.Table))
    if [table.sql(dialect="duckdb") for table in tables] != ["delivered"]:
        yield "it does not read `delivered` alone"
    for projection in select.expressions:
        yield from _expression_problems(projection)


def _expression_problems(tree: exp.Expr) -> Iterator[str]:
    for node in tree.walk():
        for kind, words in _FORBIDDEN:
            if isinstance(node, kind):
                yield f"it holds {words}"
        if isinstance(node, exp.Anonymous | exp.Func):
            called = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if called.lower() not in _FUNCTIONS:
                yield f"the function {called.lower()} is not allowed"
            yield from call_problems(node)


def _refused(source: Source, problem: str) -> GoodStandingError:
    return GoodStandingError(
        BAD_CONTRACT, place=Place(source.sql_path), source=source.id, problem=problem
    )


def _not_sql(error: SqlglotError) -> str:
    """Where a text stops being SQL; the parser's own words are not for the writer of a contract."""
    for found in error.errors if isinstance(error, ParseError) else ():
        where = f"line {found['line']}, column {found['col']}"
        return f"it is no SQL at {where}, where {found['highlight']!r} stands"
    return "it is no SQL: a quotation mark or a comment is not closed"
