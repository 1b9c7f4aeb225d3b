"""How a pack keeps persons out: what its schemes and sources must say about it.

Invariant: what looks alike is told apart by a mark that is looked for, never by trust. What is
asked of every pack here is a finding of `pack lint`; only what cannot be run stops a pack from
loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.model import IdentifierScheme, Pack, PersonsMark, Source, ToldBy
from goodstanding.catalogue.number_checks import CHECKS, NO_CHECK
from goodstanding.catalogue.patterns import pattern_problem, relation
from goodstanding.kernel import GoodStandingError, Nature
from goodstanding.kernel.local_ids import LOCAL_ID_PATTERN


def check_schemes(pack: Pack, document: Document) -> Iterator[GoodStandingError]:
    """Identifier schemes that cannot be used: a bad pattern, an unknown check, a weak one."""
    for scheme in pack.identifier_schemes.values():
        at = ("identifier_schemes", scheme.id)
        if scheme.algorithm is not None and scheme.algorithm not in CHECKS:
            yield GoodStandingError(
                errors.UNKNOWN_CHECK,
                place=document.place(*at, "check"),
                check=scheme.check,
                known=", ".join([NO_CHECK, *CHECKS]),
            )
        mark = scheme.told_from_persons_by
        for pattern, way in (
            (scheme.pattern, ("pattern",)),
            (mark and mark.pattern, ("told_from_persons_by", "pattern")),
        ):
            if pattern and (problem := pattern_problem(pattern)):
                yield GoodStandingError(
                    errors.BAD_PATTERN,
                    place=document.place(*at, *way),
                    what=scheme.id,
                    problem=problem,
                )
        if scheme.weak and (problem := _weak_problem(scheme)):
            yield GoodStandingError(
                errors.WEAK_SCHEME,
                place=document.place(*at, "weak"),
                scheme=scheme.id,
                problem=problem,
                pattern=LOCAL_ID_PATTERN,
            )


def _weak_problem(scheme: IdentifierScheme) -> str | None:
    if scheme.nature is Nature.NATURAL_PERSON:
        return "a person is named by nobody's rule"
    if scheme.algorithm is not None:
        return "its numbers have no check character"
    return None if scheme.pattern == LOCAL_ID_PATTERN else "its pattern is another"


def persons_schemes(pack: Pack) -> list[IdentifierScheme]:
    """The schemes whose numbers persons have."""
    return [s for s in pack.identifier_schemes.values() if s.nature is Nature.NATURAL_PERSON]


def numbers_tell(scheme: IdentifierScheme) -> bool:
    """Whether the numbers of the scheme have check characters, which others rarely pass."""
    return scheme.algorithm is not None and CHECKS[scheme.algorithm].tells


def lint_persons(pack: Pack) -> list[GoodStandingError]:
    """What the pack leaves unsaid about checks and about persons: GS-PACK-060 to 065."""
    if pack.specimen is not None:
        return []
    head = read_document(pack.folder / "pack.yaml")
    found = [
        finding for s in pack.identifier_schemes.values() for finding in _scheme(pack, s, head)
    ]
    for source in pack.sources.values():
        found += _source(pack, source, read_document(source.sql_path.with_suffix(".yaml")))
    return found


def _scheme(pack: Pack, scheme: IdentifierScheme, head: Document) -> Iterator[GoodStandingError]:
    at = ("identifier_schemes", scheme.id)
    if scheme.check is None:
        yield GoodStandingError(
            errors.NO_CHECK_SAID, place=head.place(*at, "check"), scheme=scheme.id
        )
    if scheme.nature is Nature.NATURAL_PERSON:
        return
    mark = scheme.told_from_persons_by
    if mark is not None:
        problem = _mark_problem(pack, scheme, mark)
        if problem:
            place = head.place(*at, "told_from_persons_by")
            yield GoodStandingError(
                errors.MARK_TELLS_NOTHING, place=place, scheme=scheme.id, problem=problem
            )
        return
    for other in persons_schemes(pack):
        told = numbers_tell(scheme) and numbers_tell(other)
        if not told and may_overlap(scheme.pattern, other.pattern):
            yield GoodStandingError(
                errors.LOOKS_LIKE_A_PERSON,
                place=head.place(*at, "pattern"),
                scheme=scheme.id,
                other=other.id,
            )


def may_overlap(pattern: str, other: str) -> bool:
    """Whether some value may fit both; what is not understood may."""
    found = relation(pattern, other)
    return found is None or found.overlap


def _mark_problem(pack: Pack, scheme: IdentifierScheme, mark: PersonsMark) -> str | None:
    if (mark.pattern is None) != mark.each_source:
        return "it is not one pattern or `each_source`"
    for other in persons_schemes(pack) if mark.pattern is not None else ():
        if may_overlap(mark.pattern or "", other.pattern):
            return f"{other.id!r} may fit {mark.pattern!r} too"
    return None


def _source(pack: Pack, source: Source, document: Document) -> Iterator[GoodStandingError]:
    persons = source.persons
    if persons is None:
        yield GoodStandingError(
            errors.PERSONS_NOT_TOLD, place=document.place("persons"), source=source.id
        )
        return
    what = None
    if persons.told_by is ToldBy.MARKS and not persons.marks and persons.when is None:
        what = "which marks tell a person"
    named = {s for item in source.items for s in pack.items[item].identifier_schemes}
    for scheme in (pack.identifier_schemes[name] for name in sorted(named)):
        mark = scheme.told_from_persons_by
        if mark is not None and mark.each_source and persons.when is None:
            what = f"`when` a row is about a person, for numbers of {scheme.id!r} do not tell"
    if what:
        yield GoodStandingError(
            errors.PERSONS_NEED_CONDITION,
            place=document.place("persons"),
            source=source.id,
            what=what,
        )
