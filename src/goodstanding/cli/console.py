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

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment
from rich.text import Text

from goodstanding.kernel import Fixed, GoodStandingError, instant_text
from goodstanding.kernel.escaping import for_json, for_screen, for_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: A noncharacter in the place of "[" in what others wrote: no markup begins with it.
_BRACKET = "\ufdd0"


def shown(value: object) -> str:
    """``value`` for a line or cell with markup: literally, on one line, and without effect."""
    return for_terminal(str(value)).replace("[", _BRACKET)


def styled(markup: str) -> Text:
    """A line of markup around what was ``shown``, for whoever prints it."""
    text = Text.from_markup(markup, emoji=False)
    text.plain = text.plain.replace(_BRACKET, "[")
    return text


class _Laid:
    """Something laid out, without what a terminal would obey."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self.renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.renderable, options):
            # What moves the cursor for a progress bar is our own.
            if segment.control:
                yield segment
            else:
                text = segment.text.replace(_BRACKET, "[")
                yield Segment(for_screen(text), segment.style)


class _Harmless(RenderHook):
    """The last look at everything that is printed, whoever printed it and however."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Laid(renderable) for renderable in renderables]


def harmless(console: Console) -> Console:
    """The console, which from now on shows what others wrote and never obeys it."""
    console.push_render_hook(_Harmless())
    return console


out = harmless(Console(highlight=False, emoji=False))
err = harmless(Console(stderr=True, highlight=False, emoji=False))


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    FINDINGS = 3


def print_json(value: object) -> None:
    """One JSON document on standard output: decimals and dates as text, never a float."""
    document = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write(for_json(document) + "\n")


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
        sys.stderr.write(for_json(json.dumps(error.as_dict(), ensure_ascii=False)) + "\n")
        return
    err.print(f"[bold red]{error.code.id}[/] {shown(error.what)}")
    if error.place:
        err.print(f"  [dim]where[/]  {shown(error.place)}", soft_wrap=True)
    err.print(f"  [dim]why[/]    {shown(error.code.why)}")
    err.print(f"  [dim]to do[/]  {shown(error.remedy)}")


def print_warning(found: GoodStandingError) -> None:
    """What is wrong and what to do, on standard error; the command goes on."""
    err.print(f"[bold yellow]{found.code.id}[/] {shown(found.what)}", soft_wrap=True)
    err.print(f"  [dim]to do[/]  {shown(found.remedy)}", soft_wrap=True)


def printable(text: str) -> str:
    """The text with everything that a terminal would act on, or not show, written out."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


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
