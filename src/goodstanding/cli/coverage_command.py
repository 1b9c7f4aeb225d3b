"""`goodstanding pack coverage`: which noted facts about the law a pack says, and which not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.catalogue import load_pack
from goodstanding.catalogue.coverage import Coverage, Encoded, LeftOut, Reason, read_coverage
from goodstanding.catalogue.facts import Mark
from goodstanding.cli.console import Exit, out, print_json, shown
from goodstanding.cli.options import JsonOption
from goodstanding.kernel import GoodStandingError

FactsOption = Annotated[
    Path | None,
    typer.Option(
        "--facts",
        envvar="GS_FACTS",
        show_envvar=True,
        help="The folder of the noted facts. [default: ../shared/law/PACK near the project]",
    ),
]

#: What each reason means, for a reader.
REASONS = {
    Reason.LATER: "comes with a later part",
    Reason.ELSEWHERE: "no scheme here needs it",
    Reason.SOFTWARE: "kept by the software, for every pack",
    Reason.GAP: "not found, or not enough of it",
    Reason.KNOWN: "only known, not read",
    Reason.NEVER: "never",
    Reason.BACKGROUND: "no rule",
}
MARKS = {Mark.V: "read", Mark.V2: "second source", Mark.K: "known", Mark.GAP: "gap"}


def register(app: typer.Typer) -> None:
    """Add the command to `goodstanding pack`."""
    app.command("coverage")(coverage)


def coverage(
    pack: Annotated[str, typer.Argument(help="A pack's id, or the path of its folder.")],
    facts: FactsOption = None,
    json: JsonOption = False,
) -> None:
    """Which noted facts about the law a pack says, how surely, and why it leaves out the rest."""
    found = load_pack(pack)
    covered = read_coverage(found, facts or _near(found.id))
    if json:
        print_json(_as_dict(covered))
    else:
        _print(covered)
        print_findings(covered.findings)
        total = len(covered.encoded) + len(covered.left_out) + len(covered.not_looked_at)
        out.print(
            f"{shown(found.id)}: {total} facts, {len(covered.encoded)} encoded, "
            f"{len(covered.left_out)} left out, {len(covered.not_looked_at)} not looked at"
        )
    if covered.findings:
        raise typer.Exit(Exit.FINDINGS)


def _near(pack: str) -> Path:
    """Where the notes usually lie: beside the folder one works in, or beside the software's."""
    software = Path(__file__).resolve().parents[3]
    places = [base / "shared" / "law" / pack for base in (Path.cwd().parent, software.parent)]
    return next((place for place in places if place.is_dir()), places[0])


def _print(covered: Coverage) -> None:
    encoded = Table(box=None, header_style="bold")
    for title in ("encoded", "mark", "by"):
        encoded.add_column(title, overflow="fold")
    for file, entries in groupby(covered.encoded, key=lambda entry: entry.fact.file):
        encoded.add_row(f"[bold]{shown(file)}[/]")
        for entry in entries:
            by = shown(", ".join(entry.by)) + (
                f"\n[dim]but: {shown(entry.but)}[/]" if entry.but else ""
            )
            encoded.add_row(f"  {shown(entry.fact.path)}", MARKS[entry.mark], by)
    out.print(encoded)
    left_out = Table(box=None, header_style="bold")
    for title in ("left out", "facts", "why", "which"):
        left_out.add_column(title, overflow="fold")
    for reason, meaning in REASONS.items():
        entries_of = [entry for entry in covered.left_out if entry.reason is reason]
        if entries_of:
            left_out.add_row(f"[bold]{shown(meaning)}[/]", str(len(entries_of)))
            for (file, why), count in Counter(map(_group, entries_of)).items():
                named = [entry.named for entry in entries_of if _group(entry) == (file, why)]
                which = ", ".join(dict.fromkeys(named))
                left_out.add_row(
                    f"  {shown(file)}", str(count), shown(why), f"[dim]{shown(which)}[/]"
                )
    out.print(left_out)


def _group(entry: LeftOut) -> tuple[str, str]:
    return entry.fact.file, entry.why


def print_findings(findings: Iterable[GoodStandingError]) -> None:
    """Each with its place, what is wrong, why that matters and what to do; never cut short."""
    for finding in findings:
        lines = (
            f"  {finding.code.id} {finding.what}",
            f"  why: {finding.code.why}",
            f"  to do: {finding.remedy}",
        )
        out.print(f"{finding.place or ''}", soft_wrap=True, style="bold", markup=False)
        for line in lines:
            out.print(line, soft_wrap=True, markup=False)


def _as_dict(covered: Coverage) -> dict[str, object]:
    return {
        "encoded": [_encoded(entry) for entry in covered.encoded],
        "left_out": [
            {"fact": entry.fact.address, "reason": entry.reason, "why": entry.why}
            for entry in covered.left_out
        ],
        "not_looked_at": [fact.address for fact in covered.not_looked_at],
        "findings": [finding.as_dict() for finding in covered.findings],
    }


def _encoded(entry: Encoded) -> dict[str, object]:
    return {
        "fact": entry.fact.address,
        "mark": entry.mark.name,
        "by": entry.by,
        "but": entry.but,
    }
