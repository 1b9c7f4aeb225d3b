"""`what-if`: what would have to change, lawfully, for a better grade."""

from __future__ import annotations

from typing import Annotated

import typer

from goodstanding.audit import events
from goodstanding.cli.console import out, print_json
from goodstanding.cli.evaluation_commands import find_scheme
from goodstanding.cli.names import called
from goodstanding.cli.options import (
    AsOfOption,
    ByOption,
    JsonOption,
    KnownAtOption,
    NodeOption,
    PurposeOption,
    as_day,
    instant_of,
    noting,
    open_node,
    pack_of,
)
from goodstanding.cli.show_answer import show_answer
from goodstanding.evaluation.publishing import is_draft
from goodstanding.evaluation.whatif import Limits, what_if
from goodstanding.kernel import Identifier, SystemClock, instant_text


def register(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command("what-if")(whatif_command)


def whatif_command(
    subject: Annotated[str, typer.Argument(help="The subject, as scheme:value.")],
    node: NodeOption,
    scheme: Annotated[str, typer.Option("--scheme", help="The scheme, as PACK/SCHEME.")],
    grade: Annotated[str, typer.Option("--grade", help="The grade wished for, or a better one.")],
    by: ByOption,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    most: Annotated[
        int, typer.Option("--most", min=1, max=5, help="The most changes in one set.")
    ] = 3,
    language: Annotated[str, typer.Option("--language", "-l", help="Of the sentences.")] = "en",
    everything: Annotated[
        bool, typer.Option("--all", help="Every way that was found, not one screen of them.")
    ] = False,
    purpose: PurposeOption = None,
    json: JsonOption = False,
) -> None:
    """What would lead to a better grade: the smallest sets of lawful changes, with their dates."""
    opened = open_node(node)
    identifier, pack = str(Identifier.parse(subject)), pack_of(opened)
    day, instant = as_day(as_of, pack), instant_of(opened, known_at)
    found = find_scheme(pack, scheme, as_of=day)
    noted = noting(opened, by).note(
        events.CHANGES_ASKED, by=by, clock=SystemClock(), subject=identifier, purpose=purpose,
        scheme=found.name, as_of=day.isoformat(), grade=grade,
        known_until=None if instant is None else instant_text(instant),
    )  # fmt: skip
    records = opened.records_of(identifier, noted=noted)
    answer = what_if(
        found,
        records,
        subject=identifier,
        grade=grade,
        as_of=day,
        known_at=instant,
        language=language,
        limits=Limits(most_changes=most, everything=everything),
        draft=is_draft(opened, found, instant, noted=noted),
    )
    if json:
        print_json(answer.as_dict())
        return
    name = called(opened, pack, identifier, records, instant)
    show_answer(out, answer, name, everything=everything)
