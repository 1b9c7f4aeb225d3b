"""From typed nodes to SQLGlot expressions; the only other reading of a node.

Numbers are DECIMAL, never DOUBLE: facts are DECIMAL(18, s) or BIGINT as stored, everything
computed is DECIMAL(38, s), and division is done on whole numbers. What only DuckDB has stands
in ``whole_division``, ``whole_units`` and ``sql_dates.floor_div``.
"""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from goodstanding.evaluation.language import sql_dates
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    BooleanType,
    Case,
    Coalesce,
    Compare,
    DateAdd,
    DateType,
    DaysBetween,
    Decayed,
    Extreme,
    FullBetween,
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
    StartOf,
    TableLookup,
    TextType,
    Type,
    WorkingDaysBetween,
    scale_of,
)
from goodstanding.evaluation.language.sql_dates import data_type
from goodstanding.kernel import decimal_text

_Truth = Compare | Logic | Not | IsNull | OneOf
_Dated = DaysBetween | FullBetween | WorkingDaysBetween | DateAdd | StartOf
_Computed = Case | Coalesce | Extreme | Arithmetic | Ratio | Decayed


class Resolve(Protocol):
    """How names are written at the step being compiled."""

    def name(self, node: Name | ParameterRef) -> exp.Expr:
        """A name or a parameter."""

    def lookup(self, table: str, keys: list[exp.Expr]) -> exp.Expr:
        """The number a table of the law has for these texts; NULL if none."""


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
            return resolve.name(node)
        case Literal():
            return _literal(node)
        case TableLookup():
            return resolve.lookup(node.table, [to_sql(key, resolve) for key in node.keys])
        case Compare() | Logic() | Not() | IsNull() | OneOf():
            return _truth(node, resolve)
        case DaysBetween() | FullBetween() | WorkingDaysBetween() | DateAdd() | StartOf():
            return _dated(node, resolve)
        case Case() | Coalesce() | Extreme() | Arithmetic() | Ratio() | Decayed():
            return _computed(node, resolve)


def _truth(node: _Truth, resolve: Resolve) -> exp.Expr:
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


def _dated(node: _Dated, resolve: Resolve) -> exp.Expr:
    match node:
        case DateAdd():
            start = to_sql(node.start, resolve)
            return sql_dates.add(start, node.unit, resolve.name(node.length))
        case StartOf():
            return sql_dates.start_of(to_sql(node.operand, resolve), node.unit)
    start, end = to_sql(node.start, resolve), to_sql(node.end, resolve)
    match node:
        case DaysBetween():
            return sql_dates.days_between(start, end)
        case FullBetween():
            return sql_dates.full_between(node.unit, start, end)
        case WorkingDaysBetween():
            return sql_dates.working_days_between(node.calendar, start, end)


def _computed(node: _Computed, resolve: Resolve) -> exp.Expr:
    match node:
        case Case():
            return _case(node, resolve)
        case Coalesce():
            first, *rest = (_typed(operand, node.type, resolve) for operand in node.operands)
            return exp.Coalesce(this=first, expressions=rest)
        case Extreme():
            # Both pass over NULL, which is what is meant.
            values = [_typed(operand, node.type, resolve) for operand in node.operands]
            return exp.Anonymous(this="GREATEST" if node.greatest else "LEAST", expressions=values)
        case Arithmetic():
            left = decimal(to_sql(node.left, resolve), scale_of(node.left))
            right = decimal(to_sql(node.right, resolve), scale_of(node.right))
            return _BINARY[node.operator](this=left, expression=right)
        case Ratio():
            return ratio(
                (to_sql(node.top, resolve), scale_of(node.top)),
                (to_sql(node.bottom, resolve), scale_of(node.bottom)),
                node.type.scale,
            )
        case Decayed():
            return _decayed(node, resolve)


def sql_type(type: Type, *, stored: bool = False) -> exp.DataType:
    """The column type of a value; ``stored`` as in a segment, otherwise as computed."""
    match type:
        case NumberType(scale=0) if stored:
            return data_type("BIGINT")
        case NumberType():
            return decimal_type(type.scale, 18 if stored else _WIDE)
        case DateType():
            return data_type("DATE")
        case TextType():
            return data_type("VARCHAR")
        case BooleanType():
            return data_type("BOOLEAN")


def decimal_type(scale: int, width: int = _WIDE) -> exp.DataType:
    """DECIMAL(width, scale)."""
    return data_type(f"DECIMAL({width}, {scale})")


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


def ratio(top: tuple[exp.Expr, int], bottom: tuple[exp.Expr, int], scale: int) -> exp.Expr:
    """``top / bottom`` (each with its scale) half away from zero, on whole numbers only."""
    common = max(top[1], bottom[1])
    a, b = whole_units(*top, common), whole_units(*bottom, common)
    sign = exp.Mul(this=exp.Sign(this=a), expression=exp.Sign(this=b.copy()))
    doubled = exp.Mul(this=exp.Abs(this=a.copy()), expression=exp.Literal.number(2 * 10**scale))
    above = exp.Add(this=doubled, expression=exp.Abs(this=b.copy()))
    below = exp.Mul(this=exp.Literal.number(2), expression=exp.Abs(this=b.copy()))
    whole = whole_division(above, below)
    signed = exp.Mul(this=exp.Paren(this=sign), expression=exp.Paren(this=whole))
    nonzero = exp.NEQ(this=b.copy(), expression=exp.Literal.number(0))
    guarded = exp.Case(ifs=[exp.If(this=nonzero, true=signed)])
    return exp.Mul(this=decimal(guarded, 0), expression=number_unit(scale))


def _decayed(node: Decayed, resolve: Resolve) -> exp.Expr:
    """The share of its days that is left, of the value; a life without days counts as one."""
    value, start = to_sql(node.value, resolve), to_sql(node.start, resolve)
    end = sql_dates.add(start, node.unit, resolve.name(node.length))
    days = _least_one(sql_dates.days_between(start.copy(), end))
    left = sql_dates.days_between(resolve.name(node.as_of), end.copy())
    # What is left is at most all; LEAST passes over NULL, but the value times it does not.
    some = exp.Case(
        ifs=[exp.If(this=exp.LTE(this=left, expression=exp.Literal.number(0)), true=_zero())],
        default=exp.Anonymous(this="LEAST", expressions=[left.copy(), days]),
    )
    scale = scale_of(node.value)
    top = exp.Mul(this=decimal(value, scale), expression=decimal(some, 0))
    return ratio((top, scale), (days.copy(), 0), node.type.scale)


def _least_one(days: exp.Expr) -> exp.Expr:
    """At least one; null stays null, for a comparison with it is unknown."""
    low = exp.LT(this=days, expression=exp.Literal.number(1))
    return exp.Case(ifs=[exp.If(this=low, true=exp.Literal.number(1))], default=days.copy())


def _zero() -> exp.Expr:
    return exp.Literal.number(0)


def whole_division(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    """Two whole numbers that are not negative, divided and rounded down."""
    return exp.IntDiv(this=exp.Paren(this=above), expression=exp.Paren(this=below))


def number_unit(scale: int) -> exp.Expr:
    """10^-scale as a decimal."""
    literal = exp.Literal.number(decimal_text(1, scale))
    return exp.Cast(this=literal, to=decimal_type(scale, max(scale, 1)))


def whole_units(value: exp.Expr, scale: int, common: int) -> exp.Expr:
    """``value`` as a whole number of 10^-common."""
    widened = decimal(value, scale)
    scaled = exp.Mul(this=widened, expression=exp.Literal.number(10**common))
    return exp.Cast(this=exp.Paren(this=scaled), to=data_type("HUGEINT"))


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
