"""The whole run as one readable file: scheme.sql, the same whichever engine ran.

Any DuckDB runs it from the node's folder and gets the same result files.
"""

from __future__ import annotations

from pathlib import Path

from goodstanding.evaluation.compile import EVALUATED, Plan
from goodstanding.evaluation.engines.files import (
    REASONS,
    STANDINGS,
    Relations,
    copy_statement,
    entries_relation,
    quoted,
)
from goodstanding.evaluation.records import entries_of


def script(plan: Plan, relations: Relations, root: Path | None) -> str:
    """Views over the segments, the steps, and the two files; paths are relative to ``root``."""
    statements = [
        *views(plan, relations, root),
        f"CREATE TEMP TABLE {EVALUATED} AS\n{plan.evaluated}",
        copy_statement(plan.standings, STANDINGS),
        copy_statement(plan.reasons, REASONS),
    ]
    head = f"-- {plan.scheme.name}, version {plan.scheme.version}: {plan.scheme.titles['en']}\n"
    return head + "".join(f"\n{statement};\n" for statement in statements)


def views(plan: Plan, relations: Relations, root: Path | None) -> list[str]:
    """The statements by which SQL sees the entries of each item."""
    return [
        f"CREATE TEMP VIEW {quoted(entries_of(item.id))} AS "
        + entries_relation(item, sorted(relations.get(item.id, ())), root)
        for item in plan.items
    ]
