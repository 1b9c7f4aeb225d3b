"""Everything that is measured, by name, in the order of the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from benchmarks.place import Place, Timed

OURS, FLOOR, PYMERKLE = "ingest ours", "ingest copy", "ingest pymerkle"
EVALUATED, HANDWRITTEN = "evaluate ours", "evaluate handwritten"
ZEN_DOCUMENTED, ZEN_QUICKEST, ZEN_RECORDS = "zen documented", "zen quickest", "zen records"


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement: ``writes`` is the folder of results that must equal ours."""

    id: str
    title: str
    where: str
    function: str = "run"
    writes: str | None = None
    most_memory: int | None = None

    def load(self) -> Callable[[Place], Timed]:
        """The function itself; peers are imported only in the process that measures them."""
        found: Callable[[Place], Timed] = getattr(
            import_module(f"benchmarks.{self.where}"), self.function
        )
        return found


GB = 1_000_000_000
INGESTING = (
    Task(
        OURS,
        "GoodStanding: checks, quarantine, commitments, segments, tiles, index, all synced",
        "ingesting.ours",
    ),
    Task(PYMERKLE, "pymerkle: append in memory, bytes ready", "ingesting.merkle_tree"),
    Task(FLOOR, "DuckDB: COPY of the file (floor)", "ingesting.copy"),
)
EVALUATING = (
    Task(EVALUATED, "GoodStanding: `evaluate`", "evaluating.ours"),
    Task(
        HANDWRITTEN,
        "DuckDB: hand-written query (floor)",
        "evaluating.handwritten",
        writes="handwritten",
    ),
    Task(
        "evaluate polars",
        "Polars: lazy, streaming",
        "evaluating.polars_lazy",
        writes="polars",
        most_memory=12 * GB,
    ),
    Task(
        "evaluate pandas",
        "pandas: in memory",
        "evaluating.pandas_frames",
        writes="pandas",
        most_memory=12 * GB,
    ),
    Task(
        ZEN_DOCUMENTED,
        "zen-engine: `decision.evaluate`, indicators given",
        "evaluating.zen_engine",
        "as_documented",
    ),
    Task(
        ZEN_QUICKEST,
        "zen-engine: `engine.evaluate`, indicators given",
        "evaluating.zen_engine",
        "quickest",
    ),
    Task(
        ZEN_RECORDS,
        "zen-engine: `engine.evaluate`, from live records",
        "evaluating.zen_engine",
        "from_records",
    ),
)
ALL = {task.id: task for task in (*INGESTING, *EVALUATING)}
