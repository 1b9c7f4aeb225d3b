"""`goodstanding pack`: list, show and lint jurisdictions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from goodstanding.catalogue import (
    Pack,
    list_packs,
    load_pack,
    title,
)
from goodstanding.cli import adopt_command, coverage_command, draft_commands, evidence_command
from goodstanding.cli.console import Exit, out, print_json, shown
from goodstanding.cli.linting import lint_pack
from goodstanding.cli.options import JsonOption

app = typer.Typer(help="Jurisdictions as data.", no_args_is_help=True)
coverage_command.register(app)
adopt_command.register(app)
evidence_command.register(app)
draft_commands.put_into(app)
PackArgument = Annotated[str, typer.Argument(help="A pack's id, or the path of its folder.")]


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """The packs that come with the software."""
    packs = [load_pack(name) for name in list_packs()]
    if json:
        print_json([_summary(pack) for pack in packs])
        return
    table = Table("pack", "title", "items", "schemes", "sources", box=None, header_style="bold")
    for pack in packs:
        counts = (str(len(part)) for part in (pack.items, pack.schemes, pack.sources))
        table.add_row(shown(pack.id), shown(title(pack.titles)), *counts)
    out.print(table)


@app.command()
def show(pack: PackArgument, json: JsonOption = False) -> None:
    """What a pack permits to be recorded, by whom, and under which articles."""
    found = load_pack(pack)
    if json:
        print_json(_summary(found))
        return
    out.print(
        f"[bold]{shown(title(found.titles))}[/] ({shown(found.id)}), digest {found.digest[:16]}"
    )
    items = Table(box=None, header_style="bold")
    for heading in ("item", "title", "authorities", "basis", "effect"):
        # A name is never cut short: what is shown can be typed.
        items.add_column(heading, overflow="fold")
    for item in found.items.values():
        items.add_row(
            shown(item.id),
            shown(title(item.titles)),
            "\n".join(map(shown, item.authorities)),
            "\n".join(map(shown, item.basis)),
            item.effect,
        )
    out.print(items)
    acts = {a.id: a.permits for a in found.articles.values() if a.permits}
    for article, permits in acts.items():
        of = shown(", ".join(permits.items)) or "every item"
        out.print(f"acts on records of {of}: {', '.join(permits.acts)} under {shown(article)}")
    if not acts:
        out.print("acts on records: no article of this pack permits any")
    out.print("schemes: " + (shown(", ".join(sorted(found.schemes))) or "none"))
    out.print("sources: " + (shown(", ".join(sorted(found.sources))) or "none"))


@app.command()
def lint(pack: PackArgument, json: JsonOption = False) -> None:
    """Everything wrong with a pack, each with its file, line and column."""
    findings = lint_pack(pack)
    if json:
        print_json([finding.as_dict() for finding in findings])
    else:
        coverage_command.print_findings(findings)
        out.print(f"{shown(pack)}: {_findings(len(findings))}")
    if findings:
        raise typer.Exit(Exit.FINDINGS)


def _findings(count: int) -> str:
    return "clean" if not count else "1 finding" if count == 1 else f"{count} findings"


def _summary(pack: Pack) -> dict[str, object]:
    return {
        "id": pack.id,
        "titles": pack.titles,
        "digest": pack.digest,
        "items": {
            item.id: {
                "titles": item.titles,
                "authorities": item.authorities,
                "subject_kinds": item.subject_kinds,
                "basis": item.basis,
                "effect": item.effect,
                "facts": {name: fact.type for name, fact in item.facts.items()},
            }
            for item in pack.items.values()
        },
        "parameters": {
            parameter.id: [
                {"from": value.start, "value": value.value, "article": value.article}
                for value in parameter.values
            ]
            for parameter in pack.parameters.values()
        },
        "articles": {
            article.id: {"titles": article.titles, "confidence": article.confidence}
            for article in pack.articles.values()
        },
        "schemes": sorted(pack.schemes),
        "sources": sorted(pack.sources),
    }
