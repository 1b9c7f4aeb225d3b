"""Which names an expression may use at each place of a scheme, and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from goodstanding.catalogue import Fact, FactType, Item
from goodstanding.evaluation.language import (
    BooleanType,
    DateType,
    Name,
    NameKind,
    Node,
    NumberType,
    TextType,
    Type,
    walk,
)
from goodstanding.evaluation.model import Derived, Indicator

AS_OF = Name(NameKind.AS_OF, "as_of", DateType())
#: The evaluated period, in a scheme with a cycle.
PERIOD = {name: Name(NameKind.PERIOD, name, DateType()) for name in ("period_start", "period_end")}
#: Names of the language, which nothing in a scheme may take.
TAKEN = frozenset({"as_of", "total", "param", "table", *PERIOD})

#: The columns every record has, whatever its item.
RECORD_COLUMNS: dict[str, Type] = {
    "amended_on": DateType(),
    "authority": TextType(),
    "basis": TextType(),
    "decided_on": DateType(),
    "document": TextType(),
    "effective_on": DateType(),
    "item": TextType(),
    "published_on": DateType(),
    "source_key": TextType(),
}
#: Columns that are never empty; ordering by them needs no care for null.
NEVER_NULL = frozenset({"authority", "document", "basis", "effective_on", "item", "source_key"})


def record_names(items: Sequence[Item]) -> dict[str, Name]:
    """The columns a selection over ``items`` may use: those that every one of them has."""
    names = {"as_of": AS_OF}
    shared = set.intersection(*(set(item.facts) for item in items)) if items else set()
    for fact in sorted(shared):
        if (joined := _joined([item.facts[fact] for item in items])) is not None:
            names[fact] = Name(NameKind.FACT, fact, joined)
    for column, own in RECORD_COLUMNS.items():
        known = TextType(frozenset(item.id for item in items)) if column == "item" else own
        names[column] = Name(NameKind.RECORD, column, known)
    return names


def indicator_names(
    indicators: Iterable[Indicator], derived: Iterable[Derived] = ()
) -> dict[str, Name]:
    """The names a rule may use: the indicators, the derived figures and as_of."""
    found = {i.id: Name(NameKind.INDICATOR, i.id, i.type) for i in indicators}
    made = {d.id: Name(NameKind.DERIVED, d.id, d.value.type) for d in derived}
    return {"as_of": AS_OF, **found, **made}


def total_name(scale: int) -> Name:
    """The total before exceptions."""
    return Name(NameKind.TOTAL, "total", NumberType(scale))


def fact_type(fact: Fact) -> Type:
    """The language's type of a fact of the catalogue."""
    match fact.type:
        case FactType.TEXT:
            return TextType()
        case FactType.CODE:
            return TextType(frozenset(fact.codes))
        case FactType.DATE:
            return DateType()
        case FactType.BOOLEAN:
            return BooleanType()
    return NumberType(fact.scale)


def used(nodes: Iterable[Node | None], kind: NameKind) -> set[str]:
    """The names of one kind that the expressions use."""
    found = (part for node in nodes if node is not None for part in walk(node))
    return {part.name for part in found if isinstance(part, Name) and part.kind is kind}


def indicators_of(
    nodes: Iterable[Node | None],
    indicators: Iterable[str],
    derived: Mapping[str, Derived],
) -> tuple[str, ...]:
    """The indicators that expressions rest on, directly or through derived figures, in order."""
    nodes = list(nodes)
    names = used(nodes, NameKind.INDICATOR)
    for name in used(nodes, NameKind.DERIVED):
        names |= set(derived[name].indicators)
    return tuple(name for name in indicators if name in names)


def selections_of(indicators: Iterable[str], known: Mapping[str, Indicator]) -> tuple[str, ...]:
    """The selections that the indicators look at, each once, in order."""
    return tuple(dict.fromkeys(s for name in indicators for s in known[name].selections))


def _joined(facts: Sequence[Fact]) -> Type | None:
    """One type for a fact of several items: the finest scale, all codes; None if unlike."""
    types = [fact_type(fact) for fact in facts]
    numbers = [t.scale for t in types if isinstance(t, NumberType)]
    if len(numbers) == len(types):
        return NumberType(max(numbers))
    texts = [t.codes for t in types if isinstance(t, TextType)]
    if len(texts) == len(types):
        listed = [codes for codes in texts if codes is not None]
        return TextType(frozenset().union(*listed) if len(listed) == len(texts) else None)
    return types[0] if len({*types}) == 1 else None
