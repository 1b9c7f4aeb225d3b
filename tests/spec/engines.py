"""Runs a scheme over entries in the reference engine and in every other, to compare them.

``ENGINES`` are all but the reference. Each is made once and asked many questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

import duckdb
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Pack
from goodstanding.evaluation.compile import EVALUATED, compile_scheme, empty_relation
from goodstanding.evaluation.engines.duckdb import refusal
from goodstanding.evaluation.history import history as reference_history
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.evaluation.results import Evaluation, Standing
from goodstanding.kernel import Fixed, GoodStandingError

Row = tuple[object, ...]
#: The rows of both result files, or the code of the refusal.
Outcome = tuple[list[Row], list[Row]] | str
#: The columns of their rows.
STANDINGS = ("subject", "grade", "total", "next_change_on", "as_of")
REASONS = ("subject", "as_of", "position", "kind", "rule", "points", "records", "article")


class Engine(Protocol):
    """An engine that is asked what the reference was asked."""

    def load(self, pack: Pack, entries: Sequence[Entry]) -> None:
        """From here on the register holds these entries."""
        ...

    def evaluate(self, scheme: Scheme, as_of: date, known_at: datetime, history: bool) -> Outcome:
        """The rows of both result files, in order."""
        ...


_COLUMNS = [
    "leaf",
    "act",
    "supersedes",
    "source",
    "source_key",
    "authority",
    "subject",
    "subject_kind",
    "document",
    "basis",
    "decided_on",
    "effective_on",
    "published_on",
    "amended_on",
    "ends_on",
    "known_at",
]


def by_reference(
    scheme: Scheme, entries: Sequence[Entry], as_of: date, known_at: datetime, history: bool
) -> Outcome:
    """The rows of both result files according to the reference engine."""
    standings: list[Row] = []
    reasons: list[Row] = []
    try:
        found: Sequence[Evaluation | Standing] = (
            reference_history(scheme, entries, as_of, known_at)
            if history
            else evaluate_all(scheme, entries, as_of, known_at)
        )
    except GoodStandingError as error:
        return error.code.id
    for result in found:
        standing = result.standing if isinstance(result, Evaluation) else result
        total = _decimal(standing.total)
        due = standing.next_change_on
        standings.append((standing.subject, standing.grade, total, due, standing.as_of))
        for r in result.reasons if isinstance(result, Evaluation) else ():
            points = _decimal(r.points)
            keys = (r.subject, r.as_of, r.position, str(r.kind), r.rule)
            reasons.append((*keys, points, r.records, r.article))
    return standings, reasons


def _decimal(value: Fixed | None) -> Decimal | None:
    return None if value is None else value.to_decimal()


def _stored(value: object) -> object:
    return value.to_decimal() if isinstance(value, Fixed) else value


class Tables:
    """One in-memory DuckDB with the entries of a pack's items as tables."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self.connection.execute(sql, list(values)).fetchall()

    def load(self, pack: Pack, entries: Sequence[Entry]) -> None:
        for item in pack.items.values():
            name = f"entries_{item.id}"
            self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {empty_relation(item)}")
            own = [entry for entry in entries if entry.item == item.id]
            if not own:
                continue
            columns = [*_COLUMNS, *(f"f_{fact}" for fact in item.facts)]
            rows = [self._row(entry, list(item.facts)) for entry in own]
            marks = ", ".join(["(" + ", ".join("?" for _ in columns) + ")"] * len(rows))
            flat = [value for row in rows for value in row]
            self.run(f"INSERT INTO {name} ({', '.join(columns)}) VALUES {marks}", flat)

    def _row(self, entry: Entry, facts: list[str]) -> list[object]:
        values = [getattr(entry, column) for column in _COLUMNS]
        values[-1] = entry.known_at.astimezone(UTC).replace(tzinfo=None)
        return [*values, *(_stored(entry.facts.get(fact)) for fact in facts)]

    def evaluate(self, scheme: Scheme, as_of: date, known_at: datetime, history: bool) -> Outcome:
        """The rows of both result files according to DuckDB."""
        try:
            plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history)
        except GoodStandingError as error:
            return error.code.id
        try:
            self.run(f"CREATE OR REPLACE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
            standings = self.run(f"SELECT {', '.join(STANDINGS)} FROM ({plan.standings})")
            reasons = self.run(f"SELECT {', '.join(REASONS)} FROM ({plan.reasons})")
            return standings, reasons
        except duckdb.Error as error:
            found = refusal(scheme, error, "")
            if found.code.id == "GS-SCHEME-040":
                raise
            return found.code.id


#: Every engine but the reference, by name.
ENGINES: dict[str, Callable[[], Engine]] = {"duckdb": Tables}
