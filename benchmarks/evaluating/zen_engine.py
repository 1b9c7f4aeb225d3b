"""GoRules zen-engine on a sample of subjects, whose grades and totals must be ours.

Its input is prepared before the clock starts and its output is not written anywhere. It is
measured three ways: as its documentation shows, by a decision object; by its engine with the
model preloaded, which we found to be its quickest way (quicker than its batch function); both
with the indicators given, work that it is spared; and by the quickest way from each subject's
live records.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import duckdb
import zen

from benchmarks.evaluating.sample import sample
from benchmarks.evaluating.zen_model import model
from benchmarks.place import Place, Timed, Watch, settle

SAMPLE = 20_000
_KEY = "conduct"
_WINDOWS = {"inspection": "DATE '2021-07-02'", "penalty": "DATE '2020-07-02'"}

Context = dict[str, Any]
Evaluate = Callable[[Context], Any]


def as_documented(place: Place) -> Timed:
    """`create_decision(...).evaluate(...)` for each subject, indicators given."""
    decision = zen.ZenEngine().create_decision(json.dumps(model(from_records=False)))
    return _measure(place, _indicators, decision.evaluate)


def quickest(place: Place) -> Timed:
    """`engine.evaluate` with the model preloaded for each subject, indicators given."""
    return _measure(place, _indicators, _engine(from_records=False))


def from_records(place: Place) -> Timed:
    """The same from the live records of each subject, in order of time."""
    return _measure(place, _records, _engine(from_records=True))


def _engine(*, from_records: bool) -> Evaluate:
    models = {_KEY: model(from_records=from_records)}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": models}})
    return partial(engine.evaluate, _KEY)


def _measure(
    place: Place,
    prepare: Callable[[duckdb.DuckDBPyConnection], list[Context]],
    evaluate: Evaluate,
) -> Timed:
    with duckdb.connect() as con:
        sample(con, place, SAMPLE)
        expected = con.execute("SELECT grade, total FROM sample ORDER BY subject").fetchall()
        records = con.execute("SELECT count(*) FROM live").fetchall()[0][0]
        contexts = prepare(con)
    settle()
    watch = Watch()
    with watch.running():
        answers = [evaluate(context)["result"] for context in contexts]
    found = [(a["grade"], None if a["grade"] == "N" else _tenths(a["total"])) for a in answers]
    ours = [(grade, None if total is None else _tenths(total)) for grade, total in expected]
    # A subject that is closed has a total too; absence alone has none.
    differing = [pair for pair in zip(found, ours, strict=True) if pair[0] != pair[1]]
    if differing:
        raise AssertionError(f"{len(differing)} standings differ from ours, first {differing[0]}")
    return Timed(watch.seconds, int(records), len(contexts))


def _tenths(total: Decimal | float) -> int:
    return round(Decimal(str(total)) * 10)


def _indicators(con: duckdb.DuckDBPyConnection) -> list[Context]:
    visit = f"item = 'inspection' AND effective_on >= {_WINDOWS['inspection']}"
    fined = f"item = 'penalty' AND effective_on >= {_WINDOWS['penalty']} AND f_kind <> 'formal'"
    names = ("last_result", "most_findings", "fail_share", "penalties", "fines")
    rows = con.execute(
        f"""
        SELECT
            arg_max(f_result, (effective_on, source, source_key)) FILTER ({visit}),
            max(f_findings) FILTER ({visit}),
            round(count(*) FILTER ({visit} AND f_result IN ('fail', 'closed'))
                / nullif(count(*) FILTER ({visit}), 0), 4),
            nullif(count(*) FILTER ({fined}), 0),
            sum(f_amount) FILTER ({fined})::DOUBLE
        FROM live GROUP BY subject ORDER BY subject
        """
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _records(con: duckdb.DuckDBPyConnection) -> list[Context]:
    contexts: dict[str, Context] = {}
    rows = con.execute(
        "SELECT subject, item, strftime(effective_on, '%Y%m%d')::INTEGER, f_result, f_findings, "
        "f_kind, f_amount::DOUBLE FROM live ORDER BY subject, effective_on, source, source_key"
    ).fetchall()
    for subject, item, day, result, findings, kind, amount in rows:
        own = contexts.setdefault(subject, {"inspections": [], "decisions": []})
        if item == "inspection":
            own["inspections"].append({"day": day, "result": result, "findings": findings})
        else:
            own["decisions"].append({"day": day, "kind": kind, "amount": amount})
    return list(contexts.values())
