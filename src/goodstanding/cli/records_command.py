"""`records`: what the register holds of one subject, and what of it stood on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import typer
from rich.table import Table

from goodstanding.audit import events
from goodstanding.catalogue import Pack, title
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import (
    AsOfOption,
    ByOption,
    JsonOption,
    KnownAtOption,
    NodeOption,
    PurposeOption,
    SubjectArgument,
    as_day,
    instant_of,
    noting,
    open_node,
    pack_of,
)
from goodstanding.evaluation.ended import with_ends
from goodstanding.evaluation.records import RecordLike, in_effect, standing_entries
from goodstanding.ingest.versions import told_with
from goodstanding.kernel import Identifier, SystemClock, instant_text
from goodstanding.register import Record
from goodstanding.register.history import Told, chain, words


def register(app: typer.Typer) -> None:
    """Put the command of this module into ``app``."""
    app.command("records")(records_command)


@dataclass(frozen=True, slots=True)
class _Line:
    """The last version of one record, and whether it stood on the day."""

    record: Record
    stood: bool
    ends_on: date | None
    how: str


def records_command(
    subject: SubjectArgument,
    node: NodeOption,
    by: ByOption,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """Tell every record of a subject, and whether it stood on a day, removed ones too.

    For those who may know: the agency, the subject itself, an auditor. The look is noted.
    """
    opened = open_node(node)
    identifier = str(Identifier.parse(subject))
    pack = pack_of(opened)
    scheme = identifier.partition(":")[0]
    if scheme not in pack.identifier_schemes:
        known = ", ".join(sorted(pack.identifier_schemes))
        raise typer.BadParameter(f"{scheme!r} is none of the pack's identifier schemes: {known}")
    day, instant = as_day(as_of, pack), instant_of(opened, known_at)
    noted = noting(opened, by).note(
        events.RECORDS_READ, by=by, clock=SystemClock(), subject=identifier, purpose=purpose
    )
    held = opened.records_of(identifier, noted=noted)
    known_then = [r for r in held if instant is None or r.known_at <= instant]
    lines = _lines(pack, known_then, day, told_with(opened.log.segments(), known_then))
    if json:
        print_json(
            {
                "subject": identifier,
                "as_of": day,
                "stood": sum(line.stood for line in lines),
                "records": [_as_dict(line) for line in lines],
            }
        )
    else:
        _show(pack, identifier, day, lines)
        if instant is not None:
            out.print(f"  as the register knew it on {instant_text(instant)}")


def _lines(pack: Pack, records: Sequence[Record], day: date, told: dict[int, Told]) -> list[_Line]:
    # What stands, each with the end that a newer record of another item gives it.
    standing = {e.leaf: e for e in with_ends(pack.items, standing_entries(records, None))}
    superseded = {record.supersedes for record in records}
    return [
        _line(
            record,
            standing.get(record.leaf),
            day,
            told.get(record.leaf),
            _gap(chain(records, record.leaf), told, day),
        )
        for record in records
        if record.leaf not in superseded
    ]


def _line(
    record: Record, stands: RecordLike | None, day: date, told: Told | None, gap: str | None
) -> _Line:
    stood = stands is not None and gap is None and in_effect(stands, day)
    ends_on = record.ends_on if stands is None else stands.ends_on
    said = words(record.act, told)
    return _Line(record, stood, ends_on, said if gap is None else f"{said}; {gap}")


def _gap(versions: Sequence[Record], told: dict[int, Told], day: date) -> str | None:
    """Between which full lists the record was missing on the day, if it came back since."""
    for gone, back in pairwise(versions):
        left, again = told.get(gone.leaf), told.get(back.leaf)
        if not (left and left.absent and gone.ends_on and again and again.as_of):
            continue
        if gone.ends_on <= day < date.fromisoformat(again.as_of):
            return f"not on the full list from {gone.ends_on} until {again.as_of}"
    return None


def _as_dict(line: _Line) -> dict[str, object]:
    record = line.record
    fields = ("leaf", "item", "source_key", "subject_name", "document", "effective_on")
    said = {field: getattr(record, field) for field in fields}
    said["ends_on"] = line.ends_on
    return {**said, "withdrawn": record.act == "withdrawal", "stood": line.stood, "how": line.how}


def _show(pack: Pack, subject: str, day: date, lines: Sequence[_Line]) -> None:
    stood = sum(line.stood for line in lines)
    if not lines:
        out.print(f"The register holds nothing of {shown(subject)}.")
        return
    out.print(f"[bold]{shown(subject)}[/]: {stood:,} of {len(lines):,} records stood on {day}")
    table = Table("stood", "item", "from", "until", "document", "entry", box=None)
    for line in lines:
        record = line.record
        item = pack.items.get(record.item)
        until = "withdrawn" if record.act == "withdrawal" else str(line.ends_on or "open")
        table.add_row(
            "[green]yes[/]" if line.stood else "no",
            shown(title(item.titles) if item else record.item),
            str(record.effective_on),
            until,
            shown(record.document),
            f"{record.leaf:,}",
        )
    out.print(table)
    for line in lines:
        out.print(f"  entry {line.record.leaf:,}: {line.how}", markup=False, soft_wrap=True)
