"""A scheme on one day: its numbers, its tables and its period as they are then.

Invariant: nothing here depends on a subject; two subjects on one day are asked the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from goodstanding.evaluation.language import (
    Lookup,
    Name,
    NameKind,
    Node,
    Observer,
    Value,
    evaluate,
    rescale,
)
from goodstanding.evaluation.language.evaluate import Tables
from goodstanding.evaluation.language.nodes import scale_of
from goodstanding.evaluation.model import Scheme, Window
from goodstanding.evaluation.records import RecordLike, column_value


class Memo(Protocol):
    """What remembers the values of expressions over records from one question to the next."""

    def value(self, question: Question, node: Node, record: RecordLike) -> Value:
        """What ``question.value`` gives of the record's columns."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a scheme on ``as_of``. ``observe`` is told of every comparison."""

    scheme: Scheme
    as_of: date
    parameters: Mapping[str, int]
    tables: Tables
    #: Months between the end of a period and the day it is evaluated; 0 without a cycle.
    lag: int
    #: The evaluated period, its first day and the first day after it; None without a cycle.
    period: tuple[date, date] | None
    observe: Observer | None = None
    memo: Memo | None = None

    def of_record(self, node: Node, record: RecordLike) -> Value:
        """The value of an expression over a record's columns. Raises OverflowError likewise."""
        if self.memo is not None:
            return self.memo.value(self, node, record)
        return self.value(node, self.columns(record))

    def value(self, node: Node, lookup: Lookup) -> Value:
        """The value of an expression. Raises OverflowError beyond 38 digits."""
        return evaluate(node, lookup, self.parameters, self.observe, tables=self.tables)

    def dates(self) -> dict[str, Value]:
        """The dates of the question, by the names they have in expressions."""
        start, end = self.period or (None, None)
        return {"as_of": self.as_of, "period_start": start, "period_end": end}

    def column(self, record: RecordLike, name: Name) -> Value:
        """The value of a column of a record, or of a date of the question."""
        if name.kind is NameKind.PERIOD:
            return self.dates()[name.name]
        return column_value(record, name, self.as_of)

    def columns(self, record: RecordLike) -> Lookup:
        """What the names of an expression over this record's columns are."""
        return lambda name: self.column(record, name)

    def span(self, window: Window, effective_on: date) -> tuple[date, date]:
        """The first day on which a record counts by the window, and the first it does not."""
        return window.span(effective_on, self.parameters[window.parameter], self.lag)

    def limit(self, parameter: str) -> int:
        """A parameter in units of the scheme's scale; the loader made sure it has no more."""
        return self.at_scale(parameter, self.scheme.scale)

    def at_scale(self, parameter: str, scale: int) -> int:
        """A parameter in units of 10^-scale."""
        return rescale(self.parameters[parameter], self.scheme.parameters[parameter].scale, scale)

    def limited(self, units: int, cap: str | None, floor: str | None) -> int:
        """Points after their cap, then their floor."""
        if cap is not None:
            units = min(units, self.limit(cap))
        return units if floor is None else max(units, self.limit(floor))

    def reaches(self, units: int, of: Name, bound: str) -> bool:
        """Whether a value of ``of`` is at a bound or above it."""
        scale = max(scale_of(of), self.scheme.parameters[bound].scale)
        return rescale(units, scale_of(of), scale) >= self.at_scale(bound, scale)


def ask(scheme: Scheme, as_of: date, observe: Observer | None = None) -> Question:
    """The question about one day. Raises GS-SCHEME-020 and 021."""
    scheme.check_applies(as_of)
    parameters, cycle = scheme.values(as_of), scheme.cycle
    lag = 0
    if cycle is not None and cycle.lag is not None:
        lag = rescale(parameters[cycle.lag], scheme.parameters[cycle.lag].scale, 0)
    period = None if cycle is None else cycle.period(as_of, lag)
    return Question(scheme, as_of, parameters, scheme.rows(as_of), lag, period, observe)
