"""The shape of a scheme file and of its tests, for pydantic: the edge of the package."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from goodstanding.evaluation.model import Counts, Direction, Take

#: Names inside a scheme appear in SQL; they are plain there too.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
Grade = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]*$", max_length=32)]
Reference = Annotated[str, Field(pattern=r"^param\.[a-z][a-z0-9_]*$")]
Expression = Annotated[str, Field(min_length=1)]
Titles = dict[str, str]


class Shape(BaseModel):
    """A file or a part of one: no unknown keys, nothing guessed from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InForceShape(Shape):
    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")


class CycleShape(Shape):
    every: Literal["month", "quarter", "year"]
    lag: Reference | None = None


class WindowShape(Shape):
    days: Reference | None = None
    months: Reference | None = None
    years: Reference | None = None
    calendar_months: Reference | None = None
    calendar_quarters: Reference | None = None
    calendar_years: Reference | None = None
    periods: Reference | None = None


class KeepShape(Shape):
    latest: Annotated[int, Field(ge=1, le=1000)] | None = None
    first: Annotated[int, Field(ge=1, le=1000)] | None = None
    by: str = "effective_on"
    of: str = "record"


class DistinctShape(Shape):
    columns: Annotated[list[str], Field(min_length=1)]
    take: Literal["latest", "first"] = "latest"
    by: str = "effective_on"


class UseShape(Shape):
    use: Reference


class FactPolicyShape(Shape):
    fact: str
    min: Reference | None = None
    max: Reference | None = None
    then: Literal["leave_out"] | UseShape
    article: str


class SelectionShape(Shape):
    titles: Titles = {}
    article: str | None = None
    items: Annotated[list[str], Field(min_length=1)]
    where: Expression | None = None
    window: WindowShape | None = None
    distinct: DistinctShape | None = None
    keep: KeepShape | None = None
    unusable: list[FactPolicyShape] = []


class IndicatorShape(Shape):
    titles: Titles = {}
    of: str
    take: Annotated[Take, Field(strict=False)]
    value: Expression | None = None
    over: str | None = None
    every: Literal["month", "quarter", "year"] | None = None
    scale: Annotated[int, Field(ge=0, le=6)] | None = None


class DerivedShape(Shape):
    titles: Titles = {}
    value: Expression


class LengthShape(Shape):
    days: Reference | None = None
    months: Reference | None = None
    years: Reference | None = None


class DecayStepShape(Shape):
    after: LengthShape
    share: Reference


class DecayShape(Shape):
    linear: LengthShape | None = None
    steps: Annotated[list[DecayStepShape], Field(min_length=1)] | None = None


class PerRecordShape(Shape):
    of: str
    points: Expression
    decay: DecayShape | None = None
    valid: LengthShape | None = None


class PerUnitShape(Shape):
    of: str
    points: Reference


class StepShape(Shape):
    start: Reference | None = Field(default=None, alias="from")
    points: Reference


class BandsShape(Shape):
    of: str
    steps: Annotated[list[StepShape], Field(min_length=1)]


class RuleShape(Shape):
    titles: Titles
    article: str
    when: Expression | None = None
    points: Expression | None = None
    per_unit: PerUnitShape | None = None
    bands: BandsShape | None = None
    per_record: PerRecordShape | None = None
    in_force: InForceShape | None = None
    cap: Reference | None = None
    floor: Reference | None = None
    group: str | None = None


class GroupShape(Shape):
    titles: Titles
    article: str | None = None
    counts: Annotated[Counts, Field(strict=False)] = Counts.ALL
    cap: Reference | None = None
    floor: Reference | None = None


class LabelShape(Shape):
    titles: Titles


class BandShape(Shape):
    grade: Grade
    start: Reference | None = Field(default=None, alias="from")
    article: str | None = None


class ExceptionShape(Shape):
    id: Name
    titles: Titles
    article: str
    when: Expression
    grade: Grade | None = None
    carry: Name | None = None
    at_best: Grade | None = None
    at_worst: Grade | None = None
    down: Reference | None = None
    in_force: InForceShape | None = None


class JointShape(Shape):
    id: Name
    titles: Titles
    article: str
    of: Name
    bands: Annotated[list[BandShape], Field(min_length=1)]


class GradesShape(Shape):
    direction: Annotated[Direction, Field(strict=False)]
    labels: dict[Grade, LabelShape]
    order: Annotated[list[Grade], Field(min_length=1)]
    bands: Annotated[list[BandShape], Field(min_length=1)]
    joint: list[JointShape] = []
    exceptions: list[ExceptionShape] = []


class AbsenceShape(Shape):
    titles: Titles
    article: str
    when: Expression
    grade: Grade


class UnfedShape(Shape):
    selections: Annotated[list[Name], Field(min_length=1)] | None = None
    why: Titles


class SchemeShape(Shape):
    id: Name
    titles: Titles
    authority: str
    subject_kind: str
    act: str
    version: Annotated[int, Field(ge=1)]
    in_force: InForceShape
    unit: str
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    base: Reference | None = None
    cycle: CycleShape | None = None
    selections: Annotated[dict[Name, SelectionShape], Field(min_length=1)]
    indicators: Annotated[dict[Name, IndicatorShape], Field(min_length=1)]
    derived: dict[Name, DerivedShape] = {}
    rules: dict[Name, RuleShape] = {}
    groups: dict[Name, GroupShape] = {}
    grades: GradesShape
    absence: AbsenceShape | None = None
    unfed: UnfedShape | None = None


FactValue = str | bool | int | Decimal | date | None


class RecordShape(Shape):
    """A record of a test; what is left out takes a plain default."""

    item: str
    subject: str = "test:1"
    source_key: str | None = None
    authority: str | None = None
    document: str = "test"
    basis: str | None = None
    decided_on: date | None = None
    effective_on: date
    published_on: date | None = None
    amended_on: date | None = None
    ends_on: date | None = None
    facts: dict[str, FactValue] = {}


class ExpectShape(Shape):
    grade: Grade | None = None
    total: int | Decimal | None = None
    points: dict[str, int | Decimal] = {}
    exception: str | None = None
    refused: Literal["GS-SCHEME-020", "GS-SCHEME-021"] | None = None
    next_change_on: date | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class CaseShape(Shape):
    name: Annotated[str, Field(min_length=1)]
    as_of: date
    records: list[RecordShape] = []
    expect: ExpectShape


class TestsShape(Shape):
    cases: Annotated[list[CaseShape], Field(min_length=1)]
