"""Whether the sources of a pack deliver what its schemes read, and what is published besides.

A scheme that no source feeds rates nobody, and a published result that nothing is compared with is
kept for nothing. Either may be so, for a time or for good; then the pack says why.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.catalogue import Document, Pack, read_document
from goodstanding.evaluation import errors
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import FactType, GoodStandingError

#: How facts are called that keep what somebody published.
_PUBLISHED = "published_"


def unfed_selections(scheme: Scheme) -> list[str]:
    """The selections for which no source of the scheme's pack delivers any item."""
    delivered = {item for source in scheme.pack.sources.values() for item in source.items}
    return [s.id for s in scheme.selections.values() if delivered.isdisjoint(s.items)]


def check_feeds(scheme: Scheme, document: Document) -> Iterator[GoodStandingError]:
    """GS-SCHEME-127 for selections that nothing feeds unsaid, 128 for what is said and not so."""
    unfed = unfed_selections(scheme)
    said = _said(scheme)
    if unsaid := [name for name in unfed if name not in said]:
        whole = len(unfed) == len(scheme.selections)
        yield GoodStandingError(
            errors.NOT_FED,
            place=document.place() if whole else document.place("selections", unsaid[0]),
            scheme=scheme.id,
            what="anything" if whole else f"for {', '.join(unsaid)}",
        )
    if fed := [name for name in said if name not in unfed]:
        yield GoodStandingError(
            errors.FED_AFTER_ALL,
            place=document.place("unfed"),
            scheme=scheme.id,
            fed=", ".join(fed),
        )


def _said(scheme: Scheme) -> list[str]:
    if scheme.unfed is None:
        return []
    named = scheme.unfed.selections
    return list(scheme.selections if named is None else named)


def check_published(pack: Pack) -> Iterator[GoodStandingError]:
    """GS-SCHEME-129 for what was published and is compared with nothing.

    A fact that is kept as published names the scheme whose result it is, and ``pack evidence``
    compares the two. A day is no result.
    """
    for item in pack.items.values():
        for name, fact in item.facts.items():
            declared = item.published is not None and item.published.fact == name
            if name.startswith(_PUBLISHED) and fact.type is not FactType.DATE and not declared:
                document = read_document(pack.folder / "catalogue" / f"{item.id}.yaml")
                place = document.place("facts", name)
                yield GoodStandingError(errors.NOT_COMPARED, place=place, item=item.id, fact=name)
