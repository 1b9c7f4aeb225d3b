"""An explanation as a page a person reads: the grade first, then why, then what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from goodstanding.cli.console import shown, styled
from goodstanding.cli.proofs import CheckedProof
from goodstanding.evaluation import Explanation
from goodstanding.evaluation.explain import Phrases, ahead, beside
from goodstanding.evaluation.explanation import (
    CitedArticle,
    ExplainedRecord,
    ExplainedVersion,
    Part,
)

#: Records shown for one reason; all of them are in the JSON.
_SHOWN = 8
#: The cells that the frame takes of the line of its title.
_FRAME = 6


def show_explanation(
    console: Console, found: Explanation, name: str, proofs: Sequence[CheckedProof]
) -> None:
    """Print the explanation of the subject called ``name``."""
    page = _Page(found)
    console.print(about(console, name, found.subject, page.heading()))
    for part in found.parts:
        console.print(page.part(part))
    console.print(_section(page.say("heading_change"), page.changes()))
    if found.ignored:
        console.print(_section(page.say("heading_ignored"), page.ignored()))
    console.print(_section(page.say("heading_law"), page.law()))
    console.print(_section(page.say("heading_proof"), page.proof(proofs)))


def about(console: Console, name: str, subject: str, body: RenderableType) -> RenderableType:
    """What is said first of a subject, under its name; a name too long for the frame stands
    inside it, where it is not cut off."""
    title = Text.assemble(name, "  ", (subject, "dim"))
    if title.cell_len + _FRAME > console.width:
        return Panel(Group(title, body))
    return Panel(body, title=title, title_align="left")


class _Page:
    """The parts of the page, in the language of the explanation."""

    def __init__(self, found: Explanation) -> None:
        self.found = found
        self.phrases = Phrases(found.language)
        self.say = self.phrases.say

    def heading(self) -> RenderableType:
        found, day = self.found, self.phrases.day(self.found.as_of)
        key = "no_total_as_of" if found.total is None else "total_as_of"
        foreign = found.sentences_in != found.language
        return Group(
            *([Text(self.say("english_only"), style="yellow")] if foreign else []),
            *([Text(self.say("draft"), style="bold yellow")] if found.draft else []),
            *([Text(self.say("weak"), style="yellow")] if found.weak else []),
            Text(found.grade_title, style="bold"),
            Text(self.say(key, total=found.total, unit=self.unit(), day=day)),
            Text(
                self.say("by_authority", scheme=found.scheme_title, authority=found.authority),
                style="dim",
            ),
        )

    def unit(self) -> str:
        return self.phrases.of_number(self.found.unit, self.found.total or "")

    def aside(self, text: str) -> str:
        """In brackets, as markup."""
        return f"[dim]{self.say('in_brackets', text=shown(text))}[/]"

    def cited(self, article: CitedArticle) -> str:
        return self.phrases.citation(article.instrument, article.number)

    def part(self, part: Part) -> RenderableType:
        title, cited = shown(part.title), ""
        if part.article:
            cited = self.aside(self.cited(part.article))
        heading = self.say("headed", title=title)
        if part.points is not None:
            heading = self.say("shown", title=title, value=f"[bold]{part.points}[/]")
        lines: list[RenderableType] = [styled(f"{heading}{cited}")]
        if part.words:
            lines.append(Padding(Text(part.words, style="dim"), (0, 0, 0, 2)))
        if part.records:
            lines.append(Padding(Group(*self.records(part.records)), (0, 0, 0, 2)))
        return Padding(Group(*lines), (1, 0, 0, 0))

    def records(self, records: Sequence[ExplainedRecord]) -> Iterator[RenderableType]:
        for record in records[:_SHOWN]:
            yield from self.record(record)
        if len(records) > _SHOWN:
            yield Text(self.say("and_more", count=len(records) - _SHOWN), "dim")

    def record(self, record: ExplainedRecord) -> Iterator[RenderableType]:
        end = record.counts_until
        until = self.say("counts_until", day=self.phrases.day(end)) if end else ""
        until = until or self.say("counts_on")
        day = record.decided_on or record.effective_on
        points = f" [bold]{record.points}[/]" if record.points is not None else ""
        line = f"• [bold]{day}[/] {shown(record.name)}{points}{self.say('comma')}{until}"
        yield styled(line)
        facts = " · ".join(
            self.say("shown", title=fact, value=value) for fact, value in record.facts.items()
        )
        notes = [*([facts] if facts else []), *(d.words for d in record.decays), *record.remarks]
        notes += [record.end] if record.end else []
        for note in notes:
            yield Padding(Text(note, "dim"), (0, 0, 0, 2))
        if len(record.versions) > 1:
            yield Padding(Group(*self.versions(record.versions)), (0, 0, 0, 2))

    def versions(self, versions: Sequence[ExplainedVersion]) -> Iterator[RenderableType]:
        """What replaced what, when and why, and what became different."""
        nothing = self.say("nothing")
        for version in versions:
            key = "entry" if version.replaces is None else "entry_replacing"
            said = {"leaf": f"{version.leaf:,}", "words": version.words}
            yield Text(self.say(key, replaced=f"{version.replaces or 0:,}", **said), "dim")
            for change in version.changes:
                line = f"{change.field}: {change.before or nothing} → {change.after or nothing}"
                yield Padding(Text(line, "dim"), (0, 0, 0, 2))

    def changes(self) -> Iterator[RenderableType]:
        for sentence in (*beside(self.found), *ahead(self.found)):
            yield Text(f"• {sentence}")

    def ignored(self) -> Iterator[RenderableType]:
        for ignored in self.found.ignored:
            counted = self.phrases.records(ignored.count)
            yield Text("• " + self.say("shown", title=counted, value=ignored.why))
            for versions in ignored.versions[:_SHOWN]:
                yield Padding(Group(*self.versions(versions)), (0, 0, 0, 2))

    def law(self) -> Iterator[RenderableType]:
        found = self.found
        articles = {found.act.id: found.act}
        articles |= {part.article.id: part.article for part in found.parts if part.article}
        for article in articles.values():
            cited = shown(self.cited(article))
            yield styled(f"• [bold]{cited}[/] {shown(article.title)}")
            mark = self.say(article.confidence)
            line = f"{shown(article.paraphrase)}{self.aside(mark)}"
            yield Padding(styled(line), (0, 0, 0, 2))

    def proof(self, proofs: Sequence[CheckedProof]) -> Iterator[RenderableType]:
        if not proofs:
            yield Text("• " + self.say("nothing_to_prove"))
            return
        held = sum(proof.verified for proof in proofs)
        checkpoint, all_held = proofs[0].proof.checkpoint, held == len(proofs)
        counted = self.phrases.records(len(proofs))
        said = self.say("proved", held=held, records=counted, size=f"{checkpoint.head.size:,}")
        style = "green" if all_held else "red"
        yield Text(f"{'✓' if all_held else '✗'} {said}", style=style)
        root = self.say("root", origin=checkpoint.origin, root=checkpoint.head.root.hex())
        yield Padding(Text(root, "dim"), (0, 0, 0, 2))
        yield Padding(Text(self.say("own_check"), "dim"), (0, 0, 0, 2))


def _section(title: str, lines: Iterator[RenderableType]) -> RenderableType:
    body = Padding(Group(*lines), (0, 0, 0, 0))
    return Padding(Group(Text(title, style="bold underline"), body), (1, 0, 0, 0))
