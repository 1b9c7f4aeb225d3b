"""Options that mean the same in every command."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.catalogue import Pack, load_pack
from goodstanding.kernel import GoodStandingError, parse_instant
from goodstanding.register import Node

NodeOption = Annotated[
    Path,
    typer.Option("--node", "-n", envvar="GS_NODE", help="The node's folder.", show_envvar=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")]
SchemeArgument = Annotated[str, typer.Argument(help="The scheme, as PACK/SCHEME.")]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="The day the question is about. [default: today]"
    ),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        help="Look only at what was known at this instant (UTC). [default: everything]",
    ),
]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Threads to use.")]
MemoryOption = Annotated[str, typer.Option("--memory", help="Memory for tables, e.g. 2GB.")]


def as_day(value: datetime | None, now: datetime) -> date:
    """The day asked for, or today."""
    return value.date() if value else now.date()


def as_instant(value: str | None) -> datetime | None:
    """The instant asked for; None means everything the log holds. Raises typer.BadParameter."""
    if value is None:
        return None
    try:
        return parse_instant(value)
    except GoodStandingError as error:
        raise typer.BadParameter(f"{error.what} {error.remedy}") from None


def pack_of(node: Node) -> Pack:
    """The pack under which the node records."""
    return load_pack(node.pack_folder or node.pack)
