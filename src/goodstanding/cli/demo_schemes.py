"""How the schemes of the demonstration become law: lint, backtest, and an officer's act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import typer

from goodstanding.audit import events
from goodstanding.cli.console import Exit, out, shown, steps
from goodstanding.cli.demo_stage import Stage
from goodstanding.cli.linting import lint_pack
from goodstanding.evaluation import Scheme
from goodstanding.evaluation.backtest import (
    AFTER,
    BEFORE,
    Machine,
    Question,
    as_if_law,
    check_tools,
    run_backtest,
    seal,
    version_before,
    write_report,
)
from goodstanding.evaluation.publishing import publish_scheme, scheme_digest
from goodstanding.kernel import GoodStandingError

_ACT, _OFFICER = "Order 1/2026", "Ottoline Vesk"
_MINIMUM_GROUP = 20

Tell = Callable[[str, float], None]


def lint(stage: Stage) -> None:
    """Lint the pack, tests of its schemes included. Raises typer.Exit if it is not clean."""
    with steps() as progress:
        progress("linting the pack", 0, None)
        findings = lint_pack(stage.pack.id)
    pack = stage.pack
    if findings:
        out.print(f"[red]✗[/] {pack.id}: {len(findings)} findings; run pack lint {pack.id}")
        raise typer.Exit(Exit.FINDINGS)
    out.print(
        f"[green]✓[/] pack {pack.id} lints clean: {len(pack.items)} items, {len(pack.schemes)} "
        f"versions of {len(stage.schemes)} schemes, and every test of theirs passes"
    )


def put_into_force(stage: Stage, days: tuple[date, ...]) -> None:
    """Backtest the newest version of every scheme on ``days`` and publish it by an act.

    Without the extra for reports they stay drafts, and that is said.
    """
    try:
        check_tools()
    except GoodStandingError as missing:
        out.print(f"[yellow]![/] {shown(missing.what)} All schemes stay drafts.")
        out.print(f"  [dim]to do[/]  {shown(missing.remedy)}\n")
        return
    leaves = [_put_into_force(stage, scheme, days) for scheme in stage.schemes.values()]
    out.print(
        f"  [dim]entries {leaves[0]:,} to {leaves[-1]:,} of the log; decided by {_OFFICER}, who is "
        "as fictional as everything here[/]\n"
    )


def _put_into_force(stage: Stage, scheme: Scheme, days: tuple[date, ...]) -> int:
    """The leaf of the entry that says so."""
    with steps() as progress:
        name = f"backtest of {scheme.id}"
        report = _backtest(
            stage, scheme, days, lambda _, share: progress(name, int(share * 100), 100)
        )
        progress(name, 100, 100)
        progress(f"publishing {scheme.id}", 0, None)
        leaf = _publish(stage, scheme, report)
    out.print(f"[green]✓[/] {scheme.name}: backtested; in force by {_ACT}")
    return leaf


def _backtest(stage: Stage, scheme: Scheme, days: tuple[date, ...], tell: Tell) -> Path:
    """The folder of the report on a version, compared with the one before it, if there is one."""
    other = version_before(stage.pack, scheme)
    question = Question(
        after=as_if_law(scheme, days, None),
        before=None if other is None else as_if_law(other, days, None),
        days=days,
        known_at=None,
        group=None,
        minimum=_MINIMUM_GROUP,
        bounds=False,
    )
    stage.access.note(
        events.SCHEME_BACKTESTED, by=stage.by, clock=stage.clock, scheme=scheme.name,
        against="none" if other is None else f"{other.name} version {other.version}",
        start=days[0].isoformat(), end=days[-1].isoformat(),
    )  # fmt: skip
    digests = {AFTER: scheme_digest(scheme)}
    if other is not None:
        digests[BEFORE] = scheme_digest(other)
    folder = stage.results / "backtests" / scheme.id
    found = run_backtest(
        question, stage.segments(), digests, stage.node.log.checkpoint(), folder,
        Machine(progress=tell),
    )  # fmt: skip
    write_report(found, folder)
    seal(found, folder)
    return folder


def _publish(stage: Stage, scheme: Scheme, report: Path) -> int:
    """The leaf of the entry that puts the version into force."""
    noted = stage.access.note(
        events.SCHEME_PUBLISHED, by=_OFFICER, clock=stage.clock, scheme=scheme.name, act=_ACT
    )
    return publish_scheme(
        stage.node, scheme, act=_ACT, by=_OFFICER, backtest=report,
        clock=stage.clock, noted=noted,
    ).leaf  # fmt: skip
