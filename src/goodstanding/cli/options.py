"""Options that mean the same in every command."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

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
    typer.Option("--known-at", help="Look only at what was known at this instant (UTC)."),
]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Threads to use.")]
MemoryOption = Annotated[str, typer.Option("--memory", help="Memory for tables, e.g. 2GB.")]


def open_node(folder: Path) -> Node:
    """The node in ``folder``. Raises a GS-REGISTER code if it is none."""
    return Node.open(folder)


def as_day(value: datetime | None, now: datetime) -> date:
    """The day asked for, or today."""
    return value.date() if value else now.date()


def as_instant(value: str | None, now: datetime) -> datetime:
    """The instant asked for, or now. Raises typer.BadParameter."""
    if value is None:
        return now.astimezone(UTC)
    try:
        return parse_instant(value)
    except GoodStandingError as error:
        raise typer.BadParameter(f"{error.what} {error.code.remedy}") from None
