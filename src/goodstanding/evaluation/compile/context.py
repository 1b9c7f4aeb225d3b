"""What every part of the compiler needs to know: the scheme, the dates, and how names read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation.compile.sqltools import column, day, select, text
from goodstanding.evaluation.language import (
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    walk,
)
from goodstanding.evaluation.language.sql import decimal, number
from goodstanding.evaluation.model import Scheme, Take, Window
from goodstanding.evaluation.records import FACT_PREFIX
from goodstanding.kernel import add_months

SUBJECT, AS_OF = "subject", "as_of"


@dataclass(frozen=True, slots=True)
class Context:
    """One compilation: a scheme on one date, or through its history up to that date."""

    scheme: Scheme
    as_of: date
    known_at: datetime | None
    history: bool

    @property
    def keys(self) -> list[str]:
        """The grain of everything after the records."""
        return [SUBJECT, AS_OF] if self.history else [SUBJECT]

    def key_columns(self) -> list[exp.Expr]:
        """The grain as columns."""
        return [column(key) for key in self.keys]

    def start(self) -> date:
        """The first day looked at."""
        return self.scheme.starts() if self.history else self.as_of

    def varying(self) -> list[str]:
        """The parameters that take a new value within the days looked at."""
        if not self.history:
            return []
        first = self.start()
        return [
            name
            for name, parameter in self.scheme.parameters.items()
            if any(first < value.start <= self.as_of for value in parameter.values)
        ]

    def day(self) -> exp.Expr:
        """The date asked about."""
        return column(AS_OF) if self.history else day(self.as_of)

    def parameter(self, name: str) -> exp.Expr:
        """A number of the law on the date asked about."""
        if name in self.varying():
            return column(f"p_{name}")
        found = self.scheme.parameters[name].at(self.as_of)
        if found is None:
            raise AssertionError("check_applies was not called")
        value = number(found.units, found.scale)
        value.add_comments([f" param.{name} "])
        return value

    def parameter_by_day(self, name: str, of: exp.Expr) -> exp.Expr:
        """The same written out by date, for the step that lists the dates."""
        first = self.start()
        values = self.scheme.parameters[name].values
        held = [
            v for n, v in enumerate(values) if n + 1 == len(values) or values[n + 1].start > first
        ]
        branches = [
            exp.If(
                this=exp.GTE(this=of.copy(), expression=day(v.start)),
                true=number(v.value.units, v.value.scale),
            )
            for v in reversed(held[1:])
        ]
        return exp.Case(ifs=branches, default=number(held[0].value.units, held[0].value.scale))

    def for_subject(self, node: Name | ParameterRef) -> exp.Expr:
        """How a name reads where one row is one subject."""
        if isinstance(node, ParameterRef):
            return self.parameter(node.name)
        match node.kind:
            case NameKind.AS_OF:
                return self.day()
            case NameKind.TOTAL:
                return column("total_points")
        return column(f"i_{node.name}")

    def for_record(self, item: Item, node: Name | ParameterRef) -> exp.Expr:
        """How a name reads where one row is one record of ``item``."""
        if isinstance(node, ParameterRef):
            return self.parameter(node.name)
        if node.kind is NameKind.AS_OF:
            return self.day()
        if node.kind is NameKind.RECORD:
            return text(item.id) if node.name == "item" else column(node.name)
        fact = column(FACT_PREFIX + node.name)
        finer = isinstance(node.type, NumberType) and node.type.scale != item.facts[node.name].scale
        return (
            decimal(fact, node.type.scale) if isinstance(node.type, NumberType) and finer else fact
        )

    def columns_of(self, item: Item) -> list[str]:
        """The stored columns of an item's segments that the scheme looks at, in order."""
        found: set[str] = set()
        for selection in self.scheme.selections.values():
            if item.id not in selection.items:
                continue
            nodes: list[Node | None] = [selection.where]
            own = [i for i in self.scheme.indicators.values() if i.of == selection.id]
            nodes += [indicator.value for indicator in own]
            if selection.keep is not None:
                nodes += [selection.keep.by, selection.keep.of]
            found |= _stored(nodes)
            if selection.window is not None or any(i.take is Take.DAYS_SINCE for i in own):
                found.add("effective_on")
            if selection.keep is not None or any(i.take is Take.LATEST for i in own):
                found |= {"source", "source_key", "effective_on"}
        if self.history:
            found |= {"effective_on", "ends_on"}
        return sorted(found)

    def earliest(self, window: Window) -> date:
        """The first effective_on that still counts on ``as_of``."""
        value = self.scheme.parameters[window.parameter].at(self.as_of)
        length = value.units if value else 0
        months = {"days": 0, "months": length, "years": 12 * length}[window.unit]
        days = length if window.unit == "days" else 0
        found = add_months(self.as_of, -months) - timedelta(days=days + 5)
        while window.end(found, length) <= self.as_of:
            found += timedelta(days=1)
        return found


def _stored(nodes: Iterable[Node | None]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for part in walk(node) if node is not None else ():
            if isinstance(part, Name) and part.kind is NameKind.FACT:
                found.add(FACT_PREFIX + part.name)
            elif isinstance(part, Name) and part.kind is NameKind.RECORD and part.name != "item":
                found.add(part.name)
    return found


def everything(source: exp.Expr, *added: exp.Expr) -> exp.Select:
    """All columns of the step before, and the added ones."""
    return select([exp.Star(), *added], source)
