"""What every command shares: the terminal, JSON, progress, and how a refusal looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from goodstanding.kernel import Fixed, GoodStandingError, instant_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    FINDINGS = 3


def print_json(value: object) -> None:
    """One JSON document on standard output: decimals and dates as text, never a float."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Decimal() | Fixed() | Path():
            return str(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def print_refusal(error: GoodStandingError, *, as_json: bool = False) -> None:
    """What happened, where, why, and what to do; on standard error."""
    if as_json:
        sys.stderr.write(json.dumps(error.as_dict(), ensure_ascii=False) + "\n")
        return
    err.print(f"[bold red]{error.code.id}[/] {_escape(error.what)}")
    if error.place:
        err.print(f"  [dim]where[/]  {_escape(str(error.place))}", soft_wrap=True)
    err.print(f"  [dim]why[/]    {_escape(error.code.why)}")
    err.print(f"  [dim]to do[/]  {_escape(error.remedy)}")


def _escape(text: str) -> str:
    return text.replace("[", "\\[")


class Steps:
    """Progress of a command in named steps; without a progress to show them in, nothing."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if self.progress is None:
            return
        if step not in self.tasks:
            self.tasks[step] = self.progress.add_task(step, total=total)
        self.progress.update(self.tasks[step], completed=done, total=total)


@contextmanager
def steps() -> Iterator[Steps]:
    """Show the steps of a command while it runs, if there is a terminal to show them at."""
    if not err.is_terminal:
        yield Steps()
        return
    # Only now: nobody else has a use for it.
    from rich import progress as bars

    with bars.Progress(
        bars.SpinnerColumn(finished_text="[green]✓[/]"),
        bars.TextColumn("{task.description:<28}"),
        bars.BarColumn(bar_width=30),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as progress:
        yield Steps(progress)
