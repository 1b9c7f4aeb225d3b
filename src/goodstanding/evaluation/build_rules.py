"""Rules and groups; points by record become a sum over the records of a selection."""

from __future__ import annotations

from dataclasses import replace

from goodstanding.evaluation import errors
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.build_selections import UNITS, length_given, window
from goodstanding.evaluation.language import (
    MAX_SCALE,
    Compare,
    DateType,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Scope,
    parse_number,
    scale_of,
)
from goodstanding.evaluation.language.nodes import Arithmetic, Case, DateAdd, Decayed, Operator
from goodstanding.evaluation.model import (
    Bands,
    Group,
    Indicator,
    PerRecord,
    PerUnit,
    Points,
    Rule,
    Step,
    Take,
)
from goodstanding.evaluation.scopes import AS_OF, indicators_of, selections_of
from goodstanding.evaluation.shapes import DecayShape, LengthShape, RuleShape
from goodstanding.kernel import GoodStandingError

_KINDS = ("points", "per_unit", "bands", "per_record")
_BEGIN = Name(NameKind.RECORD, "effective_on", DateType())


def group(b: Builder, name: str) -> Group:
    """One group of the file."""
    shape, at = b.shape.groups[name], ("groups", name)
    b.titles(shape.titles, f"The group {name!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    limit = b.shape.scale
    cap = b.reference(shape.cap, *at, "cap", limit=limit)
    floor = b.reference(shape.floor, *at, "floor", limit=limit)
    return Group(name, shape.titles, shape.article, cap, floor, shape.counts)


def rule(b: Builder, name: str) -> Rule:
    """One rule of the file; adds what it needs to the builder's indicators and selections."""
    shape, at = b.shape.rules[name], ("rules", name)
    b.titles(shape.titles, f"The rule {name!r}", *at, "titles")
    b.article(shape.article, *at, "article")
    if shape.group is not None:
        b.known("group", shape.group, b.shape.groups, *at, "group")
    scope = b.figures()
    when = b.condition(shape.when, scope, *at, "when")
    by_record = _per_record(b, name, shape, *at)
    points = _points(b, shape, by_record, scope, *at)
    value = points.value if isinstance(points, Points) else points.of
    names = indicators_of([when, value], b.indicators, b.derived)
    limit = b.shape.scale
    return Rule(
        id=name,
        titles=shape.titles,
        article=shape.article,
        when=when,
        points=points,
        cap=b.reference(shape.cap, *at, "cap", limit=limit),
        floor=b.reference(shape.floor, *at, "floor", limit=limit),
        group=shape.group,
        indicators=names,
        selections=selections_of(names, b.indicators),
        per_record=by_record,
        in_force=b.period(shape.in_force, *at, "in_force"),
    )


def _points(
    b: Builder, shape: RuleShape, by_record: PerRecord | None, scope: Scope, *at: str | int
) -> Points | PerUnit | Bands:
    given = [key for key in _KINDS if getattr(shape, key) is not None]
    if len(given) != 1:
        raise GoodStandingError(
            errors.AMBIGUOUS_RULE,
            place=b.place(*at),
            rule=at[-1],
            given=" and ".join(f"`{key}`" for key in given) or "none",
        )
    if by_record is not None:
        summed = Name(NameKind.INDICATOR, by_record.indicator, by_record.value.type)
        return Points(b.note(summed))
    if shape.points is not None:
        return Points(b.note(parse_number(shape.points, scope, b.place(*at, "points"))))
    if shape.per_unit is not None:
        of = b.number_of(shape.per_unit.of, scope, *at, "per_unit", "of")
        return PerUnit(of, b.needed(shape.per_unit.points, *at, "per_unit", "points"))
    return _bands(b, shape, scope, *at, "bands")


def _bands(b: Builder, rule: RuleShape, scope: Scope, *at: str | int) -> Bands:
    shape = rule.bands
    if shape is None:
        raise AssertionError("only called for a rule with bands")
    of = b.number_of(shape.of, scope, *at, "of")
    b.check_bounds([step.start for step in shape.steps], *at, "steps")
    steps = tuple(
        Step(
            b.reference(step.start, *at, "steps", n, "from"),
            b.needed(step.points, *at, "steps", n, "points", limit=b.shape.scale),
        )
        for n, step in enumerate(shape.steps)
    )
    return Bands(of, steps)


def _per_record(b: Builder, name: str, rule: RuleShape, *at: str | int) -> PerRecord | None:
    shape, at = rule.per_record, (*at, "per_record")
    if shape is None:
        return None
    selection = b.known("selection", shape.of, b.selections, *at, "of")
    indicator = f"{name}_points"
    if indicator in b.shape.indicators or indicator in b.shape.derived:
        raise b.bad(f"the name {indicator!r} is needed for the sum of the points", *at)
    value = b.note(parse_number(shape.points, b.columns(shape.of), b.place(*at, "points")))
    if shape.decay is not None:
        value = b.note(_decayed(b, shape.decay, value, *at, "decay"))
    if shape.valid is not None:
        valid = f"{name}_valid"
        if selection.window is not None or valid in b.shape.selections:
            problem = f"`valid` is a window, which {shape.of!r} has already"
            if valid in b.shape.selections:
                problem = f"the name {valid!r} is needed for the records whose points live"
            raise b.bad(problem, *at, "valid")
        life = window(b, shape.valid, *at, "valid")
        selection = replace(selection, id=valid, window=life)
        b.selections[valid] = selection
    b.indicators[indicator] = Indicator(
        id=indicator,
        titles=rule.titles,
        of=selection.id,
        take=Take.SUM,
        value=value,
        over=None,
        type=value.type,
    )
    return PerRecord(selection.id, value, indicator, shape.decay is not None)


def _decayed(b: Builder, shape: DecayShape, value: Node, *at: str | int) -> Node:
    if (shape.linear is None) == (shape.steps is None):
        raise b.bad("a decay is either `linear` or in `steps`", *at)
    if shape.linear is not None:
        added = _age(b, shape.linear, *at, "linear")
        kind = NumberType(b.shape.scale)
        return Decayed(value, _BEGIN, added.unit, added.length, AS_OF, kind)
    return _stepped(b, shape, value, *at, "steps")


def _stepped(b: Builder, shape: DecayShape, value: Node, *at: str | int) -> Node:
    """Until the first age the points as they are; from each age on their share."""
    steps = shape.steps or []
    ages = [_age(b, step.after, *at, n, "after") for n, step in enumerate(steps)]
    for n in range(1, len(ages)):
        place = b.place(*at, n, "after")
        if ages[n].unit is not ages[0].unit:
            raise b.bad("the ages of a decay are all in one unit", *at, n, "after")
        b.check_ascending(ages[n - 1].length.name, ages[n].length.name, place)
    values = [value]
    for n, step in enumerate(steps):
        name = b.needed(step.share, *at, n, "share")
        share = ParameterRef(name, NumberType(b.pack.parameters[name].scale))
        scale = scale_of(value) + share.type.scale
        if scale > MAX_SCALE:
            place, part = b.place(*at, n, "share"), f"param.{name}"
            raise GoodStandingError(
                errors.TOO_PRECISE, place=place, part=part, scale=scale, limit=MAX_SCALE
            )
        values.append(Arithmetic("*", value, share, NumberType(scale)))
    branches = tuple(
        (Compare(Operator.LT, AS_OF, age), part) for age, part in zip(ages, values, strict=False)
    )
    return Case(branches, values[-1], NumberType(max(scale_of(part) for part in values)))


def _age(b: Builder, shape: LengthShape, *at: str | int) -> DateAdd:
    key, text = length_given(b, shape, *at)
    name = b.length(text, UNITS[key], *at, key)
    return DateAdd(UNITS[key], _BEGIN, ParameterRef(name, NumberType(0)))
