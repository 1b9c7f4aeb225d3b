"""A backtest from question to files: evaluate sets, compare sets, write, draw.

Invariant: the node is only read. Standings lie in a folder beside the results while they are
compared and are deleted then; results take their names when all of them are complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path

from goodstanding.evaluation import errors
from goodstanding.evaluation.backtest.model import Findings, Question
from goodstanding.evaluation.backtest.probes import probes
from goodstanding.evaluation.backtest.sheet import SHEET, write_sheet
from goodstanding.evaluation.backtest.summary import summary_of
from goodstanding.evaluation.engines import backtest as engine
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.engines.files import STANDINGS, Progress
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register import Checkpoint

SUMMARY, REPORT = "backtest.json", "report.html"


@dataclass(frozen=True, slots=True)
class Machine:
    """What the run may use, and whom it tells how far it has come."""

    memory_limit: str = "2GiB"
    threads: int | None = None
    progress: Progress | None = None

    def tell(self, step: str, share: float) -> None:
        """Say how far the whole has come."""
        if self.progress is not None:
            self.progress(step, share)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What was asked, found and summed up."""

    question: Question
    findings: Findings
    summary: dict[str, object]


class Run:
    """One backtest in a folder to work in."""

    def __init__(
        self,
        question: Question,
        relations: Mapping[str, Sequence[Path]],
        work: Path,
        machine: Machine,
    ) -> None:
        self.question = question
        self.relations = relations
        self.work = work
        self.machine = machine
        self.bounds = probes(question.after, question.days[-1]) if question.bounds else []
        self.steps = len(question.sides) * len(question.days) + len(self.bounds)
        self.done = 0

    def findings(self, out: Path) -> Findings:
        """Evaluate and compare; the Parquet files are written into ``out``."""
        question, alone = self.question, self.question.before is None
        order = list(dict.fromkeys(g for s in question.sides.values() for g in s.grades.order))
        with engine.comparison(order, self.work, self.machine.memory_limit) as comparison:
            for side, scheme in question.sides.items():
                files = [self.evaluate(scheme, day, f"{side}-{day}") for day in question.days]
                comparison.load(side, files)
                self.forget(files)
            comparison.compare(question.days, alone=alone)
            last = question.days[-1]
            for number, probe in enumerate(self.bounds):
                file = None
                if probe.scheme is not None:
                    file = self.evaluate(probe.scheme, last, f"probe-{number}")
                comparison.probe(number, probe, file, last)
                self.forget([] if file is None else [file])
            if question.group is not None:
                comparison.group(question, question.group, self.relations)
            comparison.deliveries(question, self.relations)
            return comparison.write(out, alone=alone)

    def evaluate(self, scheme: Scheme, day: date, name: str) -> Path:
        """The standings of a version on one day."""
        self.machine.tell("evaluating", self.done / max(1, self.steps))
        folder = self.work / name
        run(
            scheme, self.relations, as_of=day, known_at=self.question.known_at, out=folder,
            draft=True, threads=self.machine.threads, memory_limit=self.machine.memory_limit,
        )  # fmt: skip
        self.done += 1
        return folder / STANDINGS

    def forget(self, files: Sequence[Path]) -> None:
        """Delete what has been taken in."""
        for file in files:
            shutil.rmtree(file.parent)


def run_backtest(
    question: Question,
    relations: Mapping[str, Sequence[Path]],
    digests: Mapping[str, str],
    checkpoint: Checkpoint,
    out: Path,
    machine: Machine,
) -> Backtest:
    """Evaluate, compare and write the Parquet files and groups.csv into ``out``.

    ``relations`` gives the segment files of each item, ``digests`` the digest of each side's
    version. The report is drawn by ``report.write_report``, then ``seal`` names all files.
    Raises GS-SCHEME-020 to 022 and 040 to 043.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with scratch_folder(out, ".backtesting-") as work:
            found = Run(question, relations, work, machine).findings(work)
            write_sheet(found.groups, work / SHEET)
            for name in (*engine.FILES, SHEET):
                (work / name).replace(out / name)
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    return Backtest(question, found, summary_of(question, found, digests, checkpoint))


def seal(backtest: Backtest, out: Path) -> dict[str, object]:
    """Write backtest.json, which names every other file with its SHA-256, and return it."""
    names = sorted([*engine.FILES, SHEET, REPORT])
    summary = {**backtest.summary, "sha256": {name: _sha256(out / name) for name in names}}
    text = json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (out / SUMMARY).write_text(text, "utf-8")
    return summary


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
