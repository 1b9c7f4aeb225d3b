"""What every part of the compiler needs to know: the scheme, the dates, and how names read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlglot import exp

from goodstanding.catalogue import Item, Titles
from goodstanding.evaluation.compile.law import (
    VERSION,
    lookup,
    table_step,
    value_by_day,
    version_by_day,
)
from goodstanding.evaluation.compile.sqltools import column, day, select, text
from goodstanding.evaluation.dates import add
from goodstanding.evaluation.due import next_day
from goodstanding.evaluation.language import (
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Unit,
    sql_dates,
)
from goodstanding.evaluation.language.nodes import TableLookup
from goodstanding.evaluation.language.sql import decimal, number
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import FACT_PREFIX
from goodstanding.kernel import Period

SUBJECT, AS_OF = "subject", "as_of"
PERIOD_START, PERIOD_END = "period_start", "period_end"


@dataclass(frozen=True)
class Context:
    """One compilation: a scheme on one date, or through its history up to that date."""

    scheme: Scheme
    as_of: date
    known_at: datetime | None
    history: bool
    draft: bool = False

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

    @cached_property
    def values(self) -> dict[str, int]:
        """Every parameter on ``as_of``, in units of its scale."""
        return self.scheme.values(self.as_of)

    def changing(self, starts: Iterable[date]) -> bool:
        """Whether one of these days lies within the days looked at, after the first."""
        first = self.start()
        return self.history and any(first < start <= self.as_of for start in starts)

    @cached_property
    def varying(self) -> list[str]:
        """The parameters that take a new value within the days looked at."""
        all_of_them = self.scheme.parameters.items()
        return [name for name, p in all_of_them if self.changing(v.start for v in p.values)]

    @cached_property
    def varying_tables(self) -> list[str]:
        """The tables that take new rows within the days looked at."""
        tables = self.scheme.tables.items()
        return [name for name, t in tables if self.changing(v.start for v in t.values)]

    def day(self) -> exp.Expr:
        """The date asked about."""
        return column(AS_OF) if self.history else day(self.as_of)

    def parameter(self, name: str) -> exp.Expr:
        """A number of the law on the date asked about."""
        if name in self.varying:
            return column(_number(name))
        value = number(self.values[name], self.scheme.parameters[name].scale)
        value.add_comments([f" param.{name} "])
        return value

    def law_columns(self) -> list[str]:
        """The columns that carry the law of each date of a history."""
        numbers = [_number(name) for name in self.varying]
        rows = [_version(name) for name in self.varying_tables]
        cycle = [PERIOD_START, PERIOD_END] if self.scheme.cycle is not None else []
        return [*numbers, *rows, *cycle]

    def law_by_day(self, of: exp.Expr) -> list[exp.Expr]:
        """What these columns are on the date ``of``."""
        first, scheme = self.start(), self.scheme
        found = [value_by_day(scheme.parameters[name], of, first) for name in self.varying]
        found += [version_by_day(scheme.tables[name], of) for name in self.varying_tables]
        if scheme.cycle is not None:
            lag = scheme.cycle.lag
            shift = None if lag is None else self._lag_by_day(lag, of, first)
            end = sql_dates.start_of(
                of.copy()
                if shift is None
                else sql_dates.add_freely(of.copy(), Unit.MONTHS, exp.Neg(this=shift)),
                scheme.cycle.unit,
            )
            one = exp.Neg(this=exp.Literal.number(1))
            found += [sql_dates.add_freely(end, scheme.cycle.unit, one), end.copy()]
        return found

    def _lag_by_day(self, lag: str, of: exp.Expr, first: date) -> exp.Expr:
        if lag in self.varying:
            return exp.Paren(this=value_by_day(self.scheme.parameters[lag], of, first))
        return self.parameter(lag)

    @property
    def lag(self) -> int:
        """Months between the end of a period and the day it is evaluated, on ``as_of``."""
        cycle = self.scheme.cycle
        return 0 if cycle is None or cycle.lag is None else self.values[cycle.lag]

    def period(self, name: str) -> exp.Expr:
        """The first day of the evaluated period, or the first after it."""
        if self.history:
            return column(name)
        cycle = self.scheme.cycle
        if cycle is None:
            raise AssertionError("only a scheme with a cycle has a period")
        start, end = cycle.period(self.as_of, self.lag)
        found = day(start if name == PERIOD_START else end)
        found.add_comments([f" {name} "])
        return found

    def in_force(self, period: Period | None) -> exp.Expr | None:
        """Whether the date asked about lies in a period; None: always."""
        if period is None:
            return None
        if not self.history:
            return None if period.contains(self.as_of) else exp.false()
        begun: exp.Expr = exp.GTE(this=column(AS_OF), expression=day(period.start))
        if period.end is None:
            return begun
        return exp.and_(begun, exp.LT(this=column(AS_OF), expression=day(period.end)))

    @cached_property
    def day_of_law(self) -> date | None:
        """The next day on which something changes for a subject of which nothing is known."""
        return next_day(ask(self.scheme, self.as_of), (), lambda name: None)

    @property
    def every_day(self) -> bool:
        """Whether that is tomorrow for everyone, whatever their records."""
        return self.day_of_law == self.tomorrow()

    def cited(self, name: str, titles: Titles, article: str | None) -> str:
        """What a part of the scheme is called, and on which article it rests."""
        says = titles.get("en", name)
        if article is None:
            return says
        return f"{says} ({article}: {self.scheme.article(article).titles['en']})"

    def tomorrow(self) -> date:
        """The day after ``as_of``."""
        return add(self.as_of, Unit.DAYS, 1)

    @property
    def for_subject(self) -> ForSubject:
        """How names read where one row is one subject."""
        return ForSubject(self)

    def for_record(self, item: Item) -> ForRecord:
        """How names read where one row is one record of ``item``."""
        return ForRecord(self, item)

    def lookup(self, name: str, keys: list[exp.Expr]) -> exp.Expr:
        """The number a table of the law has for these texts on the date asked about."""
        version = column(_version(name)) if name in self.varying_tables else None
        return lookup(table_step(name), keys, version)

    def on(self, found: date) -> Context:
        """The scheme on one date of a history."""
        return Context(self.scheme, found, self.known_at, history=False)


@dataclass(frozen=True)
class ForSubject:
    """How names read where one row is one subject."""

    c: Context

    def name(self, node: Name | ParameterRef) -> exp.Expr:
        """A figure, the total, a date or a number of the law."""
        if isinstance(node, ParameterRef):
            return self.c.parameter(node.name)
        match node.kind:
            case NameKind.AS_OF:
                return self.c.day()
            case NameKind.PERIOD:
                return self.c.period(node.name)
            case NameKind.TOTAL:
                return column("total_points")
            case NameKind.DERIVED:
                return column(f"d_{node.name}")
        return column(f"i_{node.name}")

    def lookup(self, table: str, keys: list[exp.Expr]) -> exp.Expr:
        """The number a table has for these texts."""
        return self.c.lookup(table, keys)


@dataclass(frozen=True)
class ForRecord:
    """How names read where one row is one record of ``item``."""

    c: Context
    item: Item

    def name(self, node: Name | ParameterRef) -> exp.Expr:
        """A column of the record, a date or a number of the law."""
        if isinstance(node, ParameterRef):
            return self.c.parameter(node.name)
        match node.kind:
            case NameKind.AS_OF:
                return self.c.day()
            case NameKind.PERIOD:
                return self.c.period(node.name)
            case NameKind.RECORD:
                return text(self.item.id) if node.name == "item" else column(node.name)
        fact = column(FACT_PREFIX + node.name)
        own = self.item.facts[node.name].scale
        finer = isinstance(node.type, NumberType) and node.type.scale != own
        return (
            decimal(fact, node.type.scale) if isinstance(node.type, NumberType) and finer else fact
        )

    def lookup(self, table: str, keys: list[exp.Expr]) -> exp.Expr:
        """The number a table has for these texts."""
        return self.c.lookup(table, keys)


def law_column(node: Node) -> str | None:
    """The column that carries what this part of an expression reads of the law, if it varies."""
    match node:
        case ParameterRef():
            return _number(node.name)
        case TableLookup():
            return _version(node.table)
        case Name(NameKind.PERIOD):
            return node.name
    return None


def _number(parameter: str) -> str:
    return f"p_{parameter}"


def _version(table: str) -> str:
    return f"{VERSION}_{table}"


def everything(source: exp.Expr, *added: exp.Expr) -> exp.Select:
    """All columns of the step before, and the added ones."""
    return select([exp.Star(), *added], source)
