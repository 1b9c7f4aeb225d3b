"""Commands on a node's keys: show, rotate, compromised, encrypt, erased."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from goodstanding.audit import events
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import ByOption, JsonOption, NodeOption, noting, open_node
from goodstanding.cli.passphrase import new_passphrase
from goodstanding.cli.publishing import publish
from goodstanding.ingest.erased import accept_loss, key_id, read_keys, renew_keys
from goodstanding.kernel import Noted, SystemClock, instant_text, parse_instant
from goodstanding.register import NewEvent, Node, VerifyingKey
from goodstanding.register.key_history import (
    KEY_COMPROMISED,
    KEY_EVENTS,
    KeyEvent,
    KeyHistory,
    KeyPeriod,
    check_compromised,
    first_key,
    key_history,
)
from goodstanding.register.keys import (
    encrypt_key,
    prepare_rotation,
    read_key_command,
)
from goodstanding.register.keys.private import is_encrypted, read_secret
from goodstanding.register.model import KEY_ROTATED
from goodstanding.register.segments import EVENTS, read_events

app = typer.Typer(help="The node's keys and their history.", no_args_is_help=True)

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is sealed in the log.")]


@app.command("show")
def show(node: NodeOption, json: JsonOption = False) -> None:
    """The keys that have spoken for the register, and how the present one is kept."""
    opened = open_node(node)
    history = history_of(opened)
    if json:
        print_json({"kept": _kept(opened), "periods": [_as_json(p) for p in history.periods]})
        return
    out.print(
        f"[bold]{shown(opened.origin)}[/]: the private key is {_kept(opened)}", soft_wrap=True
    )
    table = Table("key", "sizes", "from", "until", "compromised", box=None, header_style="bold")
    for period in history.periods:
        last = "" if period.last_size is None else f"{period.last_size:,}"
        times = (period.since, period.until, period.compromised_since)
        table.add_row(
            period.key.key_id.hex(),
            f"{period.first_size:,}–{last}",
            *("" if time is None else instant_text(time) for time in times),
        )
    out.print(table)
    out.print(f"  now  {shown(history.current)}", soft_wrap=True)


@app.command("rotate")
def rotate(
    node: NodeOption,
    by: ByOption,
    reason: ReasonOption,
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Encrypt the new key with a passphrase.")
    ] = False,
) -> None:
    """Make a new key, have the old one name it in the log, and sign with it from then on."""
    opened = open_node(node)
    old = history_of(opened).current
    word = new_passphrase() if encrypted or _kept(opened) == "encrypted" else None
    noted = noting(opened, by).note(events.KEY_ROTATED, by=by, clock=SystemClock())
    new = prepare_rotation(_keys(opened), old, passphrase=word)
    members = {"old": str(old), "new": str(new), "by": by, "reason": reason}
    # The log signs with both keys and puts the new one in place.
    seal_key_event(opened, NewEvent(KEY_ROTATED, members), noted)
    out.print(f"[green]✓[/] the key of {shown(opened.origin)} is now", soft_wrap=True)
    out.print(f"  {shown(new)}", soft_wrap=True)
    out.print("  Publish it. Checkpoints of before stay verifiable with the old one:")
    out.print(f"  {shown(old)}", soft_wrap=True)


@app.command("compromised")
def compromised(
    vkey: Annotated[str, typer.Argument(help="The key, as name+id+key.")],
    node: NodeOption,
    by: ByOption,
    since: Annotated[str, typer.Option(help="From when others may have signed with it (UTC).")],
    reason: ReasonOption,
) -> None:
    """Mark a key: what it signed counts only if witnesses saw it before that time."""
    opened = open_node(node)
    clock = SystemClock()
    key, instant = VerifyingKey.parse(vkey), parse_instant(since)
    history = history_of(opened)
    check_compromised(history, key, instant, clock.now())
    noted = noting(opened, by).note(
        events.KEY_COMPROMISED,
        by=by,
        clock=clock,
        key=key.key_id.hex(),
        since=instant_text(instant),
    )
    members = {"key": str(key), "since": instant_text(instant), "by": by, "reason": reason}
    seal_key_event(opened, NewEvent(KEY_COMPROMISED, members), noted)
    out.print(f"[green]✓[/] {key.key_id.hex()} is marked since {instant_text(instant)}")
    if key == history.current:
        out.print("  It still signs: run `goodstanding key rotate` now.")


@app.command("encrypt")
def encrypt(node: NodeOption, by: ByOption) -> None:
    """Encrypt the private key where it lies, with a passphrase.

    Backups, and perhaps the disk, still hold the plain key: rotate if anyone may have seen it.
    """
    opened = open_node(node)
    word = new_passphrase()
    noting(opened, by).note(events.KEY_ENCRYPTED, by=by, clock=SystemClock())
    encrypt_key(opened.layout.private_key, opened.log.key, word)
    out.print("[green]✓[/] the key is encrypted; set GS_KEY_PASSPHRASE_FILE for whatever signs")


@app.command("erased")
def erased_keys(
    node: NodeOption,
    by: ByOption,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make a new key for the erasures to come.")
    ] = False,
    lost: Annotated[
        str | None,
        typer.Option("--lost", help="Accept that the key of this id is gone for good."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show or renew the keys by which the node knows erased records when they are sent again."""
    opened = open_node(node)
    clock = SystemClock()
    if renew:
        noting(opened, by).note(events.ERASED_KEY_RENEWED, by=by, clock=clock)
        renew_keys(opened)
    if lost is not None:
        noting(opened, by).note(events.ERASED_KEY_LOST, by=by, clock=clock, key=lost)
        accept_loss(opened, lost)
    found, marks = read_keys(opened), opened.index.erased()
    counts = Counter(mark.partition(":")[0] for mark in marks)
    ids = list(dict.fromkeys([*map(key_id, found.keys), *counts]))
    here = {key_id(key) for key in found.keys}
    rows = [(one, counts[one], one in here, one in found.lost) for one in ids]
    if json:
        names = ("key", "erasures", "here", "lost")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    if not rows:
        out.print("Nothing has been erased here, so there is no key yet.")
        return
    table = Table("key", "erasures", "state", box=None, header_style="bold")
    for one, count, is_here, is_lost in rows:
        state = "here" if is_here else ("lost, accepted" if is_lost else "[red]missing[/]")
        table.add_row(one, f"{count:,}", state)
    out.print(table)


def history_of(node: Node) -> KeyHistory:
    """The history of the register's keys from its own entries. Raises GS-REGISTER-037."""
    found = [
        KeyEvent.of(event)
        for segment in node.log.segments(EVENTS, sealed=True)
        for event in read_events(segment)
        if event.event in KEY_EVENTS
    ]
    return key_history(first_key(found, node.log.key), found)


def seal_key_event(node: Node, event: NewEvent, noted: Noted) -> None:
    """Seal one event about a key."""
    clock = SystemClock()
    node.log.append([event], clock=clock, noted=noted)
    publish(node, clock, noted)


def _keys(node: Node) -> Path:
    return node.layout.private_key.parent


def _kept(node: Node) -> str:
    """How the private key is kept, in a word or two. Raises GS-REGISTER-010."""
    if read_key_command(node.layout.node_file) is not None:
        return "behind a command"
    return "encrypted" if is_encrypted(read_secret(node.layout.private_key)) else "plain"


def _as_json(period: KeyPeriod) -> dict[str, object]:
    return {
        "key": str(period.key),
        "first_size": period.first_size,
        "last_size": period.last_size,
        "since": period.since,
        "until": period.until,
        "compromised_since": period.compromised_since,
    }
