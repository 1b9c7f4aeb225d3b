"""The one base error and the register of stable codes.

Invariant: a code, once published, keeps its meaning; two refusals never share a code.

A package declares its refusals once, in its ``errors`` module::

    EMPTY_FILE = code(
        "GS-INGEST-001",
        "The file {file} holds no rows.",
        why="An empty delivery must never look like a withdrawal of everything.",
        remedy="Check the export at the agency and send the file again.",
    )

and raises them with ``raise GoodStandingError(EMPTY_FILE, file=path)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_CODE_SHAPE = re.compile(r"GS-[A-Z]+-\d{3}")
_REGISTERED: dict[str, Code] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is wrong; line and column count from 1."""

    file: str | Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [str(self.file), self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Code:
    """One refusal: its stable id, the sentence, why we refuse, and what to do."""

    id: str
    what: str
    why: str
    remedy: str


def code(id: str, what: str, *, why: str, remedy: str) -> Code:
    """Declare a refusal. ``what`` may hold ``{fields}`` filled in when it is raised.

    Raises ValueError for a malformed or already used code: both are our own mistakes.
    """
    if not _CODE_SHAPE.fullmatch(id):
        raise ValueError(f"{id!r} is not of the form GS-PACKAGE-001")
    if id in _REGISTERED:
        raise ValueError(f"{id} is declared twice")
    _REGISTERED[id] = Code(id, what, why, remedy)
    return _REGISTERED[id]


def all_codes() -> tuple[Code, ...]:
    """Every declared code, sorted by id (of the packages imported so far)."""
    return tuple(_REGISTERED[key] for key in sorted(_REGISTERED))


class GoodStandingError(Exception):
    """A refusal a person can act on. Every error this software raises on bad input is one."""

    def __init__(self, code: Code, *, place: Place | None = None, **values: object) -> None:
        self.code = code
        self.place = place
        self.values = values
        self.what = code.what.format(**values)
        self.remedy = code.remedy.format(**values)
        super().__init__(self.what)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.code.id} {self.what}"

    def as_dict(self) -> dict[str, object]:
        """The same for machines: ``{code, what, why, remedy, place}``."""
        return {
            "code": self.code.id,
            "what": self.what,
            "why": self.code.why,
            "remedy": self.remedy,
            "place": str(self.place) if self.place else None,
        }
