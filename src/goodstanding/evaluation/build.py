"""From the shape of a scheme file to the scheme: every name resolved, every value typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import TypeVar

from goodstanding.catalogue import Document, Pack, Titles
from goodstanding.evaluation import errors, shapes
from goodstanding.evaluation.language import (
    BooleanType,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Scope,
    Type,
    describe,
    parse,
    parse_condition,
    parse_number,
    walk,
)
from goodstanding.evaluation.language.parse import unknown
from goodstanding.evaluation.model import (
    Bands,
    Indicator,
    Keep,
    PerUnit,
    Points,
    Selection,
    Step,
    Take,
    Window,
)
from goodstanding.evaluation.scopes import record_names
from goodstanding.kernel import GoodStandingError, Period, Place

V = TypeVar("V")

_PREFIX = "param."
_UNITS = ("days", "months", "years")
_LONGEST = {"days": 36525, "months": 1200, "years": 100}
_WITHOUT_VALUE = (Take.COUNT, Take.SHARE, Take.DAYS_SINCE)


class Builder:
    """One scheme file being read. What is refused becomes a finding, and reading goes on."""

    def __init__(self, pack: Pack, document: Document, shape: shapes.SchemeShape) -> None:
        self.pack = pack
        self.document = document
        self.shape = shape
        self.findings: list[GoodStandingError] = []
        self.parameters: set[str] = set()
        self.nodes: list[Node] = []

    # -- finding names ---------------------------------------------------------------

    def place(self, *at: str | int) -> Place:
        return self.document.place(*at)

    def attempt(self, action: Callable[[], V]) -> V | None:
        try:
            return action()
        except GoodStandingError as error:
            self.findings.append(error)
            return None

    def each(self, parts: Mapping[str, object], make: Callable[[str], V]) -> dict[str, V]:
        """The parts that could be made, by name."""
        made = {name: self.attempt(partial(make, name)) for name in parts}
        return {name: value for name, value in made.items() if value is not None}

    def known(self, what: str, name: str, known: Mapping[str, V], *at: str | int) -> V:
        if name not in known:
            raise unknown(what, name, known, self.place(*at))
        return known[name]

    def article(self, name: str | None, *at: str | int) -> None:
        if name is not None:
            self.known("article", name, self.pack.articles, *at)

    def titles(self, titles: Titles, what: str, *at: str | int) -> None:
        if "en" not in titles:
            raise GoodStandingError(errors.NO_ENGLISH_TITLE, place=self.place(*at), what=what)

    def reference(self, text: str | None, *at: str | int, limit: int | None = None) -> str | None:
        """The parameter's name; ``limit`` is how many decimal places it may have."""
        if text is None:
            return None
        name = text.removeprefix(_PREFIX)
        scale = self.known("parameter", name, self.pack.parameters, *at).scale
        if limit is not None and scale > limit:
            raise GoodStandingError(
                errors.TOO_PRECISE, place=self.place(*at), part=text, scale=scale, limit=limit
            )
        self.parameters.add(name)
        return name

    def needed(self, text: str, *at: str | int, limit: int | None = None) -> str:
        self.reference(text, *at, limit=limit)
        return text.removeprefix(_PREFIX)

    def note(self, node: Node) -> Node:
        """Remember an expression: the scheme knows all its parameters and names."""
        self.nodes.append(node)
        self.parameters |= {p.name for p in walk(node) if isinstance(p, ParameterRef)}
        return node

    def scope(self, names: Mapping[str, Name], what: str) -> Scope:
        return Scope(names, self.pack.parameters, what)

    def condition(self, text: str | None, scope: Scope, *at: str | int) -> Node | None:
        place = self.place(*at)
        return None if text is None else self.note(parse_condition(text, scope, place))

    # -- selections and indicators ---------------------------------------------------

    def selection(self, name: str) -> Selection:
        shape, at = self.shape.selections[name], ("selections", name)
        for n, item in enumerate(shape.items):
            found = self.known("item", item, self.pack.items, *at, "items", n)
            if self.shape.subject_kind not in found.subject_kinds:
                raise GoodStandingError(
                    errors.FOREIGN_SUBJECTS,
                    place=self.place(*at, "items", n),
                    item=item,
                    kind=self.shape.subject_kind,
                )
        self.article(shape.article, *at, "article")
        if shape.titles:
            self.titles(shape.titles, f"The selection {name!r}", *at, "titles")
        scope = self.columns(shape.items)
        return Selection(
            id=name,
            titles=shape.titles,
            article=shape.article,
            items=tuple(dict.fromkeys(shape.items)),
            where=self.condition(shape.where, scope, *at, "where"),
            window=self.window(shape.window, *at, "window"),
            keep=self.keep(shape.keep, scope, *at, "keep"),
        )

    def columns(self, items: Iterable[str]) -> Scope:
        found = [self.pack.items[item] for item in items if item in self.pack.items]
        return self.scope(record_names(found), "column")

    def window(self, shape: shapes.WindowShape | None, *at: str | int) -> Window | None:
        if shape is None:
            return None
        given = [unit for unit in _UNITS if getattr(shape, unit) is not None]
        if len(given) != 1:
            problem = "a window is given in exactly one of days, months and years"
            raise self.bad(problem, *at)
        unit = given[0]
        name = self.needed(getattr(shape, unit), *at, unit, limit=0)
        actual = self.pack.parameters[name].unit
        if actual in _UNITS and actual != unit:
            raise self.bad(f"param.{name} is in {actual}, not in {unit}", *at, unit)
        for value in self.pack.parameters[name].values:
            if not 0 <= value.value.units <= _LONGEST[unit]:
                raise self.bad(f"a window lasts from 0 to {_LONGEST[unit]} {unit}", *at, unit)
        return Window(unit, name)

    def keep(self, shape: shapes.KeepShape | None, scope: Scope, *at: str | int) -> Keep | None:
        if shape is None:
            return None
        by = self.column(shape.by, scope, *at, "by")
        of = None if shape.of == "record" else self.column(shape.of, scope, *at, "of")
        return Keep(shape.latest, by, of)

    def column(self, name: str, scope: Scope, *at: str | int) -> Name:
        found = self.known("column", name, scope.names, *at)
        if found.kind is NameKind.AS_OF or isinstance(found.type, BooleanType):
            raise self.mismatch(name, "records cannot be ordered by this", *at)
        return found

    def indicator(self, name: str) -> Indicator:
        shape, at = self.shape.indicators[name], ("indicators", name)
        if name in ("as_of", "total", "param"):
            raise self.bad(f"the name {name!r} is taken by the language", *at)
        for key in ("of", "over"):
            selection = getattr(shape, key)
            if selection is not None:
                self.known("selection", selection, self.shape.selections, *at, key)
        self.check_indicator(shape, *at)
        if shape.titles:
            self.titles(shape.titles, f"The indicator {name!r}", *at, "titles")
        value = None
        if shape.value is not None:
            scope = self.columns(self.shape.selections[shape.of].items)
            value = self.note(parse(shape.value, scope, self.place(*at, "value")))
        return Indicator(
            id=name,
            titles=shape.titles,
            of=shape.of,
            take=shape.take,
            value=value,
            over=shape.over,
            type=self.indicator_type(shape, value, *at),
        )

    def check_indicator(self, shape: shapes.IndicatorShape, *at: str | int) -> None:
        take = shape.take
        if (shape.value is None) != (take in _WITHOUT_VALUE):
            wanted = "has no `value`" if take in _WITHOUT_VALUE else "needs a `value`"
            raise self.bad(f"`{take}` {wanted}", *at, "value")
        for key in ("over", "scale"):
            if (getattr(shape, key) is not None) != (take is Take.SHARE):
                wanted = "needs" if take is Take.SHARE else "has no"
                raise self.bad(f"`{take}` {wanted} `{key}`", *at, key)

    def indicator_type(
        self, shape: shapes.IndicatorShape, value: Node | None, *at: str | int
    ) -> Type:
        if value is None or shape.take is Take.COUNT_DISTINCT:
            return NumberType(shape.scale or 0)
        number = isinstance(value.type, NumberType)
        unordered = isinstance(value.type, BooleanType) and shape.take is not Take.LATEST
        if (shape.take is Take.SUM and not number) or unordered:
            problem = f"`{shape.take}` cannot be taken of {describe(value.type)}"
            raise self.mismatch(shape.value or "", problem, *at, "value")
        return value.type

    # -- points ----------------------------------------------------------------------

    def points(self, name: str, scope: Scope) -> Points | PerUnit | Bands:
        shape, at = self.shape.rules[name], ("rules", name)
        given = [key for key in ("points", "per_unit", "bands") if getattr(shape, key) is not None]
        if len(given) != 1:
            raise GoodStandingError(
                errors.AMBIGUOUS_RULE,
                place=self.place(*at),
                rule=name,
                given=" and ".join(f"`{key}`" for key in given) or "none",
            )
        if shape.points is not None:
            place = self.place(*at, "points")
            return Points(self.note(parse_number(shape.points, scope, place)))
        if shape.per_unit is not None:
            of = self.number_of(shape.per_unit.of, scope, *at, "per_unit", "of")
            return PerUnit(of, self.needed(shape.per_unit.points, *at, "per_unit", "points"))
        return self.bands(name, scope)

    def bands(self, name: str, scope: Scope) -> Bands:
        shape, at = self.shape.rules[name].bands, ("rules", name, "bands")
        if shape is None:
            raise AssertionError("only called for a rule with bands")
        of = self.number_of(shape.of, scope, *at, "of")
        starts = [step.start for step in shape.steps]
        self.check_bounds(starts, *at, "steps")
        steps = tuple(
            Step(
                self.reference(step.start, *at, "steps", n, "from"),
                self.needed(step.points, *at, "steps", n, "points", limit=self.shape.scale),
            )
            for n, step in enumerate(shape.steps)
        )
        return Bands(of, steps)

    def number_of(self, name: str, scope: Scope, *at: str | int) -> Name:
        found = self.known("indicator", name, scope.names, *at)
        if not isinstance(found.type, NumberType):
            raise self.mismatch(name, f"this is {describe(found.type)}, not a number", *at)
        return found

    def check_bounds(self, starts: list[str | None], *at: str | int) -> None:
        """First open below, the others ascending on every date of the scheme."""
        for n, start in enumerate(starts):
            if (start is None) != (n == 0):
                problem = "has no `from`" if n == 0 else "needs a `from`"
                raise self.bad(f"band {n + 1} {problem}: the first is open below", *at, n)
        names = [self.needed(s, *at, n, "from") for n, s in enumerate(starts) if s is not None]
        for n in range(1, len(names)):
            self.check_ascending(names[n - 1], names[n], self.place(*at, n + 1, "from"))

    def check_ascending(self, lower: str, upper: str, place: Place) -> None:
        low, high = self.pack.parameters[lower], self.pack.parameters[upper]
        start, end = self.shape.in_force.start, self.shape.in_force.end
        days = {start, *(value.start for p in (low, high) for value in p.values)}
        for day in sorted(days):
            a, b = low.at(day), high.at(day)
            if day < start or (end and day >= end) or a is None or b is None:
                continue
            if b.to_decimal() <= a.to_decimal():
                raise GoodStandingError(
                    errors.NOT_ASCENDING,
                    place=place,
                    day=day,
                    lower=lower,
                    lower_value=a,
                    upper=upper,
                    upper_value=b,
                )

    def period(self) -> Period | None:
        start: date = self.shape.in_force.start
        try:
            return Period(start, self.shape.in_force.end)
        except GoodStandingError as error:
            error.place = self.place("in_force")
            self.findings.append(error)
            return None

    def bad(self, problem: str, *at: str | int) -> GoodStandingError:
        field = ".".join(map(str, at))
        return GoodStandingError(
            errors.BAD_SHAPE, place=self.place(*at), field=field, problem=problem
        )

    def mismatch(self, part: str, problem: str, *at: str | int) -> GoodStandingError:
        return GoodStandingError(
            errors.TYPE_MISMATCH, place=self.place(*at), part=part, problem=problem
        )
