"""The stories of the demonstration, told from the register: why, in two languages, and what if."""

from __future__ import annotations

from rich.padding import Padding
from rich.table import Table

from goodstanding.audit import events
from goodstanding.cli.access_commands import show_entries
from goodstanding.cli.console import out, shown
from goodstanding.cli.demo_stage import Stage
from goodstanding.cli.proofs import prove
from goodstanding.cli.show_answer import show_answer
from goodstanding.demo import AS_OF, STORIES, Story
from goodstanding.evaluation import Explanation, explain
from goodstanding.evaluation.publishing import is_draft
from goodstanding.evaluation.whatif import Limits, what_if

#: Which stories are opened: explained in English, in Chinese, and asked what would change them.
IN_ENGLISH, IN_CHINESE, ASKED = "weighed", "held", "direct_d"
_WISHED = "B"
_PURPOSE = "demonstration"
#: Reasons that say little without their words.
_IN_WORDS = ("group", "joint", "exception")


def tell_stories(stage: Stage) -> None:
    """All stories in short, then those that are opened."""
    out.print(f"[bold]{len(STORIES)} stories[/], as of {AS_OF}\n")
    for story in STORIES:
        found, proved = _explained(stage, story, "en")
        _show_short(story, found)
        if story.id == IN_ENGLISH:
            _show_parts(found)
            out.print(f"  [dim]{proved}[/]")
        if story.id == IN_CHINESE:
            _show_chinese(stage, story)
        out.print()
    _ask(stage, next(story for story in STORIES if story.id == ASKED))


def show_looks(stage: Stage) -> None:
    """Who looked at the file of the subject that asked."""
    story = next(story for story in STORIES if story.id == ASKED)
    noted = stage.access.note(
        events.ACCESS_LOG_READ, by=stage.by, clock=stage.clock, subject=story.subject
    )
    out.print(f"\n[bold]Who looked at the file of {shown(story.name)}[/], as it may see itself")
    show_entries(stage.access.looks_at(story.subject, noted=noted))
    size = stage.access.log.head.size
    out.print(f"  [dim]the access log holds {size:,} entries: every act and every look[/]\n")


def _explained(stage: Stage, story: Story, language: str) -> tuple[Explanation, str]:
    """The explanation, and in words how many of the records behind it the log holds."""
    node, scheme = stage.node, stage.schemes[story.scheme]
    noted = stage.access.note(
        events.FILE_EXPLAINED, by=stage.by, clock=stage.clock, subject=story.subject,
        scheme=scheme.name, as_of=AS_OF.isoformat(), purpose=_PURPOSE,
    )  # fmt: skip
    records = node.records_of(story.subject, noted=noted)
    found = explain(
        scheme, records, subject=story.subject, as_of=AS_OF, known_at=None, language=language,
        draft=is_draft(node, scheme, None, noted=noted),
    )  # fmt: skip
    leaves = {record.leaf for part in found.parts for record in part.records}
    proofs = prove(node.log, [record for record in records if record.leaf in leaves])
    held = sum(proof.verified for proof in proofs)
    return found, f"{held} of {len(proofs)} records behind it proved to be in the log"


def _show_short(story: Story, found: Explanation) -> None:
    total = f", {found.total} {found.unit}" if found.total is not None else ""
    short = found.grade.casefold() != found.grade_title.casefold() and len(found.grade) == 1
    grade = f"{found.grade}, {found.grade_title}" if short else found.grade_title
    draft = "[yellow]draft[/] " if found.draft else ""
    name = f"[bold]{shown(story.name)}[/] ({story.subject})"
    out.print(f"{name}: {draft}[bold]{shown(grade)}[/]{total}")
    out.print(Padding(story.telling, (0, 0, 0, 2)))


def _show_parts(found: Explanation) -> None:
    """Each reason with its points and words, and when the grade changes by itself."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for part in found.parts:
        words = f": {part.words}" if part.kind in _IN_WORDS else ""
        law = f" [dim]({shown(part.article.number)})[/]" if part.article else ""
        table.add_row(part.points or "", f"{shown(part.title + words)}{law}")
    out.print(Padding(table, (0, 0, 0, 4)))
    # Fading points change the total nearly every week; what matters is the grade.
    grades = [change for change in found.changes if change.grade != found.grade]
    if grades:
        then = f"{grades[0].grade_title or 'no standing'} {grades[0].total or ''}".rstrip()
        out.print(f"  [dim]on {grades[0].on}, by itself: {shown(then)}[/]")


def _show_chinese(stage: Stage, story: Story) -> None:
    """The sentences of the explanation, with the first of the changes to come."""
    found, _ = _explained(stage, story, "zh")
    until = len(found.sentences) - max(0, len(found.changes) - 1)
    for sentence in found.sentences[:until]:
        out.print(Padding(shown(sentence), (0, 0, 0, 4)))


def _ask(stage: Stage, story: Story) -> None:
    node, scheme = stage.node, stage.schemes[story.scheme]
    noted = stage.access.note(
        events.CHANGES_ASKED, by=stage.by, clock=stage.clock, subject=story.subject,
        scheme=scheme.name, as_of=AS_OF.isoformat(), grade=_WISHED, purpose=_PURPOSE,
    )  # fmt: skip
    answer = what_if(
        scheme, node.records_of(story.subject, noted=noted), subject=story.subject,
        grade=_WISHED, as_of=AS_OF, known_at=None, language="en", limits=Limits(most_changes=1),
    )  # fmt: skip
    out.print(f"[bold]What would {shown(story.name)} have to do for {_WISHED}?[/]")
    show_answer(out, answer, story.name)
