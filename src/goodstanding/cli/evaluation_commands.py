"""`evaluate` and `explain`: standings for all, and the whole story for one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.catalogue import Pack
from goodstanding.cli.console import Exit, out, print_json, shown, steps
from goodstanding.cli.incremental_command import SinceOption, evaluated_since
from goodstanding.cli.names import called
from goodstanding.cli.options import (
    AsOfOption,
    ByOption,
    JsonOption,
    KnownAtOption,
    MemoryOption,
    NodeOption,
    PurposeOption,
    SchemeArgument,
    ThreadsOption,
    as_day,
    instant_of,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.proofs import prove
from goodstanding.cli.show_explanation import show_explanation
from goodstanding.evaluation import Scheme, explain, load_scheme, scheme_versions
from goodstanding.evaluation.engines import EngineName, engine
from goodstanding.evaluation.engines.duckdb import emit
from goodstanding.evaluation.load import scheme_ids
from goodstanding.evaluation.manifest import write_manifest
from goodstanding.evaluation.publishing import is_draft
from goodstanding.ingest.versions import told_with
from goodstanding.kernel import Identifier, SystemClock, instant_text


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("evaluate")(evaluate_command)
    app.command("explain")(explain_command)


def evaluate_command(
    scheme: SchemeArgument,
    node: NodeOption,
    by: ByOption,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path(
        "out"
    ),
    history: Annotated[
        bool, typer.Option("--history", help="Every date on which a standing changed.")
    ] = False,
    emit_sql: Annotated[
        Path | None,
        typer.Option("--emit-sql", help="Also write the computation as a script for DuckDB."),
    ] = None,
    engine_name: Annotated[
        EngineName, typer.Option("--engine", help="What works it out; the bytes are the same.")
    ] = EngineName.DUCKDB,
    since: SinceOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = "2GB",
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Evaluate every subject; write standings, reasons, the SQL, and what they rest on."""
    if since is not None and (history or emit_sql or engine_name is not EngineName.DUCKDB):
        raise typer.BadParameter("--since goes with the engine duckdb, for one date, as files")
    run = engine(engine_name)
    opened = open_node(node)
    pack = pack_of(opened)
    day = as_day(as_of, pack)
    found = find_scheme(pack, scheme, as_of=day)
    instant = instant_of(opened, known_at)
    noted = noting(opened, by).note(
        events.STANDINGS_EVALUATED, by=by, clock=SystemClock(), purpose=purpose,
        scheme=found.name, as_of=day.isoformat(), known_until=_until(instant),
    )  # fmt: skip
    segments = {item: [s.file for s in opened.log.segments(item)] for item in pack.items}
    draft = is_draft(opened, found, instant, noted=noted)
    if since is not None and evaluated_since(
        found, opened, since, as_of=day, known_at=instant, out_folder=out_folder, draft=draft,
        threads=threads, memory=memory, json=json, noted=noted,
    ):  # fmt: skip
        return
    with steps() as progress:
        result = run(
            found,
            segments,
            as_of=day,
            known_at=instant,
            out=out_folder,
            history=history,
            draft=draft,
            threads=threads,
            memory_limit=memory,
            root=opened.folder,
            progress=lambda step, share: progress(step, int(share * 100), 100),
        )
    if emit_sql is not None:
        emit(
            found, segments, as_of=day, known_at=instant, out=emit_sql, root=opened.folder,
            history=history, draft=draft,
        )  # fmt: skip
    manifest = write_manifest(
        out_folder, found, opened.log.checkpoint(), day, instant,
        history=history, draft=draft, engine=engine_name,
    )  # fmt: skip
    if json:
        print_json({**manifest, "standings": result.standings, "reasons": result.reasons})
        return
    if draft:
        out.print("[yellow]DRAFT[/] this version is not in force: goodstanding scheme publish")
    what = "changes of standing" if history else "standings"
    out.print(f"[green]✓[/] {shown(found.name)} as of {day}: {result.standings:,} {what}")
    out.print(f"  {result.reasons:,} reasons; files in {shown(out_folder)}", soft_wrap=True)
    out.print(f"  from {manifest['log_size']:,} entries, root {str(manifest['root'])[:16]}…")


def explain_command(
    subject: Annotated[str, typer.Argument(help="The subject, as scheme:value.")],
    node: NodeOption,
    scheme: Annotated[str, typer.Option("--scheme", help="The scheme, as PACK/SCHEME.")],
    by: ByOption,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    language: Annotated[str, typer.Option("--language", "-l", help="Of the titles.")] = "en",
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """One standing: what it is, which records and articles made it, what would change it."""
    opened = open_node(node)
    identifier, pack = str(Identifier.parse(subject)), pack_of(opened)
    day, instant = as_day(as_of, pack), instant_of(opened, known_at)
    found = find_scheme(pack, scheme, as_of=day)
    noted = noting(opened, by).note(
        events.FILE_EXPLAINED, by=by, clock=SystemClock(), subject=identifier, purpose=purpose,
        scheme=found.name, as_of=day.isoformat(), known_until=_until(instant),
    )  # fmt: skip
    records = opened.records_of(identifier, noted=noted)
    explanation = explain(
        found,
        records,
        subject=identifier,
        as_of=day,
        known_at=instant,
        language=language,
        told=told_with(opened.log.segments(), records),
        draft=is_draft(opened, found, instant, noted=noted),
    )
    leaves = {record.leaf for part in explanation.parts for record in part.records}
    proofs = prove(opened.log, [record for record in records if record.leaf in leaves])
    if json:
        print_json({**explanation.as_dict(), "proofs": [proof.as_dict() for proof in proofs]})
    else:
        name = called(opened, pack, identifier, records, instant)
        show_explanation(out, explanation, name, proofs)
    if not all(proof.verified for proof in proofs):
        raise typer.Exit(Exit.FINDINGS)


def _until(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def find_scheme(
    pack: Pack, name: str, *, as_of: date | None = None, version: int | None = None
) -> Scheme:
    """The scheme given as PACK/SCHEME or by its id alone: the version in force on ``as_of``, or
    the one asked for, or the newest. Raises typer.BadParameter."""
    wanted, known = name.removeprefix(f"{pack.id}/"), scheme_ids(pack)
    if wanted not in known:
        listed = ", ".join(f"{pack.id}/{scheme}" for scheme in known) or "none"
        raise typer.BadParameter(f"{name!r} is none of this node's schemes: {listed}")
    if version is None:
        return load_scheme(pack, wanted, as_of)
    versions = {scheme.version: scheme for scheme in scheme_versions(pack, wanted)}
    if version not in versions:
        listed = ", ".join(map(str, sorted(versions)))
        raise typer.BadParameter(f"{name!r} has no version {version}; there are: {listed}")
    return versions[version]
