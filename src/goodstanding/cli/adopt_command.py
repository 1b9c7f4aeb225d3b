"""`goodstanding pack adopt`: a later version of the law comes into a register."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import events
from goodstanding.audit.adopt import Adopted, adopt, what_changes
from goodstanding.catalogue import FileChange, Pack, errors, load_pack
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.linting import lint_pack
from goodstanding.cli.options import ByOption, JsonOption, NodeOption, noting, open_node, pack_of
from goodstanding.cli.publishing import publish
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.register import Node


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("adopt")(adopt_command)


def adopt_command(
    pack: Annotated[str, typer.Argument(help="The later version: a pack's id, or its folder.")],
    node: NodeOption,
    by: ByOption,
    reason: Annotated[
        str | None, typer.Option(help="Why it comes in; it is sealed with the version.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; adopt nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Record and evaluate by a later version of the pack from here on, and seal that it is so."""
    opened = open_node(node)
    later = load_pack(pack)
    before = _in_use(opened)
    if dry_run:
        _show(Adopted(later, what_changes(opened, before, later), None), before, json)
        return
    if reason is None or not reason.strip():
        raise typer.BadParameter("--reason says why the version comes in; --dry-run needs none")
    what_changes(opened, before, later)
    if findings := lint_pack(pack):
        raise GoodStandingError(errors.NOT_CLEAN, pack=pack, findings=len(findings))
    clock = SystemClock()
    noted = noting(opened, by).note(
        events.PACK_ADOPTED, by=by, clock=clock, pack=later.id, digest=later.digest
    )
    adopted = adopt(opened, before, later, reason=reason, by=by, clock=clock, noted=noted)
    _show(adopted, before, json)
    if adopted.entry is not None:
        publish(opened, clock, noted)


def _in_use(node: Node) -> Pack | None:
    """The version in use; None if the node has lost its copy, which adopting it again mends."""
    try:
        return pack_of(node)
    except GoodStandingError as error:
        if error.code in (errors.NOT_KEPT, errors.PACK_CHANGED):
            return None
        raise


def _show(adopted: Adopted, before: Pack | None, json: bool) -> None:
    if json:
        print_json(
            {
                "pack": adopted.pack.id,
                "digest": adopted.pack.digest,
                "before": before and before.digest,
                "entry": adopted.entry,
                "changes": [asdict(change) for change in adopted.changes],
            }
        )
        return
    if adopted.changes:
        out.print(_table(adopted.changes))
    pack = f"{shown(adopted.pack.id)}, digest {adopted.pack.digest[:16]}"
    if adopted.entry is not None:
        out.print(f"[green]✓[/] {pack} is in use from entry {adopted.entry:,} on")
    elif before is None:
        out.print(f"[green]✓[/] {pack} lies in the node again")
    elif not adopted.changes:
        out.print(f"{pack} is in use already; nothing has changed.")
    else:
        out.print(f"{pack} would come in; nothing has changed.")


def _table(changes: tuple[FileChange, ...]) -> Table:
    table = Table("file", "change", "lines", box=None, header_style="bold")
    table.columns[0].overflow = "fold"
    for change in changes:
        table.add_row(shown(change.file), change.how, f"+{change.more:,} −{change.fewer:,}")
    return table
