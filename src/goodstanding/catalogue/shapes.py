"""The shapes of a pack's files, for pydantic: the edge where YAML becomes values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from goodstanding.catalogue.model import Confidence, Effect
from goodstanding.kernel import FactType, Nature

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Titles = dict[str, str]
Number = int | Decimal


class Shape(BaseModel):
    """A file or a part of one: no unknown keys, nothing guessed from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InForce(Shape):
    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")


class KindShape(Shape):
    titles: Titles
    nature: Annotated[Nature, Field(strict=False)]


class IdentifierSchemeShape(KindShape):
    pattern: str


class AuthorityShape(Shape):
    titles: Titles


class SpecimenShape(Shape):
    why: Titles
    consent: bool
    notice: bool


class PackShape(Shape):
    id: Name
    titles: Titles
    languages: Annotated[list[str], Field(min_length=1)]
    currency: str
    calendar: str
    time_zone: str
    subject_kinds: dict[Name, KindShape]
    identifier_schemes: dict[Name, IdentifierSchemeShape]
    authorities: dict[Name, AuthorityShape]
    specimen: SpecimenShape | None = None


class ArticleShape(Shape):
    title: Titles
    in_force: InForce
    paraphrase: Titles
    confidence: Annotated[Confidence, Field(strict=False)]


class InstrumentShape(Shape):
    id: Name
    titles: Titles
    link: str | None = None
    articles: dict[str, ArticleShape]


class FactShape(Shape):
    type: Annotated[FactType, Field(strict=False)]
    titles: Titles
    unit: str | None = None
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    required: bool = False
    codes: dict[str, Titles] = {}
    min: Number | None = None
    max: Number | None = None


class ItemShape(Shape):
    id: Name
    titles: Titles
    subject_kinds: Annotated[list[str], Field(min_length=1)]
    identifier_schemes: Annotated[list[str], Field(min_length=1)]
    authorities: Annotated[list[str], Field(min_length=1)]
    basis: list[str] = []
    in_force: InForce
    effect: Annotated[Effect, Field(strict=False)]
    retention: str | None = None
    facts: dict[Name, FactShape] = {}
    grades_of: str | None = None


class ParameterValueShape(Shape):
    start: date = Field(alias="from")
    value: Number
    article: str


class ParameterShape(Shape):
    id: Name
    titles: Titles
    unit: str
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    values: Annotated[list[ParameterValueShape], Field(min_length=1)]
    confidence: Annotated[Confidence, Field(strict=False)]


class TableValueShape(Shape):
    start: date = Field(alias="from")
    article: str
    rows: Annotated[dict[str, Number | dict[str, Number]], Field(min_length=1)]


class TableShape(Shape):
    id: Name
    titles: Titles
    unit: str
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    keys: Annotated[list[Name], Field(min_length=1, max_length=2)]
    values: Annotated[list[TableValueShape], Field(min_length=1)]
    confidence: Annotated[Confidence, Field(strict=False)]


class CsvShape(Shape):
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    header: bool = True


class GatesShape(Shape):
    min_share_of_last: str = "0.50"
    max_rejected_share: str = "0.20"


class CheckShape(Shape):
    code: Name
    when: str
    titles: Titles
    article: str | None = None


class SourceShape(Shape):
    id: Name
    titles: Titles
    authority: str
    items: Annotated[list[str], Field(min_length=1)]
    format: Literal["csv", "json", "jsonl", "parquet"]
    encoding: str = "utf-8"
    csv: CsvShape = CsvShape()
    columns: Annotated[list[str], Field(min_length=1)]
    snapshot: bool = False
    gates: GatesShape = GatesShape()
    checks: list[CheckShape] = []
