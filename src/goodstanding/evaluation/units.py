"""Units of a scheme's numbers: like is compared with like, and added to like.

Invariant: a finding is made only where both units are known. Facts and parameters say theirs;
counts count; days between dates are days. A number without a unit (a rate, a share) goes with
all, and so does the product of two that have one, since nobody says what it is; but so many
times money, points or days are money, points or days, and a ratio of like to like is a plain
number, which is never money and no length of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from goodstanding.catalogue import Fact, FactType
from goodstanding.evaluation import errors
from goodstanding.evaluation.language import (
    Compare,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
)
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    Coalesce,
    DateAdd,
    DaysBetween,
    Decayed,
    Extreme,
    FullBetween,
    Literal,
    Ratio,
    StartOf,
    TableLookup,
    WorkingDaysBetween,
    children,
)
from goodstanding.evaluation.model import Indicator, Scheme, Take
from goodstanding.kernel import GoodStandingError

#: Of numbers that count nothing.
UNITLESS = frozenset({"none", "number", "rate", "ratio", "share", "factor", "times"})
_COUNT, _POINTS = "count", "points"
#: Of a ratio of like to like, as nobody writes it.
_RATIO = "a plain ratio"
_WORKING = "working_days"
_TIMES = frozenset({"days", "weeks", "months", "quarters", "years", _WORKING})
_SAME = {
    **{unit.removesuffix("s"): unit for unit in _TIMES},
    **dict.fromkeys(("working days", "workdays"), _WORKING),
    **dict.fromkeys(("point", "score"), _POINTS),
    **dict.fromkeys(("counts", "records", "record"), _COUNT),
}
_CURRENCY = re.compile(r"[A-Z]{3}")

#: A unit by its one name; "" goes with all others, None is not known.
Unit = str | None


def plain(unit: str | None) -> Unit:
    """A unit as written, by its one name."""
    if unit is None:
        return None
    if unit in UNITLESS:
        return ""
    same = _SAME.get(unit, unit)
    return _POINTS if same.endswith(("_points", " points")) else same


def join(a: Unit, b: Unit) -> Unit | bool:
    """The unit of two that stand beside each other; False if they cannot."""
    if not a or not b:
        return a or b or (None if None in (a, b) else "")
    if a == b:
        return a
    for one, other in ((a, b), (b, a)):
        # What is counted may be named: three findings.
        if one == _COUNT and not _measured(other):
            return other
        if one == _RATIO and (other == _POINTS or not _measured(other)):
            return other
    return False


def _measured(unit: str) -> bool:
    return unit in _TIMES or unit == _POINTS or _CURRENCY.fullmatch(unit) is not None


@dataclass
class Units:
    """Works out units, and keeps what does not go together."""

    scheme: Scheme
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    #: The items whose records the expression is about; none for an expression about a subject.
    items: tuple[str, ...] = ()

    def of(self, node: Node) -> Unit:
        """The unit of an expression; what is wrong inside it becomes findings."""
        match node:
            case Name():
                return self._name(node)
            case ParameterRef():
                return plain(self.scheme.parameters[node.name].unit)
            case Arithmetic(operator="*"):
                return _product(self.of(node.left), self.of(node.right))
            case Arithmetic() | Compare():
                return self._alike(node, (node.left, node.right))
            case Coalesce() | Extreme():
                return self._alike(node, node.operands)
            case Case():
                for condition, _ in node.branches:
                    self.of(condition)
                values = [value for _, value in node.branches]
                return self._alike(node, [*values, *([node.default] if node.default else [])])
        return self._function(node)

    def _function(self, node: Node) -> Unit:
        match node:
            case Ratio():
                top, bottom = self.of(node.top), self.of(node.bottom)
                return _RATIO if top and top == bottom else _product(top, bottom, divided=True)
            case DateAdd():
                length = plain(self.scheme.parameters[node.length.name].unit)
                self._same(node, node.unit.value, length)
            case Decayed():
                length = plain(self.scheme.parameters[node.length.name].unit)
                self._same(node, node.unit.value, length)
                return self.of(node.value)
        for child in children(node):
            self.of(child)
        return self._measure(node)

    def _measure(self, node: Node) -> Unit:
        match node:
            case DaysBetween():
                return "days"
            case FullBetween():
                return node.unit.value
            case WorkingDaysBetween():
                return _WORKING
            case TableLookup():
                return plain(self.scheme.tables[node.table].unit)
        return None

    def within(self, items: Iterable[str]) -> Units:
        """The same, for expressions over records of these items."""
        return Units(self.scheme, self.findings, tuple(items))

    def indicator(self, indicator: Indicator) -> Unit:
        """The unit of an indicator."""
        match indicator.take:
            case Take.COUNT:
                return _COUNT
            case Take.SHARE:
                return _RATIO
            case Take.DAYS_SINCE:
                return "days"
            case Take.CALENDAR_COUNT | Take.STREAK:
                return indicator.every.value if indicator.every else _COUNT
        if indicator.value is None:
            return None
        # Whatever is wrong inside is found where the indicator itself is looked at.
        items = self.scheme.selections[indicator.of].items
        unit = Units(self.scheme, [], items).of(indicator.value)
        if indicator.take is Take.COUNT_DISTINCT:
            return unit if unit in _TIMES else _COUNT
        return unit

    def require(self, what: str, unit: Unit, parameter: str | None) -> None:
        """A parameter must go with ``unit``."""
        if parameter is not None:
            found = plain(self.scheme.parameters[parameter].unit)
            if join(unit, found) is False:
                self.findings.append((what, _said(unit), f"{_said(found)} (param.{parameter})"))

    def total(self, what: str, unit: Unit) -> None:
        """A number must go with the total."""
        wanted = plain(self.scheme.unit)
        if join(wanted, unit) is False:
            self.findings.append((what, _said(unit), f"{_said(wanted)}, the unit of the total"))

    def _name(self, node: Name) -> Unit:
        match node.kind:
            case NameKind.TOTAL:
                return plain(self.scheme.unit)
            case NameKind.INDICATOR:
                return self.indicator(self.scheme.indicators[node.name])
            case NameKind.DERIVED:
                return Units(self.scheme, []).of(self.scheme.derived[node.name].value)
            case NameKind.FACT:
                items = (self.scheme.population[item] for item in self.items)
                facts = [item.facts[node.name] for item in items if node.name in item.facts]
                return self._of_facts(node, facts)
        return None

    def _of_facts(self, node: Name, facts: list[Fact]) -> Unit:
        unit: Unit = ""
        for n, fact in enumerate(facts):
            own = plain(fact.unit)
            if fact.type is FactType.MONEY and fact.unit is None:
                own = plain(self.scheme.pack.currency)
            joined = own if n == 0 else join(unit, own)
            if isinstance(joined, bool):
                self.findings.append((node.name, _said(unit), _said(own)))
                return None
            unit = joined
        return unit

    def _alike(self, node: Node, operands: Iterable[Node]) -> Unit:
        unit: Unit = ""
        for n, operand in enumerate(operands):
            own = self.of(operand)
            if not isinstance(operand.type, NumberType):
                continue
            if n == 0:
                unit = own
                continue
            joined = join(unit, own)
            if isinstance(joined, bool):
                self.findings.append((show(node), _said(unit), _said(own)))
                return None
            unit = joined
        return unit

    def _same(self, node: Node, wanted: str, found: Unit) -> None:
        if found and found != wanted:
            self.findings.append((show(node), _said(wanted), _said(found)))


def refused(findings: Iterable[tuple[str, str, str]]) -> Iterator[GoodStandingError]:
    """The findings as refusals, each once; the caller gives them their place."""
    for part, left, right in dict.fromkeys(findings):
        yield GoodStandingError(errors.UNIT_MISMATCH, part=part, left=left, right=right)


def show(node: Node) -> str:
    """An expression in few words, to be recognised by."""
    match node:
        case Name():
            return node.name
        case ParameterRef():
            return f"param.{node.name}"
        case Arithmetic() | Compare():
            return f"{show(node.left)} {node.operator} {show(node.right)}"
        case Literal():
            return str(node.value)
        case Ratio():
            return f"ratio({show(node.top)}, {show(node.bottom)}, {node.type.scale})"
        case Case():
            return "case"
    return f"{_called(node)}({', '.join(map(show, children(node)))})"


def _called(node: Node) -> str:
    match node:
        case DateAdd():
            return f"add_{node.unit.value}"
        case StartOf():
            return f"start_of_{node.unit.value.removesuffix('s')}"
        case DaysBetween():
            return "days_between"
        case FullBetween():
            return f"{node.unit.value}_between"
        case WorkingDaysBetween():
            return "working_days_between"
        case Extreme():
            return "greatest" if node.greatest else "least"
        case TableLookup():
            return f"lookup of table.{node.table} "
    return type(node).__name__.lower()


def _product(a: Unit, b: Unit, *, divided: bool = False) -> Unit:
    """Of a number and a rate, ratio or count; what of two with a unit comes is not known."""
    if b == _RATIO or (b == "" and a != _RATIO):
        return a
    if b == "":
        # A rate may stand for anything: days for each share of what is late.
        return ""
    if divided:
        return None
    if a == "" or a == _RATIO:
        return b
    for one, other in ((a, b), (b, a)):
        if one == _COUNT and other is not None and _measured(other):
            return other
    return None


def _said(unit: Unit) -> str:
    return unit or "no unit"
