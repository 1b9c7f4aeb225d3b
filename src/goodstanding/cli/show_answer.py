"""What would lead to a better grade, as a page a person reads: at most a screen, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.console import Group as Lines
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goodstanding.catalogue import Titles, wording
from goodstanding.cli.show_explanation import about
from goodstanding.evaluation.explain import Phrases
from goodstanding.evaluation.whatif import Answer, Group, Suggestion

#: The lines of a screen, and how many ways of one group are tried to fit into it.
_SCREEN, _OF_ONE_GROUP = 40, (3, 2, 1)
#: So many new records that could matter too are named.
_NAMED = 2

#: What stands around the sentences, in the languages these are written in.
_LABELS: dict[str, Titles] = {
    "better": {"en": " or better", "zh": "或更好"},
    "then": {"en": "→ {grade} from {day}", "zh": "→ 自{day}起为“{grade}”"},
    "until": {"en": ", until {day}", "zh": "，至{day}"},
    "and": {"en": " and ", "zh": "；并且"},
    "more": {"en": "{n} more ways are not shown: --all", "zh": "另有{n}种方式未列出：--all"},
    "one_more": {"en": "1 more way is not shown: --all", "zh": "另有1种方式未列出：--all"},
    "more_like_it": {"en": "and {n} more like it", "zh": "另有同类{n}种"},
    "more_records": {
        "en": "{n} more kinds of records may matter likewise: --all",
        "zh": "另有{n}类记录也可能有影响：--all",
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


def show_answer(console: Console, answer: Answer, name: str, *, everything: bool = False) -> None:
    """Print an answer about the subject called ``name``: on one screen, as far as the best way
    of one group fits there, or ``everything``."""
    if everything:
        console.print(_page(console, answer, name, [*answer.groups], None))
        return
    pages = (
        _page(console, answer, name, answer.groups[:groups], most)
        for groups in range(len(answer.groups), 0, -1)
        for most in (_OF_ONE_GROUP if groups == len(answer.groups) else (1,))
    )
    page = _page(console, answer, name, answer.groups[:1], 1)
    console.print(next((fit for fit in pages if _height(console, fit) <= _SCREEN), page))


def _height(console: Console, page: RenderableType) -> int:
    return len(console.render_lines(page))


def _page(
    console: Console, answer: Answer, name: str, groups: Sequence[Group], most: int | None
) -> RenderableType:
    """The page with so many ways of each of these groups."""
    parts: list[RenderableType] = [about(console, name, answer.subject, _heading(answer))]
    parts.append(Padding(Text(answer.words), (1, 0, 0, 0)))
    said, number = 0, 0
    for group in groups:
        ways = [answer.suggestions[n] for n in group.suggestions][:most]
        parts.append(Padding(Lines(*_group(answer, group, ways, number)), (1, 0, 0, 0)))
        number += len(ways)
        said += len(ways)
    left = answer.left_out + len(answer.suggestions) - said
    notes = list(_notes(answer, left, everything=most is None))
    if notes:
        parts.append(Padding(Lines(*(Text(line, "dim") for line in notes)), (1, 0, 0, 0)))
    return Lines(*parts)


def _heading(answer: Answer) -> RenderableType:
    draft = [Text(Phrases(answer.language).say("draft"), "bold yellow")] if answer.draft else []
    wished = Text.assemble(
        (answer.grade_title, "bold"), " → ", (answer.wished_title, "bold"),
        _label(answer, "better"),
    )  # fmt: skip
    if answer.sentences_in != answer.language:
        draft.insert(0, Text(Phrases(answer.language).say("english_only"), "yellow"))
    return Lines(*draft, wished, Text(_total(answer), style="dim"))


def _total(answer: Answer) -> str:
    phrases, unit = Phrases(answer.language), answer.unit
    key = "no_total_as_of" if answer.total is None else "total_as_of"
    said = {"total": answer.total, "unit": phrases.of_number(unit, answer.total or "")}
    total = phrases.say(key, day=phrases.day(answer.as_of), **said)
    return phrases.listed([total, answer.scheme_title], "semicolon")


def _group(
    answer: Answer, group: Group, ways: Sequence[Suggestion], before: int
) -> Iterator[RenderableType]:
    """A group: what it is made of, how that happens and under which law, then each way."""
    phrases = Phrases(answer.language)
    yield Text(group.words, "bold")
    changes = [change for way in ways for change in way.changes]
    laws = list(dict.fromkeys(change.law for change in changes if change.law))
    cited = phrases.say("in_brackets", text=phrases.listed(laws, "semicolon")) if laws else ""
    yield Padding(Text(f"{group.how}{cited}", "dim"), (0, 0, 0, 3))
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right", width=2, style="bold")
    # Chinese has no spaces to wrap at: what does not fit goes on in the next line.
    table.add_column(overflow="fold")
    for n, way in enumerate(ways, before + 1):
        table.add_row(str(n), _way(answer, way))
    more = group.left_out + len(group.suggestions) - len(ways)
    if more:
        table.add_row("", Text(_label(answer, "more_like_it", n=f"{more:,}"), "dim"))
    yield table


def _way(answer: Answer, way: Suggestion) -> Text:
    phrases = Phrases(answer.language)
    changes = _label(answer, "and").join(change.brief for change in way.changes)
    changes = changes[:1].upper() + changes[1:]
    then = _label(answer, "then", grade=way.grade_title, day=phrases.day(way.on))
    if way.until is not None:
        then += _label(answer, "until", day=phrases.day(way.until))
    return Text.assemble(f"{changes} ", (then, "bold"))


def _notes(answer: Answer, left: int, *, everything: bool) -> Iterator[str]:
    if left:
        yield _label(answer, "one_more" if left == 1 else "more", n=f"{left:,}")
    named = answer.not_supposed if everything else answer.not_supposed[:_NAMED]
    yield from named
    if len(named) < len(answer.not_supposed):
        yield _label(answer, "more_records", n=len(answer.not_supposed) - len(named))
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


def _label(answer: Answer, name: str, **parts: object) -> str:
    return wording(_LABELS[name], answer.language).format(**parts)
