"""`what-if`: what would have to change, lawfully, for a better grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goodstanding.audit import events
from goodstanding.catalogue import Titles, title
from goodstanding.cli.console import out, print_json
from goodstanding.cli.evaluation_commands import find_scheme
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
from goodstanding.cli.show_explanation import about
from goodstanding.evaluation.explain import Phrases
from goodstanding.evaluation.publishing import is_draft
from goodstanding.evaluation.whatif import KINDS, Answer, Kind, Limits, Suggestion, what_if
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
    answer = what_if(
        found,
        opened.records_of(identifier, noted=noted),
        subject=identifier,
        grade=grade,
        as_of=day,
        known_at=instant,
        language=language,
        limits=Limits(most_changes=most),
        draft=is_draft(opened, found, instant, noted=noted),
    )
    if json:
        print_json(answer.as_dict())
        return
    known = opened.index.subject(identifier)
    show_answer(out, answer, (known and known.name) or identifier)


#: What stands around the sentences, in the languages these are written in.
_LABELS: dict[str, Titles] = {
    "better": {"en": " or better", "zh": "或更好"},
    "what": {"en": "what would have to happen", "zh": "所需变化"},
    "under": {"en": "under", "zh": "依据"},
    "then": {"en": "then", "zh": "结果"},
    "from": {"en": "from {day}", "zh": "自{day}起"},
    "until": {"en": "until {day}", "zh": "至{day}"},
    "more": {
        "en": "{n} more ways of the same or a larger size are not shown.",
        "zh": "另有{n}种相同或更大规模的方式未列出。",
    },
    "one_more": {
        "en": "1 more way of the same or a larger size is not shown.",
        "zh": "另有1种相同或更大规模的方式未列出。",
    },
    "sets": {"en": "sets of up to {most} changes", "zh": "不超过{most}项变化的组合"},
    "single": {"en": "single changes", "zh": "单项变化"},
    "evaluations": {"en": "{n} evaluations", "zh": "共评价{n}次"},
    "one_evaluation": {"en": "1 evaluation", "zh": "共评价1次"},
    "again": {
        "en": ", and each way shown was evaluated again",
        "zh": "，所列方式均经再次评价",
    },
    "looked": {
        "en": "Looked at: {sets}, waiting until {until}; {evaluations}{again}. Nothing here "
        "promises what an authority will decide.",
        "zh": "已考察：{sets}，等待至{until}；{evaluations}{again}。"
        "本结果不代表任何机关将作出的决定。",
    },
}


def _label(answer: Answer, name: str, **parts: object) -> str:
    return title(_LABELS[name], answer.language).format(**parts)


def show_answer(console: Console, answer: Answer, name: str) -> None:
    """Print an answer about the subject called ``name``."""
    heading = Group(
        *([Text(Phrases(answer.language).say("draft"), "bold yellow")] if answer.draft else []),
        Text.assemble(
            (answer.grade_title, "bold"),
            " → ",
            (answer.wished_title, "bold"),
            _label(answer, "better"),
        ),
        Text(_total(answer), style="dim"),
    )
    console.print(about(console, name, answer.subject, heading))
    console.print(Padding(Text(answer.words), (1, 0, 0, 0)))
    if answer.suggestions:
        console.print(Padding(_table(answer), (1, 0, 0, 0)))
    for line in _notes(answer):
        console.print(Padding(Text(line, "dim"), (1, 0, 0, 0)))


def _total(answer: Answer) -> str:
    phrases, unit = Phrases(answer.language), answer.unit
    key = "no_total_as_of" if answer.total is None else "total_as_of"
    said = {"total": answer.total, "unit": phrases.of_number(unit, answer.total or "")}
    total = phrases.say(key, day=phrases.day(answer.as_of), **said)
    return phrases.listed([total, answer.scheme_title], "semicolon")


def _table(answer: Answer) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("", justify="right", style="bold")
    # Chinese has no spaces to wrap at: what does not fit goes on in the next line.
    table.add_column(_label(answer, "what"), ratio=3, overflow="fold")
    table.add_column(_label(answer, "under"), ratio=1, style="dim", overflow="fold")
    table.add_column(_label(answer, "then"), ratio=1, overflow="fold")
    for n, suggestion in enumerate(answer.suggestions, 1):
        table.add_row(
            str(n), _changes(answer, suggestion), _laws(suggestion), _then(answer, suggestion)
        )
    return table


def _changes(answer: Answer, suggestion: Suggestion) -> RenderableType:
    lines = []
    for change in suggestion.changes:
        kind = title(KINDS[Kind(change.kind)].titles, answer.language)
        heading = Phrases(answer.language).say("shown", title=kind, value="")
        lines.append(Text.assemble((heading, "bold"), change.words))
    return Group(*lines)


def _laws(suggestion: Suggestion) -> Text:
    laws = dict.fromkeys(change.law for change in suggestion.changes if change.law)
    return Text("\n".join(laws))


def _then(answer: Answer, suggestion: Suggestion) -> RenderableType:
    phrases = Phrases(answer.language)
    lines = [Text(suggestion.grade_title, "bold")]
    lines.append(Text(_label(answer, "from", day=phrases.day(suggestion.on))))
    if suggestion.until is not None:
        lines.append(Text(_label(answer, "until", day=phrases.day(suggestion.until))))
    return Group(*lines)


def _notes(answer: Answer) -> Iterator[str]:
    if answer.left_out == 1:
        yield _label(answer, "one_more")
    elif answer.left_out:
        yield _label(answer, "more", n=f"{answer.left_out:,}")
    yield from answer.not_supposed
    if not answer.reached:
        yield _looked(answer)


def _looked(answer: Answer) -> str:
    """How far was looked; where nothing is shown, nothing was evaluated again."""
    most, n = answer.most_changes, answer.evaluations
    return _label(
        answer,
        "looked",
        sets=_label(answer, "single") if most == 1 else _label(answer, "sets", most=most),
        until=Phrases(answer.language).day(answer.looked_ahead_until),
        evaluations=_label(answer, "one_evaluation" if n == 1 else "evaluations", n=f"{n:,}"),
        again=_label(answer, "again") if answer.suggestions else "",
    )
