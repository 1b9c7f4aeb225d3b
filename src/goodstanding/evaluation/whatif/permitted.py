"""Whether the catalogue permits a supposed record.

Invariant: whatever ``refusal`` names is never supposed; it asks what ingestion asks of a record.
"""

from __future__ import annotations

from datetime import date

from goodstanding.catalogue import Fact, Pack
from goodstanding.evaluation.records import RecordLike
from goodstanding.kernel import FactType, Fixed


def refusal(pack: Pack, record: RecordLike) -> str | None:
    """Why the catalogue would not take this record; None if it would."""
    item = pack.items.get(record.item)
    if item is None:
        return "there is no such item"
    basis = pack.articles.get(record.basis)
    checks = {
        "the item is not in force": item.taken.contains(record.effective_on),
        "the authority may not report it": record.authority in item.authorities,
        "it is not about this kind of subject": record.subject_kind in item.subject_kinds,
        "its basis is not that of the item": record.basis in item.basis,
        "its basis is not in force": (
            basis is not None and basis.in_force.contains(item.day_in_law(record.effective_on))
        ),
        "it ends before it begins": record.ends_on is None or record.ends_on >= record.effective_on,
        "it has facts the item does not": set(record.facts) <= set(item.facts),
    }
    wrong = [reason for reason, holds in checks.items() if not holds]
    wrong += [
        f"its fact {fact.name} is not permitted"
        for fact in item.facts.values()
        if not fits(fact, record.facts.get(fact.name))
    ]
    return wrong[0] if wrong else None


def fits(fact: Fact, value: object) -> bool:
    """Whether a fact may have this value."""
    if value is None:
        return not fact.required
    if fact.type is FactType.CODE:
        return value in fact.codes
    if fact.type.is_number:
        units = _units(value, fact.scale)
        low, high = (None if b is None else b.units for b in (fact.minimum, fact.maximum))
        return (
            units is not None and (low is None or low <= units) and (high is None or units <= high)
        )
    kinds = {FactType.DATE: date, FactType.BOOLEAN: bool, FactType.TEXT: str}
    return isinstance(value, kinds[fact.type])


def _units(value: object, scale: int) -> int | None:
    if isinstance(value, Fixed):
        return value.units if value.scale == scale else None
    return int(value * 10**scale) if isinstance(value, int) else None
