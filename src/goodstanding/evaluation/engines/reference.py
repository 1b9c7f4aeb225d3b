"""The reference engine as a run over a register: the meaning itself, written to result files.

Invariant: the rows are those of ``evaluation.reference`` and ``evaluation.history``; nothing
here decides anything. All records are held in memory, so it is for small registers, and for
whoever wants to check another engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.evaluation.compile import Plan, compile_scheme
from goodstanding.evaluation.engines.files import (
    REASONS,
    SCHEME_SQL,
    STANDINGS,
    Progress,
    Relations,
    Result,
    work_folder,
    write_parts,
)
from goodstanding.evaluation.engines.rows import read_entries
from goodstanding.evaluation.engines.script import script
from goodstanding.evaluation.history import history as changes_of
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.evaluation.results import TOTAL_DIGITS, Evaluation, Standing
from goodstanding.kernel import Fixed

Row = dict[str, object]


def run(
    scheme: Scheme,
    relations: Relations,
    *,
    as_of: date,
    known_at: datetime | None,
    out: Path,
    history: bool = False,
    draft: bool = False,
    threads: int | None = None,
    memory_limit: str = "2GiB",
    temp: Path | None = None,
    root: Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Evaluate every subject and write the three result files, as every engine does.

    ``threads`` and ``temp`` have no meaning here. Raises GS-SCHEME-020 to 022, 040 and 042, and
    GS-KERNEL-007.
    """
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history, draft=draft)
    tell = progress or (lambda step, share: None)
    with work_folder(out) as work:
        tell("reading records", 0.0)
        entries = list(read_entries(plan.items, relations))
        tell("evaluating", 0.2)
        judge = changes_of if history else evaluate_all
        found = judge(scheme, entries, as_of, known_at)
        tell("writing", 0.9)
        counts = _write(plan, found, known_at, draft, work, memory_limit)
        (work / SCHEME_SQL).write_text(script(plan, relations, root), "utf-8")
    tell("done", 1.0)
    return Result(*counts, out)


def _write(
    plan: Plan,
    found: Sequence[Evaluation | Standing],
    known_at: datetime | None,
    draft: bool,
    work: Path,
    memory_limit: str,
) -> tuple[int, int]:
    tables = {
        STANDINGS: pa.Table.from_pylist(
            list(standing_rows(plan.scheme, found, known_at, draft)), _standings(plan.scheme)
        ),
        REASONS: pa.Table.from_pylist(list(reason_rows(found)), _reasons(plan.scheme)),
    }
    parts = {name: work / f"rows-{name}" for name in tables}
    for name, table in tables.items():
        pq.write_table(table, parts[name])
    return write_parts(plan, parts, work, memory_limit=memory_limit)


def standing_rows(
    scheme: Scheme,
    found: Sequence[Evaluation | Standing],
    known_at: datetime | None,
    draft: bool,
) -> Iterator[Row]:
    """What standings.parquet holds, row by row."""
    instant = None if known_at is None else known_at.astimezone(UTC).replace(tzinfo=None)
    for result in found:
        standing = result.standing if isinstance(result, Evaluation) else result
        yield {
            "subject": standing.subject,
            "grade": standing.grade,
            "total": _decimal(standing.total),
            "next_change_on": standing.next_change_on,
            "as_of": standing.as_of,
            "known_at": instant,
            "scheme": scheme.name,
            "version": scheme.version,
            "draft": draft,
        }


def reason_rows(found: Sequence[Evaluation | Standing]) -> Iterator[Row]:
    """What reasons.parquet holds, row by row."""
    for result in found:
        for r in result.reasons if isinstance(result, Evaluation) else ():
            yield {
                "subject": r.subject,
                "as_of": r.as_of,
                "position": r.position,
                "kind": str(r.kind),
                "rule": r.rule,
                "points": _decimal(r.points),
                "records": r.records,
                "article": r.article,
            }


def _standings(scheme: Scheme) -> pa.Schema:
    return pa.schema(
        {
            "subject": pa.string(),
            "grade": pa.string(),
            "total": pa.decimal128(TOTAL_DIGITS, scheme.scale),
            "next_change_on": pa.date32(),
            "as_of": pa.date32(),
            "known_at": pa.timestamp("us"),
            "scheme": pa.string(),
            "version": pa.int32(),
            "draft": pa.bool_(),
        }
    )


def _reasons(scheme: Scheme) -> pa.Schema:
    return pa.schema(
        {
            "subject": pa.string(),
            "as_of": pa.date32(),
            "position": pa.int32(),
            "kind": pa.string(),
            "rule": pa.string(),
            "points": pa.decimal128(TOTAL_DIGITS, scheme.scale),
            "records": pa.int64(),
            "article": pa.string(),
        }
    )


def _decimal(value: Fixed | None) -> Decimal | None:
    return None if value is None else value.to_decimal()
