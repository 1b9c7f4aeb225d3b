"""`goodstanding demo`: Meridia from nothing to explained standings, in one go."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from goodstanding.audit import AccessLog, events, found_node
from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.access_commands import show_entries
from goodstanding.cli.console import Exit, out, steps
from goodstanding.cli.options import ByOption
from goodstanding.cli.proofs import prove
from goodstanding.demo import AS_OF, STORIES, Delivery, Story, generate
from goodstanding.evaluation import explain, load_schemes
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.manifest import write_manifest
from goodstanding.ingest import IngestReport, ingest
from goodstanding.kernel import FixedClock
from goodstanding.register import Node, verify

_ORIGIN = "meridia.example/register"
#: The moment of the evaluation and of the looks.
_TODAY = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Stage:
    """The node of the demonstration, its access log, its clock, and who acts."""

    node: Node
    pack: Pack
    access: AccessLog
    clock: FixedClock
    by: str


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
    """Build the Republic of Meridia: files, checks, log, standings, and three stories."""
    pack = load_pack("template")
    out.print("[bold]The Republic of Meridia[/], a jurisdiction that does not exist\n")
    with tempfile.TemporaryDirectory() as files:
        with steps() as progress:
            progress("writing the agencies' files", 0, None)
            deliveries = generate(
                Path(files), businesses=businesses, bodies=bodies, records=records
            )
        clock = FixedClock(datetime(AS_OF.year, 1, 1, tzinfo=UTC))
        node = found_node(folder, _ORIGIN, pack.id, pack.digest, clock, by=by)
        stage = _Stage(node, pack, AccessLog.open(node.folder), clock, by)
        reports = [_deliver(stage, delivery) for delivery in deliveries]
    _show_deliveries([delivery.day for delivery in deliveries], reports)
    clock.instant = _TODAY
    _evaluate(stage, node.folder / "out")
    _verify(node)
    for story in STORIES:
        _tell(stage, story)
    _looks(stage, STORIES[0])
    _next(folder)


def _deliver(stage: _Stage, delivery: Delivery) -> IngestReport:
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


def _evaluate(stage: _Stage, results: Path) -> None:
    node, pack = stage.node, stage.pack
    segments = {item: [s.file for s in node.log.segments(item)] for item in pack.items}
    for scheme in load_schemes(pack).values():
        stage.access.note(
            events.STANDINGS_EVALUATED, by=stage.by, clock=stage.clock,
            scheme=scheme.name, as_of=AS_OF.isoformat(),
        )  # fmt: skip
        folder = results / scheme.id
        with steps() as progress:
            result = run(
                scheme, segments, as_of=AS_OF, known_at=None, out=folder, root=node.folder,
                progress=lambda step, share: progress(step, int(share * 100), 100),
            )  # fmt: skip
        write_manifest(folder, scheme, node.log.checkpoint(), AS_OF, None, history=False)
        out.print(f"[green]✓[/] {scheme.name}: {result.standings:,} standings with their reasons")


def _verify(node: Node) -> None:
    with steps() as progress:
        report = verify(node.folder, progress=lambda d, t: progress("verifying", d, t))
    if not report.verified:
        out.print("[red]✗[/] the log does not verify; run `goodstanding verify`")
        raise typer.Exit(Exit.FINDINGS)
    size = report.checkpoint.head.size if report.checkpoint else 0
    out.print(f"[green]✓[/] all {size:,} entries of the log verified from its files\n")


def _tell(stage: _Stage, story: Story) -> None:
    node, scheme = stage.node, load_schemes(stage.pack)[story.scheme]
    noted = stage.access.note(
        events.FILE_EXPLAINED, by=stage.by, clock=stage.clock, subject=story.subject,
        scheme=scheme.name, as_of=AS_OF.isoformat(), purpose="demonstration",
    )  # fmt: skip
    records = node.records_of(story.subject, noted=noted)
    found = explain(scheme, records, subject=story.subject, as_of=AS_OF, known_at=None)
    leaves = {record.leaf for part in found.parts for record in part.records}
    proofs = prove(node.log, [record for record in records if record.leaf in leaves])
    held = sum(proof.verified for proof in proofs)
    total = f", {found.total} {found.unit}" if found.total is not None else ""
    grade = f"[bold]{found.grade}[/], {found.grade_title}"
    out.print(f"[bold]{escape(story.name)}[/] ({story.subject}): {grade}{total}")
    out.print(Padding(story.telling, (0, 0, 0, 2)))
    for part in found.parts:
        points = f"{part.points:>8}" if part.points is not None else " " * 8
        effect = f": {part.words}" if part.kind == "exception" else ""
        out.print(f"  {points}  {escape(part.title + effect)}")
    for change in found.changes[:2]:
        then = f"{change.grade or 'no standing'} {change.total or ''}"
        out.print(f"  [dim]on {change.on}, by itself: {then}[/]")
    out.print(f"  [dim]{held} of {len(proofs)} records behind it proved to be in the log[/]\n")


def _looks(stage: _Stage, story: Story) -> None:
    noted = stage.access.note(
        events.ACCESS_LOG_READ, by=stage.by, clock=stage.clock, subject=story.subject
    )
    out.print(f"[bold]Who looked at the file of {escape(story.name)}[/], as it may see itself")
    show_entries(stage.access.looks_at(story.subject, noted=noted))
    size = stage.access.log.head.size
    out.print(f"  [dim]the access log holds {size:,} entries: every act and every look[/]\n")


def _next(folder: Path) -> None:
    story = STORIES[0]
    # As the reader called us: `make demo` runs us from an environment that is not on the path.
    program = "goodstanding" if shutil.which("goodstanding") else sys.argv[0]
    out.print("[bold]What to try next[/]")
    for command in (
        f"export GS_NODE={folder}",
        f"{program} explain {story.subject} --scheme template/{story.scheme} --as-of {AS_OF}",
        f"{program} access list --subject {story.subject}",
        f"{program} quarantine",
        f"{program} verify",
        f"{program} evaluate template/public_body_timeliness --as-of {AS_OF}",
        f"{program} pack show template",
    ):
        out.print(f"  {escape(command)}", soft_wrap=True)
    out.print("[dim]There is no portal yet; the files of the node are all there is to look at.[/]")
