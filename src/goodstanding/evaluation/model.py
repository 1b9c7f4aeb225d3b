"""A scheme as values: one authority's published act about one kind of subject.

Everything here is checked and typed by ``load``; engines rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from goodstanding.catalogue import Article, Item, Pack, Parameter, Table, Titles
from goodstanding.evaluation import errors
from goodstanding.evaluation.dates import add, start_of
from goodstanding.evaluation.language import Name, Node, NumberType, Type, Unit
from goodstanding.kernel import GoodStandingError, Period


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
    #: The value of the earliest record.
    FIRST = "first"
    #: How many different calendar months, quarters or years have a record.
    CALENDAR_COUNT = "calendar_count"
    #: The longest run of months, quarters or years one after another that each have a record.
    STREAK = "streak"


class WindowKind(StrEnum):
    """What a window is measured by."""

    ROLLING = "rolling"
    CALENDAR = "calendar"
    CYCLE = "cycle"


class Counts(StrEnum):
    """Which of the rules of a group that fired count."""

    ALL = "all"
    HIGHEST = "highest"
    LOWEST = "lowest"


class Direction(StrEnum):
    """Which totals are good."""

    LOWER_IS_BETTER = "lower_is_better"
    HIGHER_IS_BETTER = "higher_is_better"


class ReasonKind(StrEnum):
    """What a reason comes from."""

    BASE = "base"
    RULE = "rule"
    GROUP = "group"
    JOINT = "joint"
    EXCEPTION = "exception"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Cycle:
    """The scheme speaks of closed calendar periods: on a day, of the last period whose end is at
    least ``lag`` months (a parameter; none: zero) ago."""

    unit: Unit
    lag: str | None

    def period(self, as_of: date, lag: int) -> tuple[date, date]:
        """The evaluated period on a day: its first day, and the first day after it."""
        end = start_of(as_of, self.unit)
        while add(end, Unit.MONTHS, lag) > as_of:
            end = add(end, self.unit, -1)
        return add(end, self.unit, -1), end


@dataclass(frozen=True, slots=True)
class Window:
    """How long a record counts, by the parameter's number of ``unit``.

    ``rolling``: from its effective_on until that many days, months or years later.
    ``calendar``: in the calendar month, quarter or year of its effective_on and the next n - 1;
    so n = 1 is "this year", n = 2 "this year and the last".
    ``cycle``: while its period is among the last n of the scheme's evaluated periods.
    """

    kind: WindowKind
    unit: Unit
    parameter: str

    def span(self, effective_on: date, length: int, lag: int = 0) -> tuple[date, date]:
        """The first day on which the record counts, and the first on which it no longer does.

        ``length`` is the parameter's value; ``lag`` that of the scheme's cycle, in months.
        """
        match self.kind:
            case WindowKind.ROLLING:
                return effective_on, add(effective_on, self.unit, length)
            case WindowKind.CALENDAR:
                return effective_on, add(start_of(effective_on, self.unit), self.unit, length)
        after = add(start_of(effective_on, self.unit), self.unit, 1)
        last = add(after, self.unit, length)
        return add(after, Unit.MONTHS, lag), add(last, Unit.MONTHS, lag)


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the records of the ``number`` last (or first) distinct values of ``of`` (None: each
    record).

    Ordered by ``by``, then ``of``; no value counts as the earliest.
    """

    number: int
    by: Name
    of: Name | None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Distinct:
    """Of records that are equal in all of ``columns`` (no value equals no value) only the last
    (or first) counts, ordered by ``by``, then source and source key; done before ``keep``."""

    columns: tuple[Name, ...]
    by: Name
    first: bool = False


@dataclass(frozen=True, slots=True)
class FactPolicy:
    """What a record does whose ``fact`` has no value or lies outside the bounds (parameters).

    ``use`` None: the record is left out. Otherwise that parameter stands in for the fact. The
    loader has written this into the selection's conditions and values already; it is kept here
    so that an explanation can say what was ignored and why.
    """

    fact: Name
    minimum: str | None
    maximum: str | None
    use: str | None
    article: str


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
    distinct: Distinct | None = None
    policies: tuple[FactPolicy, ...] = ()


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
    #: For calendar_count and streak: months, quarters or years.
    every: Unit | None = None

    @property
    def selections(self) -> tuple[str, ...]:
        """The selections it looks at."""
        return (self.of,) if self.over is None else (self.of, self.over)


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure computed from indicators and from derived figures before it."""

    id: str
    titles: Titles
    value: Node
    #: The indicators it rests on, directly or not, in order of the scheme.
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PerRecord:
    """Where the points of a rule come from, record by record: of which selection, and what each
    gives (decay included), at the scheme's scale once rounded.

    The loader turns this into an indicator (the sum) and, for ``valid``, a selection with that
    window, named after the rule; engines see only these. It is kept for explanations.
    """

    of: str
    value: Node
    indicator: str
    decays: bool


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
    per_record: PerRecord | None = None
    #: A rule fires only on days of this period (None: of the scheme's).
    in_force: Period | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of which all count, or only the highest or lowest; what counts is limited."""

    id: str
    titles: Titles
    article: str | None
    cap: str | None
    floor: str | None
    counts: Counts = Counts.ALL


@dataclass(frozen=True, slots=True)
class Band:
    """A grade for totals from a bound on; ``start`` None is open below."""

    grade: str
    start: str | None
    article: str | None


@dataclass(frozen=True, slots=True)
class Joint:
    """A second bound on the grade: the band in which ``of`` stands; the worse grade counts."""

    id: str
    titles: Titles
    article: str
    of: Name
    bands: tuple[Band, ...]
    indicators: tuple[str, ...]
    selections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradeException:
    """A labelled exception. Exactly one of these is given:

    ``grade``: it gives this grade; ``carry``: it gives the grade that this text (an earlier
    published grade) names, and does not hold where there is none; ``at_best``, ``at_worst``: the
    grade is no better, no worse than this; ``down``: the grade is that many steps worse.
    """

    id: str
    titles: Titles
    article: str
    when: Node
    grade: str | None
    at_best: str | None
    indicators: tuple[str, ...]
    selections: tuple[str, ...]
    carry: Name | None = None
    at_worst: str | None = None
    down: str | None = None
    in_force: Period | None = None

    @property
    def gives(self) -> bool:
        """Whether it gives a grade, rather than changing the one of the total."""
        return self.grade is not None or self.carry is not None


@dataclass(frozen=True, slots=True)
class Grades:
    """From a total to a grade; ``order`` is from best to worst."""

    direction: Direction
    labels: dict[str, Titles]
    order: tuple[str, ...]
    bands: tuple[Band, ...]
    exceptions: tuple[GradeException, ...]
    joint: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """When there is nothing to evaluate, and what is then said instead of a total."""

    titles: Titles
    article: str
    when: Node
    grade: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unfed:
    """Selections for which no source of the pack delivers anything, and why that is so.

    ``selections`` is None for all of them.
    """

    selections: tuple[str, ...] | None
    why: Titles


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
    derived: Mapping[str, Derived] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    cycle: Cycle | None = None
    unfed: Unfed | None = None

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
        firsts += [table.values[0].start for table in self.tables.values()]
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
        for table in self.tables.values():
            if table.at(as_of) is None:
                raise GoodStandingError(
                    errors.NO_VALUE,
                    parameter=f"table.{table.id}",
                    as_of=as_of,
                    start=table.values[0].start,
                )

    def values(self, as_of: date) -> dict[str, int]:
        """Every parameter on ``as_of``, in units of its scale; it must apply then."""
        found = {name: parameter.at(as_of) for name, parameter in self.parameters.items()}
        return {name: value.units for name, value in found.items() if value is not None}

    def rows(self, as_of: date) -> dict[str, dict[tuple[str, ...], int]]:
        """The rows of every table on ``as_of``, in units of its scale; none before its first."""
        found = {name: table.at(as_of) for name, table in self.tables.items()}
        return {
            name: {keys: number.units for keys, number in value.rows.items()} if value else {}
            for name, value in found.items()
        }

    def changes_of_law(self) -> Iterator[date]:
        """The days on which a parameter or table it uses takes a new value."""
        for parameter in self.parameters.values():
            yield from (value.start for value in parameter.values)
        for table in self.tables.values():
            yield from (value.start for value in table.values)
