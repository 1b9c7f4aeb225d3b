"""Commands that look a node over or put its index right: verify, index rebuild, doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.cli.console import Exit, out, print_json, print_refusal, shown, steps
from goodstanding.cli.doctor import examine
from goodstanding.cli.options import ByOption, JsonOption, NodeOption, noting, open_node
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.register import Follower, Layout, VerifyReport
from goodstanding.register import verify as verify_node
from goodstanding.register.keys import load_verifying_key

index_app = typer.Typer(help="The disposable index.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("verify")(verify)
    app.command("doctor")(doctor)
    app.add_typer(index_app, name="index")


def verify(
    node: NodeOption,
    seen: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A checkpoint kept from an earlier day, which the log must still begin with.",
        ),
    ] = None,
    remember: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Keep the checkpoint in this file, that of the access log in FILE.access; "
            "the next ones must begin with them.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Read everything again from the files and check it against the signed checkpoint.

    The register first, then the access log.
    """
    opened = open_node(node, restored=True)
    with steps() as progress:
        report = verify_node(
            opened.folder,
            progress=lambda done, total: progress("verifying", done, total),
            seen=[file.read_bytes() for file in seen or ()],
        )
    access = verify_node(opened.layout.access) if opened.layout.access.exists() else None
    refusal = _follow(opened.layout, report, remember) if remember and report.verified else None
    if remember and access is not None and access.verified and refusal is None:
        beside = remember.with_name(f"{remember.name}.access")
        refusal = _follow(Layout(opened.layout.access), access, beside)
    if json:
        second = _verification(access) if access else None
        refused = refusal.as_dict() if refusal else None
        print_json({**_verification(report), "access": second, "refused": refused})
    else:
        _show_verification(report)
        if refusal:
            print_refusal(refusal, as_json=False)
        _show_access(access)
    if refusal or not report.verified or (access is not None and not access.verified):
        raise typer.Exit(Exit.FINDINGS)


def _follow(layout: Layout, report: VerifyReport, memory: Path) -> GoodStandingError | None:
    """Why this is not what the reader saw before, if it is not.

    The access log's checkpoint is remembered beside the register's.
    """
    try:
        key = load_verifying_key(layout.public_key)
        Follower([key, *report.former_keys], memory).follow(layout.register)
    except GoodStandingError as error:
        return error
    return None


def _show_access(report: VerifyReport | None) -> None:
    out.print("\n[bold]The access log[/]")
    if report is None:
        out.print("  there is none: what was done and seen here so far was not noted")
    else:
        _show_verification(report)


def _show_verification(report: VerifyReport) -> None:
    for step in report.steps:
        mark = "[green]✓[/]" if step.checked == step.total else "[red]✗[/]"
        of = f"{step.checked:,} of {step.total:,} {step.unit}"
        out.print(f"{mark} {step.number:>2}. {step.title:<34} {of}")
    for finding in report.findings:
        leaf = f", leaf {finding.leaf:,}" if finding.leaf is not None else ""
        out.print(
            f"[red]✗[/] step {finding.step}: {shown(finding.file)}{leaf}: {shown(finding.problem)}"
        )
    if report.more_findings:
        out.print(f"  and {report.more_findings:,} more findings")
    for said in report.clocks:
        line = (
            f"  clock set right in entry {said.leaf:,}, {said.known_at}, by {said.by}: "
            f"{said.reason} (before: {said.last})"
        )
        out.print(shown(line), soft_wrap=True)
    if report.checkpoint and report.verified:
        head = report.checkpoint.head
        out.print(f"verified: {head.size:,} entries of {shown(report.checkpoint.origin)}")
        out.print(f"  root {head.root.hex()}", soft_wrap=True)


def _verification(report: VerifyReport) -> dict[str, object]:
    checkpoint = report.checkpoint
    return {
        "verified": report.verified,
        "size": checkpoint.head.size if checkpoint else None,
        "root": checkpoint.head.root.hex() if checkpoint else None,
        "steps": [
            {"step": s.number, "title": s.title, "checked": s.checked, "total": s.total}
            for s in report.steps
        ],
        "findings": [
            {"step": f.step, "file": f.file, "leaf": f.leaf, "problem": f.problem}
            for f in report.findings
        ],
        "more_findings": report.more_findings,
        "clocks": [asdict(said) for said in report.clocks],
    }


@index_app.command("rebuild")
def rebuild(node: NodeOption, by: ByOption, json: JsonOption = False) -> None:
    """Throw the index away and build it again from the log, to the same content."""
    opened = open_node(node)
    noting(opened, by).note(events.INDEX_REBUILT, by=by, clock=SystemClock())
    with steps() as progress:
        size = opened.index.rebuild(lambda done, total: progress("indexing", done, total))
    digest = opened.index.content_digest()
    if json:
        print_json({"entries": size, "content": digest})
        return
    out.print(f"[green]✓[/] index of {size:,} entries, content {digest[:16]}")


def doctor(node: NodeOption, json: JsonOption = False) -> None:
    """Look a node over: files, keys, head, checkpoint, index, pack, space on the disk."""
    checks = examine(node)
    if json:
        print_json([{"check": c.name, "well": c.well, "found": c.found} for c in checks])
    else:
        for check in checks:
            mark = "[green]✓[/]" if check.well else "[red]✗[/]"
            out.print(f"{mark} {check.name:<12} {shown(check.found)}", soft_wrap=True)
    if not all(check.well for check in checks):
        raise typer.Exit(Exit.FINDINGS)
