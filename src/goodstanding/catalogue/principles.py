"""Which principles a specimen breaks: DESIGN section 2, read off the pack's own files.

Invariant: a specimen is shown, never applied. A pack that may be applied is refused for the same
defects long before, by the checks of ``build``, ``references`` and the schemes' own loader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document
from goodstanding.catalogue.model import Effect, Item, Pack, SchemeFile
from goodstanding.kernel import FactType, GoodStandingError, Nature

Documents = Mapping[tuple[str, str], Document]


def check_principles(pack: Pack, documents: Documents) -> list[GoodStandingError]:
    """Every principle the pack breaks, with its place; empty for a lawful pack."""
    found = list(_head(pack, documents["pack", pack.id]))
    for item in pack.items.values():
        found += _item(pack, item, documents["catalogue", item.id])
    for scheme in pack.schemes.values():
        found += _scheme(pack, scheme)
    return found


def _head(pack: Pack, document: Document) -> Iterator[GoodStandingError]:
    specimen = pack.specimen
    if specimen is None:
        return
    if not specimen.consent:
        place = document.place("specimen", "consent")
        problem = "nothing that was read asks those who were scored for consent"
        yield GoodStandingError(errors.BREAKS_PERSONS, place=place, problem=problem)
    if not specimen.notice:
        place = document.place("specimen", "notice")
        problem = "nothing that was read gives notice and time to reply before points go"
        yield GoodStandingError(errors.BREAKS_HEARING, place=place, problem=problem)


def _item(pack: Pack, item: Item, document: Document) -> Iterator[GoodStandingError]:
    if _about_persons(pack, item.subject_kinds):
        place = document.place("subject_kinds")
        problem = f"the item {item.id!r} records natural persons"
        yield GoodStandingError(errors.BREAKS_PERSONS, place=place, problem=problem)
    if not item.basis:
        place = document.place("basis")
        problem = f"the item {item.id!r} names no article that permits it"
        yield GoodStandingError(errors.BREAKS_CATALOGUE, place=place, problem=problem)
        problem = f"a record of {item.id!r} rests on no decision under a law"
        yield GoodStandingError(errors.BREAKS_GROUNDS, place=place, problem=problem)
    if item.effect is Effect.ADVERSE and not item.ends:
        place = document.place("effect")
        problem = f"a record of {item.id!r} is adverse and never ends"
        yield GoodStandingError(errors.BREAKS_ENDS, place=place, problem=problem)
    if item.effect is Effect.ADVERSE and not item.basis:
        yield from _chosen_points(item, document)


def _chosen_points(item: Item, document: Document) -> Iterator[GoodStandingError]:
    """Points that whoever reports may choose, where no article sets how."""
    for fact in item.facts.values():
        if fact.type in (FactType.INTEGER, FactType.DECIMAL) and fact.unit == "points":
            between = f"from {fact.minimum} to {fact.maximum}" if fact.minimum else "freely"
            problem = f"whoever reports {item.id!r} chooses the points, {between}"
            place = document.place("facts", fact.name)
            yield GoodStandingError(errors.BREAKS_EXPLAINED, place=place, problem=problem)


def _scheme(pack: Pack, scheme: SchemeFile) -> Iterator[GoodStandingError]:
    document = scheme.document
    data = document.data if isinstance(document.data, dict) else {}
    if not _about_persons(pack, [str(data.get("subject_kind"))]):
        return
    name = document.path.stem
    place = document.place("subject_kind")
    problem = f"the scheme {name!r} scores natural persons"
    yield GoodStandingError(errors.BREAKS_PERSONS, place=place, problem=problem)
    selections = data.get("selections")
    authorities: set[str] = set()
    for selected, selection in (selections if isinstance(selections, dict) else {}).items():
        items = [pack.items[i] for i in selection.get("items", []) if i in pack.items]
        authorities.update(a for item in items for a in item.authorities)
        if "window" not in selection and any(i.effect is Effect.ADVERSE for i in items):
            problem = f"in {name!r} what {selected!r} selects counts without end"
            where = document.place("selections", selected)
            yield GoodStandingError(errors.BREAKS_ENDS, place=where, problem=problem)
    if len(authorities) > 1:
        problem = (
            f"the scheme {name!r} adds up what {len(authorities)} authorities report about a "
            f"person ({', '.join(sorted(authorities))})"
        )
        where = document.place("selections")
        yield GoodStandingError(errors.BREAKS_UNIVERSAL, place=where, problem=problem)


def _about_persons(pack: Pack, kinds: list[str] | tuple[str, ...]) -> bool:
    natures = [pack.subject_kinds[kind].nature for kind in kinds if kind in pack.subject_kinds]
    return Nature.NATURAL_PERSON in natures
