"""A scheme as values: one authority's published act about one kind of subject.

Everything here is checked and typed by ``load``; engines rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from goodstanding.catalogue import Article, Item, Pack, Parameter, Titles
from goodstanding.evaluation import errors
from goodstanding.evaluation.language import Name, Node, NumberType, Type
from goodstanding.kernel import GoodStandingError, Period, add_months


class Take(StrEnum):
    """How an indicator makes one value of a selection."""

    LATEST = "latest"
    SUM = "sum"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    MAX = "max"
    MIN = "min"
    SHARE = "share"
    DAYS_SINCE = "days_since"


class Direction(StrEnum):
    """Which totals are good."""

    LOWER_IS_BETTER = "lower_is_better"
    HIGHER_IS_BETTER = "higher_is_better"


class ReasonKind(StrEnum):
    """What a reason comes from."""

    BASE = "base"
    RULE = "rule"
    GROUP = "group"
    EXCEPTION = "exception"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Window:
    """A record counts from its effective_on until that many days or months later."""

    unit: str
    parameter: str

    def end(self, effective_on: date, length: int) -> date:
        """The first day on which the record no longer counts."""
        try:
            if self.unit == "days":
                return effective_on + timedelta(days=length)
            return add_months(effective_on, length if self.unit == "months" else 12 * length)
        except (ValueError, OverflowError):
            return date.max  # beyond the calendar: it never ends


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the records of the ``latest`` last distinct values of ``of`` (None: each record).

    Ordered by ``by``, then ``of``, last first; no value counts as the earliest.
    """

    latest: int
    by: Name
    of: Name | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records count."""

    id: str
    titles: Titles
    article: str | None
    items: tuple[str, ...]
    where: Node | None
    window: Window | None
    keep: Keep | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One value a subject, taken of one selection (two for a share); null means no record."""

    id: str
    titles: Titles
    of: str
    take: Take
    value: Node | None
    over: str | None
    type: Type

    @property
    def selections(self) -> tuple[str, ...]:
        """The selections it looks at."""
        return (self.of,) if self.over is None else (self.of, self.over)


@dataclass(frozen=True, slots=True)
class Points:
    """Points by one expression."""

    value: Node


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So many points for each unit of an indicator."""

    of: Name
    points: str


@dataclass(frozen=True, slots=True)
class Step:
    """Points from a value of the indicator on; ``start`` None is open below."""

    start: str | None
    points: str


@dataclass(frozen=True, slots=True)
class Bands:
    """Points by the band in which an indicator stands."""

    of: Name
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """From indicators to points, under one article."""

    id: str
    titles: Titles
    article: str
    when: Node | None
    points: Points | PerUnit | Bands
    cap: str | None
    floor: str | None
    group: str | None
    #: The indicators it uses, and the selections these look at, in order of the scheme.
    indicators: tuple[str, ...]
    selections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rules whose sum is limited."""

    id: str
    titles: Titles
    article: str | None
    cap: str | None
    floor: str | None


@dataclass(frozen=True, slots=True)
class Band:
    """A grade for totals from a bound on; ``start`` None is open below."""

    grade: str
    start: str | None
    article: str | None


@dataclass(frozen=True, slots=True)
class GradeException:
    """A labelled exception: it gives a grade, or a best grade that is still possible."""

    id: str
    titles: Titles
    article: str
    when: Node
    grade: str | None
    at_best: str | None
    indicators: tuple[str, ...]
    selections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grades:
    """From a total to a grade; ``order`` is from best to worst."""

    direction: Direction
    labels: dict[str, Titles]
    order: tuple[str, ...]
    bands: tuple[Band, ...]
    exceptions: tuple[GradeException, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """When there is nothing to evaluate, and what is then said instead of a total."""

    titles: Titles
    article: str
    when: Node
    grade: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme, with what it needs of its pack.

    ``parameters`` are those it uses, ``population`` all items about its subject kind: a
    subject with a live record of any of them has a standing, be it one of absence.
    """

    id: str
    pack: Pack
    titles: Titles
    authority: str
    subject_kind: str
    act: str
    version: int
    in_force: Period
    unit: str
    scale: int
    base: str | None
    selections: Mapping[str, Selection]
    indicators: Mapping[str, Indicator]
    rules: Mapping[str, Rule]
    groups: Mapping[str, Group]
    grades: Grades
    absence: Absence | None
    parameters: Mapping[str, Parameter]
    population: Mapping[str, Item]
    #: Whether the mere passing of days can change a value (as_of or days_since is used).
    daily: bool

    @property
    def name(self) -> str:
        """``pack/scheme``."""
        return f"{self.pack.id}/{self.id}"

    @property
    def total_type(self) -> NumberType:
        """The type of the total."""
        return NumberType(self.scale)

    def article(self, id: str) -> Article:
        """An article of the pack."""
        return self.pack.articles[id]

    def starts(self) -> date:
        """The first day on which it can be applied: in force, and every number known."""
        firsts = [parameter.values[0].start for parameter in self.parameters.values()]
        return max([self.in_force.start, *firsts])

    def check_applies(self, as_of: date) -> None:
        """Raise GS-SCHEME-020 or 021 unless the scheme can be applied on ``as_of``."""
        if not self.in_force.contains(as_of):
            end = f" until {self.in_force.end}" if self.in_force.end else ""
            raise GoodStandingError(
                errors.NOT_IN_FORCE,
                scheme=self.name,
                as_of=as_of,
                start=self.in_force.start,
                end=end,
            )
        for parameter in self.parameters.values():
            if parameter.at(as_of) is None:
                raise GoodStandingError(
                    errors.NO_VALUE,
                    parameter=parameter.id,
                    as_of=as_of,
                    start=parameter.values[0].start,
                )

    def values(self, as_of: date) -> dict[str, int]:
        """Every parameter on ``as_of``, in units of its scale; it must apply then."""
        found = {name: parameter.at(as_of) for name, parameter in self.parameters.items()}
        return {name: value.units for name, value in found.items() if value is not None}

    def changes_of_law(self) -> Iterator[date]:
        """The days on which a parameter it uses takes a new value."""
        for parameter in self.parameters.values():
            yield from (value.start for value in parameter.values)
