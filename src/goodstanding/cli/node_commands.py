"""Commands that make a node and show what it sent back: init, quarantine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goodstanding.audit import events, found_node
from goodstanding.catalogue import load_pack
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    NodeOption,
    PurposeOption,
    noting,
    open_node,
    say_draft,
)
from goodstanding.ingest import Quarantined, quarantine_files, read_quarantine
from goodstanding.kernel import SystemClock


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("init")(init)
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
    node = found_node(folder, name, found, SystemClock(), by=by)
    node.index.consume()
    if found.draft:
        say_draft(found)
    out.print(f"[green]✓[/] node {shown(folder)} under pack [bold]{shown(found.id)}[/]")
    out.print(f"  origin  {shown(node.origin)}")
    out.print(f"  key     {shown(node.log.key)}", soft_wrap=True)
    if origin is None:
        out.print("  [dim]For a real register give --origin with a name that you own.[/]")
    sources = shown(", ".join(sorted(found.sources)) or "none")
    out.print(
        f"  next    goodstanding ingest --node {shown(folder)} --source SOURCE FILE ({sources})"
    )


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
    rows: dict[tuple[int, bool], list[Quarantined]] = {}
    for reason in reasons:
        rows.setdefault((reason.row, reason.field == "line"), []).append(reason)
    out.print(f"[bold]{file}[/]: {_counted(len(rows), 'row')}, {_counted(len(reasons), 'reason')}")
    for (row, _), found in list(rows.items())[:limit]:
        out.print(f"[bold]row {row:,}[/]")
        for reason in found:
            _show_reason(reason)
    if len(rows) > limit:
        out.print(f"[dim]… {len(rows) - limit:,} more rows; --limit shows more, --json all[/]")
    _say_where(files[file].parent / file)


def _show_reason(reason: Quarantined) -> None:
    value, sentence = reason.value, shown(reason.sentence)
    said = Text(f"{sentence} ({reason.code})")
    out.print(Padding(said, (0, 0, 0, 2)))
    # A sentence without its value does not show what to look for.
    if value is not None and value[:60] not in reason.sentence:
        out.print(Padding(Text(f"delivered: {_cut(shown(value))}"), (0, 0, 0, 4)))
    out.print(Padding(Text(reason.remedy, style="dim"), (0, 0, 0, 4)))


def _cut(value: str, length: int = 200) -> str:
    return value if len(value) <= length else f"{value[:length]}… ({len(value):,} characters)"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _list_quarantine(files: dict[str, Path], json: bool) -> None:
    found = {name: list(read_quarantine(path)) for name, path in files.items()}
    if json:
        print_json({name: Counter(r.code for r in reasons) for name, reasons in found.items()})
        return
    if not files:
        out.print("Nothing is in quarantine.")
        return
    table = Table("file", "rows", "most frequent", box=None, header_style="bold")
    table.columns[0].no_wrap = True
    table.columns[1].justify = "right"
    for name, reasons in found.items():
        counts = Counter(reason.code for reason in reasons)
        frequent = ", ".join(f"{code} ({n:,})" for code, n in counts.most_common(3))
        rows = {(reason.row, reason.field == "line") for reason in reasons}
        table.add_row(name, f"{len(rows):,}", frequent)
    out.print(table)
    _say_where(next(iter(files.values())).parent)


def _say_where(path: Path) -> None:
    out.print("Opens in a spreadsheet; mended there, it is sent again alone with `ingest`:")
    out.print(Text(f"  {path}"), soft_wrap=True)
