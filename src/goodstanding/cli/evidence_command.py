"""`goodstanding pack evidence`: what was published beside the records, against what we compute."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import events
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.evaluation_commands import find_scheme
from goodstanding.cli.options import (
    AsOfOption,
    ByOption,
    JsonOption,
    MemoryOption,
    NodeOption,
    PurposeOption,
    SchemeArgument,
    as_day,
    noting,
    open_node,
    pack_of,
)
from goodstanding.evaluation.engines.evidence import Compared, Outcome, compare
from goodstanding.kernel import SystemClock
from goodstanding.kernel.escaping import for_spreadsheet, visible


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("evidence")(evidence)


def evidence(
    scheme: SchemeArgument,
    node: NodeOption,
    by: ByOption,
    as_of: AsOfOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write every row as CSV.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Differing rows to show.")] = 20,
    memory: MemoryOption = "2GB",
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Compare what was published with what a scheme gives, row by row."""
    if as_csv and json:
        raise typer.BadParameter("--csv and --json exclude each other")
    opened = open_node(node)
    pack = pack_of(opened)
    day = as_day(as_of, pack)
    found = find_scheme(pack, scheme, as_of=day)
    noting(opened, by).note(
        events.EVIDENCE_COMPARED, by=by, clock=SystemClock(), purpose=purpose,
        scheme=found.name, as_of=day.isoformat(),
    )  # fmt: skip
    segments = {item: [s.file for s in opened.log.segments(item)] for item in pack.items}
    with TemporaryDirectory(prefix="goodstanding-evidence-") as temp:
        rows = compare(found, segments, as_of=day, temp=Path(temp), memory_limit=memory)
        if as_csv:
            _write_csv(rows)
        else:
            _report(found.name, rows, limit, json)


def _write_csv(rows: Iterator[Compared]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(field.name for field in fields(Compared))
    for row in rows:
        values = ("" if value is None else str(value) for value in asdict(row).values())
        writer.writerow(for_spreadsheet(visible(value)) for value in values)


def _report(scheme: str, rows: Iterator[Compared], limit: int, json: bool) -> None:
    counts: Counter[tuple[str, Outcome, str | None]] = Counter()

    def counted() -> Iterator[Compared]:
        for row in rows:
            counts[row.item, row.outcome, row.why] += 1
            yield row

    differing = (row for row in counted() if row.outcome is Outcome.DIFFERING)
    some = list(differing) if json else list(islice(differing, limit))
    more = sum(1 for _ in differing)
    if json:
        print_json(
            {
                "scheme": scheme,
                "counts": [
                    {"item": item, "outcome": outcome, "why": why, "rows": n}
                    for (item, outcome, why), n in sorted(counts.items(), key=str)
                ],
                "differing": [asdict(row) for row in some],
            }
        )
        return
    _show_counts(scheme, counts)
    _show_differing(some, more)


def _show_counts(scheme: str, counts: Counter[tuple[str, Outcome, str | None]]) -> None:
    alike = sum(n for (_, outcome, _), n in counts.items() if outcome is Outcome.AGREEING)
    other = sum(n for (_, outcome, _), n in counts.items() if outcome is Outcome.DIFFERING)
    out.print(f"[bold]{shown(scheme)}[/]: of {alike + other:,} published results that can be "
              f"compared ours agrees with {alike:,}")  # fmt: skip
    table = Table("item", "rows", "outcome", "why", box=None, header_style="bold")
    table.columns[1].justify = "right"
    for (item, outcome, why), n in sorted(counts.items(), key=lambda row: -row[1]):
        table.add_row(shown(item), f"{n:,}", outcome, shown(why or ""))
    out.print(table)


def _show_differing(some: list[Compared], more: int) -> None:
    if not some:
        return
    table = Table("key", "subject", "day", "published", "ours", box=None, header_style="bold")
    for row in some:
        table.add_row(
            shown(row.source_key), shown(row.subject), row.day.isoformat(),
            shown(row.published), shown(row.computed or "none"),
        )  # fmt: skip
    out.print(table)
    if more:
        out.print(f"[dim]… {more:,} more that differ; --limit shows more, --csv every row[/]")
