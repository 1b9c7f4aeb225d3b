"""What should be there: the groups that the catalogue lists, and the items that a scheme reads.

Invariant: it comes from the law and never from what was delivered, for what nobody delivered is
not to be found there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from goodstanding.catalogue import Effect, Fact, Item, Source, title
from goodstanding.evaluation.as_of_uses import record_expressions
from goodstanding.evaluation.backtest.model import (
    GroupCoverage,
    Grouping,
    GroupState,
    Question,
)
from goodstanding.evaluation.language import Name, NameKind, walk
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import FactType

#: So many groups stand in a report; more are counted there, and all of them are in the files.
MOST_GROUPS = 400
#: What a truth value is called; as text it is what SQL makes of it.
_YES_NO = {"true": "yes", "false": "no"}


def listed_groups(fact: Fact) -> dict[str, str] | None:
    """The values that the catalogue lists for a fact, with their titles; None: it lists none."""
    match fact.type:
        case FactType.CODE:
            return {code: title(titles) if titles else code for code, titles in fact.codes.items()}
        case FactType.BOOLEAN:
            return dict(_YES_NO)
    return None


def read_items(question: Question) -> dict[str, Item]:
    """The items of which any selection of either version takes records, by id."""
    return {
        name: scheme.population[name]
        for scheme in question.sides.values()
        for selection in scheme.selections.values()
        for name in selection.items
        if name in scheme.population
    }


def telling_items(question: Question, grouping: Grouping) -> tuple[Item, ...]:
    """The items of which a record shows that something was delivered about a subject.

    A record that only says in which group a subject is (neutral, and no version reads a fact of
    it) shows it of nobody, unless the scheme reads nothing else.
    """
    found = read_items(question)
    others = tuple(item for name, item in found.items() if name != grouping.item.id)
    only_says_where = grouping.item.effect is Effect.NEUTRAL and not any(
        _facts_read(scheme, grouping.item.id) for scheme in question.sides.values()
    )
    return others if others and only_says_where else tuple(found.values())


def on_page(coverage: Sequence[GroupCoverage]) -> tuple[GroupCoverage, ...]:
    """The groups that the report shows: all, or the most that a page can hold.

    Left out are first those too small to be shown, then those of the fewest subjects; of equally
    large ones the last by name.
    """
    last = GroupState.TOO_FEW
    shown = sorted(coverage, key=lambda g: (g.state is last, -(g.subjects or 0), g.title))
    values = {group.value for group in shown[:MOST_GROUPS]}
    return tuple(group for group in coverage if group.value in values)


def _facts_read(scheme: Scheme, item: str) -> set[str]:
    return {
        part.name
        for node in record_expressions(scheme, item)
        for part in walk(node)
        if isinstance(part, Name) and part.kind is NameKind.FACT
    }


def contracts_of(question: Question, item: str) -> Iterator[Source]:
    """The sources of the candidate's pack that deliver the item."""
    sources = question.after.pack.sources.values()
    return (source for source in sources if item in source.items)
