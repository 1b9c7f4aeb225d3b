"""What a check found: of how many things how many held, and what did not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from goodstanding.register.keys import VerifyingKey
from goodstanding.register.model import Checkpoint

#: Findings kept in a report; a register that is wrong everywhere needs no longer list.
MAX_FINDINGS = 100

#: Called with entries checked so far and entries in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up: in which file, and at which leaf if it is one."""

    step: int
    file: Path
    leaf: int | None
    problem: str


@dataclass(slots=True)
class Step:
    """``checked`` of ``total`` things held."""

    number: int
    title: str
    unit: str
    checked: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class TileSteps:
    """The steps in which a tile or an entry bundle has a part."""

    rows: Step
    bundles: Step
    tiles: Step


@dataclass(frozen=True, slots=True)
class ClockSet:
    """An officer said which instant it was: in which entry, who, why, and what it was before."""

    leaf: int
    known_at: str
    by: str
    reason: str
    last: str


@dataclass(slots=True)
class VerifyReport:
    """What was checked and what was found.

    ``checkpoint`` is the newest signed one, published or not; ``unfinished`` are files of a
    batch that has not reached its checkpoint, which is no finding; ``former_keys`` those that,
    by the entries of the log, signed before the key it was checked with; ``clocks`` what officers
    said of the clock.
    """

    checkpoint: Checkpoint | None = None
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    unfinished: list[Path] = field(default_factory=list)
    former_keys: list[VerifyingKey] = field(default_factory=list)
    clocks: list[ClockSet] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Everything was checked and nothing found."""
        complete = all(step.checked == step.total for step in self.steps)
        return self.checkpoint is not None and complete and not self.findings

    def step(self, number: int, title: str, unit: str, total: int) -> Step:
        """Begin a step."""
        self.steps.append(Step(number, title, unit, 0, total))
        return self.steps[-1]

    def add(self, step: int, file: Path, problem: str, leaf: int | None = None) -> None:
        """Keep a finding, or count it if there are enough already."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(step, file, leaf, problem))
        else:
            self.more_findings += 1
