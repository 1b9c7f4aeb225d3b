"""A small scheme in two versions, and a register of fines over two years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from tests.spec.engines import Tables
from tests.spec.jurisdiction import Entry, fact, item
from tests.unit.evaluation import small

from goodstanding.catalogue import FactType, Pack, ParameterValue, read_document
from goodstanding.evaluation.backtest import Backtest, Machine, Question, run_backtest
from goodstanding.evaluation.engines.files import Relations
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.kernel import Fixed
from goodstanding.register import Checkpoint, Head

DAYS = (date(2023, 7, 1), date(2024, 1, 1), date(2024, 7, 1))
KINDS = ("inn", "mill", "quay")


def pack(trades: Sequence[str] = KINDS) -> Pack:
    """The pack of the small scheme, with a registration that names a trade."""
    found = small.pack()
    registration = item(
        "registration",
        fact("trade", FactType.CODE, codes=tuple(trades)),
        fact("staff", FactType.INTEGER),
    )
    return replace(found, items={**found.items, "registration": registration})


def scheme(folder: Path, trades: Sequence[str] = KINDS) -> Scheme:
    """The newer version."""
    path = folder / "small.yaml"
    path.write_text(small.SCHEME, "utf-8")
    found, findings = read_scheme(pack(trades), read_document(path))
    assert found is not None, list(map(str, findings))
    return found


def with_number(found: Scheme, name: str, units: int) -> Scheme:
    """The scheme with another number for all days."""
    parameter = found.parameters[name]
    values = tuple(
        ParameterValue(v.start, Fixed(units, parameter.scale), v.article) for v in parameter.values
    )
    moved = replace(parameter, values=values)
    return replace(found, parameters={**found.parameters, name: moved})


def entries() -> list[Entry]:
    """Two hundred businesses of three trades and of none; more fines for the mills."""
    made: list[Entry] = []
    for n in range(200):
        subject, trade = f"biz:{n:03}", (*KINDS, *KINDS, None)[n % 7]
        facts: dict[str, object] = {"trade": "inn" if n == 5 else trade, "staff": n}
        start = date(2023, 1, 1) + timedelta(days=n * 3 % 500)
        made.append(
            Entry(n, "registration", subject, start, facts, source_key=f"r{n:03}")
        )  # fmt: skip
        for k in range(n % (5 if trade == "mill" else 3)):
            day = date(2023, 3, 1) + timedelta(days=(n * 7 + k * 61) % 600)
            made.append(small.fine(1000 + n * 10 + k, day, n % 60, subject=subject))
    moved = replace(made[0], leaf=900, act="correction", supersedes=0)
    return [*made, replace(moved, facts={"trade": "quay", "staff": 1})]


def segments(folder: Path, records: Sequence[Entry]) -> Relations:
    """The entries as segment files."""
    tables, law = Tables(), pack()
    tables.load(law, records)
    found = {}
    for name in law.items:
        path = folder / f"{name}.parquet"
        tables.run(f"COPY (SELECT * FROM entries_{name} ORDER BY leaf) TO '{path}'")
        found[name] = [path]
    return found


def run(
    folder: Path, question: Question, out: Path, records: Sequence[Entry] | None = None
) -> Backtest:
    """The backtest of a question over the register, or over other records."""
    folder.mkdir(exist_ok=True)
    relations = segments(folder, entries() if records is None else records)
    checkpoint = Checkpoint("register.example/x", Head(1200, bytes(32)), "")
    digests = {"after": "aa", "before": "bb"}
    return run_backtest(question, relations, digests, checkpoint, out, Machine("1GiB", 1))


def grades(found: Scheme, day: date) -> dict[str, str | None]:
    """Every subject's grade by the reference engine."""
    results = evaluate_all(found, entries(), day, None)
    return {result.standing.subject: result.standing.grade for result in results}
