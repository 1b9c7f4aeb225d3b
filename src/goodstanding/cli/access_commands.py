"""`access list`: who did and saw what. Reading it is itself noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import EVENTS, Entry, events
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    NodeOption,
    PurposeOption,
    as_instant,
    noting,
    open_node,
)
from goodstanding.kernel import Identifier, Noted, SystemClock
from goodstanding.register import Node

app = typer.Typer(help="The access log: who did and saw what.", no_args_is_help=True)


@app.callback()
def access() -> None:
    """The access log: who did and saw what."""


@app.command("list")
def list_entries(
    node: NodeOption,
    by: ByOption,
    subject: Annotated[
        str | None, typer.Option("--subject", "-s", help="Only what concerns this scheme:value.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only from this instant on (UTC).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Entries to show, the newest.")] = 20,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Who did and saw what, the newest first; reading it is itself an entry."""
    opened = open_node(node)
    about = None if subject is None else str(Identifier.parse(subject))
    start = as_instant(since)
    log = noting(opened, by)
    noted = log.note(
        events.ACCESS_LOG_READ, by=by, clock=SystemClock(), subject=about, purpose=purpose
    )
    # Proofs and histories name a leaf, not a subject: they are the subject's all the same.
    own = [] if about is None else _own_leaves(opened, about, noted)
    found = list(islice(log.entries(about, leaves=own, since=start, noted=noted), limit + 1))
    if json:
        print_json([asdict(entry) for entry in found[:limit]])
        return
    show_entries(found[:limit])
    if len(found) > limit:
        out.print(f"[dim]… and older ones; --limit shows more than {limit:,}[/]")


def show_entries(entries: Iterable[Entry]) -> None:
    """A table of entries, as they are given."""
    table = Table("when (UTC)", "who", "what", "about", box=None, header_style="bold")
    for entry in entries:
        known = EVENTS.get(entry.event)
        table.add_row(
            f"{entry.known_at:%Y-%m-%d %H:%M:%S}",
            shown(entry.by),
            known.title if known else shown(entry.event),
            shown("; ".join(_about(entry))),
        )
    out.print(table)


def _about(entry: Entry) -> list[str]:
    """What an entry says beside who, when and what."""
    leaves = ", ".join(str(leaf) for leaf in entry.leaves)
    known = EVENTS.get(entry.event)
    # In the order of the published list, where the event is on it.
    order = [member.name for member in known.members] if known else sorted(entry.members)
    said = {
        "": entry.subject,
        "entries ": leaves or None,
        **{f"{name} ": entry.members.get(name) for name in order},
        "for ": entry.purpose,
    }
    return [f"{word}{value}" for word, value in said.items() if value is not None]


def _own_leaves(node: Node, subject: str, noted: Noted) -> list[int]:
    """Where the subject's own records are; looks at one of these are looks at its file."""
    return [r.leaf for r in node.records_of(subject, noted=noted) if r.subject == subject]
