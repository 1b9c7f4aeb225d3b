"""In which order the records behind a reason are told: the weightiest first.

A record weighs what it gives: its own points, else the number that an indicator takes from it.
Of a share the records that are counted come before those that only stand beside them; of equal
weight the newest comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.language import scale_of
from goodstanding.evaluation.model import Indicator, Rule, Take
from goodstanding.evaluation.records import RecordLike
from goodstanding.kernel import Fixed

#: Whether it is counted, how much it gives, since when, and its entry: the greatest comes first.
Weight = tuple[bool, Decimal, date, int]
_NOTHING = Decimal(0)


def weight(b: Base, record: RecordLike, rule: Rule | None, indicators: Sequence[str]) -> Weight:
    """How much a record weighs for the rule, or for what else looks at these indicators."""
    own = [b.scheme.indicators[name] for name in indicators]
    within = [i for i in own if record in b.found.selected[i.of]]
    given = [_given(b, record, i) for i in within]
    if rule is not None and rule.per_record is not None:
        points = b.question.value(rule.per_record.value, b.question.columns(record))
        if isinstance(points, int):
            given = [Fixed(abs(points), scale_of(rule.per_record.value)).to_decimal()]
    return bool(within), max(given, default=_NOTHING), record.effective_on, record.leaf


def _given(b: Base, record: RecordLike, indicator: Indicator) -> Decimal:
    """The number that an indicator takes from a record, without its sign; of the least of
    several the least is what matters."""
    if indicator.value is None or indicator.take in (Take.COUNT, Take.SHARE):
        return _NOTHING
    value = b.question.value(indicator.value, b.question.columns(record))
    if not isinstance(value, int) or isinstance(value, bool):
        return _NOTHING
    sign = -1 if indicator.take is Take.MIN else 1
    units = sign * (value if sign < 0 else abs(value))
    return Fixed(units, scale_of(indicator.value)).to_decimal()
