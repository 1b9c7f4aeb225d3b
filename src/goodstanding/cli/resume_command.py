"""`goodstanding log apply-ledger`: a restored node is brought up to date, and opens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import AccessLog
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import JsonOption, NodeOption, open_node, pack_of
from goodstanding.cli.passphrase import new_passphrase
from goodstanding.cli.publishing import publish
from goodstanding.cli.small_files import read_small_file
from goodstanding.ingest.restored import Resumed, look_up
from goodstanding.ingest.restored import resume as resume_node
from goodstanding.kernel import SystemClock
from goodstanding.register import Node
from goodstanding.register.keys.private import is_encrypted, read_secret


def register(app: typer.Typer) -> None:
    """Put the command of this module into ``app``, the one called ``log``."""
    app.command("apply-ledger")(apply_ledger)


def apply_ledger(
    node: NodeOption,
    by: Annotated[str, typer.Option("--by", help="The officer who decides, by name.")],
    reason: Annotated[str, typer.Option(help="Why it was restored; it is sealed in the log.")],
    ledger: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="The erasure ledger, if it is not where node.toml says."),
    ] = None,
    no_ledger: Annotated[
        bool, typer.Option("--no-ledger", help="This register never kept a ledger.")
    ] = False,
    newest: Annotated[
        list[Path] | None,
        typer.Option(
            dir_okay=False,
            help="The newest checkpoint that a reader, a mirror or a witness has; may be repeated. "
            "If none reaches beyond the backup, the key stays.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Open a restored node: erase again what the ledger says was erased since its backup.

    Unless --newest shows that nothing was signed beyond the backup, the log goes on under a new
    key, which you publish: entries after the backup are lost, and who has seen them must be told.
    """
    opened, clock = open_node(node, restored=True), SystemClock()
    notes = [read_small_file(file) for file in newest or ()]
    known = look_up(opened, ledger, notes, none_was_kept=no_ledger)
    private = opened.layout.private_key
    encrypted = private.exists() and is_encrypted(read_secret(private))
    word = new_passphrase() if encrypted and known.went_on else None
    _, noted = AccessLog.resume(opened.folder, by=by, clock=clock, reason=reason)
    done = resume_node(
        opened, pack_of(opened), known,
        by=by, reason=reason, passphrase=word, clock=clock, noted=noted,
    )  # fmt: skip
    if json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        _show(opened, done, len(known.lines))
    publish(opened, clock, noted)


def _show(node: Node, done: Resumed, lines: int) -> None:
    out.print(f"[green]✓[/] {shown(node.folder)} is open, from {done.size:,} entries on")
    leaves = ", ".join(f"{leaf:,}" for leaf in done.erased) or "none stood"
    out.print(f"  {lines:,} lines in the ledger; erased again: {leaves}", soft_wrap=True)
    if done.beyond > done.size:
        out.print(f"  entries {done.size:,} to at least {done.beyond - 1:,} are lost: have them "
                  "delivered again", soft_wrap=True)  # fmt: skip
    if done.new_key is not None:
        out.print("  it signs with a new key; publish it, and tell the witnesses:")
        out.print(f"  {shown(done.new_key)}", soft_wrap=True)
