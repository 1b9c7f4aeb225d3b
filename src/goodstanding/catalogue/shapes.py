"""The shapes of a pack's files, for pydantic: the edge where YAML becomes values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from goodstanding.catalogue.model import Act, Confidence, Effect, Missing, NearKeys, Repeats, ToldBy
from goodstanding.kernel import FactType, Nature

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
#: A name that becomes part of the name of a table or a column.
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
#: A regular expression: short enough to be read.
Pattern = Annotated[str, Field(max_length=200)]
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


class PersonsMarkShape(Shape):
    why: Titles
    pattern: Pattern | None = None
    each_source: bool = False


class IdentifierSchemeShape(KindShape):
    pattern: Pattern
    check: str | None = None
    check_exceptions: dict[str, str] = {}
    told_from_persons_by: PersonsMarkShape | None = None
    weak: bool = False


class AuthorityShape(Shape):
    titles: Titles
    reviews: list[str] = []


class SpecimenShape(Shape):
    why: Titles
    consent: bool
    notice: bool


class PackShape(Shape):
    id: Name
    names_from: list[Name] = []
    titles: Titles
    languages: Annotated[list[str], Field(min_length=1)]
    currency: str
    calendar: str
    time_zone: str
    subject_kinds: dict[Name, KindShape]
    identifier_schemes: dict[Name, IdentifierSchemeShape]
    authorities: dict[Name, AuthorityShape]
    specimen: SpecimenShape | None = None
    draft: bool = False


class PermitsShape(Shape):
    acts: Annotated[list[Annotated[Act, Field(strict=False)]], Field(min_length=1)]
    items: list[str] = []


class ArticleShape(Shape):
    title: Titles
    in_force: InForce
    paraphrase: Titles
    confidence: Annotated[Confidence, Field(strict=False)]
    permits: PermitsShape | None = None


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


class IndefiniteShape(Shape):
    #: Without review or owner it is refused as what it is, not as a slip of form (GS-PACK-054).
    article: str
    review: str | None = None
    owner: str | None = None


class OlderShape(Shape):
    start: date = Field(alias="from")
    article: str
    why: Titles


class PublishedShape(Shape):
    scheme: str
    fact: str


class EstablishmentsShape(Shape):
    article: str


class ItemShape(Shape):
    id: Word
    titles: Titles
    subject_kinds: Annotated[list[str], Field(min_length=1)]
    identifier_schemes: Annotated[list[str], Field(min_length=1)]
    authorities: Annotated[list[str], Field(min_length=1)]
    basis: list[str] = []
    in_force: InForce
    older_records: OlderShape | None = None
    published: PublishedShape | None = None
    effect: Annotated[Effect, Field(strict=False)]
    retention: str | None = None
    facts: dict[Word, FactShape] = {}
    grades_of: str | None = None
    ends_from: str = "effective_on"
    indefinite: IndefiniteShape | None = None
    ended_by: list[str] = []
    establishments: EstablishmentsShape | None = None


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
    delimiter: Annotated[str, Field(pattern=r"^[\t -~]$")] = ","
    #: Nothing, for files in which a quotation mark is a character like others.
    quote: Annotated[str, Field(pattern=r"^[!-~]?$")] = '"'
    header: bool = True

    @model_validator(mode="after")
    def _two_marks(self) -> CsvShape:
        if self.delimiter == self.quote:
            raise ValueError("the delimiter and the quotation mark are the same")
        return self


class GatesShape(Shape):
    min_share_of_last: str | None = None
    max_rejected_share: str | None = None


class CheckShape(Shape):
    code: Word
    when: str
    titles: Titles
    article: str | None = None
    fault: bool = False


class LabelShape(Shape):
    file_name: Pattern | None = None
    column: str | None = None
    format: str | None = None


class CodesShape(Shape):
    case: Literal["exact", "folded"] = "exact"
    blanks: Literal["exact", "folded"] = "exact"


class PersonsShape(Shape):
    told_by: Annotated[ToldBy, Field(strict=False)]
    marks: list[Annotated[str, Field(min_length=2)]] = []
    when: str | None = None


class SourceShape(Shape):
    id: Name
    titles: Titles
    authority: str
    items: Annotated[list[str], Field(min_length=1)]
    format: Literal["csv", "json", "jsonl", "parquet", "xlsx", "ods"]
    encoding: str = "utf-8"
    csv: CsvShape = CsvShape()
    sheet: Annotated[str, Field(min_length=1)] | None = None
    preamble: Annotated[int, Field(ge=0, le=100)] = 0
    columns: Annotated[list[str], Field(min_length=1)]
    snapshot: bool = False
    missing: Annotated[Missing, Field(strict=False)] | None = None
    delivery_date: LabelShape | None = None
    series: LabelShape | None = None
    repeats: Annotated[Repeats, Field(strict=False)] = Repeats.REFUSE
    near_keys: Annotated[NearKeys, Field(strict=False)] = NearKeys.REFUSE
    codes: CodesShape = CodesShape()
    gates: GatesShape = GatesShape()
    checks: list[CheckShape] = []
    persons: PersonsShape | None = None
