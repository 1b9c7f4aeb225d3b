"""`goodstanding demo`: Meridia from nothing to explained standings, in one go."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import AccessLog, events, found_node
from goodstanding.catalogue import load_pack
from goodstanding.cli.clock_command import seal_clock
from goodstanding.cli.console import Exit, out, shown, steps
from goodstanding.cli.demo_schemes import lint, put_into_force
from goodstanding.cli.demo_stage import Stage
from goodstanding.cli.demo_stories import ASKED, IN_ENGLISH, show_looks, tell_stories
from goodstanding.cli.options import ByOption
from goodstanding.demo import AS_OF, STORIES, Delivery, generate
from goodstanding.evaluation import Scheme, load_schemes
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.manifest import write_manifest
from goodstanding.evaluation.publishing import is_draft
from goodstanding.ingest import IngestReport, ingest
from goodstanding.kernel import FixedClock, SystemClock, today
from goodstanding.register import Node, verify

_ORIGIN = "meridia.example/register"
#: The moment of the acts, the evaluation and the looks.
_TODAY = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=UTC)
#: The schemes are backtested on two days only: a demonstration should be over soon.
_BACKTESTED = (AS_OF.replace(year=AS_OF.year - 1), AS_OF)


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("demo")(demo)


def demo(
    by: ByOption,
    folder: Annotated[Path, typer.Option(help="A new or empty folder for the node.")] = Path(
        "demo-node"
    ),
    businesses: Annotated[int, typer.Option(min=1000)] = 20_000,
    bodies: Annotated[int, typer.Option(min=10)] = 60,
    records: Annotated[int, typer.Option(min=10_000)] = 250_000,
) -> None:
    """Build the Republic of Meridia: files, checks, log, schemes, standings, and six stories."""
    pack = load_pack("template")
    out.print("[bold]The Republic of Meridia[/], a jurisdiction that does not exist\n")
    with tempfile.TemporaryDirectory() as files:
        with steps() as progress:
            progress("writing the agencies' files", 0, None)
            deliveries = generate(
                Path(files), businesses=businesses, bodies=bodies, records=records
            )
        clock = FixedClock(datetime(AS_OF.year, 1, 1, tzinfo=UTC))
        node = found_node(folder, _ORIGIN, pack, clock, by=by)
        access = AccessLog.open(node.folder)
        stage = Stage(node, pack, load_schemes(pack), access, clock, by)
        reports = [_deliver(stage, delivery) for delivery in deliveries]
    _show_deliveries([delivery.day for delivery in deliveries], reports)
    clock.instant = _TODAY
    lint(stage)
    put_into_force(stage, _BACKTESTED)
    for scheme in stage.schemes.values():
        _evaluate(stage, scheme)
    _verify(node)
    tell_stories(stage)
    show_looks(stage)
    _leave_at_present(stage)
    _next(folder)


def _leave_at_present(stage: Stage) -> None:
    """Meridia's story has days of its own; whoever goes on with the node does so today."""
    clock = SystemClock()
    if stage.node.log.clock_fault(clock):
        day, reason = today(clock, "UTC"), "the story of Meridia is told; from here on it is today"
        seal_clock(stage.node, stage.access, clock, day=day, by=stage.by, reason=reason)


def _deliver(stage: Stage, delivery: Delivery) -> IngestReport:
    stage.clock.instant = delivery.known_at
    noted = stage.access.note(
        events.DELIVERY_RECEIVED, by=stage.by, clock=stage.clock, source=delivery.source
    )
    with steps() as progress:
        return ingest(
            stage.node, stage.pack, delivery.source, delivery.path,
            clock=stage.clock, noted=noted, progress=progress,
        )  # fmt: skip


def _show_deliveries(days: list[date], reports: list[IngestReport]) -> None:
    table = Table("source", box=None, header_style="bold")
    for count in ("read", "accepted", "rejected", "new", "corrected", "withdrawn"):
        table.add_column(count, justify="right")
    for n, (day, report) in enumerate(zip(days, reports, strict=True)):
        if n == 0 or day != days[n - 1]:
            table.add_row(f"[dim]handed over {day}[/]")
        counts = (
            report.read, report.accepted, report.rejected, report.new, report.corrected,
            report.withdrawn,
        )  # fmt: skip
        table.add_row(report.source, *(f"{count:,}" for count in counts))
    out.print(table)
    read, rejected = sum(r.read for r in reports), sum(r.rejected for r in reports)
    out.print(
        f"\nread {read:,} = accepted {read - rejected:,} + rejected {rejected:,}; every rejected "
        "row lies in quarantine with its reason\n"
    )


def _evaluate(stage: Stage, scheme: Scheme) -> None:
    node, folder = stage.node, stage.results / scheme.id
    noted = stage.access.note(
        events.STANDINGS_EVALUATED, by=stage.by, clock=stage.clock,
        scheme=scheme.name, as_of=AS_OF.isoformat(),
    )  # fmt: skip
    draft = is_draft(node, scheme, None, noted=noted)
    with steps() as progress:
        result = run(
            scheme, stage.segments(), as_of=AS_OF, known_at=None, out=folder, draft=draft,
            root=node.folder, progress=lambda step, share: progress(step, int(share * 100), 100),
        )  # fmt: skip
    write_manifest(folder, scheme, node.log.checkpoint(), AS_OF, None, history=False, draft=draft)
    standings = "drafts of standings" if draft else "standings"
    out.print(f"[green]✓[/] {scheme.name}: {result.standings:,} {standings} with their reasons")


def _verify(node: Node) -> None:
    with steps() as progress:
        report = verify(node.folder, progress=lambda d, t: progress("verifying", d, t))
    if not report.verified:
        out.print("[red]✗[/] the log does not verify; run `goodstanding verify`")
        raise typer.Exit(Exit.FINDINGS)
    size = report.checkpoint.head.size if report.checkpoint else 0
    out.print(f"[green]✓[/] all {size:,} entries of the log verified from its files\n")


def _next(folder: Path) -> None:
    told = {story.id: story for story in STORIES}
    explained, asked = told[IN_ENGLISH], told[ASKED]
    # As the reader called us: `make demo` runs us from an environment that is not on the path.
    program = "goodstanding" if shutil.which("goodstanding") else sys.argv[0]
    day = f"--as-of {AS_OF}"
    out.print("[bold]What to try next[/]")
    for command in (
        f"export GS_NODE={folder}",
        f"{program} explain {explained.subject} --scheme {explained.scheme} {day} --language zh",
        f"{program} what-if {asked.subject} --scheme {asked.scheme} --grade A {day}",
        f"{program} evaluate answer_speed {day} --emit-sql answer_speed.sql",
        f"{program} scheme list",
        f"{program} access list --subject {asked.subject}",
        f"{program} quarantine",
        f"{program} verify",
    ):
        out.print(f"  {shown(command)}", soft_wrap=True)
    out.print(
        f"[dim]Reports of the backtests: {shown(folder)}/out/backtests/*/report.html. There is "
        "no portal yet; the files of the node are all there is to look at.[/]",
        soft_wrap=True,
    )
