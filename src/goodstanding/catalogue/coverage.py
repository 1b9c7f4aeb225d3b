"""What became of each noted fact about the law in a pack: encoded, and how surely; or why not.

Invariant: every fact is named exactly once, whatever is named exists, and nothing in the pack is
marked as better known than the fact it stands for.

A pack says it in ``coverage.yaml``: under ``encoded`` by file and path, what in the pack says it;
under ``left_out`` the paths (a final ``*`` takes all below), one reason, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.facts import CLAIMS, Mark, NotedFact, read_facts
from goodstanding.catalogue.misfits import misfits
from goodstanding.catalogue.model import Pack
from goodstanding.catalogue.shapes import Shape
from goodstanding.kernel import GoodStandingError


class Reason(StrEnum):
    """Why a fact is not in the pack."""

    LATER = "later"
    ELSEWHERE = "elsewhere"
    SOFTWARE = "software"
    GAP = "gap"
    KNOWN = "known"
    NEVER = "never"
    BACKGROUND = "background"


class EncodedShape(Shape):
    by: Annotated[list[str], Field(min_length=1)]
    mark: Literal["V", "V2", "K"] | None = None
    but: str | None = None


class LeftOutShape(Shape):
    reason: Annotated[Reason, Field(strict=False)]
    why: str
    files: dict[str, Annotated[list[str], Field(min_length=1)]]


class CoverageShape(Shape):
    pack: str
    encoded: dict[str, dict[str, EncodedShape]]
    left_out: list[LeftOutShape] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A fact that the pack says: by what, how sure it is, and what of it is left out."""

    fact: NotedFact
    mark: Mark
    by: tuple[str, ...]
    but: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A fact that the pack does not say, why, and the path or pattern that names it."""

    fact: NotedFact
    reason: Reason
    why: str
    named: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The facts of a folder in their order, sorted into what became of them."""

    encoded: tuple[Encoded, ...]
    left_out: tuple[LeftOut, ...]
    not_looked_at: tuple[NotedFact, ...]
    findings: tuple[GoodStandingError, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of coverage.yaml: what it names, and what it says of that."""

    file: str
    pattern: str
    place: tuple[str | int, ...]
    says: EncodedShape | LeftOutShape

    def names(self, fact: NotedFact) -> bool:
        if fact.file != self.file:
            return False
        if self.pattern.endswith("*"):
            return fact.path.startswith(self.pattern[:-1])
        return fact.path == self.pattern


def read_coverage(pack: Pack, folder: Path) -> Coverage:
    """What became of the facts noted in ``folder``. Raises GS-PACK-002, 003, 010, 040 and 041."""
    path = pack.folder / "coverage.yaml"
    if not path.is_file():
        raise GoodStandingError(errors.NO_COVERAGE, pack=pack.id)
    facts = read_facts(folder)
    if not facts:
        raise GoodStandingError(errors.NO_FACTS, pack=pack.id, folder=folder)
    document = read_document(path)
    entries = list(_entries(_shape(document)))
    known = claims(pack)
    encoded: list[Encoded] = []
    left_out: list[LeftOut] = []
    missed: list[NotedFact] = []
    findings: list[GoodStandingError] = []
    for fact in facts:
        naming = [entry for entry in entries if entry.names(fact)]
        if len(naming) != 1:
            missed += [] if naming else [fact]
            findings.append(_not_once(fact, naming, document))
            continue
        says = naming[0].says
        if isinstance(says, LeftOutShape):
            left_out.append(LeftOut(fact, says.reason, says.why, naming[0].pattern))
            continue
        mark = _mark(fact, says)
        findings += _check(known, fact, says, mark, document, naming[0].place)
        encoded.append(Encoded(fact, Mark.GAP if mark is None else mark, tuple(says.by), says.but))
    findings += _idle(entries, facts, document)
    return Coverage(tuple(encoded), tuple(left_out), tuple(missed), tuple(findings))


def _shape(document: Document) -> CoverageShape:
    try:
        return CoverageShape.model_validate(document.data)
    except ValidationError as error:
        first = next(misfits(error, document))
        raise GoodStandingError(
            errors.BAD_SHAPE, place=first.place, field=first.field, problem=first.problem
        ) from None


def _entries(shape: CoverageShape) -> Iterator[_Entry]:
    for file, facts in shape.encoded.items():
        for path, says in facts.items():
            yield _Entry(file, path, ("encoded", file, path), says)
    for n, left in enumerate(shape.left_out):
        for file, patterns in left.files.items():
            for m, pattern in enumerate(patterns):
                yield _Entry(file, pattern, ("left_out", n, "files", file, m), left)


def _not_once(fact: NotedFact, naming: Sequence[_Entry], document: Document) -> GoodStandingError:
    if not naming:
        return GoodStandingError(errors.NOT_LOOKED_AT, place=document.place(), fact=fact.address)
    place = document.place(*naming[1].place)
    return GoodStandingError(
        errors.COVERED_TWICE, place=place, fact=fact.address, times=len(naming)
    )


def _mark(fact: NotedFact, says: EncodedShape) -> Mark | None:
    """The worse of what the note and the entry say."""
    given = [fact.mark] if fact.mark is not None else []
    if says.mark is not None:
        given.append(Mark[says.mark])
    return max(given, default=None)


def _check(
    known: Mapping[str, Mark | None],
    fact: NotedFact,
    says: EncodedShape,
    mark: Mark | None,
    document: Document,
    place: tuple[str | int, ...],
) -> Iterator[GoodStandingError]:
    if mark is None:
        yield GoodStandingError(errors.NO_MARK, place=document.place(*place), fact=fact.address)
    for n, part in enumerate(says.by):
        at = document.place(*place, "by", n)
        if part not in known:
            yield GoodStandingError(
                errors.UNKNOWN_REFERENCE, place=at, what="part of the pack", name=part
            )
            continue
        claim = known[part]
        if mark is not None and claim is not None and claim < mark:
            yield GoodStandingError(
                errors.BETTER_MARK,
                place=at,
                fact=fact.address,
                part=part,
                claimed=claim.name,
                mark=mark.name,
            )


def _idle(
    entries: Sequence[_Entry], facts: Sequence[NotedFact], document: Document
) -> Iterator[GoodStandingError]:
    for entry in entries:
        if not any(entry.names(fact) for fact in facts):
            yield GoodStandingError(
                errors.NO_SUCH_FACT,
                place=document.place(*entry.place),
                fact=f"{entry.file}#{entry.pattern}",
            )


def claims(pack: Pack) -> Mapping[str, Mark | None]:
    """Every part of a pack as ``kind/name``, and the mark it claims; None if it claims none.

    An item claims what the least certain of its articles does, a scheme what its act does.
    """
    law = {name: CLAIMS[article.confidence] for name, article in pack.articles.items()}
    acts = {name: _act(file.document) for name, file in pack.schemes.items()}
    return {
        **{f"law/{name}": mark for name, mark in law.items()},
        **{f"parameters/{p.id}": CLAIMS[p.confidence] for p in pack.parameters.values()},
        **{f"tables/{t.id}": CLAIMS[t.confidence] for t in pack.tables.values()},
        **{
            f"catalogue/{item.id}": max(
                (law[article] for article in item.basis if article in law), default=None
            )
            for item in pack.items.values()
        },
        **{f"schemes/{name}": law.get(act) for name, act in acts.items()},
        **{f"subject_kinds/{kind}": None for kind in pack.subject_kinds},
        **{f"identifier_schemes/{scheme}": None for scheme in pack.identifier_schemes},
        **{f"authorities/{authority}": None for authority in pack.authorities},
    }


def _act(document: Document) -> str:
    data = document.data
    return str(data.get("act")) if isinstance(data, dict) else ""
