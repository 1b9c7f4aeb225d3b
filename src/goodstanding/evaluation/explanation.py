"""What an explanation holds: values only, ready for a page or for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from goodstanding.kernel import instant_text
from goodstanding.register.history import FieldChange


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article of law as it is shown."""

    id: str
    instrument: str
    number: str
    title: str
    paraphrase: str
    confidence: str
    link: str | None


@dataclass(frozen=True, slots=True)
class ExplainedVersion:
    """One version of a record: which entry it replaced, when, why, and what it changed.

    ``words`` says how it came about; authority, basis, officer and reason are those of an
    officer's act, the file is that of a delivery.
    """

    leaf: int
    act: str
    replaces: int | None
    known_at: datetime
    words: str
    authority: str | None
    basis: str | None
    by: str | None
    reason: str | None
    file_name: str | None
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Decay:
    """From ``on`` a record gives ``points``; None where it falls day by day until then."""

    on: date
    points: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ExplainedRecord:
    """A record behind a reason, and the facts of it that mattered (title -> value as text).

    ``name`` is what it is called: its document's number, with its key where another record has
    the same; ``counts_until`` is the first day on which it will no longer count, if that is known;
    ``points`` are its own, where the rule counts record by record, with how they lessen;
    ``remarks`` say where a number of the law stands in for a fact that cannot be used;
    ``versions`` are all there were until then, the first one first; ``ends_on`` and, of a record
    without an end, ``review_on`` are its own days, and ``end`` says in words where they are from.
    """

    leaf: int
    item: str
    item_title: str
    authority: str
    source: str
    source_key: str
    document: str
    name: str
    decided_on: date | None
    effective_on: date
    counts_until: date | None
    facts: dict[str, str]
    points: str | None
    decays: tuple[Decay, ...]
    remarks: tuple[str, ...]
    versions: tuple[ExplainedVersion, ...]
    ends_on: date | None
    review_on: date | None
    end: str


@dataclass(frozen=True, slots=True)
class Part:
    """One reason: its points, in words, with its article and its records."""

    kind: str
    id: str
    title: str
    points: str | None
    words: str
    article: CitedArticle | None
    records: tuple[ExplainedRecord, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Records that did not count, and why; of those withdrawn, how it came to that."""

    why: str
    count: int
    leaves: tuple[int, ...]
    versions: tuple[tuple[ExplainedVersion, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A date on which the standing changes by itself, if nothing new is recorded.

    Without a grade, there is no live record, and so no standing, from then on.
    """

    on: date
    grade: str | None
    grade_title: str | None
    total: str | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest total at which the band changes, and how far away it is."""

    grade: str
    grade_title: str
    total: str
    distance: str
    better: bool
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One standing with everything behind it, in one language (English where it is missing).

    ``weak``: the subject is named by its name and place alone, and this grounds no listing.
    ``draft``: the scheme has not been put into force, so this binds nobody. ``sentences`` say the
    whole of it in order. ``next_change_on``: before that day nothing changes by itself.
    """

    language: str
    draft: bool
    scheme: str
    version: int
    scheme_title: str
    authority: str
    act: CitedArticle
    subject: str
    as_of: date
    known_at: datetime | None
    grade: str
    grade_title: str
    total: str | None
    unit: str
    parts: tuple[Part, ...]
    indicators: dict[str, str | None]
    ignored: tuple[Ignored, ...]
    changes: tuple[Change, ...]
    neighbours: tuple[Neighbour, ...]
    looked_ahead_until: date
    next_change_on: date | None
    sentences: tuple[str, ...]
    weak: bool = False

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values; dates as text."""
        return {name: plain(value) for name, value in asdict(self).items()}


def plain(value: object) -> object:
    """The same as JSON has it: dates and instants as text."""
    match value:
        case dict():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
    return value
