"""From text to typed nodes, against an allow-list.

Invariant: whatever SQLGlot can parse but is not named here is refused; nothing of the
text survives into SQL except through a typed node.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from goodstanding.catalogue import Parameter, Table
from goodstanding.evaluation import errors
from goodstanding.evaluation.language.nodes import (
    MAX_SCALE,
    Arithmetic,
    BooleanType,
    Case,
    Coalesce,
    Compare,
    DateAdd,
    DateType,
    DaysBetween,
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
    Unit,
    WorkingDaysBetween,
    scale_of,
)
from goodstanding.kernel import GoodStandingError, Place

_DIALECT = "duckdb"
_MAX_LENGTH, _MOST_SHOWN = 2000, 80
_SHOWN = 12
_COMPARISONS: dict[type[exp.Expr], Operator] = {
    exp.EQ: Operator.EQ,
    exp.NEQ: Operator.NE,
    exp.LT: Operator.LT,
    exp.LTE: Operator.LE,
    exp.GT: Operator.GT,
    exp.GTE: Operator.GE,
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
#: Functions that SQLGlot knows by a class of its own; here they are ordinary names.
_NAMED: dict[type[exp.Expr], str] = {
    exp.AddMonths: "add_months",
    exp.Greatest: "greatest",
    exp.Least: "least",
    exp.MonthsBetween: "months_between",
    exp.Nullif: "nullif",
}
_ADDS = {"add_days": Unit.DAYS, "add_months": Unit.MONTHS, "add_years": Unit.YEARS}
_STARTS = {
    "start_of_month": Unit.MONTHS,
    "start_of_quarter": Unit.QUARTERS,
    "start_of_year": Unit.YEARS,
}
_FULL = {"months_between": Unit.MONTHS, "years_between": Unit.YEARS}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression at one place may refer to.

    ``replaced`` stands in for a name wherever it is used: the stated policy for unusable facts.
    """

    names: Mapping[str, Name]
    parameters: Mapping[str, Parameter]
    what: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    calendar: str = "none"
    replaced: Mapping[str, Node] = field(default_factory=dict)


def parse(text: str, scope: Scope, place: Place | None = None) -> Node:
    """The typed node for an expression. Raises GS-SCHEME-002 to 006 and 010."""
    try:
        if len(text) > _MAX_LENGTH:
            raise _refused_syntax(text, place, f"it is longer than {_MAX_LENGTH} characters")
        tree = sqlglot.parse_one(text, dialect=_DIALECT)
        return _Parser(scope, place).node(tree)
    except SqlglotError as error:
        problem = _not_an_expression(error)
    except RecursionError:
        problem = "it is nested too deeply"
    raise _refused_syntax(text, place, problem)


def parse_condition(text: str, scope: Scope, place: Place | None = None) -> Node:
    """The same, where true or false is wanted."""
    node = parse(text, scope, place)
    if not isinstance(node.type, BooleanType):
        raise _mismatch(text, f"this is {describe(node.type)}, not a condition", place)
    return node


def parse_number(text: str, scope: Scope, place: Place | None = None) -> Node:
    """The same, where a number is wanted."""
    node = parse(text, scope, place)
    if not isinstance(node.type, NumberType):
        raise _mismatch(text, f"this is {describe(node.type)}, not a number", place)
    return node


def names_in(text: str) -> frozenset[str]:
    """The plain names in an expression, before it is typed; none if it cannot be read."""
    try:
        tree = sqlglot.parse_one(text[:_MAX_LENGTH], dialect=_DIALECT)
        return frozenset(c.name for c in tree.find_all(exp.Column) if not c.table)
    except (SqlglotError, RecursionError):
        return frozenset()


def describe(type: Type) -> str:
    """A type in words."""
    match type:
        case NumberType():
            return "a number"
        case TextType():
            return "a text"
        case DateType():
            return "a date"
        case BooleanType():
            return "a condition"


def unknown(
    what: str, name: str, known: Mapping[str, object], place: Place | None
) -> GoodStandingError:
    """The refusal of an undefined name, with the nearest defined ones first."""
    near = difflib.get_close_matches(name, known, n=_SHOWN)
    others = [other for other in sorted(known) if other not in near]
    return GoodStandingError(
        errors.UNKNOWN_NAME,
        place=place,
        what=what,
        name=name,
        known=_first_of([*near, *others]) or "none",
    )


def _first_of(names: Sequence[str]) -> str:
    """Names in a refusal: of many the first, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


#: The longest that makes sense; slips of the pen are beyond it.
LONGEST: dict[str, int] = {Unit.DAYS: 36525, Unit.MONTHS: 1200, Unit.QUARTERS: 400, Unit.YEARS: 100}


def length_problem(parameter: Parameter, unit: Unit) -> str | None:
    """Why a parameter is no length of time in ``unit``; None if it is one."""
    if parameter.scale:
        return f"param.{parameter.id} has decimal places"
    if parameter.unit in LONGEST and parameter.unit != unit:
        return f"param.{parameter.id} is in {parameter.unit}, not in {unit}"
    for value in parameter.values:
        if not 0 <= value.value.units <= LONGEST[unit]:
            return f"it lasts from 0 to {LONGEST[unit]} {unit}, not {value.value}"
    return None


def _refused_syntax(text: str, place: Place | None, problem: str) -> GoodStandingError:
    shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
    return GoodStandingError(errors.BAD_SYNTAX, place=place, expression=shown, problem=problem)


def _not_an_expression(error: SqlglotError) -> str:
    """Where a text stops being an expression, in words of ours and not of the parser."""
    for found in error.errors if isinstance(error, ParseError) else ():
        if found.get("highlight"):
            return f"it cannot be read on from {found['highlight']!r}"
    return "it ends too early, or a quotation mark or parenthesis is not closed"


def _mismatch(part: str, problem: str, place: Place | None) -> GoodStandingError:
    return GoodStandingError(errors.TYPE_MISMATCH, place=place, part=part, problem=problem)


class _Parser:
    """Walks the SQLGlot tree; every method returns a well-typed node or refuses."""

    def __init__(self, scope: Scope, place: Place | None) -> None:
        self.scope = scope
        self.place = place

    def node(self, tree: exp.Expr) -> Node:
        kind = type(tree)
        if kind in _COMPARISONS:
            return self.compare(tree, _COMPARISONS[kind], tree.this, tree.expression)
        if kind in _ARITHMETIC:
            return self.arithmetic(tree, _ARITHMETIC[kind], tree.this, tree.expression)
        match tree:
            case exp.Paren():
                return self.node(tree.this)
            case exp.Column() | exp.Literal() | exp.Boolean():
                return self.leaf(tree)
            case exp.And() | exp.Or() | exp.Not() | exp.Is() | exp.In() | exp.Between():
                return self.truth(tree)
        return self.computed(tree)

    def truth(self, tree: exp.Expr) -> Node:
        match tree:
            case exp.And() | exp.Or():
                return self.logic(tree)
            case exp.Not():
                return Not(self.condition(tree.this))
            case exp.Is(expression=exp.Null()):
                return IsNull(self.node(tree.this))
            case exp.In():
                return self.one_of(tree)
            case exp.Between():
                low = self.compare(tree, Operator.GE, tree.this, tree.args["low"])
                high = self.compare(tree, Operator.LE, tree.this, tree.args["high"])
                return Logic(True, (low, high))
        raise self.forbidden(tree, "a condition of this form")

    def computed(self, tree: exp.Expr) -> Node:
        match tree:
            case exp.Case() if tree.this is None:
                return self.case(tree)
            case exp.Coalesce():
                return self.coalesce(tree)
            case exp.Neg():
                operand = self.number(tree.this)
                zero = Literal(0, NumberType(0))
                return Arithmetic("-", zero, operand, NumberType(scale_of(operand)))
            case exp.Anonymous():
                return self.function(tree, str(tree.this).lower(), tree.expressions)
            case _ if type(tree) in _NAMED:
                parts = [tree.this, tree.args.get("expression"), *tree.expressions]
                given = [part for part in parts if isinstance(part, exp.Expr)]
                return self.function(tree, _NAMED[type(tree)], given)
        raise self.forbidden(tree, type(tree).__name__.lower())

    def leaf(self, tree: exp.Expr) -> Node:
        match tree:
            case exp.Literal(is_string=True):
                return Literal(str(tree.this), TextType())
            case exp.Literal():
                raise GoodStandingError(errors.LITERAL, place=self.place, part=_sql(tree))
            case exp.Boolean():
                return Literal(bool(tree.this), BooleanType())
            case exp.Column() if tree.table == "param" and not tree.args.get("db"):
                return self.parameter(tree.name)
            case exp.Column() if isinstance(tree.this, exp.Identifier) and not tree.table:
                if tree.name in self.scope.replaced:
                    return self.scope.replaced[tree.name]
                if tree.name in self.scope.names:
                    return self.scope.names[tree.name]
                raise unknown(self.scope.what, tree.name, self.scope.names, self.place)
        raise self.forbidden(tree, "a name of this form")

    def parameter(self, name: str) -> ParameterRef:
        found = self.scope.parameters.get(name)
        if found is None:
            raise unknown("parameter", name, self.scope.parameters, self.place)
        return ParameterRef(name, NumberType(found.scale))

    def condition(self, tree: exp.Expr) -> Node:
        node = self.node(tree)
        if not isinstance(node.type, BooleanType):
            raise self.mismatch(tree, f"this is {describe(node.type)}, not a condition")
        return node

    def number(self, tree: exp.Expr) -> Node:
        node = self.node(tree)
        if not isinstance(node.type, NumberType):
            raise self.mismatch(tree, f"this is {describe(node.type)}, not a number")
        return node

    def logic(self, tree: exp.Expr) -> Node:
        conjunction = isinstance(tree, exp.And)
        operands: list[Node] = []
        for side in (tree.this, tree.expression):
            node = self.condition(side)
            same = isinstance(node, Logic) and node.conjunction == conjunction
            operands += node.operands if isinstance(node, Logic) and same else [node]
        return Logic(conjunction, tuple(operands))

    def compare(self, tree: exp.Expr, operator: Operator, left: exp.Expr, right: exp.Expr) -> Node:
        a, b = self.date_literal_refused(left), self.date_literal_refused(right)
        self.alike(tree, a, b)
        self.known_codes(tree, a, b)
        if isinstance(a.type, BooleanType) and operator not in (Operator.EQ, Operator.NE):
            raise self.mismatch(tree, "conditions have no order")
        return Compare(operator, a, b)

    def date_literal_refused(self, tree: exp.Expr) -> Node:
        if isinstance(tree, exp.Cast | exp.Date) and tree.find(exp.Literal):
            raise GoodStandingError(errors.LITERAL, place=self.place, part=_sql(tree))
        return self.node(tree)

    def alike(self, tree: exp.Expr, a: Node, b: Node) -> None:
        if type(a.type) is not type(b.type):
            problem = f"{describe(a.type)} is not compared with {describe(b.type)}"
            raise self.mismatch(tree, problem)

    def known_codes(self, tree: exp.Expr, a: Node, b: Node) -> None:
        """A code that the catalogue does not list is a slip: it could never be equal."""
        for node, other in ((a, b), (b, a)):
            if isinstance(node, Literal) and isinstance(node.value, str):
                self.check_code(tree, other, node.value)

    def check_code(self, tree: exp.Expr, operand: Node, text: str) -> None:
        codes = operand.type.codes if isinstance(operand.type, TextType) else None
        if codes is not None and text not in codes:
            problem = f"{text!r} is not one of its codes ({_first_of(sorted(codes))})"
            raise self.mismatch(tree, problem)

    def one_of(self, tree: exp.In) -> Node:
        operand = self.node(tree.this)
        if not tree.expressions:
            raise self.forbidden(tree, "a query")
        choices: list[str] = []
        for choice in tree.expressions:
            if not (isinstance(choice, exp.Literal) and choice.is_string):
                raise self.mismatch(tree, "`in` takes a list of texts")
            choices.append(str(choice.this))
        if not isinstance(operand.type, TextType):
            raise self.mismatch(tree, f"`in` is about texts, this is {describe(operand.type)}")
        for text in choices:
            self.check_code(tree, operand, text)
        return OneOf(operand, tuple(choices))

    def case(self, tree: exp.Case) -> Node:
        branches = tuple(
            (self.condition(branch.this), self.node(branch.args["true"]))
            for branch in tree.args["ifs"]
        )
        fallback = tree.args.get("default")
        default = None if fallback is None else self.node(fallback)
        values = [value for _, value in branches] + ([default] if default else [])
        return Case(branches, default, self.common_type(tree, values))

    def coalesce(self, tree: exp.Coalesce) -> Node:
        operands = [self.zero_or_node(part) for part in (tree.this, *tree.expressions)]
        if len(operands) == 1:
            raise self.forbidden(tree, "coalesce needs a second value")
        return Coalesce(tuple(operands), self.common_type(tree, operands))

    def zero_or_node(self, tree: exp.Expr) -> Node:
        """Inside coalesce, and only there, zero may stand for "no record"."""
        if isinstance(tree, exp.Literal) and not tree.is_string and tree.this == "0":
            return Literal(0, NumberType(0))
        return self.node(tree)

    def common_type(self, tree: exp.Expr, values: list[Node]) -> Type:
        for value in values[1:]:
            self.alike(tree, values[0], value)
        match values[0].type:
            case NumberType():
                return NumberType(max(scale_of(value) for value in values))
            case TextType():
                return TextType()
            case other:
                return other

    def arithmetic(self, tree: exp.Expr, operator: str, left: exp.Expr, right: exp.Expr) -> Node:
        a, b = self.number(left), self.number(right)
        joined = scale_of(a) + scale_of(b) if operator == "*" else max(scale_of(a), scale_of(b))
        if joined > MAX_SCALE:
            raise self.too_precise(tree, joined, MAX_SCALE)
        return Arithmetic(operator, a, b, NumberType(joined))

    def function(self, tree: exp.Expr, name: str, arguments: Sequence[exp.Expr]) -> Node:
        match name, len(arguments):
            case "days_between", 2:
                return DaysBetween(self.date(arguments[0]), self.date(arguments[1]))
            case "working_days_between", 2:
                start, end = self.date(arguments[0]), self.date(arguments[1])
                return WorkingDaysBetween(self.scope.calendar, start, end)
            case (("months_between" | "years_between"), 2):
                return FullBetween(_FULL[name], self.date(arguments[0]), self.date(arguments[1]))
            case (("add_days" | "add_months" | "add_years"), 2):
                return self.date_add(tree, _ADDS[name], arguments)
            case (("start_of_month" | "start_of_quarter" | "start_of_year"), 1):
                return StartOf(_STARTS[name], self.date(arguments[0]))
            case (("least" | "greatest"), number) if number >= 2:
                return self.extreme(tree, name == "greatest", arguments)
            case "nullif", 2:
                return self.null_if_zero(tree, arguments)
            case "lookup", 2 | 3:
                return self.lookup(tree, arguments)
            case "ratio", 3:
                return self.ratio(tree, arguments)
        raise self.forbidden(tree, f"the function {name} with {len(arguments)} values")

    def date(self, tree: exp.Expr) -> Node:
        node = self.date_literal_refused(tree)
        if not isinstance(node.type, DateType):
            raise self.mismatch(tree, f"this is {describe(node.type)}, not a date")
        return node

    def date_add(self, tree: exp.Expr, unit: Unit, arguments: Sequence[exp.Expr]) -> Node:
        start, length = self.date(arguments[0]), self.node(arguments[1])
        if not isinstance(length, ParameterRef) or length.type.scale:
            raise self.mismatch(arguments[1], "what is added to a date is a whole parameter")
        found = self.scope.parameters[length.name]
        if problem := length_problem(found, unit):
            part, reason = _sql(tree), problem
            raise GoodStandingError(errors.BAD_LENGTH, place=self.place, part=part, problem=reason)
        return DateAdd(unit, start, length)

    def extreme(self, tree: exp.Expr, greatest: bool, arguments: Sequence[exp.Expr]) -> Node:
        operands = [self.node(part) for part in arguments]
        if not isinstance(operands[0].type, NumberType | DateType):
            raise self.mismatch(tree, f"{describe(operands[0].type)} has no least or greatest")
        return Extreme(greatest, tuple(operands), self.common_type(tree, operands))

    def null_if_zero(self, tree: exp.Expr, arguments: Sequence[exp.Expr]) -> Node:
        zero = self.zero_or_node(arguments[1])
        if not isinstance(zero, Literal):
            raise self.mismatch(tree, "the second value of nullif is 0")
        value = self.number(arguments[0])
        return Case(((Compare(Operator.NE, value, zero), value),), None, value.type)

    def lookup(self, tree: exp.Expr, arguments: Sequence[exp.Expr]) -> Node:
        named, *keys = arguments
        if not (isinstance(named, exp.Column) and named.table == "table"):
            raise self.mismatch(tree, "the first value of lookup is table.<name>")
        table = self.scope.tables.get(named.name)
        if table is None:
            raise unknown("table", named.name, self.scope.tables, self.place)
        if len(keys) != len(table.keys):
            wanted = " and ".join(table.keys)
            raise self.mismatch(tree, f"the table {table.id!r} is looked up by {wanted}")
        texts = [self.node(key) for key in keys]
        for key, node in zip(keys, texts, strict=True):
            if not isinstance(node.type, TextType):
                raise self.mismatch(key, f"this is {describe(node.type)}, not a text")
        return TableLookup(table.id, tuple(texts), NumberType(table.scale))

    def ratio(self, tree: exp.Expr, arguments: Sequence[exp.Expr]) -> Node:
        places = arguments[2]
        if not (isinstance(places, exp.Literal) and not places.is_string and places.is_int):
            raise self.mismatch(tree, "the third value of ratio is its number of decimal places")
        scale = int(places.this)
        if scale > MAX_SCALE // 2:
            raise self.too_precise(tree, scale, MAX_SCALE // 2)
        return Ratio(self.number(arguments[0]), self.number(arguments[1]), NumberType(scale))

    def too_precise(self, tree: exp.Expr, scale: int, limit: int) -> GoodStandingError:
        return GoodStandingError(
            errors.TOO_PRECISE, place=self.place, part=_sql(tree), scale=scale, limit=limit
        )

    def forbidden(self, tree: exp.Expr, what: str) -> GoodStandingError:
        return GoodStandingError(errors.FORBIDDEN, place=self.place, part=_sql(tree), what=what)

    def mismatch(self, tree: exp.Expr, problem: str) -> GoodStandingError:
        return _mismatch(_sql(tree), problem, self.place)


def _sql(tree: exp.Expr) -> str:
    said = tree.sql(dialect=_DIALECT)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"
