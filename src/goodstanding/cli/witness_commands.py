"""Commands of a witness: init, trust, serve, cosign, show."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.cli.console import Exit, err, out, print_json, shown
from goodstanding.cli.options import JsonOption
from goodstanding.cli.passphrase import ask_passphrase, new_passphrase
from goodstanding.cli.small_files import read_small_file
from goodstanding.kernel import GoodStandingError, SystemClock, instant_text
from goodstanding.register.checkpoint import parse_checkpoint
from goodstanding.register.errors import NOT_COSIGNED, UNVERIFIED
from goodstanding.register.note import parse_note
from goodstanding.register.proofs.bundle import check_limits, read_json
from goodstanding.register.witness import (
    Answer,
    Doubt,
    Evidence,
    Outcome,
    Proof,
    Store,
    Submission,
    WitnessApp,
    WitnessFolder,
    WitnessServer,
    parse_proof,
)

app = typer.Typer(
    help="A witness: remembers what logs of others have shown, and cosigns what continues it.",
    no_args_is_help=True,
)

FolderArgument = Annotated[Path, typer.Argument(help="The witness's own folder.")]


@app.command("init")
def init(
    folder: FolderArgument,
    name: Annotated[str, typer.Option("--name", help="The witness's name: a host you own.")],
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Encrypt the new key with a passphrase.")
    ] = False,
) -> None:
    """Make a witness: its key, an empty memory, and no log watched yet."""
    made = WitnessFolder.create(folder, name, new_passphrase() if encrypted else None)
    out.print(f"[green]✓[/] witness {shown(folder)}")
    out.print(f"  key   {shown(made.key)}", soft_wrap=True)
    out.print(f"  next  goodstanding witness trust {shown(folder)} VKEY", soft_wrap=True)


@app.command("trust")
def trust(
    folder: FolderArgument,
    vkey: Annotated[str, typer.Argument(help="The log's public key, as name+id+key.")],
) -> None:
    """Watch a log from now on; a running witness needs no restart."""
    key = WitnessFolder.open(folder).trust(vkey)
    out.print(f"[green]✓[/] watches {shown(key.name)}", soft_wrap=True)


@app.command("serve")
def serve(
    folder: FolderArgument,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8470,
) -> None:
    """Answer logs over HTTP until stopped by SIGINT or SIGTERM."""
    opened = WitnessFolder.open(folder)
    witness = opened.witness(SystemClock(), ask_passphrase)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    server = WitnessServer(WitnessApp(witness, opened.store), host, port)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    out.print(f"{shown(opened.name)} listens at {server.url}", soft_wrap=True)
    server.run()
    out.print("stopped")


@app.command("cosign")
def cosign(
    folder: FolderArgument,
    checkpoint: Annotated[Path, typer.Argument(help="The log's signed checkpoint.")],
    proof: Annotated[
        Path | None,
        typer.Option(
            "--proof",
            help="From the last size it saw: the file of `goodstanding log consistency --out`, "
            "or a line `old N` and a hash in base64 a line.",
        ),
    ] = None,
) -> None:
    """Cosign one checkpoint offline; prints the signature lines to add to it."""
    opened = WitnessFolder.open(folder)
    note = read_small_file(checkpoint)
    given = read_proof(read_small_file(proof)) if proof else _without_proof(opened.store, note)
    witness = opened.witness(SystemClock(), ask_passphrase)
    answer = witness.consider(Submission(given, note))
    if answer.outcome is not Outcome.COSIGNED:
        raise GoodStandingError(NOT_COSIGNED, reason=_why(answer))
    typer.echo(answer.lines, nl=False)


def read_proof(data: bytes) -> Proof:
    """A consistency proof from its file, as lines or as JSON. Raises GS-REGISTER-005."""
    if not data.startswith(b"{"):
        return parse_proof(data)
    check_limits(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise GoodStandingError(UNVERIFIED, reason="the proof is not UTF-8") from None
    match read_json(text):
        case {"old": {"size": int(old)}, "path": [*path]} if all(
            isinstance(line, str) for line in path
        ):
            return parse_proof("".join(f"{line}\n" for line in (f"old {old}", *path)).encode())
    raise GoodStandingError(UNVERIFIED, reason="the proof has no old size and path")


def _without_proof(store: Store, note: bytes) -> Proof:
    """What needs no proof: a first checkpoint, or the last one again."""
    claim = parse_checkpoint(parse_note(note).text)
    latest = store.latest(claim.origin)
    return Proof(latest.head.size if latest and latest.head.size == claim.head.size else 0)


def _why(answer: Answer) -> str:
    if answer.outcome is Outcome.OTHER_SIZE:
        return f"{answer.reason}; give a proof from {answer.size}"
    return answer.reason


@app.command("show")
def show(folder: FolderArgument, json: JsonOption = False) -> None:
    """Which logs it watches, what it saw last, and what did not fit."""
    opened = WitnessFolder.open(folder)
    evidence = opened.store.evidence()
    if json:
        print_json(_as_json(opened, evidence))
    else:
        _show(opened, evidence)
    if any(each.doubt is Doubt.CONTRADICTION for each in evidence):
        raise typer.Exit(Exit.FINDINGS)


def _show(opened: WitnessFolder, evidence: list[Evidence]) -> None:
    out.print(f"[bold]{shown(opened.name)}[/]", soft_wrap=True)
    out.print(f"  key  {shown(opened.key)}", soft_wrap=True)
    latest = {each.origin: each for each in opened.store.all_latest()}
    table = Table("log", "last size", "cosigned", box=None, header_style="bold")
    for origin in sorted({key.name for key in opened.trusted()} | set(latest)):
        seen = latest.get(origin)
        size = f"{seen.head.size:,}" if seen else "never"
        table.add_row(shown(origin), size, instant_text(seen.at) if seen else "")
    out.print(table)
    for each in evidence:
        words = (
            "two roots for one size, both signed by the log"
            if each.doubt is Doubt.CONTRADICTION
            else "signed by the log, and not shown to continue what was cosigned"
        )
        origin = shown(each.origin)
        err.print(f"[red]✗[/] {origin} at size {each.head.size:,}: {words}", soft_wrap=True)
        err.print(f"  seen {instant_text(each.at)}; --json prints both checkpoints")


def _as_json(opened: WitnessFolder, evidence: list[Evidence]) -> dict[str, object]:
    return {
        "name": opened.name,
        "key": str(opened.key),
        "trusted": [str(key) for key in opened.trusted()],
        "logs": [
            {
                "origin": each.origin,
                "size": each.head.size,
                "root": each.head.root.hex(),
                "cosigned_at": each.at,
                "checkpoint": each.note,
            }
            for each in opened.store.all_latest()
        ],
        "evidence": [
            {
                "kind": each.doubt.value,
                "origin": each.origin,
                "size": each.head.size,
                "root": each.head.root.hex(),
                "seen_at": each.at,
                "checkpoint": each.note,
                "against": each.against,
            }
            for each in evidence
        ],
    }
