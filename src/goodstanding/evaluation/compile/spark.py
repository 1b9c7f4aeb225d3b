"""From a plan's published SQL to the same SQL for Spark: exact, or not at all.

Invariant: the Spark text is derived from the text that is published as scheme.sql, by rules
about constructs only; it knows nothing of schemes. Spark would round, widen or turn to DOUBLE
in a few places where DuckDB is exact. Each rule below removes one of them; ``CONFIGURATION``
settles the others, and a session without it must not run these statements.

Sources: Spark SQL reference, "ANSI compliance", "Data types", "Built-in functions".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count

from sqlglot import exp, parse_one

from goodstanding.evaluation.compile.sqltools import named

SPARK = "spark"

#: What a session must be set to for the statements to mean what they mean in DuckDB.
CONFIGURATION = {
    # Beyond 38 digits there is an error, never NULL, and nothing is converted unseen.
    "spark.sql.ansi.enabled": "true",
    # A result that does not fit keeps its decimal places (and then is an error).
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # Two decimals are compared at the finer scale: otherwise 1.5 >= 2 is true of wide ones.
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # A text of the law that contains ${...} is a text.
    "spark.sql.variable.substitute": "false",
    # Days before 1582 are those of the same calendar in every file.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}

_BASE = 10**19
#: So many times a step may stand in one plan.
_MOST = 4
_EACH, _FOUND = "each_of_these", "looked_up"
_WIDE = "DECIMAL(38, 0)"


def _exact(a: str, b: str) -> str:
    """a / b rounded towards zero, where the result has at most 19 digits: ``/`` keeps 20."""
    return f"CAST(({a} - {a} % {b}) / {b} AS {_WIDE})"


def _division() -> exp.Expr:
    """Whole division of two numbers of up to 38 digits, as Spark's ``DIV`` (a BIGINT) is not:
    in two steps to base 10^19. The lambda gives each side a name, so it is worked out once."""
    high = _exact("d.a", str(_BASE))
    low = f"({high} % d.b * {_BASE} + d.a % {_BASE})"
    parts = f"CAST({_exact(high, 'd.b')} * {_BASE} + {_exact(low, 'd.b')} AS {_WIDE})"
    short = _exact("d.a", "d.b")
    sides = f"NAMED_STRUCT('a', CAST(:a AS {_WIDE}), 'b', NULLIF(CAST(:b AS {_WIDE}), 0))"
    chosen = f"CASE WHEN d.b >= {_BASE} OR d.b <= -{_BASE} THEN {short} ELSE {parts} END"
    return parse_one(f"TRANSFORM(ARRAY({sides}), d -> {chosen})[0]", dialect=SPARK)


_DIVISION = _division()
_ZERO = parse_one("CAST(0 AS DECIMAL(1, 0))", dialect=SPARK)


def to_spark(statement: str) -> str:
    """The same query in Spark's SQL, without comments and without an order of rows."""
    return _written(_translated(statement))


def to_stages(statement: str) -> tuple[list[tuple[str, str]], str]:
    """The same, with the steps that would be repeated too often taken out: each by its name with
    its own query, in order, then the query that reads them.

    Spark puts a step wherever it is read, again and again: a history, whose steps are read by
    many others, would grow beyond any memory before a row is looked at.
    """
    tree = _translated(statement)
    steps = {cte.alias: cte for cte in tree.ctes}
    apart = _repeated(tree, steps)
    read = {name: _reads(cte.this, steps) for name, cte in steps.items()}
    stages = []
    for name in steps:
        if name in apart:
            query = exp.select("*").from_(exp.to_identifier(name))
            stages.append((name, _written(_with(query, name, steps=steps, read=read, apart=apart))))
    main = tree.copy()
    main.set("with_", None)
    needed = [name for name in _reads(main, steps) if name not in apart]
    return stages, _written(_with(main, *needed, steps=steps, read=read, apart=apart))


def _translated(statement: str) -> exp.Query:
    tree = parse_one(statement, dialect="duckdb")
    tree.set("order", None)
    # From the innermost outwards: what a rule puts in place is made of parts that are done.
    for node in reversed(list(tree.walk(bfs=False))):
        changed = _rewritten(node)
        if changed is not node:
            node.replace(changed)
    if not isinstance(tree, exp.Query):
        raise TypeError("a plan is made of queries")
    return tree


def _written(tree: exp.Expr) -> str:
    return tree.sql(dialect=SPARK, pretty=True, comments=False)


def _reads(query: exp.Expr, steps: Mapping[str, exp.CTE]) -> Counter[str]:
    """How often a query names each step."""
    return Counter(t.name for t in query.find_all(exp.Table) if t.name in steps)


def _repeated(tree: exp.Query, steps: Mapping[str, exp.CTE]) -> set[str]:
    """The steps that would stand in the plan more often than ``_MOST``, were none taken out."""
    main = tree.copy()
    main.set("with_", None)
    times = _reads(main, steps)
    apart = set()
    for name in reversed(list(steps)):
        if times[name] > _MOST:
            apart.add(name)
        once = 1 if name in apart else times[name]
        for other, each in _reads(steps[name].this, steps).items():
            times[other] += once * each
    return apart


def _with(
    query: exp.Select | exp.Query,
    *names: str,
    steps: Mapping[str, exp.CTE],
    read: Mapping[str, Counter[str]],
    apart: set[str],
) -> exp.Expr:
    """The query after the steps it reads, directly or not, but for those that stand apart."""
    needed, open_ = set(names), list(names)
    while open_:
        for other in read[open_.pop()]:
            if other not in needed and other not in apart:
                needed.add(other)
                open_.append(other)
    listed = [cte.copy() for name, cte in steps.items() if name in needed]
    if listed:
        query.set("with_", exp.With(expressions=listed))
    return query


def _rewritten(node: exp.Expr) -> exp.Expr:
    for rule in _RULES:
        changed = rule(node)
        if changed is not node:
            return changed
    return node


def _types(node: exp.Expr) -> exp.Expr:
    """HUGEINT: Spark's widest whole number is a decimal."""
    if isinstance(node, exp.DataType) and node.is_type(exp.DType.INT128):
        return exp.DataType.build(_WIDE, dialect=SPARK)
    return node


def _whole_division(node: exp.Expr) -> exp.Expr:
    """By a constant (months to years, days to weeks) what there is fits a BIGINT."""
    if not isinstance(node, exp.IntDiv) or isinstance(node.expression, exp.Literal):
        return node
    sides = {"a": node.this, "b": node.expression}

    def fill(part: exp.Expr) -> exp.Expr:
        return sides[part.name].copy() if isinstance(part, exp.Placeholder) else part

    return _DIVISION.copy().transform(fill, copy=False)


def _sign(node: exp.Expr) -> exp.Expr:
    """SIGN is a DOUBLE in Spark, of which only -1, 0 and 1 are used."""
    if not isinstance(node, exp.Sign):
        return node
    return exp.Cast(this=node.copy(), to=exp.DataType.build("DECIMAL(1, 0)", dialect=SPARK))


def _negative(node: exp.Expr) -> exp.Expr:
    """Spark rounds ``-x`` and ``ABS(x)`` to 34 digits; what it subtracts from 0 stays exact."""
    if isinstance(node, exp.Neg) and not isinstance(node.this, exp.Literal):
        return exp.Paren(this=exp.Sub(this=_nothing(), expression=node.this))
    if isinstance(node, exp.Abs):
        minus = exp.Sub(this=_nothing(), expression=exp.Paren(this=node.this))
        below = exp.LT(this=exp.Paren(this=node.this.copy()), expression=_nothing())
        return exp.Case(ifs=[exp.If(this=below, true=minus)], default=node.this.copy())
    return node


def _nothing() -> exp.Expr:
    return exp.Literal.number(0)


def _sum(node: exp.Expr) -> exp.Expr:
    """The sum of BIGINT is a BIGINT in Spark; that of decimals is as wide as it can be."""
    if isinstance(node, exp.Sum) and not isinstance(node.this, exp.Add):
        return exp.Sum(this=exp.Add(this=exp.Paren(this=node.this), expression=_ZERO.copy()))
    return node


def _months(node: exp.Expr) -> exp.Expr:
    """``date + INTERVAL n MONTH``: Spark's function for it counts to the same day."""
    if not isinstance(node, exp.Add | exp.Sub):
        return node
    step, start = node.expression, node.this
    if not isinstance(step, exp.Interval) or _unit(step) != "MONTH":
        return node
    number = step.this.unnest()
    if isinstance(number, exp.Literal):
        number = exp.Literal.number(number.name)
    if isinstance(node, exp.Sub):
        number = exp.Neg(this=exp.Paren(this=number))
    return exp.Anonymous(this="ADD_MONTHS", expressions=[start.unnest(), number])


def _days(node: exp.Expr) -> exp.Expr:
    """Days between two dates: of dates, not of their midnights."""
    if isinstance(node, exp.DateDiff) and _unit(node) == "DAY":
        return exp.Anonymous(this="DATEDIFF", expressions=[node.this, node.expression])
    return node


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if isinstance(unit, exp.Expr) else ""


def _refusal(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ERROR":
        return exp.Anonymous(this="RAISE_ERROR", expressions=node.expressions)
    return node


def _rows(node: exp.Expr) -> exp.Expr:
    """``ROW(a, b)`` is ``STRUCT(a, b)``."""
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ROW":
        return exp.Anonymous(this="STRUCT", expressions=node.expressions)
    return node


def _trunc(node: exp.Expr) -> exp.Expr:
    """The first day of a month, quarter or year stays a date."""
    if not isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return node
    unit = exp.Literal.string(_unit(node))
    return exp.Anonymous(this="TRUNC", expressions=[node.this, unit])


def _replaced_columns(node: exp.Expr) -> exp.Expr:
    """``* REPLACE (x AS y)`` is ``* EXCEPT (y), x AS y``."""
    if not isinstance(node, exp.Select):
        return node
    columns: list[exp.Expr] = []
    for column in node.expressions:
        columns.append(column)
        if isinstance(column, exp.Star) and column.args.get("replace"):
            replaced = column.args["replace"]
            column.set("except_", [exp.to_identifier(part.alias) for part in replaced])
            column.set("replace", None)
            columns += replaced
    node.set("expressions", columns)
    return node


def _each_of(node: exp.Expr) -> exp.Expr:
    """A row for each of a list: in Spark only at the top of a column."""
    if not isinstance(node, exp.Alias) or isinstance(node.this, exp.Explode):
        return node
    exploded = node.this.find(exp.Explode)
    if exploded is None:
        return node
    listed = exploded.this
    exploded.replace(exp.column(_EACH))
    each = exp.Lambda(this=node.this, expressions=[exp.to_identifier(_EACH)])
    changed = exp.Anonymous(this="TRANSFORM", expressions=[listed, each])
    return exp.Alias(this=exp.Explode(this=changed), alias=node.args["alias"])


def _looked_up_before(node: exp.Expr) -> exp.Expr:
    """Spark looks nothing up within a list's function or within another lookup: so there, what
    the parts of a query look up is a column of the rows it is read from."""
    if not isinstance(node, exp.Select) or not _too_deep(node):
        return node
    names = (f"{_FOUND}_{n}" for n in count(1))
    added = []
    while lookups := _lookups(node):
        found: dict[str, exp.Expr] = {}
        for lookup in lookups:
            if not any(True for _ in _lookups(lookup.this)):
                same = found.setdefault(lookup.sql(), named(lookup.copy(), next(names)))
                lookup.replace(exp.column(same.alias))
        _read_with(node, list(found.values()))
        added += [column.alias for column in found.values()]
    for star in node.expressions:
        if isinstance(star, exp.Star):
            left_out = [*(star.args.get("except_") or ()), *map(exp.to_identifier, added)]
            star.set("except_", left_out)
    return node


def _too_deep(query: exp.Select) -> bool:
    lists = [each.parent for each in query.find_all(exp.Lambda)]
    within = [*(part for part in lists if part), *(found.this for found in _lookups(query))]
    return any(_lookups(part) for part in within)


def _lookups(part: exp.Expr) -> list[exp.Subquery]:
    """The subqueries that are values, of this query alone."""
    walked = part.walk(prune=lambda other: isinstance(other, exp.From | exp.Join | exp.With))
    return [
        other
        for other in walked
        if isinstance(other, exp.Subquery) and not isinstance(other.parent, exp.In)
    ]


def _read_with(query: exp.Select, columns: list[exp.Expr]) -> None:
    """Let a query read what it reads with more columns."""
    source = query.args["from_"].this
    joined = query.args.pop("joins", None)
    rows = exp.Select(expressions=[exp.Star(), *columns]).from_(source.copy())
    if joined:
        rows.set("joins", joined)
    name = exp.TableAlias(this=exp.to_identifier(source.alias_or_name))
    source.replace(exp.Subquery(this=rows, alias=name))


#: Each takes one node and gives it back, or another to stand in its place.
_RULES: tuple[Callable[[exp.Expr], exp.Expr], ...] = (
    _types, _months, _days, _refusal, _rows, _trunc, _sum, _sign, _negative, _replaced_columns,
    _each_of, _whole_division, _looked_up_before,
)  # fmt: skip
