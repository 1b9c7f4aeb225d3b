"""Values of ingestion: what was delivered, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from dataclasses import field as dataclass_field
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

#: In a remedy: the place of what was likely meant.
LIKELY = "{likely}"


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One set-wise check: rows of ``staged`` for which the SQL ``fails`` is true are rejected."""

    code: Code
    field: str
    fails: str
    values: dict[str, object] = dataclass_field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What the agency reads."""
        return self.code.what.format(field=self.field, **self.values)

    @property
    def remedy(self) -> str:
        """What the agency can do."""
        return self.code.remedy.format(field=self.field, **self.values)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An agency's file as it arrived: original bytes kept under their SHA-256."""

    source: str
    file_name: str
    original: Path
    readable: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of one delivery; accepted + rejected = read, always."""

    source: str
    file_name: str
    sha256: str
    read: int
    accepted: int
    rejected: int
    new: int
    corrected: int
    unchanged: int
    withdrawn: int
    reasons: tuple[tuple[str, str, int], ...]
    quarantine: Path | None
    log_size: int

    def __post_init__(self) -> None:
        if self.accepted + self.rejected != self.read:
            raise AssertionError(f"{self.accepted} + {self.rejected} is not {self.read} rows")

    def as_dict(self) -> dict[str, object]:
        """For machines; ``reasons`` as [code, sentence, rows]."""
        data = asdict(self)
        data["quarantine"] = str(self.quarantine) if self.quarantine else None
        return data
