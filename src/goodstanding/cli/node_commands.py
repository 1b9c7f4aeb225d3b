"""Commands that fill a node: init, ingest, quarantine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import events, found_node
from goodstanding.catalogue import list_packs, load_pack
from goodstanding.cli.console import out, print_json, steps
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
    IngestReport,
    Resources,
    find_source,
    ingest,
    quarantine_files,
    read_quarantine,
)
from goodstanding.kernel import SystemClock


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("init")(init)
    app.command("ingest")(ingest_command)
    app.command("quarantine")(quarantine)


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    pack: Annotated[str, typer.Option("--pack", help="The pack's id or folder.")],
    by: ByOption,
    origin: Annotated[
        str | None,
        typer.Option(help="The log's unique name, a host and path you own."),
    ] = None,
) -> None:
    """Make a new node: access log, keys, an empty log, and its first entry."""
    found = load_pack(pack)
    name = origin or f"{folder.absolute().name}.example/{found.id}"
    own = None if found.id in list_packs() and pack == found.id else found.folder
    node = found_node(folder, name, found.id, found.digest, SystemClock(), own, by=by)
    node.index.consume()
    out.print(f"[green]✓[/] node {folder} under pack [bold]{found.id}[/]")
    out.print(f"  origin  {node.origin}")
    out.print(f"  key     {node.log.key}", soft_wrap=True)
    if origin is None:
        out.print("  [dim]For a real register give --origin with a name that you own.[/]")
    sources = ", ".join(sorted(found.sources)) or "none"
    out.print(f"  next    goodstanding ingest --node {folder} --source SOURCE FILE ({sources})")


def ingest_command(
    file: Annotated[Path, typer.Argument(help="The agency's file.")],
    source: Annotated[str, typer.Option("--source", "-s", help="The source contract.")],
    node: NodeOption,
    by: ByOption,
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Accept far fewer rows than last time.")
    ] = False,
    threads: ThreadsOption = None,
    memory: MemoryOption = "2GB",
    json: JsonOption = False,
) -> None:
    """Take an agency's file: check every row, seal what is good, return what is not."""
    opened = open_node(node)
    pack = pack_of(opened)
    find_source(pack, source)
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
            resources=Resources(memory, threads),
            allow_fewer=allow_fewer,
            progress=progress,
        )
    if json:
        print_json(report.as_dict())
    else:
        _show_report(report)
    publish(opened, clock, noted)


def _show_report(report: IngestReport) -> None:
    out.print(f"[bold]{report.file_name}[/] for {report.source}")
    out.print(
        f"  read {report.read:,} = accepted {report.accepted:,} + rejected {report.rejected:,}"
    )
    out.print(
        f"  accepted: {report.new:,} new, {report.corrected:,} corrected, "
        f"{report.unchanged:,} unchanged; withdrawn: {report.withdrawn:,}"
    )
    if report.reasons:
        table = Table("rows", "code", "why", box=None, header_style="bold", padding=(0, 2))
        table.columns[0].justify = "right"
        for code, sentence, rows in report.reasons:
            table.add_row(f"{rows:,}", code, sentence)
        out.print(table)
        out.print(f"  reasons, row by row: {report.quarantine}", soft_wrap=True)
    out.print(f"  the log now holds {report.log_size:,} entries")


def quarantine(
    node: NodeOption,
    by: ByOption,
    file: Annotated[
        str | None, typer.Argument(help="One of the files listed; without it, the list.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 20,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """The rejected rows, with the reason and the remedy for each."""
    opened = open_node(node)
    files = {path.name: path for path in quarantine_files(opened.layout.quarantine)}
    if file is not None and file not in files:
        raise typer.BadParameter(f"{file!r} is none of: {', '.join(files) or 'none'}")
    noting(opened, by).note(
        events.QUARANTINE_READ, by=by, clock=SystemClock(), purpose=purpose, file=file
    )
    if file is None:
        _list_quarantine(files, json)
        return
    reasons = list(read_quarantine(files[file]))
    if json:
        print_json([{name: getattr(r, name) for name in r.__slots__} for r in reasons])
        return
    table = Table("row", "code", "field", "value", "why", box=None, header_style="bold")
    for reason in reasons[:limit]:
        cells = (reason.code, reason.field, reason.value or "", reason.sentence)
        table.add_row(f"{reason.row:,}", *(cell.replace("[", "\\[") for cell in cells))
    out.print(table)
    if len(reasons) > limit:
        out.print(f"[dim]… {len(reasons) - limit:,} more; --limit shows more, --json all[/]")


def _list_quarantine(files: dict[str, Path], json: bool) -> None:
    counts = {
        name: Counter(reason.code for reason in read_quarantine(path))
        for name, path in files.items()
    }
    if json:
        print_json(counts)
        return
    if not files:
        out.print("Nothing is in quarantine.")
        return
    table = Table("file", "reasons", "most frequent", box=None, header_style="bold")
    for name, found in counts.items():
        frequent = ", ".join(f"{code} ({n:,})" for code, n in found.most_common(3))
        table.add_row(name, f"{found.total():,}", frequent)
    out.print(table)
