"""Reading one scheme file: names are resolved, places kept, findings collected.

The parts of the file are made by ``build_selections``, ``build_indicators``, ``build_rules`` and
``build_grades``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from goodstanding.catalogue import Document, Pack, Titles
from goodstanding.evaluation import errors
from goodstanding.evaluation.language import (
    Name,
    Node,
    NumberType,
    ParameterRef,
    Scope,
    Unit,
    describe,
    parse_condition,
    walk,
)
from goodstanding.evaluation.language.nodes import TableLookup
from goodstanding.evaluation.language.parse import length_problem, unknown
from goodstanding.evaluation.model import Derived, Indicator, Selection
from goodstanding.evaluation.scopes import PERIOD, indicator_names, record_names
from goodstanding.evaluation.shapes import InForceShape, SchemeShape
from goodstanding.kernel import GoodStandingError, Period, Place

V = TypeVar("V")

_PREFIX = "param."


class Builder:
    """One scheme file being read. What is refused becomes a finding, and reading goes on."""

    def __init__(self, pack: Pack, document: Document, shape: SchemeShape) -> None:
        self.pack = pack
        self.document = document
        self.shape = shape
        self.findings: list[GoodStandingError] = []
        self.parameters: set[str] = set()
        self.tables: set[str] = set()
        self.nodes: list[Node] = []
        #: What is made so far; rules by record add to the first two.
        self.selections: dict[str, Selection] = {}
        self.indicators: dict[str, Indicator] = {}
        self.derived: dict[str, Derived] = {}
        #: What stands in for the facts of a selection with a stated policy.
        self.replaced: dict[str, dict[str, Node]] = {}

    # -- findings --------------------------------------------------------------------

    def place(self, *at: str | int) -> Place:
        return self.document.place(*at)

    def attempt(self, action: Callable[[], V]) -> V | None:
        try:
            return action()
        except GoodStandingError as error:
            self.findings.append(error)
            return None

    def each(self, parts: Iterable[str], make: Callable[[str], V]) -> dict[str, V]:
        """The parts that could be made, by name."""
        made = {name: self.attempt(partial(make, name)) for name in parts}
        return {name: value for name, value in made.items() if value is not None}

    def bad(self, problem: str, *at: str | int) -> GoodStandingError:
        field = ".".join(map(str, at))
        return GoodStandingError(
            errors.BAD_SHAPE, place=self.place(*at), field=field, problem=problem
        )

    def mismatch(self, part: str, problem: str, *at: str | int) -> GoodStandingError:
        return GoodStandingError(
            errors.TYPE_MISMATCH, place=self.place(*at), part=part, problem=problem
        )

    # -- finding names ---------------------------------------------------------------

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

    def length(self, text: str, unit: Unit, *at: str | int) -> str:
        """The name of a parameter that is a length of time."""
        name = self.needed(text, *at)
        if problem := length_problem(self.pack.parameters[name], unit):
            raise GoodStandingError(
                errors.BAD_LENGTH, place=self.place(*at), part=text, problem=problem
            )
        return name

    def period(self, shape: InForceShape | None, *at: str | int) -> Period | None:
        if shape is None:
            return None
        try:
            return Period(shape.start, shape.end)
        except GoodStandingError as error:
            error.place = self.place(*at)
            raise

    # -- expressions -----------------------------------------------------------------

    def note(self, node: Node) -> Node:
        """Remember an expression: the scheme knows all its parameters, tables and names."""
        self.nodes.append(node)
        for part in walk(node):
            if isinstance(part, ParameterRef):
                self.parameters.add(part.name)
            elif isinstance(part, TableLookup):
                self.tables.add(part.table)
        return node

    def scope(
        self, names: Mapping[str, Name], what: str, replaced: Mapping[str, Node] | None = None
    ) -> Scope:
        periods = {} if self.shape.cycle is None else PERIOD
        return Scope(
            names={**names, **periods},
            parameters=self.pack.parameters,
            what=what,
            tables=self.pack.tables,
            calendar=self.pack.calendar,
            replaced=replaced or {},
        )

    def columns(self, selection: str) -> Scope:
        """What an expression over the records of a selection may use."""
        named = self.shape.selections[selection].items
        items = [self.pack.items[item] for item in named if item in self.pack.items]
        return self.scope(record_names(items), "column", self.replaced.get(selection))

    def figures(self) -> Scope:
        """What an expression about a subject may use, once indicators and derived are made."""
        shown = [i for name, i in self.indicators.items() if name in self.shape.indicators]
        return self.scope(indicator_names(shown, self.derived.values()), "indicator")

    def condition(self, text: str | None, scope: Scope, *at: str | int) -> Node | None:
        return None if text is None else self.needed_condition(text, scope, *at)

    def needed_condition(self, text: str, scope: Scope, *at: str | int) -> Node:
        return self.note(parse_condition(text, scope, self.place(*at)))

    def number_of(self, name: str, scope: Scope, *at: str | int) -> Name:
        found = self.known("indicator", name, scope.names, *at)
        if not isinstance(found.type, NumberType):
            raise self.mismatch(name, f"this is {describe(found.type)}, not a number", *at)
        self.note(found)
        return found

    # -- bounds ----------------------------------------------------------------------

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
