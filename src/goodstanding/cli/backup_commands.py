"""`backup` and `restore`: a copy of a node, and a node from a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.cli.console import out, print_json, shown, steps
from goodstanding.cli.options import ByOption, JsonOption, noting, open_node
from goodstanding.kernel import SystemClock
from goodstanding.register.backup import back_up
from goodstanding.register.backup import restore as restore_node
from goodstanding.register.ledger import ledger_of


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    node: Annotated[Path, typer.Argument(help="The node's folder.")],
    to: Annotated[Path, typer.Argument(help="The backup: a new folder, best on another disk.")],
    by: ByOption,
    keys: Annotated[
        bool, typer.Option("--keys", help="Also copy the private keys; else keep them elsewhere.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Copy a node to another place, whole and verified, while it goes on being written."""
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.NODE_BACKED_UP, by=by, clock=clock,
        size=opened.log.head.size, keys="yes" if keys else "no",
    )  # fmt: skip
    with steps() as progress:
        made = back_up(
            opened.folder, to, keys=keys, clock=clock, noted=noted,
            progress=lambda done, total: progress("copying", done, total),
        )  # fmt: skip
    if json:
        print_json({name: getattr(made, name) for name in made.__slots__})
        return
    out.print(f"[green]✓[/] {shown(to)}: {made.files:,} files, {made.size:,} entries, verified")
    if not keys:
        out.print("  without private keys: keep keys/*.key and keys/erased.keys elsewhere")
    if ledger_of(opened.layout) is None:
        out.print("  no erasure ledger is kept: what is erased from now on could come back from it")


def restore(
    backup: Annotated[Path, typer.Argument(metavar="FROM", help="The backup.")],
    node: Annotated[Path, typer.Argument(help="The node's folder: new, or empty.")],
    json: JsonOption = False,
) -> None:
    """Make a node of a backup; it opens when its erasures are applied (log apply-ledger)."""
    with steps() as progress:
        made = restore_node(
            backup, node, lambda done, total: progress("copying and checking", done, total)
        )
    if json:
        print_json({name: getattr(made, name) for name in made.__slots__})
        return
    out.print(f"[green]✓[/] {shown(node)}: {made.size:,} entries of {shown(made.origin)}, verified")
    out.print(f"  as it was at {made.made_at}; it is not open yet")
    if not made.keys:
        out.print("  put back into its keys folder what you keep of it, erased.keys above all")
    out.print(
        f"  next    goodstanding log apply-ledger --node {shown(node)} --by NAME --reason WHY"
    )
