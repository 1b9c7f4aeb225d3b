"""What a child does until it is killed: it submits, appends and erases, in a random order.

Each act is announced before it begins and reported the moment the call returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import ClassVar

import duckdb
from tests.durability.book import say

from goodstanding.kernel import GoodStandingError, Noted, SystemClock
from goodstanding.register import (
    RECORD_COLUMNS,
    FactColumn,
    FactType,
    Log,
    NewEvent,
    RecordTable,
    StreamVersion,
    WritePoint,
)
from goodstanding.register.batch import At
from goodstanding.register.erase import erase

NOTED, CLOCK = Noted("test", 0), SystemClock()
ITEMS = ("berth_fine", "pilot_licence")
STREAMS = 4
#: The act that adds records, and ends the name of its batch.
DELIVERY = "deliver"
#: Seconds for the turn; another child may be busy with a long batch.
_PATIENCE = 20

#: SQL of a record's columns by name; ``{token}`` is the batch's name and the row's number in it.
_ROW = {
    "act": "'record'",
    "source": "'port_monthly'",
    "source_key": "{token}",
    "authority": "'harbour_office'",
    "subject": "'lum-ship:' || (range % 7)",
    "subject_kind": "'business'",
    "subject_name": "{token}",
    "document": "'Decision ' || range",
    "basis": "'port_act.7'",
    "effective_on": "DATE '2025-01-03'",
    "delivery": "repeat('ab', 32)",
    "row": "range + 1",
    "original": "'{{}}'",
    "f_amount": "range * 1.25",
}


def records(connection: duckdb.DuckDBPyConnection, item: str, token: str, rows: int) -> RecordTable:
    """A table of ``rows`` records; row n is named by ``token`` (SQL) with ``range`` n."""
    facts = (FactColumn("amount", FactType.MONEY, 2),)
    types = RECORD_COLUMNS | {fact.column: fact.sql_type for fact in facts}
    columns = [
        f'CAST({expression.format(token=token)} AS {types[name]}) AS "{name}"'
        for name in types
        if name not in ("leaf", "salt", "known_at")
        for expression in [_ROW.get(name, f"'{item}'" if name == "item" else "NULL")]
    ]
    sql = f'CREATE OR REPLACE TABLE "{item}" AS SELECT {", ".join(columns)} FROM range({rows})'
    connection.execute(sql).fetchall()
    return RecordTable(connection, item, item, facts)


class Worker:
    """One writer on the node in ``folder``; what it names begins with ``name``."""

    def __init__(
        self, folder: Path, name: str, rng: Random, pipe: int, records: list[int], at: At
    ) -> None:
        self._log = Log.open(folder, patience=_PATIENCE, at=at)
        self._name = name
        self._rng = rng
        self._pipe = pipe
        #: Leaves of records, for erasing.
        self._records = records
        self._acts = 0
        self._connection = duckdb.connect(":memory:", config={"threads": 1})

    def act(self, kind: str | None = None) -> None:
        """Do one thing, of a kind if asked for."""
        self._acts += 1
        if kind is None:
            often = [often for _, often in self.ACTS.values()]
            (kind,) = self._rng.choices(list(self.ACTS), often)
        self.ACTS[kind][0](self)

    def _asks(self, kind: str, entries: int, erases: Sequence[int] = ()) -> str:
        name = f"{self._name}.{self._acts}.{kind}"
        say(self._pipe, asks=name, entries=entries, erases=list(erases))
        return name

    def _has(self, name: str, first: int | None) -> None:
        say(self._pipe, has=name, first=first)

    def _submit(self) -> None:
        name, stream = self._asks("submit", 1), f"case/{self._rng.randrange(STREAMS)}"
        stale = self._rng.random() < 0.1
        # Far ahead: the next version another writer may reach meanwhile.
        seen = self._log.stream_version(stream) + (10_000 if stale else 0)
        version = None if self._rng.random() < 0.3 else StreamVersion(stream, seen)
        event = NewEvent("hearing", {"token": f"{name}#0"}, version)
        wait = self._rng.random() < 0.8
        try:
            leaf = self._log.submit(event, clock=CLOCK, noted=NOTED, wait=wait)
        except GoodStandingError as error:
            if error.code.id != "GS-REGISTER-016":
                raise
            say(self._pipe, refused=name)
            return
        if stale and version is not None:
            say(self._pipe, wrong=f"{name}: a version not reached was taken")
        self._has(name, leaf)

    def _append(self) -> None:
        count = self._rng.choice([1, 2, 30])
        name = self._asks("append", count)
        events = [NewEvent("delivery_note", {"token": f"{name}#{n}"}) for n in range(count)]
        appended = self._log.append(events, clock=CLOCK, noted=NOTED)
        self._has(name, appended.segments[0].first)
        self._pin(appended.head.size, appended.head.root)

    def _deliver(self) -> None:
        counts = {item: self._rng.choice([1, 7, 300]) for item in ITEMS}
        name, done, tables = self._asks(DELIVERY, 1 + sum(counts.values())), 1, []
        for item, rows in counts.items():
            tables.append(records(self._connection, item, f"'{name}#' || (range + {done})", rows))
            done += rows
        event = NewEvent("delivery_note", {"token": f"{name}#0"})
        appended = self._log.append([event], tables, clock=CLOCK, noted=NOTED)
        first = appended.segments[0].first
        self._has(name, first)
        self._pin(appended.head.size, appended.head.root)
        self._records += range(first + 1, first + done)

    def _erase(self) -> None:
        if not self._records:
            self._deliver()
            self._acts += 1
        leaves = sorted(set(self._rng.choices(self._records, k=self._rng.choice([1, 5]))))
        name = self._asks("erase", 1, leaves)
        words = {"basis": "port_act.12", "by": "officer", "reason": f"{name}#0"}
        done = erase(self._log, leaves, **words, clock=CLOCK, noted=NOTED)
        self._has(name, done.leaf)
        self._log.erased(done.leaf)

    def _pin(self, size: int, root: bytes) -> None:
        say(self._pipe, size=size, root=root.hex())

    #: What a worker can do, and how often it does it.
    ACTS: ClassVar[Mapping[str, tuple[Callable[[Worker], None], int]]] = {
        "submit": (_submit, 6),
        "append": (_append, 3),
        DELIVERY: (_deliver, 3),
        "erase": (_erase, 2),
    }


def never(_point: WritePoint) -> None:
    """No trap is set."""
