"""From typed nodes to SQLGlot expressions; the only other reading of a node.

Numbers are DECIMAL, never DOUBLE: facts are DECIMAL(18, s) or BIGINT as stored, everything
computed is DECIMAL(38, s), and division is done on whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    BooleanType,
    Case,
    Coalesce,
    Compare,
    DateType,
    DaysBetween,
    IsNull,
    Literal,
    Logic,
    Name,
    Node,
    Not,
    NumberType,
    OneOf,
    Operator,
    ParameterRef,
    Ratio,
    TextType,
    Type,
    scale_of,
)
from goodstanding.kernel import decimal_text

#: How a name or a parameter is written at the step being compiled.
Resolve = Callable[[Name | ParameterRef], exp.Expr]

_WIDE = 38
_BINARY: dict[str, type[exp.Binary]] = {
    Operator.EQ: exp.EQ,
    Operator.NE: exp.NEQ,
    Operator.LT: exp.LT,
    Operator.LE: exp.LTE,
    Operator.GT: exp.GT,
    Operator.GE: exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
}


def to_sql(node: Node, resolve: Resolve) -> exp.Expr:
    """The expression for ``node``, with names as ``resolve`` writes them."""
    match node:
        case Name() | ParameterRef():
            return resolve(node)
        case Literal():
            return _literal(node)
        case Compare() | Logic() | Not() | IsNull() | OneOf():
            return _truth(node, resolve)
        case Case() | Coalesce() | Arithmetic() | DaysBetween() | Ratio():
            return _computed(node, resolve)


def _truth(node: Compare | Logic | Not | IsNull | OneOf, resolve: Resolve) -> exp.Expr:
    match node:
        case Compare():
            left, right = to_sql(node.left, resolve), to_sql(node.right, resolve)
            return _BINARY[node.operator](this=_group(left), expression=_group(right))
        case Logic():
            join = exp.and_ if node.conjunction else exp.or_
            return join(*(to_sql(operand, resolve) for operand in node.operands))
        case Not():
            return exp.Not(this=_group(to_sql(node.operand, resolve)))
        case IsNull():
            return is_null(to_sql(node.operand, resolve))
        case OneOf():
            choices: list[exp.Expr] = [exp.Literal.string(choice) for choice in node.choices]
            return exp.In(this=_group(to_sql(node.operand, resolve)), expressions=choices)


def _computed(
    node: Case | Coalesce | Arithmetic | DaysBetween | Ratio, resolve: Resolve
) -> exp.Expr:
    match node:
        case Case():
            return _case(node, resolve)
        case Coalesce():
            first, *rest = (_typed(operand, node.type, resolve) for operand in node.operands)
            return exp.Coalesce(this=first, expressions=rest)
        case Arithmetic():
            left = decimal(to_sql(node.left, resolve), scale_of(node.left))
            right = decimal(to_sql(node.right, resolve), scale_of(node.right))
            return _BINARY[node.operator](this=left, expression=right)
        case DaysBetween():
            return days_between(to_sql(node.start, resolve), to_sql(node.end, resolve))
        case Ratio():
            return ratio(
                (to_sql(node.top, resolve), scale_of(node.top)),
                (to_sql(node.bottom, resolve), scale_of(node.bottom)),
                node.type.scale,
            )


def sql_type(type: Type, *, stored: bool = False) -> exp.DataType:
    """The column type of a value; ``stored`` as in a segment, otherwise as computed."""
    match type:
        case NumberType(scale=0) if stored:
            return exp.DataType.build("BIGINT", dialect="duckdb")
        case NumberType():
            return decimal_type(type.scale, 18 if stored else _WIDE)
        case DateType():
            return exp.DataType.build("DATE", dialect="duckdb")
        case TextType():
            return exp.DataType.build("VARCHAR", dialect="duckdb")
        case BooleanType():
            return exp.DataType.build("BOOLEAN", dialect="duckdb")


def decimal_type(scale: int, width: int = _WIDE) -> exp.DataType:
    """DECIMAL(width, scale)."""
    return exp.DataType.build(f"DECIMAL({width}, {scale})", dialect="duckdb")


def decimal(value: exp.Expr, scale: int) -> exp.Expr:
    """``value`` as a wide decimal with ``scale`` places."""
    return exp.Cast(this=value, to=decimal_type(scale))


def number(units: int, scale: int) -> exp.Expr:
    """A constant: a plain whole number, or a decimal with all its places."""
    literal: exp.Expr = exp.Literal.number(decimal_text(abs(units), scale))
    signed = exp.Neg(this=literal) if units < 0 else literal
    return exp.Cast(this=signed, to=decimal_type(scale, 18)) if scale else signed


def is_null(value: exp.Expr) -> exp.Expr:
    """``value IS NULL``."""
    return exp.Is(this=_group(value), expression=exp.Null())


def not_null(value: exp.Expr) -> exp.Expr:
    """``NOT value IS NULL``."""
    return exp.Not(this=is_null(value))


def days_between(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Whole days from ``start`` to ``end``."""
    return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))


def ratio(top: tuple[exp.Expr, int], bottom: tuple[exp.Expr, int], scale: int) -> exp.Expr:
    """``top / bottom`` (each with its scale) half away from zero, on whole numbers only."""
    common = max(top[1], bottom[1])
    a, b = _units(*top, common), _units(*bottom, common)
    sign = exp.Mul(this=exp.Sign(this=a), expression=exp.Sign(this=b.copy()))
    doubled = exp.Mul(this=exp.Abs(this=a.copy()), expression=exp.Literal.number(2 * 10**scale))
    above = exp.Paren(this=exp.Add(this=doubled, expression=exp.Abs(this=b.copy())))
    below = exp.Paren(this=exp.Mul(this=exp.Literal.number(2), expression=exp.Abs(this=b.copy())))
    whole = exp.IntDiv(this=above, expression=below)
    signed = exp.Mul(this=exp.Paren(this=sign), expression=exp.Paren(this=whole))
    nonzero = exp.NEQ(this=b.copy(), expression=exp.Literal.number(0))
    guarded = exp.Case(ifs=[exp.If(this=nonzero, true=signed)])
    return exp.Mul(this=decimal(guarded, 0), expression=number_unit(scale))


def number_unit(scale: int) -> exp.Expr:
    """10^-scale as a decimal."""
    literal = exp.Literal.number(decimal_text(1, scale))
    return exp.Cast(this=literal, to=decimal_type(scale, max(scale, 1)))


def _units(value: exp.Expr, scale: int, common: int) -> exp.Expr:
    """``value`` as a whole number of 10^-common."""
    widened = decimal(value, scale)
    scaled = exp.Mul(this=widened, expression=exp.Literal.number(10**common))
    return exp.Cast(this=exp.Paren(this=scaled), to=exp.DataType.build("HUGEINT", dialect="duckdb"))


def _literal(node: Literal) -> exp.Expr:
    match node.value:
        case bool():
            return exp.Boolean(this=node.value)
        case int():
            return exp.Literal.number(node.value)
        case str():
            return exp.Literal.string(node.value)


def _case(node: Case, resolve: Resolve) -> exp.Expr:
    branches = [
        exp.If(this=to_sql(condition, resolve), true=_typed(value, node.type, resolve))
        for condition, value in node.branches
    ]
    default = None if node.default is None else _typed(node.default, node.type, resolve)
    return exp.Case(ifs=branches, default=default)


def _typed(node: Node, type: Type, resolve: Resolve) -> exp.Expr:
    """A value at the type of the node it becomes part of."""
    value = to_sql(node, resolve)
    return decimal(value, type.scale) if isinstance(type, NumberType) else value


def _group(value: exp.Expr) -> exp.Expr:
    compound = isinstance(value, exp.Binary | exp.Not | exp.Connector | exp.In | exp.Is | exp.Neg)
    return exp.Paren(this=value) if compound else value
