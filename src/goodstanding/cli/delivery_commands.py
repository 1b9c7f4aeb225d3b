"""`ingest` and `deliveries`: take an agency's file, rehearse it, and name whom it concerned."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import events
from goodstanding.catalogue import Pack
from goodstanding.cli.console import Exit, out, print_json, print_refusal, shown, steps
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    MemoryOption,
    NodeOption,
    PurposeOption,
    ThreadsOption,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.publishing import publish
from goodstanding.ingest import (
    Handover,
    IngestReport,
    Named,
    Resources,
    find_delivery,
    find_source,
    ingest,
    rehearse,
    show_delivery,
)
from goodstanding.kernel import SystemClock
from goodstanding.kernel.escaping import for_spreadsheet, visible
from goodstanding.register import Node

deliveries_app = typer.Typer(help="What was delivered, and what came of it.", no_args_is_help=True)

#: What the list says of a delivery, as far as it is not nothing.
_COUNTED = (
    *("read", "new", "corrected", "unchanged", "older", "ended", "withdrawn"),
    *("rejected", "left_out", "held"),
)
CsvOption = Annotated[bool, typer.Option("--csv", help="Write CSV instead of a table.")]
LimitOption = Annotated[int, typer.Option(min=1, help="Rows of the table to show.")]


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("ingest")(ingest_command)
    app.add_typer(deliveries_app, name="deliveries")


def ingest_command(
    file: Annotated[Path, typer.Argument(help="The agency's file.")],
    source: Annotated[str, typer.Option("--source", "-s", help="The source contract.")],
    node: NodeOption,
    by: ByOption,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="The day the file is of, if it does not say so itself. A full list needs one.",
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Take a file older than one already taken; it changes nothing newer."
        ),
    ] = False,
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Accept far fewer rows than last time.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show all that would come of it, name by name; seal nothing."
        ),
    ] = False,
    threads: ThreadsOption = None,
    memory: MemoryOption = "2GB",
    limit: LimitOption = 40,
    as_csv: CsvOption = False,
    json: JsonOption = False,
) -> None:
    """Take an agency's file: check every row, seal what is good, return what is not."""
    opened = open_node(node)
    pack = pack_of(opened)
    find_source(pack, source)
    if as_csv and (json or not dry_run):
        raise typer.BadParameter("--csv goes with --dry-run, and not with --json")
    handover = Handover(as_of.date() if as_of else None, again, allow_fewer)
    if dry_run:
        wanted = _Wanted(limit, as_csv, json)
        _rehearse(opened, pack, source, file, handover, Resources(memory, threads), wanted, by)
        return
    clock = SystemClock()
    noted = noting(opened, by).note(events.DELIVERY_RECEIVED, by=by, clock=clock, source=source)
    with steps() as progress:
        report = ingest(
            opened,
            pack,
            source,
            file,
            clock=clock,
            noted=noted,
            handover=handover,
            resources=Resources(memory, threads),
            progress=progress,
        )
    if json:
        print_json(report.as_dict())
    else:
        _show_report(report)
        if report.quarantine is not None:
            out.print(f"  reasons, row by row: {shown(str(report.quarantine))}", soft_wrap=True)
        if report.entry is not None:
            out.print(
                f"  name by name: goodstanding deliveries show {report.entry} --node {shown(node)}"
            )
        else:
            out.print("  nothing was sealed: the last delivery said the same")
        out.print(f"  the log holds {report.log_size:,} entries")
    publish(opened, clock, noted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How a list of names is wanted: as a table of so many rows, as CSV, or as JSON."""

    limit: int
    as_csv: bool
    json: bool


def _rehearse(
    node: Node,
    pack: Pack,
    source: str,
    file: Path,
    handover: Handover,
    resources: Resources,
    wanted: _Wanted,
    by: str,
) -> None:
    clock = SystemClock()
    noted = noting(node, by).note(events.DELIVERY_REHEARSED, by=by, clock=clock, source=source)
    with (
        steps() as progress,
        rehearse(
            node,
            pack,
            source,
            file,
            clock=clock,
            noted=noted,
            handover=handover,
            resources=resources,
            progress=progress,
        ) as rehearsal,
    ):
        refused = rehearsal.refusal
        if wanted.json:
            named = [asdict(one) for one in rehearsal.named]
            why = refused.as_dict() if refused else None
            print_json({**rehearsal.report.as_dict(), "named": named, "refused": why})
        elif wanted.as_csv:
            _write_csv(rehearsal.named)
        else:
            out.print("[yellow]DRY RUN[/] nothing was sealed")
            _show_report(rehearsal.report)
            _show_named(rehearsal.named, wanted.limit)
    if refused is not None:
        if not wanted.json:
            print_refusal(refused)
        raise typer.Exit(Exit.REFUSED)


@deliveries_app.command("list")
def list_deliveries(
    node: NodeOption,
    by: ByOption,
    source: Annotated[str | None, typer.Option("--source", "-s", help="Of this source.")] = None,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """List every delivery with its day and its counts, the newest last."""
    opened = open_node(node)
    if source is not None:
        find_source(pack_of(opened), source)
    noting(opened, by).note(events.DELIVERIES_READ, by=by, clock=SystemClock(), purpose=purpose)
    found = opened.index.deliveries(source)
    if json:
        print_json([{**d.payload, "entry": d.leaf} for d in found])
        return
    for one in found:
        said = one.payload
        of = f"of {said.get('as_of')}" + (
            f", {shown(said['series'])}" if said.get("series") else ""
        )
        out.print(f"[bold]{one.leaf}[/]  {one.source} {of}  {shown(said['file_name'])}")
        counts = [f"{int(str(said.get(name, 0))):,} {name.replace('_', ' ')}" for name in _COUNTED]
        out.print("    " + ", ".join(count for count in counts if not count.startswith("0 ")))
    if not found:
        out.print("Nothing has been delivered.")


@deliveries_app.command("show")
def show(
    delivery: Annotated[
        str, typer.Argument(help="Its entry in the log, or the beginning of its SHA-256.")
    ],
    node: NodeOption,
    by: ByOption,
    purpose: PurposeOption = None,
    limit: LimitOption = 40,
    as_csv: CsvOption = False,
    json: JsonOption = False,
) -> None:
    """Name who is new, changed, ended, withdrawn and rejected by one delivery."""
    opened = open_node(node)
    noted = noting(opened, by).note(
        events.DELIVERIES_READ, by=by, clock=SystemClock(), purpose=purpose, delivery=delivery
    )
    opened.index.consume()
    found = find_delivery(opened, delivery)
    with show_delivery(opened, pack_of(opened), found, noted=noted) as told:
        if json:
            named = [asdict(one) for one in told.named]
            print_json({**found.payload, "entry": found.leaf, "named": named})
        elif as_csv:
            _write_csv(told.named)
        else:
            said = found.payload
            out.print(f"[bold]{shown(str(said['file_name']))}[/] for {found.source}")
            out.print(f"  of {said.get('as_of')}, entry {found.leaf}, taken {said['known_at']}")
            _show_named(told.named, limit)


def _show_report(report: IngestReport) -> None:
    series = f", {shown(report.series)}" if report.series else ""
    out.print(f"[bold]{shown(report.file_name)}[/] for {report.source}, of {report.as_of}{series}")
    out.print(
        f"  read {report.read:,} = accepted {report.accepted:,} + rejected {report.rejected:,}"
    )
    out.print(
        f"  accepted: {report.new:,} new, {report.corrected:,} corrected, "
        f"{report.unchanged:,} unchanged" + (f", {report.older:,} older" if report.older else "")
    )
    if report.weak:
        out.print(f"  under weak identifiers, made of name and place: {report.weak:,}")
    if report.left_out:
        out.print(f"  rejected: {report.left_out:,} left out, for they are no records")
    if report.held:
        out.print(f"  held, for they may be about natural persons: {report.held:,}")
    if report.ended or report.withdrawn:
        gone = [("ended", report.ended), ("withdrawn", report.withdrawn)]
        said = ", ".join(f"{n:,} {what}" for what, n in gone if n)
        out.print(f"  no longer in the list: {said}")
    for note in report.notes:
        out.print(f"  [yellow]note[/] {shown(note)}")
    if report.reasons:
        table = Table("rows", "code", "why", box=None, header_style="bold", padding=(0, 2))
        table.columns[0].justify = "right"
        for code, sentence, rows in report.reasons:
            table.add_row(f"{rows:,}", code, shown(sentence))
        out.print(table)


def _show_named(named: Iterator[Named], limit: int) -> None:
    rows = list(islice(named, limit + 1))
    if not rows:
        out.print("  It concerned nobody.")
        return
    table = Table("what", "row", box=None, header_style="bold")
    for column in ("key", "subject", "name", "how"):
        table.add_column(column, overflow="fold")
    for one in rows[:limit]:
        cells = (one.source_key, one.subject, one.subject_name, one.detail)
        row = "" if one.row is None else f"{one.row:,}"
        table.add_row(one.what, row, *(shown(cell or "") for cell in cells))
    out.print(table)
    more = len(rows[limit:]) + sum(1 for _ in named)
    if more:
        out.print(f"[dim]… {more:,} more; --limit shows more, --csv and --json all[/]")


def _write_csv(named: Iterator[Named]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = [field.name for field in fields(Named)]
    writer.writerow(columns)
    for one in named:
        cells = [getattr(one, column) for column in columns]
        writer.writerow(["" if c is None else for_spreadsheet(visible(str(c))) for c in cells])
