"""Find what in a file or contract a failed piece of work stumbled over, in words of our own.

The database says what it could not do in its own terms and for its own rows. Here the contract's
outputs are worked out one by one, and the first row that makes one of them fail is found by
halving, so that the refusal names the output, the agency's columns, the row and its values.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
from sqlglot import exp

from goodstanding.catalogue import Source
from goodstanding.ingest.contract import check_condition, contract_select
from goodstanding.ingest.functions import as_macros
from goodstanding.ingest.local_ids import local_id_calls
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel import GoodStandingError

_SHOWN = 60
_PATTERNED = (exp.RegexpReplace, exp.RegexpExtract, exp.RegexpLike, exp.RegexpFullMatch)
_FORMATTED = (exp.StrToTime, exp.TimeToStr)


def find_fault(con: duckdb.DuckDBPyConnection, source: Source, error: duckdb.Error) -> str:
    """What went wrong with `delivered`, as a clause: never a library's text."""
    if isinstance(error, duckdb.IOException):
        return "this machine could not write or read its working files"
    try:
        return next(find_faults(con, source), "its content is damaged, or this machine failed")
    except (duckdb.Error, GoodStandingError):
        return "its content is damaged, or this machine failed"


def find_faults(con: duckdb.DuckDBPyConnection, source: Source) -> Iterator[str]:
    """Each column of `delivered` that cannot be read, each output and check that cannot be made.

    As clauses of our own.
    """
    types = {
        str(column): str(kind)
        for column, kind in run(con, "SELECT column_name, column_type FROM (DESCRIBE delivered)")
    }
    for column in types:
        if _fails(con, name(column)):
            yield f"the column {column!r} cannot be read to its end"
    select = contract_select(source)
    outputs = {p.alias_or_name: (f"`{p.alias_or_name}`", p.unalias()) for p in select.expressions}
    given = {output: tree for output, (_, tree) in outputs.items()}
    for check in source.checks:
        condition = check_condition(source, check.when, {*given, *types})
        outputs[f"check_{check.id}"] = (f"the check {check.id!r}", _inlined(condition, given))
    for words, written in outputs.values():
        tree = _runnable(written)
        expression = tree.sql(dialect="duckdb")
        if _fails(con, expression):
            columns = list(dict.fromkeys(c.name for c in tree.find_all(exp.Column, bfs=False)))
            yield f"{words} cannot be made {_where(con, expression, columns, types)}"


def _inlined(condition: exp.Expr, given: dict[str, exp.Expr]) -> exp.Expr:
    """A check with the outputs it names written out, as it reads `delivered` here."""
    return condition.transform(
        lambda node: (
            exp.paren(given[node.name].copy())
            if isinstance(node, exp.Column) and node.name in given
            else node
        )
    )


def _runnable(tree: exp.Expr) -> exp.Expr:
    """The expression in functions that DuckDB has; an identifier is of its name and place."""
    tree = as_macros(exp.paren(tree.copy()))
    for call in list(local_id_calls(tree)):
        call.replace(exp.Concat(expressions=[part.copy() for part in call.expressions]))
    return tree


def _where(
    con: duckdb.DuckDBPyConnection, expression: str, columns: list[str], types: dict[str, str]
) -> str:
    if unread := next(_unread_literals(con, expression), None):
        return f"because {unread}"
    if _fails(con, expression, "WHERE false"):
        kinds = ", ".join(f"{column} ({types.get(column, 'unknown')})" for column in columns)
        return f"from columns of these types: {kinds or 'none'}"
    row = _first_bad_row(con, expression)
    cells = ", ".join(f"CAST({name(column)} AS VARCHAR)" for column in columns)
    values = run(con, f"SELECT {cells} FROM delivered WHERE row = {row}")[0] if columns else ()
    shown = ", ".join(
        f"{column} = {_shown(value)}" for column, value in zip(columns, values, strict=True)
    )
    return f"in row {row}" + (f", where {shown}" if shown else "")


def _unread_literals(con: duckdb.DuckDBPyConnection, expression: str) -> Iterator[str]:
    """Each regular expression and format of a date that is none."""
    tree: exp.Expr = exp.maybe_parse(expression, dialect="duckdb")
    tries = {
        "regular expression": (_PATTERNED, "regexp_matches('', {})"),
        "format of a date": (_FORMATTED, "try_strptime('', {})"),
    }
    for kind, (calls, trial) in tries.items():
        for call in tree.find_all(*calls):
            for literal in call.find_all(exp.Literal):
                said = literal.name
                if literal.is_string and _fails(con, trial.format(text(said))):
                    yield f"{said!r} is no {kind} that can be used"


def _first_bad_row(con: duckdb.DuckDBPyConnection, expression: str) -> int:
    ((first, last),) = run(con, "SELECT min(row)::BIGINT, max(row)::BIGINT FROM delivered")
    low, high = int(str(first)), int(str(last))
    while low < high:
        middle = (low + high) // 2
        if _fails(con, expression, f"WHERE row BETWEEN {low} AND {middle}"):
            high = middle
        else:
            low = middle + 1
    return low


def _fails(con: duckdb.DuckDBPyConnection, expression: str, where: str = "") -> bool:
    try:
        # Every value has to be worked out for this, and none is kept.
        run(con, f"SELECT max(hash(v)) FROM (SELECT ({expression}) AS v FROM delivered {where})")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return True
    return False


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    said = str(value)
    return repr(said if len(said) <= _SHOWN else said[:_SHOWN] + "…")
