"""`evaluate --since` and `results merge`: what changed since an earlier run, and both in one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.cli.console import out, print_json, shown, steps
from goodstanding.cli.options import JsonOption, MemoryOption
from goodstanding.evaluation import Scheme
from goodstanding.evaluation.engines.incremental import (
    WholeRunNeeded,
    evaluate_since,
    merge,
)
from goodstanding.kernel import Noted
from goodstanding.register import Node

SinceOption = Annotated[
    Path | None,
    typer.Option(
        "--since", help="Results of an earlier run: only what changed since is evaluated."
    ),
]

app = typer.Typer(help="Result files of evaluations.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Put the commands of this module into ``root``."""
    root.add_typer(app, name="results")


def evaluated_since(
    scheme: Scheme,
    node: Node,
    since: Path,
    *,
    as_of: date,
    known_at: datetime | None,
    out_folder: Path,
    draft: bool,
    threads: int | None,
    memory: str,
    json: bool,
    noted: Noted,
) -> bool:
    """Evaluate who was touched or is due since an earlier run and say so; False, with the reason
    told, if everyone has to be evaluated."""
    with steps() as progress:
        found = evaluate_since(
            scheme,
            since,
            node.log.checkpoint(),
            node.log.segments(),
            as_of=as_of,
            known_at=known_at,
            out=out_folder,
            cache=node.layout.evaluation / scheme.id,
            draft=draft,
            threads=threads,
            memory_limit=memory,
            root=node.folder,
            progress=lambda step, share: progress(step, int(share * 100), 100),
            noted=noted,
        )
    if isinstance(found, WholeRunNeeded):
        if not json:
            out.print(f"A whole run, because {shown(found.why)}.")
        return False
    if json:
        counts = {
            "standings": found.standings,
            "reasons": found.reasons,
            "looked_at": found.looked_at,
        }
        print_json({**found.manifest, **counts})
        return True
    if draft:
        out.print("[yellow]DRAFT[/] this version is not in force: goodstanding scheme publish")
    out.print(
        f"[green]✓[/] {shown(scheme.name)} as of {as_of}: {found.looked_at:,} subjects looked at"
    )
    out.print(f"  {found.standings:,} standings changed or confirmed since the whole results")
    out.print(
        f"  changes in {shown(out_folder)}: goodstanding results merge {shown(out_folder)}",
        soft_wrap=True,
    )
    return True


@app.command("merge")
def merge_command(
    changes: Annotated[Path, typer.Argument(help="The --out folder of `evaluate --since`.")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for whole results.")],
    memory: MemoryOption = "2GB",
    json: JsonOption = False,
) -> None:
    """Make whole results of changes: byte for byte those of a whole run."""
    result = merge(changes, out_folder, memory_limit=memory)
    if json:
        counts = {"standings": result.standings, "reasons": result.reasons}
        print_json({**counts, "folder": str(out_folder)})
        return
    out.print(f"[green]✓[/] {result.standings:,} standings, {result.reasons:,} reasons")
    out.print(f"  files in {shown(out_folder)}", soft_wrap=True)
