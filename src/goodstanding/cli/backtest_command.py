"""`backtest`: two versions of a scheme over history, before one of them becomes law."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.console import out, print_json, shown, steps
from goodstanding.cli.evaluation_commands import find_scheme
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    KnownAtOption,
    MemoryOption,
    NodeOption,
    PurposeOption,
    ThreadsOption,
    instant_of,
    noting,
    open_node,
    pack_of,
)
from goodstanding.evaluation import Scheme, load_scheme
from goodstanding.evaluation.backtest import (
    AFTER,
    BEFORE,
    GroupState,
    Machine,
    Question,
    Step,
    as_if_law,
    check_comparable,
    check_tools,
    days_between,
    grouping_of,
    run_backtest,
    seal,
    version_before,
    version_of,
    write_report,
)
from goodstanding.evaluation.backtest.shown import STATES, named
from goodstanding.evaluation.publishing import scheme_digest
from goodstanding.kernel import SystemClock

_DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("backtest")(backtest_command)


def backtest_command(
    node: NodeOption,
    scheme: Annotated[str, typer.Option("--scheme", help="The candidate, as PACK/SCHEME.")],
    start: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last day, at most.")],
    by: ByOption,
    version: Annotated[
        int | None, typer.Option(help="The candidate's version. [default: newest]")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with the scheme in this pack's folder.")
    ] = None,
    against_version: Annotated[
        int | None,
        typer.Option(help="Compare with this version. [default: the one before, if any]"),
    ] = None,
    step: Annotated[Step, typer.Option(help="How far the days lie apart.")] = Step.QUARTER,
    numbers_of: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="Apply the candidate's numbers of this day throughout."),
    ] = None,
    by_group: Annotated[
        str | None, typer.Option(help="Compare groups by a declared fact, as ITEM.FACT.")
    ] = None,
    minimum: Annotated[
        int, typer.Option(min=2, help="Groups of fewer subjects are not shown.")
    ] = 20,
    known_at: KnownAtOption = None,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the report.")] = Path(
        "backtest"
    ),
    threads: ThreadsOption = None,
    memory: MemoryOption = "2GB",
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Try a scheme on the past: who would move, how far, what each bound decides; as a report."""
    if against is not None and against_version is not None:
        raise typer.BadParameter("give --against or --against-version, not both")
    check_tools()
    opened = open_node(node)
    pack = pack_of(opened)
    candidate = find_scheme(pack, scheme, version=version)
    other = _other(pack, candidate, against, against_version)
    days = days_between(start.date(), end.date(), step)
    question = Question(
        after=as_if_law(candidate, days, numbers_of.date() if numbers_of else None),
        before=None if other is None else as_if_law(other, days, None),
        days=days,
        known_at=instant_of(opened, known_at),
        group=None if by_group is None else grouping_of(candidate, by_group),
        minimum=minimum,
    )
    noting(opened, by).note(
        events.SCHEME_BACKTESTED, by=by, clock=SystemClock(), purpose=purpose,
        scheme=candidate.name, against=_named(other), start=_text(days[0]), end=_text(days[-1]),
        by_group=None if question.group is None else question.group.name,
    )  # fmt: skip
    items = {*pack.items, *([] if other is None else other.pack.items)}
    segments = {item: [s.file for s in opened.log.segments(item)] for item in sorted(items)}
    digests = {AFTER: scheme_digest(candidate)}
    if other is not None:
        digests[BEFORE] = scheme_digest(other)
    with steps() as progress:
        machine = Machine(
            memory, threads, lambda what, share: progress(what, int(share * 100), 100)
        )
        found = run_backtest(
            question, segments, digests, opened.log.checkpoint(), out_folder, machine
        )
    write_report(found, out_folder)
    summary = seal(found, out_folder)
    if json:
        print_json(summary)
        return
    show_summary(summary, len(days), out_folder)


def _other(
    pack: Pack, candidate: Scheme, against: str | None, against_version: int | None
) -> Scheme | None:
    """The version to compare with; None where the candidate is the first one."""
    if against is not None:
        other = load_scheme(load_pack(against), candidate.id)
    elif against_version is not None:
        other = version_of(pack, candidate.id, against_version)
    else:
        found = version_before(pack, candidate)
        if found is None:
            return None
        other = found
    check_comparable(other, candidate)
    return other


def show_summary(summary: dict[str, object], days: int, folder: Path) -> None:
    """Say in a few lines what ``summary`` (that of ``seal``) counts and where the report is."""
    candidate, against = summary["candidate"], summary["against"]
    subjects, moved = summary["subjects"], summary["moved"]
    name = f"{_member(candidate, 'scheme')} version {_member(candidate, 'version')}"
    counted = "nobody has a standing" if subjects == 0 else _of(subjects, "subject")
    out.print(f"[green]✓[/] {shown(name)}, on {days} days: {counted} on the last one")
    if against is None:
        out.print("  there is no earlier version, so nothing is compared")
    elif subjects != 0:
        has = "has" if moved == 1 else "have"
        out.print(
            f"  {moved:,} {has} another grade than under version {_member(against, 'version')} "
            f"of {shown(_member(against, 'scheme'))}"
        )
    _show_groups(summary)
    _show_sources(summary)
    out.print(f"  report.html and its Parquet files in {shown(folder)}", soft_wrap=True)


def _show_groups(summary: dict[str, object]) -> None:
    """How many groups have figures, and of those that have none, why and which."""
    groups = summary["groups"]
    if not isinstance(groups, dict):
        return
    said = f"by {shown(summary['by_group'])}: {groups['shown']:,} of {groups['all']:,} groups shown"
    if groups["listed"] is None:
        said += "; the catalogue lists none, so one without any record is not known"
    else:
        said += f"; the catalogue lists {groups['listed']:,}"
    out.print(f"  {said}")
    if groups["not_recorded"] is not None:
        out.print("    and those of whom it is not recorded, as a group of their own")
    few = groups["too_few"]
    if few["groups"]:
        said = f"{few['groups']:,} (with {few['subjects']:,} subjects)"
        out.print(f"    {STATES[GroupState.TOO_FEW]}: {said}")
    for state in (GroupState.NOTHING_REPORTED, GroupState.NOT_EVALUATED, GroupState.NOT_COVERED):
        if found := groups[state.value]:
            titles = named([shown(group["title"]) for group in found])
            out.print(f"    [yellow]{STATES[state]}[/]: {len(found):,} ({titles})")
    out.print("    each of them by name in groups.parquet and coverage.parquet")
    if groups["left_out_of_report"]:
        out.print(
            f"    left out of report.html: {groups['left_out_of_report']:,}; all are in "
            "groups.parquet"
        )


def _show_sources(summary: dict[str, object]) -> None:
    """Of which records that the scheme reads nothing came in the period."""
    sources = summary["sources"]
    if isinstance(sources, dict) and (silent := sources["nothing_in_period"]):
        what = [
            shown(row["item"]) + (f" by {shown(row['source'])}" if row["source"] else "")
            for row in silent
        ]
        out.print(
            f"  [yellow]nothing delivered[/] in these days: {len(silent):,} of "
            f"{sources['all']:,} kinds of record ({named(what)})"
        )


def _of(number: object, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _member(found: object, name: str) -> str:
    return str(found[name]) if isinstance(found, dict) else ""


def _named(other: Scheme | None) -> str:
    return "none" if other is None else f"{other.name} version {other.version}"


def _text(day: date) -> str:
    return day.isoformat()
