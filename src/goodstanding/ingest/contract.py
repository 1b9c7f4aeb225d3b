"""Source contracts: one readable select from `delivered`, and nothing else.

Invariant: one delivered row gives exactly one staged row, and no code of a pack can
reach a file, the network or the machine. So the select may hold only expressions made of
allow-listed functions: no WHERE, JOIN, GROUP BY, LIMIT, sub-select or window.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.errors import BAD_CONTRACT
from goodstanding.ingest.functions import call_problems, number_surgery
from goodstanding.ingest.model import OPTIONAL_FIELDS, REQUIRED_FIELDS
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
        *("iso_date", "decimal", "fold_key", "utf8_mended"),
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
        raise _refused(source, _first_line(str(error))) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise _refused(source, "it is not one SELECT")
    select = statements[0]
    if "row" in source.columns:
        raise _refused(source, "a column is called row, which is the number of the row here")
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
        _check_numbers(source, pack)
        for check in source.checks:
            check_condition(source, check.when, {*fields, *facts, *source.columns})
    except GoodStandingError as error:
        found.append(error)
    return found


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
        raise _refused(source, _first_line(str(error))) from None
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


def _first_line(message: str) -> str:
    return message.splitlines()[0].rstrip(".")
