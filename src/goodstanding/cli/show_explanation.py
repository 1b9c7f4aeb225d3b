"""An explanation as a page a person reads: the grade first, then why, then what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from goodstanding.cli.proofs import CheckedProof
from goodstanding.evaluation import Explanation
from goodstanding.evaluation.explanation import (
    CitedArticle,
    ExplainedRecord,
    ExplainedVersion,
    Part,
)

#: Records shown for one reason; all of them are in the JSON.
_SHOWN = 8
_CONFIDENCE = {
    "verified": "seen in the official text",
    "reproduced": "reproduced on real data",
    "secondary": "seen in a secondary source",
    "known": "not yet found in a source: do not rely on it as law",
}


def show_explanation(
    console: Console, found: Explanation, name: str, proofs: Sequence[CheckedProof]
) -> None:
    """Print the explanation of the subject called ``name``."""
    console.print(_heading(found, name))
    for part in found.parts:
        console.print(_part(part))
    console.print(_changes(found))
    if found.ignored:
        console.print(_section("What did not count", _ignored(found)))
    console.print(_section("The law behind it", _law(found)))
    console.print(_section("Proof", _proof(proofs)))


def _heading(found: Explanation, name: str) -> RenderableType:
    total = f"{found.total} {found.unit}" if found.total is not None else "no total"
    body = Group(
        Text(found.grade_title, style="bold"),
        Text(f"{total}, as of {found.as_of:%d %B %Y}"),
        Text(f"{found.scheme_title}, by {found.authority}", style="dim"),
    )
    return Panel(body, title=f"{escape(name)}  [dim]{found.subject}[/]", title_align="left")


def _part(part: Part) -> RenderableType:
    points = f" [bold]{part.points}[/]" if part.points is not None else ""
    cited = f" [dim]({_citation(part.article)})[/]" if part.article else ""
    lines: list[RenderableType] = [Text.from_markup(f"{escape(part.title)}:{points}{cited}")]
    if part.words:
        lines.append(Padding(Text(part.words, style="dim"), (0, 0, 0, 2)))
    if part.records:
        lines.append(Padding(Group(*_records(part.records)), (0, 0, 0, 2)))
    return Padding(Group(*lines), (1, 0, 0, 0))


def _records(records: Sequence[ExplainedRecord]) -> Iterator[RenderableType]:
    for record in records[:_SHOWN]:
        end = record.counts_until
        until = f"{end:%d %B %Y}" if end else "a newer one replaces it"
        day = record.decided_on or record.effective_on
        yield Text.from_markup(f"• [bold]{day}[/] {escape(record.document)}, counts until {until}")
        facts = " · ".join(f"{fact}: {value}" for fact, value in record.facts.items())
        if facts:
            yield Padding(Text(facts, "dim"), (0, 0, 0, 2))
        if len(record.versions) > 1:
            yield Padding(Group(*_versions(record.versions)), (0, 0, 0, 2))
    if len(records) > _SHOWN:
        yield Text(f"and {len(records) - _SHOWN} more (all of them with --json)", "dim")


def _versions(versions: Sequence[ExplainedVersion]) -> Iterator[RenderableType]:
    """What replaced what, when and why, and what became different."""
    for version in versions:
        replaced = "" if version.replaces is None else f" in place of {version.replaces:,}"
        yield Text(f"entry {version.leaf:,}{replaced}: {version.words}", "dim")
        for change in version.changes:
            line = f"{change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}"
            yield Padding(Text(line, "dim"), (0, 0, 0, 2))


def _changes(found: Explanation) -> RenderableType:
    lines: list[RenderableType] = [
        Text(f"• {near.words[0].upper()}{near.words[1:]}") for near in found.neighbours
    ]
    for change in found.changes:
        title = change.grade_title or "no standing, for no record is left"
        total = f" ({change.total} {found.unit})" if change.total is not None else ""
        why = f": {'; '.join(change.because)}" if change.because else ""
        lines.append(Text(f"• On {change.on:%d %B %Y}, by itself: {title}{total}{why}"))
    if not found.changes:
        until = f"{found.looked_ahead_until:%d %B %Y}"
        lines.append(Text(f"• By the passing of time alone nothing changes until {until}."))
    return _section("What would change it", lines)


def _ignored(found: Explanation) -> Iterator[RenderableType]:
    for ignored in found.ignored:
        records = "1 record" if ignored.count == 1 else f"{ignored.count:,} records"
        yield Text(f"• {records}: {ignored.why}")
        for versions in ignored.versions[:_SHOWN]:
            yield Padding(Group(*_versions(versions)), (0, 0, 0, 2))


def _law(found: Explanation) -> Iterator[RenderableType]:
    articles = {found.act.id: found.act}
    articles |= {part.article.id: part.article for part in found.parts if part.article}
    for article in articles.values():
        yield Text.from_markup(f"• [bold]{escape(_citation(article))}[/] {escape(article.title)}")
        mark = _CONFIDENCE.get(article.confidence, article.confidence)
        yield Padding(
            Text.from_markup(f"{escape(article.paraphrase)} [dim]({mark})[/]"), (0, 0, 0, 2)
        )


def _proof(proofs: Sequence[CheckedProof]) -> Iterator[RenderableType]:
    if not proofs:
        yield Text("• No record is behind this standing, so there is nothing to prove.")
        return
    held = sum(proof.verified for proof in proofs)
    checkpoint = proofs[0].proof.checkpoint
    what = "1 record" if len(proofs) == 1 else f"{len(proofs):,} records"
    yield Text(
        f"{'✓' if held == len(proofs) else '✗'} {held} of {what} proved to be in the sealed log "
        f"of {checkpoint.head.size:,} entries",
        style="green" if held == len(proofs) else "red",
    )
    yield Padding(
        Text(f"{checkpoint.origin}, root {checkpoint.head.root.hex()}", "dim"), (0, 0, 0, 2)
    )
    yield Padding(Text("Salts and paths for your own check: --json", "dim"), (0, 0, 0, 2))


def _section(
    title: str, lines: Sequence[RenderableType] | Iterator[RenderableType]
) -> RenderableType:
    body = Padding(Group(*lines), (0, 0, 0, 0))
    return Padding(Group(Text(title, style="bold underline"), body), (1, 0, 0, 0))


def _citation(article: CitedArticle) -> str:
    return f"{article.instrument}, {article.number}"
