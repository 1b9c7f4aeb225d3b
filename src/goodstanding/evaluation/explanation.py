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
class NeededFigure:
    """Where a figure (``total``, or the one of a joint bound) must stand: at ``bound`` or more,
    or with ``at_most`` or less; ``now`` is where it stands, ``distance`` how far from the bound,
    and ``met`` whether it only has to stay there."""

    figure: str
    title: str
    now: str
    bound: str
    at_most: bool
    met: bool
    distance: str


@dataclass(frozen=True, slots=True)
class Need:
    """What the bands ask for a better grade, or what is enough for a worse one.

    For ``grade`` or a better one all of ``figures`` are needed (``better``); any one of them is
    enough for ``grade`` or a worse one. ``holding`` are exceptions that change the grade and
    are taken to hold on; those of ``lifted`` hold now and must hold no longer.
    """

    grade: str
    grade_title: str
    better: bool
    figures: tuple[NeededFigure, ...]
    holding: tuple[str, ...]
    lifted: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Supposed:
    """What one record would say instead: of ``fact`` the value ``after``; without a fact the
    record would not count. Values are as their codes are written."""

    leaf: int
    record: str
    item: str
    fact: str | None
    before: str | None
    after: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A smallest change of what counted records say that leads to another grade: fewest facts,
    then fewest points moved. The grade and the total are those of an evaluation so changed."""

    grade: str
    grade_title: str
    total: str | None
    better: bool
    changes: tuple[Supposed, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One standing with everything behind it, in one language.

    What a pack does not say in that language stands in English, marked "[en]"; ``sentences_in``
    is the language of the sentences between, which exist in English and Chinese.
    ``weak``: the subject is named by its name and place alone, and this grounds no listing.
    ``draft``: the scheme has not been put into force, so this binds nobody. ``sentences`` say the
    whole of it in order. ``next_change_on``: before that day nothing changes by itself.
    """

    language: str
    sentences_in: str
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
    needs: tuple[Need, ...]
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
