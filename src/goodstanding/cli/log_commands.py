"""Commands on the log: prove an entry, prove that one size continues another."""

from __future__ import annotations

import json as json_text
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.catalogue import Article, Pack
from goodstanding.cli import amend_commands, clock_command, resume_command
from goodstanding.cli.console import Exit, out, print_json, shown
from goodstanding.cli.key_commands import history_of
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    NodeOption,
    PurposeOption,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.publishing import publish
from goodstanding.cli.small_files import read_small_file
from goodstanding.kernel import SystemClock
from goodstanding.register.durable import write_atomically
from goodstanding.register.proofs.bundle import LawArticle, make_bundle
from goodstanding.register.proofs.consistency import Consistency, prove_consistency

app = typer.Typer(help="The log: proofs of what it holds and of how it grew.", no_args_is_help=True)
amend_commands.register(app)
clock_command.register(app)
resume_command.register(app)

OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write to this file instead of the terminal.")
]


@app.command("prove")
def prove(
    record: Annotated[int, typer.Argument(min=0, help="The entry's number in the log.")],
    node: NodeOption,
    by: ByOption,
    out_file: OutOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Write one entry with all that is needed to check it elsewhere, offline."""
    opened = open_node(node)
    pack = pack_of(opened)
    noted = noting(opened, by).note(
        events.RECORD_PROVED, by=by, clock=SystemClock(), leaves=[record], purpose=purpose
    )
    bundle = make_bundle(opened.log, record, partial(_article, pack), noted=noted)
    _write(bundle.as_bytes(), out_file)
    if out_file is not None:
        out.print(
            f"[green]✓[/] entry {record} of {shown(opened.origin)}: {shown(out_file)}",
            soft_wrap=True,
        )
        out.print("  check   goodstanding verify-bundle FILE --key KEY")


@app.command("publish")
def publish_command(node: NodeOption, by: ByOption) -> None:
    """Ask the witnesses to cosign the newest checkpoint, and publish it if they are enough."""
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.CHECKPOINT_PUBLISHED, by=by, clock=clock, size=opened.log.head.size
    )
    publication = publish(opened, clock, noted)
    if not opened.layout.witness_policy.exists():
        out.print(
            f"published: {publication.published.head.size:,} entries; {shown(publication.words)}"
        )
    if not publication.up_to_date:
        raise typer.Exit(Exit.FINDINGS)


@app.command("consistency")
def consistency(
    old: Annotated[str, typer.Argument(metavar="A", help="The earlier size, or a checkpoint.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The later size, or a checkpoint.")],
    node: NodeOption,
    json: JsonOption = False,
    out_file: OutOption = None,
) -> None:
    """Prove that the log at B only adds to the log at A."""
    opened = open_node(node)
    proof = prove_consistency(
        opened.log, _size_or_note(old), _size_or_note(new), history_of(opened)
    )
    if out_file is not None:
        text = json_text.dumps(proof.as_dict(), ensure_ascii=False, indent=2)
        _write(f"{text}\n".encode(), out_file)
    if json:
        print_json(proof.as_dict())
    else:
        _show(proof)


def _article(pack: Pack, id: str) -> LawArticle | None:
    article = pack.articles.get(id)
    return None if article is None else _as_law(article)


def _as_law(article: Article) -> LawArticle:
    end = article.in_force.end
    return LawArticle(
        id=article.id,
        instrument=article.instrument,
        instrument_titles=article.instrument_titles,
        number=article.number,
        titles=article.titles,
        paraphrase=article.paraphrase,
        start=article.in_force.start.isoformat(),
        end=None if end is None else end.isoformat(),
        link=article.link,
        confidence=article.confidence.value,
    )


def _size_or_note(text: str) -> int | bytes:
    is_size = text.isascii() and text.isdecimal() and len(text) <= len(str(2**63))
    return int(text) if is_size else read_small_file(Path(text))


def _show(proof: Consistency) -> None:
    old, new = proof.old.head, proof.new.head
    out.print(f"[green]✓[/] {shown(proof.origin)}: size {new.size:,} begins with size {old.size:,}")
    for head in (old, new):
        out.print(f"  root of {head.size:,}  {head.root.hex()}", soft_wrap=True)
    out.print(f"  shown by {len(proof.path)} hashes; --json or --out writes them")


def _write(data: bytes, file: Path | None) -> None:
    if file is None:
        typer.echo(data, nl=False)
    else:
        write_atomically(file, data)
