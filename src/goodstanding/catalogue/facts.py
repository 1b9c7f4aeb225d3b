"""Facts about the law as they were noted, file by file, each with a path and a mark.

Invariant: the mark of a fact is the worst that its note gives it; nothing is ever better known
than its least certain part.

A note is a YAML file. Its facts are its scalars, its lists of scalars, and its records (mappings
of these); what is nested is walked into. A path joins keys and, in a list of records, the
record's own name: ``schemes.tax_credit_2025.grades.A``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from goodstanding.catalogue.documents import read_document
from goodstanding.catalogue.model import Confidence


class Mark(IntEnum):
    """How a fact was come by, from the official text to nothing found."""

    V = 0
    V2 = 1
    K = 2
    GAP = 3


#: What each confidence in a pack claims.
CLAIMS = {
    Confidence.VERIFIED: Mark.V,
    Confidence.REPRODUCED: Mark.V,
    Confidence.SECONDARY: Mark.V2,
    Confidence.KNOWN: Mark.K,
}
#: Keys that name or describe a record and are no facts of their own.
_LABELS = frozenset(
    {"schema", "id", "code", "n", "zh", "confidence", "note", "authority_confidence"}
)
#: Keys whose value names a record of a list, in this order.
_NAMES = ("id", "code", "n", "grade", "step", "art", "band", "batch", "year")
_MARK = re.compile(r"\b(?:VERIFIED-2|VERIFIED\w*|V2|V|KNOWN|K|GAP)\b")


@dataclass(frozen=True, slots=True)
class NotedFact:
    """One fact: its file, its path there, and its mark if the note gives one."""

    file: str
    path: str
    mark: Mark | None

    @property
    def address(self) -> str:
        """``file#path``."""
        return f"{self.file}#{self.path}"


def read_facts(folder: Path) -> list[NotedFact]:
    """Every fact of the notes in a folder, by file and in their order. Raises GS-PACK-002, 010."""
    return [
        fact
        for path in sorted(folder.glob("*.yaml"))
        for fact in _walk(read_document(path).data, path.name, (), None)
    ]


def read_mark(text: object) -> Mark | None:
    """The worst mark that a text names; None if it names none."""
    found = [_mark(word) for word in _MARK.findall(str(text))]
    return max(found) if found else None


def _mark(word: str) -> Mark:
    if word.startswith("VERIFIED"):
        return Mark.V2 if word.endswith("-2") else Mark.V
    return Mark.K if word == "KNOWN" else Mark[word]


def _walk(
    value: object, file: str, path: tuple[str, ...], mark: Mark | None
) -> Iterator[NotedFact]:
    match value:
        case dict():
            own = read_mark(value["confidence"]) if "confidence" in value else mark
            if path and not any(_is_branch(child) for child in value.values()):
                yield NotedFact(file, ".".join(path), own)
                return
            for key, child in value.items():
                if key in _LABELS or key.endswith("_confidence"):
                    continue
                given = value.get(f"{key}_confidence")
                yield from _walk(child, file, (*path, key), read_mark(given) if given else own)
        case list() if _is_branch(value):
            for name, child in zip(_names(value), value, strict=True):
                yield from _walk(child, file, (*path, name), mark)
        case _:
            given_up = Mark.GAP if value == "GAP" else mark
            yield NotedFact(file, ".".join(path), given_up)


def _is_branch(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(child, dict) for child in value)
    return isinstance(value, dict)


def _names(records: list[object]) -> list[str]:
    """A name for each record of a list: its own where it has one alone, else its position."""
    named = [_name(record) for record in records]
    shared = Counter(named)
    return [
        name if name is not None and shared[name] == 1 else str(n) for n, name in enumerate(named)
    ]


def _name(record: object) -> str | None:
    if not isinstance(record, Mapping):
        return None
    found = (str(record[key]) for key in _NAMES if isinstance(record.get(key), str | int))
    return next((name for name in found if re.fullmatch(r"[\w-]+", name)), None)
