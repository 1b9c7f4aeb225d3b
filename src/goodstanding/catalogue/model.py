"""A jurisdiction as values: what may be recorded, by whom, under which article."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.number_checks import NO_CHECK
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
class PersonsMark:
    """What tells a scheme's numbers from those of persons that look alike, and why it does.

    ``pattern`` is what only an organisation's number looks like; ``each_source`` says that the
    number does not tell, so that every source must (``Persons.when``).
    """

    why: Titles
    pattern: str | None
    each_source: bool


@dataclass(frozen=True, slots=True)
class IdentifierScheme:
    """How subjects are named; ``pattern`` must match the whole value (RE2 syntax).

    ``check`` is a name of ``number_checks.CHECKS``, `none` where the pack says that there is no
    check, None where it says nothing. ``check_exceptions`` are numbers that stand although they
    fail it, each with the reason. A ``weak`` identifier is made of name and place: it carries
    records and grounds nothing that burdens.
    """

    id: str
    titles: Titles
    nature: Nature
    pattern: str
    check: str | None = None
    check_exceptions: Mapping[str, str] = field(default_factory=dict)
    told_from_persons_by: PersonsMark | None = None
    weak: bool = False

    @property
    def algorithm(self) -> str | None:
        """The check to run, if there is one."""
        return None if self.check == NO_CHECK else self.check


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that reports its own decisions; ``reviews`` are those whose decisions it reviews."""

    id: str
    titles: Titles
    reviews: tuple[str, ...] = ()


class Act(StrEnum):
    """What an officer may do to a record that stands."""

    CORRECT = "correct"
    WITHDRAW = "withdraw"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Permits:
    """Which acts an article permits, on records of which items; of all items if none is named."""

    acts: tuple[Act, ...]
    items: tuple[str, ...] = ()

    def covers(self, act: Act, item: str) -> bool:
        """Whether the act on a record of the item is permitted."""
        return act in self.acts and (not self.items or item in self.items)


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
    #: None if it permits no act on a record.
    permits: Permits | None = None


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


#: What `ends_from` says where the end of the measure is that of the record: the agency states it.
OWN_END = "ends_on"


@dataclass(frozen=True, slots=True)
class Indefinite:
    """That the law knows records of an item without an end: under which article, after how many
    months (a parameter) such a record is reviewed, and which authority must do so."""

    article: str
    review: str
    owner: str


@dataclass(frozen=True, slots=True)
class Older:
    """From which day records are taken that are older than the law, by which article, and why."""

    start: date
    article: str
    why: Titles


@dataclass(frozen=True, slots=True)
class Published:
    """Which fact of a record is what an authority published as the result of which scheme."""

    scheme: str
    fact: str


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
    #: From which day its end runs: `decided_on`, `effective_on`, a date among its facts, or
    #: `ends_on`, the measure's own end.
    ends_from: str = "effective_on"
    indefinite: Indefinite | None = None
    #: Items of which a newer record about the same subject ends an older one of this item.
    ended_by: tuple[str, ...] = ()
    #: A list published under the law may tell of decisions that are older than the law.
    older: Older | None = None
    #: The result that was published beside the record, kept to be compared with ours.
    published: Published | None = None

    @property
    def taken(self) -> Period:
        """The days of which records are taken: those of the law, and before it if so said."""
        start = self.in_force.start if self.older is None else self.older.start
        return Period(start, self.in_force.end)

    def day_in_law(self, day: date) -> date:
        """The day by whose law a record of ``day`` is taken: its own, or the law's first."""
        return max(day, self.in_force.start) if self.older is not None else day

    @property
    def ends(self) -> bool:
        """Whether each of its records has an end or a review date, as an adverse one must."""
        return bool(self.retention or self.indefinite) or self.ends_from == OWN_END

    #: The article that orders the publication of these records, for they are of establishments or
    #: permits: then a row is taken although a person's name stands in it, and not found by it.
    establishments: str | None = None


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
        found = self.in_force(day)
        return None if found is None else found.value

    def in_force(self, day: date) -> ParameterValue | None:
        """The same with its article."""
        index = bisect_right([value.start for value in self.values], day)
        return self.values[index - 1] if index else None


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
    """A check of one source: rows for which the SQL condition ``when`` is true are sent back.

    Such a row is no record and is left out, which is no fault of the file; only where ``fault``
    is set is it a row that the agency got wrong.
    """

    id: str
    when: str
    titles: Titles
    article: str | None
    fault: bool = False


class Missing(StrEnum):
    """What it means that a full list no longer has a row."""

    NOTHING = "nothing"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Repeats(StrEnum):
    """What becomes of rows of one file that are equal to the letter."""

    REFUSE = "refuse"
    COUNT = "count"


class NearKeys(StrEnum):
    """What becomes of source keys that differ only by case or width."""

    REFUSE = "refuse"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Label:
    """Where a delivery says something of itself: in its file's name, or in one of its columns.

    ``file_name`` is a regular expression that the whole name must match, with one group;
    ``format`` is how a date is written there.
    """

    file_name: str | None = None
    column: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How codes are compared: whether case, and whether blanks, make a difference."""

    fold_case: bool = False
    fold_blanks: bool = False


class ToldBy(StrEnum):
    """How the rows about persons are told from the others in a source's files."""

    IDENTIFIER = "identifier"
    MARKS = "marks"
    NOT_IN_FILE = "not_in_file"


@dataclass(frozen=True, slots=True)
class Persons:
    """How a source tells persons: marks in the names, and an SQL condition over its columns."""

    told_by: ToldBy
    marks: tuple[str, ...]
    when: str | None


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
    #: The gates, as far as the contract declares them.
    min_share_of_last: Fixed | None
    max_rejected_share: Fixed | None
    checks: tuple[ContractCheck, ...]
    sql: str
    sql_path: Path
    digest: str
    missing: Missing = Missing.NOTHING
    #: Where the delivery says its date, and to which series of files it belongs.
    dated_by: Label | None = None
    series: Label | None = None
    repeats: Repeats = Repeats.REFUSE
    near_keys: NearKeys = NearKeys.REFUSE
    codes: CodeRule = CodeRule()
    persons: Persons | None = None
    #: Of a workbook: the sheet to read, where it has several.
    sheet: str | None = None
    #: Lines of a CSV file, or rows of a sheet, before the header.
    preamble: int = 0


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
    #: Written to see where it leads: no law stands behind it, and nothing made from it binds.
    draft: bool = False
    #: By its IANA name; *today* is the day it is there. A pack's file always says it.
    time_zone: str = "UTC"
    #: The sources that name subjects, the one that knows names best first; then all others.
    names_from: tuple[str, ...] = ()

    def permitting(self, act: Act, item: str) -> list[str]:
        """The articles that permit an act on a record of the item, whenever in force."""
        found = self.articles.values()
        return [a.id for a in found if a.permits is not None and a.permits.covers(act, item)]

    def may_act(self, authority: str, determined_by: str) -> bool:
        """Whether an authority may act on what another determined: its own, or as its reviewer."""
        known = self.authorities.get(authority)
        return known is not None and (authority == determined_by or determined_by in known.reviews)

    def is_weak(self, subject: str) -> bool:
        """Whether the subject is named by a weak identifier, made of its name and place."""
        scheme = self.identifier_schemes.get(subject.partition(":")[0])
        return scheme is not None and scheme.weak


#: The language in which every text of a pack exists, and how it is marked where it stands in for
#: another one.
ENGLISH, IN_ENGLISH = "en", " [en]"


def title(titles: Titles, language: str = ENGLISH) -> str:
    """The title in ``language``; where there is none the English one, marked as such."""
    found = titles.get(language)
    return found or (titles[ENGLISH] if language == ENGLISH else f"{titles[ENGLISH]}{IN_ENGLISH}")


def wording(words: Titles, language: str) -> str:
    """Our own words in ``language``, or in English without a mark: who shows them says so once."""
    return words.get(language) or words[ENGLISH]
