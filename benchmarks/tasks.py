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


APPENDED, HASHED, VERIFIED = "register append", "register hashing", "register verify"
SINGLE, SUBMITTED, SLOWEST = "register single", "register submit", "register slowest"
PROVED, BUNDLED = "register prove", "register bundle"

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
#: Whole logs, a time a record.
REGISTERING = (
    Task(
        APPENDED,
        "GoodStanding: batch append of rows in tables, all synced",
        "registering.append",
    ),
    Task(
        HASHED, "hashlib: the same leaves and nodes in plain loops (floor)", "registering.hashing"
    ),
    Task(
        VERIFIED,
        "GoodStanding: `verify`, every file of the register",
        "registering.reading",
        "full_verify",
    ),
)
#: Single acts, the median of many.
ACTING = (
    Task(SINGLE, "append of one event alone", "registering.interactive", "single"),
    Task(
        SUBMITTED,
        "event of one of 8 writers, 50 a second in all, sealed and published",
        "registering.interactive",
        "middle",
    ),
    Task(SLOWEST, "the slowest of those", "registering.interactive", "slowest"),
    Task(PROVED, "inclusion proof made", "registering.reading", "inclusion"),
    Task(BUNDLED, "proof bundle verified", "registering.reading", "bundles"),
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
ALL = {task.id: task for task in (*INGESTING, *REGISTERING, *ACTING, *EVALUATING)}
