"""From a pack's scheme files to schemes.

Everything wrong is collected, each with its file, line and column; a scheme with any
finding does not load. There is no way to a scheme about natural persons.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TypeVar

from pydantic import ValidationError

from goodstanding.catalogue import Document, Pack, misfits
from goodstanding.evaluation import errors
from goodstanding.evaluation.as_of_uses import all_decays, any_daily
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.build_grades import absence, grades
from goodstanding.evaluation.build_indicators import derived, indicator
from goodstanding.evaluation.build_rules import group, rule
from goodstanding.evaluation.build_selections import EVERY, selection
from goodstanding.evaluation.language import Unit
from goodstanding.evaluation.model import Cycle, Scheme, Take, Unfed
from goodstanding.evaluation.shapes import CycleShape, SchemeShape, Shape
from goodstanding.kernel import GoodStandingError, refuse_natural_person

S = TypeVar("S", bound=Shape)

#: `<id>.v<N>.yaml`: an older version of the scheme `<id>`.
_VERSIONED = re.compile(r"(?P<id>.+)\.v(?P<version>[1-9][0-9]*)")


def load_schemes(pack: Pack) -> dict[str, Scheme]:
    """The newest version of every scheme of the pack, by id. Raises the first finding."""
    return {name: load_scheme(pack, name) for name in scheme_ids(pack)}


def scheme_ids(pack: Pack) -> list[str]:
    """The ids of the pack's schemes, sorted."""
    return sorted({scheme_id(stem) for stem in pack.schemes})


def scheme_id(stem: str) -> str:
    """The id of a scheme by the name of one of its files, without `.yaml`."""
    found = _VERSIONED.fullmatch(stem)
    return found["id"] if found else stem


def load_scheme(pack: Pack, name: str, as_of: date | None = None) -> Scheme:
    """The version of a scheme that is in force on ``as_of``; the newest without it.

    Before all versions it is the earliest, after them the last begun, and ``check_applies``
    refuses. Raises GS-SCHEME-014 if there is no such scheme, 048, or the first finding.
    """
    versions = scheme_versions(pack, name)
    if as_of is None:
        return versions[-1]
    begun = [scheme for scheme in versions if scheme.in_force.start <= as_of]
    return begun[-1] if begun else versions[0]


def scheme_versions(pack: Pack, name: str) -> list[Scheme]:
    """Every version of a scheme, by the day it came into force. Raises as ``load_scheme``."""
    stems = [stem for stem in sorted(pack.schemes) if scheme_id(stem) == name]
    if not stems:
        known = ", ".join(scheme_ids(pack)) or "none"
        raise GoodStandingError(errors.NO_SUCH_SCHEME, scheme=name, pack=pack.id, known=known)
    found = []
    for stem in stems:
        scheme, findings = read_scheme(pack, pack.schemes[stem].document)
        if findings or scheme is None:
            raise findings[0]
        found.append((scheme, pack.schemes[stem].document))
    found.sort(key=lambda version: version[0].in_force.start)
    if overlaps := overlapping(found):
        raise overlaps[0]
    return [scheme for scheme, _ in found]


def overlapping(versions: list[tuple[Scheme, Document]]) -> list[GoodStandingError]:
    """Where a version begins before the one before it ends; ``versions`` by their beginnings."""
    return [
        GoodStandingError(
            errors.OVERLAPPING_VERSIONS,
            place=document.place("in_force"),
            scheme=later.id,
            earlier=earlier.version,
            later=later.version,
            day=later.in_force.start,
        )
        for (earlier, document), (later, _) in pairwise(versions)
        if earlier.in_force.overlaps(later.in_force)
    ]


def read_scheme(pack: Pack, document: Document) -> tuple[Scheme | None, list[GoodStandingError]]:
    """The scheme if it is in order, and everything wrong with it if not."""
    shape, findings = read_shape(SchemeShape, document)
    if shape is None:
        return None, findings
    builder = Builder(pack, document, shape)
    scheme = _scheme(builder, shape)
    return (None if builder.findings else scheme), builder.findings


def read_shape(shape: type[S], document: Document) -> tuple[S | None, list[GoodStandingError]]:
    """The document in its shape, or what does not fit, each with its place."""
    try:
        return shape.model_validate(document.data), []
    except ValidationError as error:
        found = list(misfits(error, document))
    findings = []
    for misfit in found:
        if misfit.kind == "missing" and misfit.at[-1] == "article":
            what = ".".join(map(str, misfit.at[:-1]))
            findings.append(GoodStandingError(errors.NO_ARTICLE, place=misfit.place, what=what))
            continue
        field, problem = misfit.field, misfit.problem
        findings.append(
            GoodStandingError(errors.BAD_SHAPE, place=misfit.place, field=field, problem=problem)
        )
    return None, findings


def _scheme(b: Builder, shape: SchemeShape) -> Scheme | None:
    b.attempt(lambda: _head(b, shape))
    period = b.attempt(lambda: b.period(shape.in_force, "in_force"))
    base = b.attempt(lambda: (b.reference(shape.base, "base", limit=shape.scale),))
    cycle = b.attempt(lambda: (_cycle(b, shape.cycle),))
    b.selections = b.each(shape.selections, partial(selection, b))
    b.indicators = b.each(shape.indicators, partial(indicator, b))
    # With an indicator missing, everything that uses it would be refused once more.
    complete = len(b.indicators) == len(shape.indicators)
    if complete:
        derived(b)
        complete = len(b.derived) == len(shape.derived)
    groups = b.each(shape.groups, partial(group, b))
    rules = b.each(shape.rules, partial(rule, b)) if complete else {}
    made = b.attempt(lambda: grades(b, complete))
    gone = b.attempt(lambda: (absence(b),)) if complete else None
    if b.findings or period is None or base is None or cycle is None:
        return None
    if made is None or gone is None:
        return None
    return Scheme(
        id=shape.id,
        pack=b.pack,
        titles=shape.titles,
        authority=shape.authority,
        subject_kind=shape.subject_kind,
        act=shape.act,
        version=shape.version,
        in_force=period,
        unit=shape.unit,
        scale=shape.scale,
        base=base[0],
        selections=b.selections,
        indicators=b.indicators,
        rules=rules,
        groups=groups,
        grades=made,
        absence=gone[0],
        parameters={name: b.pack.parameters[name] for name in sorted(b.parameters)},
        population={
            name: item
            for name, item in sorted(b.pack.items.items())
            if shape.subject_kind in item.subject_kinds
        },
        daily=_daily(b),
        derived=b.derived,
        tables={name: b.pack.tables[name] for name in sorted(b.tables)},
        cycle=cycle[0],
        unfed=_unfed(shape),
    )


def _unfed(shape: SchemeShape) -> Unfed | None:
    if shape.unfed is None:
        return None
    named = shape.unfed.selections
    return Unfed(None if named is None else tuple(named), shape.unfed.why)


def _daily(b: Builder) -> bool:
    """Comparing as_of with a date changes something on that date only, and is not daily."""
    counted = any(indicator.take is Take.DAYS_SINCE for indicator in b.indicators.values())
    return counted or any_daily(b.nodes) or bool(all_decays(b.nodes))


def _head(b: Builder, shape: SchemeShape) -> None:
    stem = b.document.path.stem
    if stem not in (shape.id, f"{shape.id}.v{shape.version}"):
        raise GoodStandingError(
            errors.NAME_MISMATCH,
            place=b.place("id"),
            file=stem,
            name=shape.id if scheme_id(stem) == stem else f"{shape.id}.v{shape.version}",
        )
    b.titles(shape.titles, "The scheme", "titles")
    b.known("authority", shape.authority, b.pack.authorities, "authority")
    kind = b.known("subject kind", shape.subject_kind, b.pack.subject_kinds, "subject_kind")
    refuse_natural_person(
        kind.nature, f"The subject of the scheme {shape.id!r}", place=b.place("subject_kind")
    )
    b.article(shape.act, "act")


def _cycle(b: Builder, shape: CycleShape | None) -> Cycle | None:
    if shape is None:
        return None
    lag = None if shape.lag is None else b.length(shape.lag, Unit.MONTHS, "cycle", "lag")
    return Cycle(EVERY[shape.every], lag)
