"""Values of ingestion: what was delivered, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as dataclass_field
from datetime import date
from pathlib import Path

from goodstanding.kernel import Code

#: What a step reports while it runs: its name, rows done, rows in all (None: not known).
Progress = Callable[[str, int, int | None], None]

#: The fields a contract's select must give, and those it may leave out.
REQUIRED_FIELDS = ("source_key", "item", "subject", "document", "basis", "decided_on")
OPTIONAL_FIELDS = (
    "authority",
    "subject_kind",
    "subject_name",
    "effective_on",
    "published_on",
    "amended_on",
    "ends_on",
)
DATE_FIELDS = ("decided_on", "effective_on", "published_on", "amended_on", "ends_on")


#: Reasons about the whole row or line, not about one of its fields.
WHOLE_ROW = frozenset({"row", "line"})
#: How the kept form of a delivery ends, of which rows were erased by order.
REDACTED = ".redacted.parquet"
#: Stands in a sentence where each row's own value goes.
VALUE = "\ue000"


class FieldName(str):
    """A value of a check that names one of our fields; the agency reads its own column instead."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One set-wise check: rows of ``staged`` for which the SQL ``fails`` is true are rejected.

    What the agency reads begins with the columns that it knows the field by, unless the code's
    sentence names ``{field}`` itself; ``{value}`` in it is the row's own value.
    """

    code: Code
    field: str
    fails: str
    values: dict[str, object] = dataclass_field(default_factory=dict)
    #: SQL of what is shown as the value, where that is more than the field itself.
    shows: str | None = None
    #: What is said of each row by itself: SQL for `{0}`, `{1}` among ``values``.
    of_row: tuple[str, ...] = ()

    def sentence(self, labels: Mapping[str, str], value: str = "the value") -> str:
        """What the agency reads; ``labels`` are field -> the agency's columns."""
        said = self.code.what.format(**self._filled(labels), value=value)
        named = "{field" in self.code.what or self.field in WHOLE_ROW
        return said if named else f"{labels.get(self.field, self.field)}: {said}"

    def remedy(self, labels: Mapping[str, str]) -> str:
        """What the agency can do."""
        return self.code.remedy.format(**self._filled(labels), value="the value")

    def _filled(self, labels: Mapping[str, str]) -> dict[str, object]:
        values = {
            key: labels.get(value, value) if isinstance(value, FieldName) else value
            for key, value in self.values.items()
        }
        return {"field": labels.get(self.field, self.field), **values}


@dataclass(frozen=True, slots=True)
class Handover:
    """What whoever hands over a file says of it.

    ``as_of`` is the day the file is of, ``again`` that an older one is given on purpose,
    ``allow_fewer`` that far fewer rows than last time are right.
    """

    as_of: date | None = None
    again: bool = False
    allow_fewer: bool = False


#: Nothing is said of the file; it speaks for itself.
AS_IT_COMES = Handover()


@dataclass(frozen=True, slots=True)
class Delivery:
    """An agency's file as it arrived: original bytes kept under their SHA-256.

    ``part_of``: of a mended quarantine, the SHA-256 of the delivery whose rejected rows it brings.
    """

    source: str
    file_name: str
    original: Path
    readable: Path
    sha256: str
    size: int
    part_of: str | None = None
    #: What is to be said of the file though nothing is refused for it.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of one delivery; accepted + rejected = read, always.

    ``as_of`` is the day the file is of, ``series`` the files it is compared with. Of the rejected
    rows ``left_out`` are no records by the contract, which is no fault. Of the accepted ones
    ``older`` change nothing, since their records were told of later than this file. ``ended`` and
    ``withdrawn`` are records that a full list no longer has. ``entry`` is the delivery's own
    entry, None if nothing was sealed; ``notes`` say what else was not taken as it was sent.
    """

    source: str
    file_name: str
    sha256: str
    as_of: date
    series: str | None
    read: int
    accepted: int
    rejected: int
    left_out: int
    new: int
    corrected: int
    unchanged: int
    older: int
    ended: int
    withdrawn: int
    reasons: tuple[tuple[str, str, int], ...]
    #: Rows that may be about natural persons; they are part of those rejected.
    held: int = 0
    #: Accepted rows whose subject has a weak identifier, made of its name and place.
    weak: int = 0
    notes: tuple[str, ...] = ()
    quarantine: Path | None = None
    entry: int | None = None
    log_size: int = 0

    def __post_init__(self) -> None:
        if self.accepted + self.rejected != self.read:
            raise AssertionError(f"{self.accepted} + {self.rejected} is not {self.read} rows")

    @property
    def faults(self) -> int:
        """Rejected rows that the agency got wrong: neither left out nor held."""
        return self.rejected - self.left_out - self.held

    def as_dict(self) -> dict[str, object]:
        """For machines; ``reasons`` as [code, sentence, rows]."""
        data = asdict(self)
        data["as_of"] = self.as_of.isoformat()
        data["quarantine"] = str(self.quarantine) if self.quarantine else None
        return data
