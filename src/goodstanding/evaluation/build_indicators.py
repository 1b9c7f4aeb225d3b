"""Indicators, and the figures derived from them in the order in which they rest on each other."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from goodstanding.evaluation import errors
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.build_selections import EVERY
from goodstanding.evaluation.language import (
    BooleanType,
    DateType,
    Node,
    NumberType,
    Type,
    describe,
    parse,
)
from goodstanding.evaluation.language.parse import names_in
from goodstanding.evaluation.model import Derived, Indicator, Take
from goodstanding.evaluation.scopes import TAKEN, indicators_of
from goodstanding.evaluation.shapes import IndicatorShape
from goodstanding.kernel import GoodStandingError

_WITHOUT_VALUE = (Take.COUNT, Take.SHARE, Take.DAYS_SINCE)
_BY_CALENDAR = (Take.CALENDAR_COUNT, Take.STREAK)


def indicator(b: Builder, name: str) -> Indicator:
    """One indicator of the file."""
    shape, at = b.shape.indicators[name], ("indicators", name)
    _check_name(b, name, *at)
    for key in ("of", "over"):
        selection = getattr(shape, key)
        if selection is not None:
            b.known("selection", selection, b.shape.selections, *at, key)
    _check(b, shape, *at)
    if shape.titles:
        b.titles(shape.titles, f"The indicator {name!r}", *at, "titles")
    value = None
    if shape.value is not None:
        value = b.note(parse(shape.value, b.columns(shape.of), b.place(*at, "value")))
    return Indicator(
        id=name,
        titles=shape.titles,
        of=shape.of,
        take=shape.take,
        value=value,
        over=shape.over,
        type=_type(b, shape, value, *at),
        every=None if shape.every is None else EVERY[shape.every],
    )


def derived(b: Builder) -> None:
    """Every derived figure, each after those it rests on. Adds a finding for a circle."""
    rests_on = {
        name: sorted(names_in(shape.value) & set(b.shape.derived))
        for name, shape in b.shape.derived.items()
    }
    try:
        order = list(TopologicalSorter(rests_on).static_order())
    except CycleError as error:
        circle: list[str] = list(reversed(error.args[1]))[1:]
        first = circle.index(next(name for name in rests_on if name in circle))
        circle = [*circle[first:], *circle[: first + 1]]
        place = b.place("derived", circle[0], "value")
        shown = " -> ".join(circle)
        b.findings.append(GoodStandingError(errors.CYCLE, place=place, circle=shown))
        return
    for name in order:
        # Whatever rests on a refused figure would be refused once more.
        if all(other in b.derived for other in rests_on[name]):
            b.derived |= b.each([name], lambda name: _derived(b, name))


def _derived(b: Builder, name: str) -> Derived:
    shape, at = b.shape.derived[name], ("derived", name)
    _check_name(b, name, *at)
    if name in b.shape.indicators:
        raise b.bad(f"the name {name!r} is an indicator's", *at)
    if shape.titles:
        b.titles(shape.titles, f"The figure {name!r}", *at, "titles")
    value = b.note(parse(shape.value, b.figures(), b.place(*at, "value")))
    return Derived(name, shape.titles, value, indicators_of([value], b.indicators, b.derived))


def _check_name(b: Builder, name: str, *at: str | int) -> None:
    if name in TAKEN:
        raise b.bad(f"the name {name!r} is taken by the language", *at)


def _check(b: Builder, shape: IndicatorShape, *at: str | int) -> None:
    take = shape.take
    without = take in _WITHOUT_VALUE
    if take not in _BY_CALENDAR and (shape.value is None) != without:
        wanted = "has no `value`" if without else "needs a `value`"
        raise b.bad(f"`{take}` {wanted}", *at, "value")
    for key, takes in (("over", (Take.SHARE,)), ("scale", (Take.SHARE,)), ("every", _BY_CALENDAR)):
        if (getattr(shape, key) is not None) != (take in takes):
            wanted = "needs" if take in takes else "has no"
            raise b.bad(f"`{take}` {wanted} `{key}`", *at, key)


def _type(b: Builder, shape: IndicatorShape, value: Node | None, *at: str | int) -> Type:
    take = shape.take
    if take in _BY_CALENDAR:
        if value is not None and not isinstance(value.type, DateType):
            problem = f"`{take}` is of dates, this is {describe(value.type)}"
            raise b.mismatch(shape.value or "", problem, *at, "value")
        return NumberType(0)
    if value is None or take is Take.COUNT_DISTINCT:
        return NumberType(shape.scale or 0)
    number = isinstance(value.type, NumberType)
    unordered = isinstance(value.type, BooleanType) and take not in (Take.LATEST, Take.FIRST)
    if (take is Take.SUM and not number) or unordered:
        problem = f"`{take}` cannot be taken of {describe(value.type)}"
        raise b.mismatch(shape.value or "", problem, *at, "value")
    return value.type
