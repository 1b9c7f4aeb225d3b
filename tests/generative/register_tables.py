"""The made-up register in DuckDB: tables are made once, a case only puts its entries in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import duckdb
from tests.generative.register import ITEMS
from tests.generative.strategies import Case
from tests.spec.engines import REASONS, STANDINGS, Row, by_reference
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Item
from goodstanding.evaluation.changes import waiting
from goodstanding.evaluation.compile import EVALUATED, compile_scheme, empty_relation
from goodstanding.evaluation.engines.duckdb import refusal
from goodstanding.kernel import Fixed, GoodStandingError

#: The rows of both result files and who is waiting, or the code of the refusal.
Outcome = tuple[list[Row], list[Row], list[Row]] | str

_COLUMNS = ["leaf", "act", "supersedes", "source", "source_key", "authority", "subject",
            "subject_kind", "document", "basis", "decided_on", "effective_on", "published_on",
            "amended_on", "ends_on"]  # fmt: skip


class RegisterTables:
    """DuckDB with a table for each of ``ITEMS``."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        for item in ITEMS.values():
            self.run(f"CREATE TEMP TABLE entries_{item.id} AS {empty_relation(item)}")

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of one statement."""
        return self.connection.execute(sql, list(values)).fetchall()

    def evaluate(self, case: Case) -> Outcome:
        """What DuckDB makes of a case."""
        for item in ITEMS.values():
            self._load(item, [entry for entry in case.entries if entry.item == item.id])
        try:
            plan = compile_scheme(
                case.scheme, as_of=case.as_of, known_at=case.known_at, history=case.history
            )
            self.run(f"CREATE OR REPLACE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
            return (
                self.run(f"SELECT {', '.join(STANDINGS)} FROM ({plan.standings})"),
                self.run(f"SELECT {', '.join(REASONS)} FROM ({plan.reasons})"),
                [] if case.history else self.run(plan.waiting),
            )
        except GoodStandingError as error:
            return error.code.id
        except duckdb.Error as error:
            return refusal(case.scheme, error, "").code.id

    def _load(self, item: Item, entries: Sequence[Entry]) -> None:
        self.run(f"DELETE FROM entries_{item.id}")
        if not entries:
            return
        facts = [f"f_{fact}" for fact in item.facts]
        columns = [*_COLUMNS, "known_at", *facts]
        rows = [_row(entry, item) for entry in entries]
        marks = "(" + ", ".join("?" for _ in columns) + ")"
        values = [value for row in rows for value in row]
        listed = ", ".join([marks] * len(rows))
        self.run(f"INSERT INTO entries_{item.id} ({', '.join(columns)}) VALUES {listed}", values)


def _row(entry: Entry, item: Item) -> list[object]:
    known_at = entry.known_at.astimezone(UTC).replace(tzinfo=None)
    facts = [entry.facts.get(fact) for fact in item.facts]
    stored = [value.to_decimal() if isinstance(value, Fixed) else value for value in facts]
    return [*(getattr(entry, column) for column in _COLUMNS), known_at, *stored]


def meant(case: Case) -> Outcome:
    """What the reference engine makes of a case."""
    try:
        asked = (case.scheme, case.entries, case.as_of, case.known_at)
        found = by_reference(*asked, case.history)
        if isinstance(found, str):
            return found
        later = {} if case.history else waiting(*asked)
        return (*found, sorted(later.items()))
    except GoodStandingError as error:
        return error.code.id
