"""`goodstanding scheme`: the versions of a pack's schemes, and putting one into force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from goodstanding.audit import events
from goodstanding.catalogue import title
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.evaluation_commands import find_scheme
from goodstanding.cli.options import (
    JsonOption,
    NodeOption,
    SchemeArgument,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.publishing import publish as publish_checkpoint
from goodstanding.evaluation import scheme_versions
from goodstanding.evaluation.load import scheme_ids
from goodstanding.evaluation.publishing import (
    PublishedScheme,
    publish_scheme,
    published_as,
    scheme_digest,
)
from goodstanding.kernel import SystemClock, instant_text

#: So many columns hold the longest names beside the rest of the table.
_WIDE = 80

app = typer.Typer(help="Schemes: which are in force, and by which act.", no_args_is_help=True)


@app.command("list")
def list_(node: NodeOption, json: JsonOption = False) -> None:
    """Every version of every scheme of the node's pack: in force by which act, or a draft."""
    opened = open_node(node)
    pack, segments = pack_of(opened), opened.log.segments()
    rows = []
    for found in (each for name in scheme_ids(pack) for each in scheme_versions(pack, name)):
        rows.append((found, scheme_digest(found), published_as(segments, found, None)))
    if json:
        print_json(
            [
                {
                    "scheme": found.name,
                    "version": found.version,
                    "from": found.in_force.start.isoformat(),
                    "digest": digest,
                    "published": None if entry is None else _as_json(entry),
                }
                for found, digest, entry in rows
            ]
        )
        return
    # Names are broken only where the terminal is so narrow that columns would be cut instead.
    columns = [Column("scheme", no_wrap=out.width >= _WIDE, overflow="fold")]
    columns += [Column(name, overflow="fold") for name in ("version", "from", "title", "status")]
    table = Table(*columns, box=None, header_style="bold")
    for found, _, entry in rows:
        status = (
            "[yellow]draft[/]" if entry is None else f"{shown(entry.act)}, entry {entry.leaf:,}"
        )
        start = found.in_force.start.isoformat()
        table.add_row(
            shown(found.name), str(found.version), start, shown(title(found.titles)), status
        )
    out.print(table)


@app.command("publish")
def publish(
    scheme: SchemeArgument,
    node: NodeOption,
    act: Annotated[str, typer.Option(help="The act that puts it into force, e.g. an order.")],
    backtest: Annotated[Path, typer.Option(help="The folder of its backtest report.")],
    by: Annotated[str, typer.Option("--by", help="The officer who decides, by name.")],
    version: Annotated[int | None, typer.Option(help="Which version. [default: newest]")] = None,
    json: JsonOption = False,
) -> None:
    """Put a version into force: tests green, lint clean, a backtest report, an act, an officer."""
    opened, clock = open_node(node), SystemClock()
    found = find_scheme(pack_of(opened), scheme, version=version)
    noted = noting(opened, by).note(
        events.SCHEME_PUBLISHED, by=by, clock=clock, scheme=found.name, act=act
    )
    done = publish_scheme(
        opened, found, act=act, by=by, backtest=backtest, clock=clock, noted=noted
    )
    if json:
        print_json(_as_json(done))
    else:
        name = f"{shown(done.scheme)}, version {done.version}"
        out.print(f"[green]✓[/] {name}, is in force: {shown(done.act)}")
        out.print(f"  entry {done.leaf:,}, digest {done.digest[:16]}…, decided by {shown(done.by)}")
    publish_checkpoint(opened, clock, noted)


def _as_json(entry: PublishedScheme) -> dict[str, object]:
    return {
        "scheme": entry.scheme,
        "version": entry.version,
        "leaf": entry.leaf,
        "known_at": instant_text(entry.known_at),
        "digest": entry.digest,
        "act": entry.act,
        "by": entry.by,
        "backtest": entry.backtest,
    }
