"""The reference engine: what a scheme means.

Slow and plain on purpose. Where another engine differs from this file, that engine is wrong.

1. A subject is evaluated if it has a live record of any item about its kind.
2. A selection takes the live records of its items for which ``where`` is true, that are in
   its window, and of these the latest as ``keep`` says.
3. An indicator makes one value of a selection; without a record it is null, never zero.
4. A rule whose ``when`` is true (or absent) and whose points are known, fires: its points are
   rounded to the scheme's scale if they have more places, then capped, then floored.
5. The points of a group's rules that fired are summed, capped, floored; a group of which no
   rule fired adds nothing, whatever its floor.
6. Total = base + rules + adjustments of groups. The reasons always add up to the total.
7. The first exception with a ``grade`` whose condition is true gives the grade; else absence
   does, if its condition is true; else the band of the total, lowered by every ``at_best``
   whose condition is true. Under absence there is no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cmp_to_key

from goodstanding.evaluation import errors
from goodstanding.evaluation.language import (
    Lookup,
    Name,
    Node,
    NumberType,
    Observer,
    Value,
    evaluate,
    rescale,
    scale_of,
)
from goodstanding.evaluation.language.evaluate import DIGITS, checked, int_of, order
from goodstanding.evaluation.model import (
    Bands,
    GradeException,
    Indicator,
    Keep,
    PerUnit,
    Points,
    ReasonKind,
    Rule,
    Scheme,
    Selection,
    Take,
)
from goodstanding.evaluation.records import (
    RecordLike,
    by_subject,
    column_value,
    in_effect,
    standing_entries,
)
from goodstanding.evaluation.results import (
    ABSENCE,
    BASE,
    TOTAL_DIGITS,
    Evaluation,
    Reason,
    Standing,
)
from goodstanding.kernel import Fixed, GoodStandingError, ratio_half_up


def evaluate_all(
    scheme: Scheme, records: Iterable[RecordLike], as_of: date, known_at: datetime | None
) -> list[Evaluation]:
    """Every subject with a live record, in order. Raises GS-SCHEME-020, 021 and 022."""
    scheme.check_applies(as_of)
    # What stands is settled first: a later version may be about another subject.
    standing = by_subject(standing_entries(records, known_at))
    found = (evaluate_subject(scheme, own, as_of, known_at) for own in standing.values())
    return [evaluation for evaluation in found if evaluation is not None]


def evaluate_subject(
    scheme: Scheme,
    records: Sequence[RecordLike],
    as_of: date,
    known_at: datetime | None,
    observe: Observer | None = None,
) -> Evaluation | None:
    """One subject, given its records; None if none of them is live."""
    scheme.check_applies(as_of)
    live = [
        record
        for record in standing_entries(records, known_at)
        if in_effect(record, as_of)
        and record.item in scheme.population
        and record.subject_kind == scheme.subject_kind
    ]
    if not live:
        return None
    try:
        return _Subject(scheme, live, as_of, observe).evaluation()
    except OverflowError:
        raise too_large(scheme) from None


def in_window(scheme: Scheme, selection: Selection, record: RecordLike, as_of: date) -> bool:
    """Whether the record still counts by the selection's window."""
    window = selection.window
    if window is None:
        return True
    return as_of < window.end(record.effective_on, scheme.values(as_of)[window.parameter])


def too_large(scheme: Scheme) -> GoodStandingError:
    """The refusal of a number beyond what is exact."""
    limit = f"{DIGITS} digits, {TOTAL_DIGITS} for a total"
    return GoodStandingError(errors.NUMBER_TOO_LARGE, scheme=scheme.name, limit=limit)


class _Subject:
    """The steps for one subject on one date, in the order of the module's text."""

    def __init__(
        self,
        scheme: Scheme,
        live: Sequence[RecordLike],
        as_of: date,
        observe: Observer | None,
    ) -> None:
        self.scheme = scheme
        self.live = live
        self.as_of = as_of
        self.observe = observe
        self.parameters = scheme.values(as_of)

    def evaluation(self) -> Evaluation:
        scheme = self.scheme
        self.selected = {s.id: self.select(s) for s in scheme.selections.values()}
        self.indicators = {i.id: self.indicator(i) for i in scheme.indicators.values()}
        self.names: dict[str, Value] = {**self.indicators, "as_of": self.as_of}
        absence = scheme.absence
        absent = absence is not None and self.holds(absence.when)
        reasons = list(self.points())
        total = sum(reason.points.units for reason in reasons if reason.points)
        self.names["total"] = _fits(total)
        grade, exceptions = self.grade(total, absent)
        standing = Standing(
            self.live[0].subject,
            self.as_of,
            grade,
            None if absent else Fixed(total, scheme.scale),
        )
        given = exceptions if absent else [*reasons, *exceptions]
        return Evaluation(standing, tuple(given), self.selected, self.indicators, total, absent)

    def holds(self, condition: Node) -> bool:
        """Whether a condition over indicators is true; unknown is not."""
        return evaluate(condition, self.named, self.parameters, self.observe) is True

    def named(self, name: Name) -> Value:
        return self.names[name.name]

    def columns(self, record: RecordLike) -> Lookup:
        return lambda name: column_value(record, name, self.as_of)

    # -- selections ------------------------------------------------------------------

    def select(self, selection: Selection) -> tuple[RecordLike, ...]:
        chosen = [record for record in self.live if self.counts(selection, record)]
        if selection.keep is not None:
            chosen = self.keep(selection.keep, chosen)
        return tuple(sorted(chosen, key=lambda r: _latest_key(selection, r, self.as_of)))

    def counts(self, selection: Selection, record: RecordLike) -> bool:
        return (
            record.item in selection.items
            and in_window(self.scheme, selection, record, self.as_of)
            and self.meets(selection, record)
        )

    def meets(self, selection: Selection, record: RecordLike) -> bool:
        if selection.where is None:
            return True
        columns = self.columns(record)
        return evaluate(selection.where, columns, self.parameters, self.observe) is True

    def keep(self, keep: Keep, chosen: list[RecordLike]) -> list[RecordLike]:
        groups: dict[object, list[RecordLike]] = {}
        for record in chosen:
            key: object = (record.source, record.source_key)
            if keep.of is not None:
                key = column_value(record, keep.of, self.as_of)
            groups.setdefault(key, []).append(record)

        def place(group: list[RecordLike]) -> tuple[object, ...]:
            latest = max(_sortable(column_value(r, keep.by, self.as_of)) for r in group)
            if keep.of is None:
                return (latest, group[0].source, group[0].source_key)
            return (latest, _sortable(column_value(group[0], keep.of, self.as_of)))

        last = sorted(groups.values(), key=place, reverse=True)[: keep.latest]
        return [record for group in last for record in group]

    # -- indicators ------------------------------------------------------------------

    def indicator(self, indicator: Indicator) -> Value:
        records = self.selected[indicator.of]
        if indicator.take is Take.SHARE:
            return self.share(indicator)
        if not records:
            return None
        match indicator.take:
            case Take.COUNT:
                return len(records)
            case Take.DAYS_SINCE:
                return (self.as_of - max(record.effective_on for record in records)).days
            case Take.LATEST:
                return self.value(indicator, records[-1])
        values = [self.value(indicator, record) for record in records]
        known = [value for value in values if value is not None]
        if indicator.take is Take.COUNT_DISTINCT:
            return len(set(known))
        if not known:
            return None
        if indicator.take is Take.SUM:
            return checked(sum(int_of(value) for value in known))
        pick = max if indicator.take is Take.MAX else min
        return pick(known, key=cmp_to_key(order))

    def value(self, indicator: Indicator, record: RecordLike) -> Value:
        if indicator.value is None:
            raise AssertionError("the loader requires a value here")
        return evaluate(indicator.value, self.columns(record), self.parameters, self.observe)

    def share(self, indicator: Indicator) -> int | None:
        over = self.selected[indicator.over or ""]
        if not over:
            return None
        scale = indicator.type.scale if isinstance(indicator.type, NumberType) else 0
        return ratio_half_up(len(self.selected[indicator.of]), len(over), scale).units

    # -- points ----------------------------------------------------------------------

    def points(self) -> Iterator[Reason]:
        scheme = self.scheme
        if scheme.base is not None:
            parameter = scheme.parameters[scheme.base]
            last = [value for value in parameter.values if value.start <= self.as_of][-1]
            units = self.limit(scheme.base)
            yield self.reason(0, ReasonKind.BASE, BASE, units, 0, last.article)
        fired: dict[str, list[int]] = {}
        for position, rule in enumerate(scheme.rules.values(), 1):
            units_or_none = self.rule(rule)
            if units_or_none is not None:
                fired.setdefault(rule.group or "", []).append(units_or_none)
                count = sum(len(self.selected[name]) for name in rule.selections)
                yield self.reason(
                    position, ReasonKind.RULE, rule.id, units_or_none, count, rule.article
                )
        for position, group in enumerate(scheme.groups.values(), len(scheme.rules) + 1):
            own = fired.get(group.id)
            if own:
                adjustment = self.limited(sum(own), group.cap, group.floor) - sum(own)
                if adjustment:
                    yield self.reason(
                        position, ReasonKind.GROUP, group.id, adjustment, 0, group.article
                    )

    def rule(self, rule: Rule) -> int | None:
        """The points of a rule that fires, in units of the scheme's scale."""
        if rule.when is not None and not self.holds(rule.when):
            return None
        units, scale = self.raw_points(rule.points)
        if units is None:
            return None
        return _fits(self.limited(rescale(units, scale, self.scheme.scale), rule.cap, rule.floor))

    def raw_points(self, points: Points | PerUnit | Bands) -> tuple[int | None, int]:
        match points:
            case Points():
                value = evaluate(points.value, self.named, self.parameters, self.observe)
                return (None if value is None else int_of(value)), scale_of(points.value)
            case PerUnit():
                value = self.names[points.of.name]
                scale = scale_of(points.of) + self.scheme.parameters[points.points].scale
                each = self.parameters[points.points]
                return (None if value is None else checked(int_of(value) * each)), scale
        return self.band_points(points), self.scheme.scale

    def band_points(self, bands: Bands) -> int | None:
        value = self.names[bands.of.name]
        if value is None:
            return None
        points = 0
        for step in bands.steps:
            if step.start is None or self.reaches(int_of(value), bands.of, step.start):
                points = self.limit(step.points)
        return points

    def reaches(self, units: int, of: Name, bound: str) -> bool:
        scale = max(scale_of(of), self.scheme.parameters[bound].scale)
        start = rescale(self.parameters[bound], self.scheme.parameters[bound].scale, scale)
        return rescale(units, scale_of(of), scale) >= start

    def limited(self, units: int, cap: str | None, floor: str | None) -> int:
        if cap is not None:
            units = min(units, self.limit(cap))
        return units if floor is None else max(units, self.limit(floor))

    def limit(self, parameter: str) -> int:
        """A parameter in units of the scheme's scale; the loader made sure it has no more."""
        scale = self.scheme.parameters[parameter].scale
        return rescale(self.parameters[parameter], scale, self.scheme.scale)

    # -- grades ----------------------------------------------------------------------

    def grade(self, total: int, absent: bool) -> tuple[str, list[Reason]]:
        grades, absence = self.scheme.grades, self.scheme.absence
        held = [e for e in grades.exceptions if self.holds(e.when)]
        for exception in held:
            if exception.grade is not None:
                return exception.grade, [self.applied(exception)]
        if absent and absence is not None:
            return absence.grade, [self.absence_reason()]
        banded = self.banded(total)
        rank = grades.order.index(banded)
        lowering = [
            exception
            for exception in held
            if exception.at_best and grades.order.index(exception.at_best) > rank
        ]
        worst = max([rank, *(grades.order.index(e.at_best or "") for e in lowering)])
        return grades.order[worst], [self.applied(exception) for exception in lowering]

    def banded(self, total: int) -> str:
        grade = ""
        for band in self.scheme.grades.bands:
            if band.start is None or total >= self.limit(band.start):
                grade = band.grade
        return grade

    def applied(self, exception: GradeException) -> Reason:
        first = 1 + len(self.scheme.rules) + len(self.scheme.groups)
        position = first + self.scheme.grades.exceptions.index(exception)
        count = sum(len(self.selected[name]) for name in exception.selections)
        return self.reason(
            position, ReasonKind.EXCEPTION, exception.id, None, count, exception.article
        )

    def absence_reason(self) -> Reason:
        scheme = self.scheme
        position = 1 + len(scheme.rules) + len(scheme.groups) + len(scheme.grades.exceptions)
        article = scheme.absence.article if scheme.absence else None
        return self.reason(position, ReasonKind.ABSENCE, ABSENCE, None, 0, article)

    def reason(
        self,
        position: int,
        kind: ReasonKind,
        rule: str,
        units: int | None,
        records: int,
        article: str | None,
    ) -> Reason:
        points = None if units is None else Fixed(units, self.scheme.scale)
        subject = self.live[0].subject
        return Reason(subject, self.as_of, position, kind, rule, points, records, article)


def _latest_key(selection: Selection, record: RecordLike, as_of: date) -> tuple[object, ...]:
    """Ascending, the latest record last; source and source key make the order total."""
    own = (record.source, record.source_key)
    keep = selection.keep
    if keep is None:
        return (record.effective_on, *own)
    by = _sortable(column_value(record, keep.by, as_of))
    if keep.of is None:
        return (by, *own)
    return (by, _sortable(column_value(record, keep.of, as_of)), *own)


def _sortable(value: Value) -> tuple[object, ...]:
    """No value comes before every value."""
    return (False,) if value is None else (True, value)


def _fits(units: int) -> int:
    """The same, if it fits the result files. Raises OverflowError."""
    if abs(units) >= 10**TOTAL_DIGITS:
        raise OverflowError(units)
    return units
