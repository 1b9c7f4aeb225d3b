"""The vectors of proof bundles as values, for every test that runs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FOLDER = Path(__file__).parent / "bundles"


@dataclass(frozen=True, slots=True)
class Case:
    """One vector: the file, how it is checked, and what comes out (``step`` fails, or None)."""

    name: str
    file: Path
    append_blanks: int
    keys: tuple[str, ...]
    policy: str | None
    now: datetime
    verified: bool
    step: int | None

    @property
    def data(self) -> bytes:
        return self.file.read_bytes() + b" " * self.append_blanks


CASES = tuple(
    Case(
        name=Path(each["file"]).stem,
        file=FOLDER / each["file"],
        append_blanks=each["append_blanks"],
        keys=tuple(each["keys"]),
        policy=each["policy"],
        now=datetime.fromisoformat(each["now"]),
        verified=each["verified"],
        step=each["step"],
    )
    for each in json.loads((FOLDER / "manifest.json").read_text("utf-8"))
)
