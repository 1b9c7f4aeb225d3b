"""`goodstanding log correct | withdraw | history | erase | release`: acts on one record."""

from __future__ import annotations

from datetime import date
from typing import Annotated, assert_never

import typer

from goodstanding.audit import events
from goodstanding.catalogue import Pack, review_of
from goodstanding.catalogue.ends import Term, Told, term_of
from goodstanding.cli.console import out, print_json
from goodstanding.cli.options import (
    ByOption,
    JsonOption,
    KnownAtOption,
    NodeOption,
    PurposeOption,
    instant_of,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.publishing import publish
from goodstanding.ingest.act_errors import SET_TWICE
from goodstanding.ingest.amend import Amended
from goodstanding.ingest.amend import correct as correct_record
from goodstanding.ingest.amend import withdraw as withdraw_record
from goodstanding.ingest.erase import ErasedRecord, erase_record
from goodstanding.ingest.held import release as release_row
from goodstanding.ingest.versions import History, history_of
from goodstanding.kernel import GoodStandingError, SystemClock, instant_text
from goodstanding.register import Record
from goodstanding.register.history import FieldChange, steps, words

RecordArgument = Annotated[
    int, typer.Argument(metavar="RECORD", min=0, help="The entry of any version of the record.")
]
OfficerOption = Annotated[str, typer.Option("--by", help="The officer who decides, by name.")]
ReasonOption = Annotated[
    str, typer.Option(help="Why, without repeating what the record says: this stays for good.")
]
AuthorityOption = Annotated[
    str,
    typer.Option(
        "--authority", help="Who decided it: the record's own authority, or its review body."
    ),
]
BasisOption = Annotated[str, typer.Option(help="The article it rests on, instrument.number.")]


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``, the one called ``log``."""
    app.command("correct")(correct)
    app.command("withdraw")(withdraw)
    app.command("history")(history)
    app.command("erase")(erase)
    app.command("release")(release)


def correct(
    record: RecordArgument,
    node: NodeOption,
    set_: Annotated[
        list[str], typer.Option("--set", help="field=value; field= empties it. May be repeated.")
    ],
    document: Annotated[str, typer.Option(help="The document the correction rests on.")],
    authority: AuthorityOption,
    reason: ReasonOption,
    basis: BasisOption,
    by: OfficerOption,
    json: JsonOption = False,
) -> None:
    """Put a corrected version in place of the one that stands."""
    values = _values(set_)
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.RECORD_CORRECTED, by=by, clock=clock, leaves=[record],
        basis=basis, authority=authority,
    )  # fmt: skip
    done = correct_record(
        opened, pack_of(opened), record, values, reason=reason, authority=authority,
        basis=basis, by=by, document=document, clock=clock, noted=noted,
    )  # fmt: skip
    _show_act(done, "corrects", json)
    publish(opened, clock, noted)


def withdraw(
    record: RecordArgument,
    node: NodeOption,
    authority: AuthorityOption,
    reason: ReasonOption,
    basis: BasisOption,
    by: OfficerOption,
    json: JsonOption = False,
) -> None:
    """End a record that should no longer stand; no delivery brings it back."""
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.RECORD_WITHDRAWN, by=by, clock=clock, leaves=[record],
        basis=basis, authority=authority,
    )  # fmt: skip
    done = withdraw_record(
        opened, pack_of(opened), record, reason=reason, authority=authority,
        basis=basis, by=by, clock=clock, noted=noted,
    )  # fmt: skip
    _show_act(done, "withdraws", json)
    publish(opened, clock, noted)


def history(
    record: RecordArgument,
    node: NodeOption,
    by: ByOption,
    known_at: KnownAtOption = None,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Every version of a record: what replaced what, when, by whom, why, and what changed."""
    opened = open_node(node)
    instant = instant_of(opened, known_at)
    noted = noting(opened, by).note(
        events.RECORD_HISTORY_READ, by=by, clock=SystemClock(), leaves=[record], purpose=purpose
    )
    found = history_of(opened.log, record, instant, noted=noted)
    pack = pack_of(opened)
    if json:
        print_json(_history_dict(found, pack))
    else:
        _show_history(found, pack)


def erase(
    record: RecordArgument,
    node: NodeOption,
    authority: AuthorityOption,
    reason: ReasonOption,
    basis: BasisOption,
    by: OfficerOption,
    json: JsonOption = False,
) -> None:
    """Delete what a record says, every version, everywhere in the node; its proofs stay."""
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.RECORD_ERASED, by=by, clock=clock, leaves=[record],
        basis=basis, authority=authority,
    )  # fmt: skip
    done = erase_record(
        opened, pack_of(opened), record,
        authority=authority, basis=basis, by=by, reason=reason, clock=clock, noted=noted,
    )  # fmt: skip
    if json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        _show_erasure(record, done)
    publish(opened, clock, noted)


def release(
    quarantined: Annotated[
        str, typer.Argument(metavar="FILE", help="The quarantine file, as listed.")
    ],
    row: Annotated[int, typer.Argument(metavar="ROW", min=1, help="The row as numbered there.")],
    node: NodeOption,
    reason: ReasonOption,
    basis: Annotated[
        str, typer.Option(help="The article that orders the publication, instrument.number.")
    ],
    by: OfficerOption,
    json: JsonOption = False,
) -> None:
    """Record a held row about an establishment or permit whose publication a statute orders."""
    opened, clock = open_node(node), SystemClock()
    noted = noting(opened, by).note(
        events.HELD_ROW_RELEASED, by=by, clock=clock,
        source=f"{quarantined}, row {row}", basis=basis,
    )  # fmt: skip
    done = release_row(
        opened, pack_of(opened), quarantined, row,
        reason=reason, basis=basis, by=by, clock=clock, noted=noted,
    )  # fmt: skip
    if json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        out.print(f"[green]✓[/] entry {done.leaf:,} releases row {row:,} of {quarantined}")
        out.print(f"  found by {done.subject} alone; no name leads to it", soft_wrap=True)
    publish(opened, clock, noted)


def _values(given: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in given:
        field, equals, value = text.partition("=")
        if not equals or not field or field in values:
            raise GoodStandingError(SET_TWICE, given=text)
        values[field] = value
    return values


def _show_act(done: Amended, verb: str, json: bool) -> None:
    if json:
        print_json({name: getattr(done, name) for name in done.__slots__ if name != "changes"}
                   | {"changes": [_change(change) for change in done.changes]})  # fmt: skip
        return
    out.print(f"[green]✓[/] entry {done.leaf:,} {verb} entry {done.supersedes:,}")
    _show_changes(done.changes)


def _show_changes(changes: tuple[FieldChange, ...]) -> None:
    for change in changes:
        line = f"    {change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}"
        out.print(line, markup=False, soft_wrap=True)


def _show_history(found: History, pack: Pack) -> None:
    if found.erased:
        told = found.erased
        out.print(f"Entry {found.leaf:,} holds nothing any more: it was erased.")
        said = f"under {told.basis}, by {told.by}: {told.reason}"
        day = told.known_at.date().isoformat()
        out.print(f"  entry {told.leaf:,}, on {day}, {said}", markup=False, soft_wrap=True)
        return
    if not found.versions:
        out.print(f"Entry {found.leaf:,} was not known then.")
        return
    first, last = found.versions[0], found.versions[-1]
    title = f"{first.item}, source {first.source}, key {first.source_key}, {first.subject}"
    out.print(title, style="bold", markup=False, soft_wrap=True)
    for version, changes in steps(found.versions):
        replaced = "" if version.supersedes is None else f" in place of {version.supersedes:,}"
        said = words(version.act, found.told.get(version.leaf))
        out.print(
            f"  entry {version.leaf:,}{replaced}, known since {instant_text(version.known_at)}",
            markup=False,
        )
        out.print(f"    {said}", markup=False, soft_wrap=True)
        _show_changes(changes)
    stands = "is withdrawn" if last.act == "withdrawal" else f"stands as entry {last.leaf:,} says"
    out.print(f"  the record {stands}")
    if last.act != "withdrawal" and last.item in pack.items:
        out.print(f"  it {_said(term_of(pack, pack.items[last.item], last))}", soft_wrap=True)


def _said(term: Term) -> str:
    """When a record ends or is reviewed, and what says so."""
    counted = f"{term.months} months from {term.start} ({term.article})"
    match term.told:
        case Told.LAW:
            return f"ends on {term.day}, {counted}"
        case Told.STATED:
            return f"ends on {term.day}, as its authority says"
        case Told.REVIEW:
            months = f"{term.months} months from {term.start}"
            return f"has no end ({term.article}); {term.owner} reviews it by {term.day}, {months}"
        case Told.NOTHING:
            return "has no end"
    assert_never(term.told)


def _review(pack: Pack, version: Record) -> date | None:
    item = pack.items.get(version.item)
    return None if item is None else review_of(pack, item, version)


def _history_dict(found: History, pack: Pack) -> dict[str, object]:
    return {
        "leaf": found.leaf,
        "erased": found.erased.as_dict() if found.erased else None,
        "versions": [
            {
                "leaf": version.leaf,
                "act": version.act,
                "supersedes": version.supersedes,
                "known_at": version.known_at,
                "told": told.as_dict() if (told := found.told.get(version.leaf)) else None,
                "words": words(version.act, told),
                "changes": [_change(change) for change in changes],
                "ends_on": version.ends_on,
                "review_on": _review(pack, version),
            }
            for version, changes in steps(found.versions)
        ],
    }


def _change(change: FieldChange) -> dict[str, object]:
    return {"field": change.field, "before": change.before, "after": change.after}


def _show_erasure(record: int, done: ErasedRecord) -> None:
    if done.already:
        out.print(f"Entry {record:,} was already erased by entry {done.entry:,}; nothing changed.")
        return
    leaves = ", ".join(f"{leaf:,}" for leaf in done.leaves)
    out.print(f"[green]✓[/] erased by entry {done.entry:,}: what entries {leaves} said")
    out.print("  their commitments stay, and every proof of the log holds")
    for what, files in (("written anew without it", done.rewritten), ("deleted", done.deleted)):
        for file in files:
            out.print(f"  {what}: {file}", markup=False, soft_wrap=True)
    out.print("  Copies outside the node's folder, backups among them, are yours to delete.")
