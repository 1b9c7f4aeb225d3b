"""Options that mean the same in every command."""

from __future__ import annotations

import getpass
import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import AccessLog
from goodstanding.catalogue import Pack, load_kept
from goodstanding.cli.console import err, print_warning, shown
from goodstanding.cli.passphrase import ask_passphrase
from goodstanding.kernel import GoodStandingError, SystemClock, parse_instant, today
from goodstanding.register import Node
from goodstanding.register.private import exposed, warning


def system_user() -> str:
    """Who runs this process, as the system calls them; by number if they have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


#: Who acts or looks. It stands before options that have a default in a command's signature.
ByOption = Annotated[
    str,
    typer.Option(
        "--by",
        envvar="GS_BY",
        show_envvar=True,
        show_default=False,
        default_factory=system_user,
        help="Who acts or looks, for the access log; else the user of this machine.",
    ),
]
PurposeOption = Annotated[
    str | None, typer.Option("--purpose", help="What for, in your words, for the access log.")
]
NodeOption = Annotated[
    Path,
    typer.Option("--node", "-n", envvar="GS_NODE", help="The node's folder.", show_envvar=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")]
SubjectArgument = Annotated[str, typer.Argument(help="The subject, as scheme:value.")]
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
ThreadsOption = Annotated[int | None, typer.Option(min=1, max=256, help="Threads to use.")]
MemoryOption = Annotated[str, typer.Option("--memory", help="Memory for tables, e.g. 2GB.")]


def as_day(value: datetime | None, pack: Pack) -> date:
    """The day asked for, or today, which is the day it is where the pack is the law."""
    return value.date() if value else today(SystemClock(), pack.time_zone)


def as_instant(value: str | None) -> datetime | None:
    """The instant asked for; None means everything the log holds. Raises typer.BadParameter."""
    if value is None:
        return None
    try:
        return parse_instant(value)
    except GoodStandingError as error:
        raise typer.BadParameter(f"{error.what} {error.remedy}") from None


def instant_of(node: Node, value: str | None) -> datetime | None:
    """The instant asked for, at which what the node knew can no longer change.

    Raises typer.BadParameter for what is no instant, GS-REGISTER-024 for one to come.
    """
    instant = as_instant(value)
    if instant is not None:
        node.log.check_instant(instant, SystemClock())
    return instant


def open_node(folder: Path, *, restored: bool = False) -> Node:
    """The node in a folder; whoever sits at a terminal is asked for the passphrase of its key.

    Where others can get at its files, standard error says so, with the command that mends it.
    ``restored`` opens one that is not up to date after a restore.
    """
    node = Node.open(folder, ask_passphrase, restored=restored)
    if found := list(exposed(node.layout)):
        print_warning(warning(found, node.layout))
    return node


def pack_of(node: Node) -> Pack:
    """The version of the pack under which the node records, as the node keeps it.

    Raises GS-PACK-023 and 024.
    """
    node.index.consume()
    pack = load_kept(node.layout.packs, node.index.pack_digest())
    if pack.draft:
        say_draft(pack)
    return pack


def say_draft(pack: Pack) -> None:
    """Say on standard error that all that follows is a draft."""
    err.print(f"[bold yellow]DRAFT[/] {shown(pack.id)} is unfinished: no law stands behind this")


def noting(node: Node, by: str) -> AccessLog:
    """The access log of a node, to note in before anything is done or shown.

    A node without one gets it now, which is the first thing it says (``access_log_begun``).
    Raises GS-AUDIT-003.
    """
    return AccessLog.of(node, by=by, clock=SystemClock())
