"""A jurisdiction as values: what may be recorded, by whom, under which article."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from goodstanding.catalogue.documents import Document, read_document
from goodstanding.kernel import FactType, Fixed, Nature, Period

#: Language code -> title. English is always there.
Titles = dict[str, str]


class Confidence(StrEnum):
    """How sure we are of a fact about the law; shown wherever the fact is."""

    VERIFIED = "verified"
    REPRODUCED = "reproduced"
    SECONDARY = "secondary"
    KNOWN = "known"


class Effect(StrEnum):
    """What a record does to its subject."""

    ADVERSE = "adverse"
    NEUTRAL = "neutral"
    FAVOURABLE = "favourable"


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject, for example a business."""

    id: str
    titles: Titles
    nature: Nature


@dataclass(frozen=True, slots=True)
class IdentifierScheme:
    """How subjects are named; ``pattern`` must match the whole value (RE2 syntax)."""

    id: str
    titles: Titles
    nature: Nature
    pattern: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that reports its own decisions."""

    id: str
    titles: Titles


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one instrument, in our own words; ``id`` is ``instrument.number``."""

    id: str
    instrument: str
    instrument_titles: Titles
    number: str
    titles: Titles
    in_force: Period
    paraphrase: Titles
    confidence: Confidence
    link: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed fact of an item. Bounds are inclusive, in units of 10^-scale."""

    name: str
    type: FactType
    titles: Titles
    unit: str | None
    scale: int
    required: bool
    codes: dict[str, Titles]
    minimum: Fixed | None
    maximum: Fixed | None


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of decided fact that the law permits to be recorded."""

    id: str
    titles: Titles
    subject_kinds: tuple[str, ...]
    identifier_schemes: tuple[str, ...]
    authorities: tuple[str, ...]
    basis: tuple[str, ...]
    in_force: Period
    effect: Effect
    retention: str | None
    facts: dict[str, Fact]
    #: The scheme whose published grades these records are: text facts `grade`, and what else.
    grades_of: str | None = None


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One value of the law from ``start`` until the next value starts."""

    start: date
    value: Fixed
    article: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law through time."""

    id: str
    titles: Titles
    unit: str
    scale: int
    values: tuple[ParameterValue, ...]
    confidence: Confidence

    def at(self, day: date) -> Fixed | None:
        """The value on ``day``; None before the first one."""
        index = bisect_right([value.start for value in self.values], day)
        return self.values[index - 1].value if index else None


@dataclass(frozen=True, slots=True)
class TableValue:
    """The rows of a table of the law from ``start`` until the next rows start."""

    start: date
    rows: dict[tuple[str, ...], Fixed]
    article: str


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers of the law by one or more codes through time, for example points by violation."""

    id: str
    titles: Titles
    unit: str
    scale: int
    #: What each code means, for a reader; as many as a row has codes.
    keys: tuple[str, ...]
    values: tuple[TableValue, ...]
    confidence: Confidence

    def at(self, day: date) -> TableValue | None:
        """The rows on ``day``; None before the first ones."""
        index = bisect_right([value.start for value in self.values], day)
        return self.values[index - 1] if index else None


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """A check of one source: rows for which the SQL condition ``when`` is true are rejected."""

    id: str
    when: str
    titles: Titles
    article: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """The contract under which an agency delivers files: its columns and one select."""

    id: str
    titles: Titles
    authority: str
    items: tuple[str, ...]
    format: str
    encoding: str
    delimiter: str
    quote: str
    header: bool
    columns: tuple[str, ...]
    snapshot: bool
    min_share_of_last: Fixed
    max_rejected_share: Fixed
    checks: tuple[ContractCheck, ...]
    sql: str
    sql_path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class SchemeFile:
    """A scheme as written, and where its tests lie; ``evaluation`` gives it meaning."""

    document: Document
    tests_file: Path | None

    def tests(self) -> Document | None:
        """The tests, read when they are asked for: only lint does. Raises GS-PACK-002, 010."""
        return None if self.tests_file is None else read_document(self.tests_file)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A pack that is only shown, never in force: why, and whether those scored agreed and knew."""

    why: Titles
    consent: bool
    notice: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """A jurisdiction as data."""

    id: str
    folder: Path
    digest: str
    titles: Titles
    languages: tuple[str, ...]
    currency: str
    calendar: str
    subject_kinds: dict[str, SubjectKind]
    identifier_schemes: dict[str, IdentifierScheme]
    authorities: dict[str, Authority]
    articles: dict[str, Article]
    items: dict[str, Item]
    parameters: dict[str, Parameter]
    sources: dict[str, Source]
    schemes: Mapping[str, SchemeFile] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    #: Set for a museum piece: it can be read and linted, and is never loaded.
    specimen: Specimen | None = None


def title(titles: Titles, language: str = "en") -> str:
    """The title in ``language``, or the English one."""
    return titles.get(language) or titles["en"]
