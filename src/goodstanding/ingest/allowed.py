"""Which SQL a contract may hold: an allow-list of expressions, and how large they may grow.

Invariant: a contract is a list of expressions over the columns of one delivered row. What stands
on no list here is refused, whatever a newer parser or database makes of it: a query, a clause,
a table function, a sample. No expression makes of a value a text more than a thousand times as
long, and none is nested deeper than a person reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from goodstanding.ingest.functions import call_problems

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
        *("day", "array", "map", "safe_divide", "cast_to_str_type"),
        *("iso_date", "decimal", "fold_key", "utf8_mended", "code", "local_id"),
    }
)
#: What an expression is made of, beside calls of functions.
_PARTS = (
    *(exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Case, exp.If),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.Between, exp.In, exp.Like, exp.ILike),
    *(exp.Escape, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe),
    *(exp.Bracket, exp.Tuple, exp.Var, exp.DataTypeParam),
)
_TYPES = frozenset(
    {
        *("text", "varchar", "char", "boolean", "tinyint", "smallint", "int", "bigint", "int128"),
        *("decimal", "double", "float", "date", "timestamp", "timestamptz", "time"),
    }
)
#: What is met most in place of an expression, in the words of whoever wrote it.
_WORDS = (
    (exp.Query, "a sub-select"),
    (exp.Window, "a window function"),
    (exp.AggFunc, "an aggregate"),
    (exp.Star, "`*`"),
    (exp.Columns, "`COLUMNS`"),
    (exp.Lambda, "a lambda"),
    (exp.Placeholder, "a placeholder"),
    (exp.Command, "a command"),
)
_CLAUSES = {
    "joins": "JOIN",
    "group": "GROUP BY",
    "order": "ORDER BY",
    "with_": "WITH",
    "windows": "WINDOW",
    "sample": "SAMPLE",
    "locks": "a lock",
}
_LONGEST, _DEEPEST, _DIGITS = 100_000, 100, 38
#: How many times as long as what it is made of a text may be, and how much longer besides.
_TIMES, _CHARACTERS = 1_000, 100_000


def parse(sql: str) -> list[exp.Expr]:
    """The statements of a text, or ValueError with the problem in words of ours.

    The parser and the database both call themselves for what is nested, so that is bounded.
    """
    if len(sql) > _LONGEST:
        raise ValueError(f"it has {len(sql):,} characters; at most {_LONGEST:,} are read")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree]
    except SqlglotError as error:
        raise ValueError(_not_sql(error)) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if any(_is_deep(tree) for tree in trees):
        raise ValueError(_TOO_DEEP)
    return trees


_TOO_DEEP = f"it is nested more than {_DEEPEST} deep"


def select_problems(select: exp.Select) -> Iterator[str]:
    """What stands in a select beside its expressions and ``FROM delivered``."""
    for clause in select.args:
        if select.args[clause] and clause not in ("expressions", "from_"):
            yield f"it has {_CLAUSES.get(clause, clause.strip('_').upper())}"
    read = select.args.get("from_")
    if read is None or not _is_delivered(read.this):
        yield "it does not read `delivered` alone"
    for projection in select.expressions:
        yield from expression_problems(projection.unalias())


def _is_delivered(table: exp.Expr) -> bool:
    """Whether it is that name alone: with no schema, alias, sample, pivot or version."""
    given = {key for key, value in table.args.items() if value}
    return isinstance(table, exp.Table) and given == {"this"} and table.name == "delivered"


def expression_problems(tree: exp.Expr) -> Iterator[str]:
    """What in an expression stands on no list, or makes more of a value than may be."""
    found = False
    for node in tree.walk(prune=_is_query):
        for problem in _node_problems(node):
            found = True
            yield problem
    if not found and not _growth(tree).is_bounded:
        yield (f"`{_short(tree)}` may be more than {_TIMES:,} times as long as what it is made of")


def _is_query(node: exp.Expr) -> bool:
    return isinstance(node, exp.Query)


def _node_problems(node: exp.Expr) -> Iterator[str]:
    words = next((words for kind, words in _WORDS if isinstance(node, kind)), None)
    if words is not None:
        yield f"it holds {words}"
    elif isinstance(node, exp.Func) and not isinstance(node, _PARTS):
        called = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        if called not in _FUNCTIONS:
            yield f"the function {called} is not allowed"
        yield from call_problems(node)
    elif problem := _part_problem(node):
        yield problem


def _part_problem(node: exp.Expr) -> str | None:
    match node:
        case exp.Column():
            own = node.table in ("", "delivered") and not node.args.get("db")
            return None if own else f"`{_short(node)}` is no column of `delivered`"
        case exp.DataType():
            known = str(getattr(node.this, "value", "")).lower() in _TYPES
            return None if known else f"the type {_short(node)} is not allowed"
        case exp.Literal() if not node.is_string and len(node.name) > _DIGITS:
            return f"it holds a number of {len(node.name):,} digits; at most {_DIGITS} are read"
    if isinstance(node, _PARTS):
        return None
    return f"it holds `{_short(node)}`, which is no expression that a contract may hold"


def _short(node: exp.Expr) -> str:
    said = node.sql(dialect="duckdb")
    return said if len(said) <= 60 else f"{said[:60]}…"


def _is_deep(tree: exp.Expr) -> bool:
    """Whether it is nested too deep; a chain `a || b || c` is nested as it is read."""
    level = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Growth:
    """A text is at most ``times`` as long as the longest delivered value, and ``more``."""

    times: int
    more: int = 0

    @property
    def is_bounded(self) -> bool:
        return self.times <= _TIMES and self.more <= _CHARACTERS

    def __add__(self, other: _Growth) -> _Growth:
        return _Growth(self.times + other.times, self.more + other.more)

    def __mul__(self, factor: int) -> _Growth:
        return _Growth(self.times * factor, self.more * factor)


def _growth(tree: exp.Expr) -> _Growth:
    """How much longer than what was delivered the text of an expression can be."""
    if isinstance(tree, exp.Literal):
        return _Growth(0, len(tree.name))
    if isinstance(tree, exp.Column):
        return _Growth(1)
    match tree:
        case exp.Case():
            return _longest(
                [*(branch.args["true"] for branch in tree.args["ifs"]), tree.args.get("default")]
            )
        case exp.If():
            return _longest([tree.args["true"], tree.args.get("false")])
        case exp.Coalesce() | exp.Nullif() | exp.Greatest() | exp.Least():
            return _longest([*tree.iter_expressions()])
        case exp.Predicate() | exp.Connector() | exp.Not():
            return _Growth(0)
        case exp.Pad():
            size = tree.args["expression"]
            known = isinstance(size, exp.Literal) and size.name.isdigit()
            return _growth(tree.this) + _Growth(0, int(size.name[:9]) if known else _CHARACTERS + 1)
        case exp.Replace() | exp.RegexpReplace():
            return _growth(tree.this) * _times_longer(tree)
    return sum(map(_growth, tree.iter_expressions()), _Growth(0))


def _longest(branches: list[exp.Expr | None]) -> _Growth:
    found = [_growth(branch) for branch in branches if branch is not None]
    return _Growth(max(g.times for g in found), max(g.more for g in found))


def _times_longer(tree: exp.Replace | exp.RegexpReplace) -> int:
    """How many characters may stand for one that is replaced."""
    by = tree.args.get("replacement")
    if by is None:
        return 1
    if not isinstance(by, exp.Literal):
        # It comes from the row, and may be as long as another value of it.
        return _TIMES + 1
    # A pattern may match between all characters, and give what it matched again.
    return len(by.name) + 1 if isinstance(tree, exp.RegexpReplace) else max(1, len(by.name))


def _not_sql(error: SqlglotError) -> str:
    """Where a text stops being SQL; the parser's own words are not for the writer of a contract."""
    for found in error.errors if isinstance(error, ParseError) else ():
        where = f"line {found['line']}, column {found['col']}"
        return f"it is no SQL at {where}, where {found['highlight']!r} stands"
    return "it is no SQL: a quotation mark or a comment is not closed"
