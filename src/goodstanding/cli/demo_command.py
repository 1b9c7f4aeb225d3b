"""`goodstanding demo`: Meridia from nothing to explained standings, in one go."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.console import Exit, out, steps
from goodstanding.cli.proofs import prove
from goodstanding.demo import AS_OF, STORIES, Delivery, Story, generate
from goodstanding.evaluation import explain, load_schemes
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.manifest import write_manifest
from goodstanding.ingest import IngestReport, ingest
from goodstanding.kernel import FixedClock
from goodstanding.register import Node, verify

_ORIGIN = "meridia.example/register"


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("demo")(demo)


def demo(
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
        node = Node.create(folder, _ORIGIN, pack.id, pack.digest, clock)
        reports = [_deliver(node, pack, delivery, clock) for delivery in deliveries]
    _show_deliveries([delivery.day for delivery in deliveries], reports)
    results = node.folder / "out"
    _evaluate(node, pack, results)
    _verify(node)
    for story in STORIES:
        _tell(node, pack, story)
    _next(folder)


def _deliver(node: Node, pack: Pack, delivery: Delivery, clock: FixedClock) -> IngestReport:
    clock.instant = delivery.known_at
    with steps() as progress:
        return ingest(node, pack, delivery.source, delivery.path, clock=clock, progress=progress)


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


def _evaluate(node: Node, pack: Pack, results: Path) -> None:
    segments = {item: [s.file for s in node.log.segments(item)] for item in pack.items}
    for scheme in load_schemes(pack).values():
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


def _tell(node: Node, pack: Pack, story: Story) -> None:
    records = node.records_of(story.subject)
    scheme = load_schemes(pack)[story.scheme]
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


def _next(folder: Path) -> None:
    story = STORIES[0]
    # As the reader called us: `make demo` runs us from an environment that is not on the path.
    program = "goodstanding" if shutil.which("goodstanding") else sys.argv[0]
    out.print("[bold]What to try next[/]")
    for command in (
        f"export GS_NODE={folder}",
        f"{program} explain {story.subject} --scheme template/{story.scheme} --as-of {AS_OF}",
        f"{program} quarantine",
        f"{program} verify",
        f"{program} evaluate template/public_body_timeliness --as-of {AS_OF}",
        f"{program} pack show template",
    ):
        out.print(f"  {escape(command)}", soft_wrap=True)
    out.print("[dim]There is no portal yet; the files of the node are all there is to look at.[/]")
