"""`goodstanding pack new` and `goodstanding source new`: begin with a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import JsonOption
from goodstanding.ingest.drafts import Drafted, Wanted, draft_pack, draft_source

app = typer.Typer(help="Source contracts: how an agency's file becomes records.",
                  no_args_is_help=True)  # fmt: skip

KeyOption = Annotated[
    str | None, typer.Option("--key", help="The column that tells the rows apart.")
]
SubjectOption = Annotated[
    str | None, typer.Option("--subject", help="The column with the number of whom it is about.")
]
NameOption = Annotated[
    str | None, typer.Option("--name", help="The column with the name of whom it is about.")
]
DayOption = Annotated[
    str | None, typer.Option("--day", help="The column with the day of the decision.")
]


def put_into(pack_app: typer.Typer) -> None:
    """Put `new` into the commands about packs."""
    pack_app.command("new")(new_pack)


# A callback keeps `source` a group though it has one command.
@app.callback()
def _group() -> None:
    pass


def new_pack(
    folder: Annotated[Path, typer.Argument(help="A new folder; its name becomes the pack's id.")],
    file: Annotated[Path, typer.Option("--from", help="An agency's file to begin with.")],
    key: KeyOption = None,
    subject: SubjectOption = None,
    name: NameOption = None,
    day: DayOption = None,
    json: JsonOption = False,
) -> None:
    """Write a commented draft of a pack from an agency's file: all that comes of it is a DRAFT."""
    drafted = draft_pack(folder, file, Wanted(key, subject, name, day))
    _show(drafted, json)
    if json:
        return
    node = f"{folder}-node"
    out.print("  next, to see where it leads (every result is marked DRAFT):")
    for words in (
        f"goodstanding init {node} --pack {folder}",
        f"goodstanding ingest {file} --source {drafted.source} --node {node}",
        f"goodstanding evaluate {drafted.source}_rating --node {node} --out {folder}-results",
    ):
        out.print(f"    {shown(words)}", soft_wrap=True)
    out.print("  and `goodstanding pack lint` says what is still to be written.")


@app.command("new")
def new_source(
    file: Annotated[Path, typer.Argument(help="The agency's file.")],
    pack: Annotated[Path, typer.Option("--pack", help="The folder of the pack it comes into.")],
    named: Annotated[
        str | None, typer.Option("--id", help="What the contract is called; else as the file.")
    ] = None,
    key: KeyOption = None,
    subject: SubjectOption = None,
    name: NameOption = None,
    day: DayOption = None,
    json: JsonOption = False,
) -> None:
    """Write a commented draft of a contract, and of the item it delivers, into a pack."""
    _show(draft_source(pack, file, Wanted(key, subject, name, day), named), json)


def _show(drafted: Drafted, json: bool) -> None:
    look, roles = drafted.look, drafted.look.roles
    taken = {
        "key": " + ".join(roles.key),
        "subject": roles.subject or f"made of {roles.name} and {roles.place}",
        "name": roles.name or "none",
        "day": roles.day,
    }
    if json:
        print_json(
            {
                "folder": str(drafted.folder),
                "files": drafted.files,
                "source": drafted.source,
                "rows": look.opened.rows,
                "taken": taken,
                "notes": look.opened.notes,
            }
        )
        return
    out.print(f"[green]✓[/] DRAFT in {shown(drafted.folder)}, from {look.opened.rows:,} rows")
    table = Table("what", "column", box=None, header_style="bold")
    for role, column in taken.items():
        table.add_row(role, shown(column))
    out.print(table)
    out.print("  Told by what is in the columns; --key, --subject, --name and --day change it.")
    for note in look.opened.notes:
        out.print(f"  {shown(note)}")
    for file in drafted.files:
        out.print(f"  {shown(file)}")
