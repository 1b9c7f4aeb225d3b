"""Everything that is measured, by name, in the order of the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from benchmarks.place import Place, Timed

OURS, FLOOR, PYMERKLE = "ingest ours", "ingest copy", "ingest pymerkle"
PARTED = "ingest parts"
HELPED, INGESTED = "start help", "start ingest"
EVALUATED, HANDWRITTEN = "evaluate ours", "evaluate handwritten"
ROOMY = "evaluate roomy"
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


FISCA_RECORDS, FISCA_GIVEN = "openfisca records", "openfisca indicators"
POLARS, PANDAS = "evaluate polars", "evaluate pandas"
WHOLE, CACHED = "incremental whole", "incremental cache"
CHANGED, MERGED = "incremental changes", "incremental merge"
EXPLAINED, EXPLAINED_SLOWEST, EXPLAIN_COMMAND = "explain one", "explain slowest", "explain command"
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
#: The same ingestion once more, watched: where its time goes.
PARTING = (Task(PARTED, "GoodStanding: the same, watched", "ingesting.parts"),)
#: What has little to do: seconds of the clock, then of all processors.
STARTING = (
    Task(HELPED, "`goodstanding --help`: seconds", "starting.ours", "help_"),
    Task(
        INGESTED,
        "`goodstanding ingest` of 350 rows into a node that is there: seconds of processor time",
        "starting.ours",
        "ingest",
    ),
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
        POLARS,
        "Polars: lazy, streaming",
        "evaluating.polars_lazy",
        writes="polars",
        most_memory=12 * GB,
    ),
    Task(
        PANDAS,
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
    Task(
        FISCA_RECORDS,
        "OpenFisca-core: from live records, in memory",
        "evaluating.openfisca",
        "from_records",
    ),
    Task(
        FISCA_GIVEN,
        "OpenFisca-core: indicators given, in memory",
        "evaluating.openfisca",
        "indicators_given",
    ),
)
#: In this order: each builds on what the one before it left.
FOLLOWING = (
    Task(WHOLE, "`evaluate`: everyone, after the batch", "following.ours", "whole"),
    Task(
        CACHED, "the first `--since`: nothing new, makes the cache", "following.ours", "make_cache"
    ),
    Task(CHANGED, "`evaluate --since`: whom the batch touched", "following.ours", "changes"),
    Task(MERGED, "merged with the whole results of before", "following.ours", "merge"),
)
EXPLAINING = (
    Task(EXPLAINED, "`explain` of one subject: its work, node and scheme open", "explaining.ours",
         "middle"),
    Task(EXPLAINED_SLOWEST, "the slowest of 60 subjects", "explaining.ours", "slowest"),
    Task(EXPLAIN_COMMAND, "`goodstanding explain` from the shell, interpreter and all",
         "explaining.ours", "command"),
)  # fmt: skip
#: What is measured by stage; a stage is left out by --only.
STAGES: dict[str, tuple[Task, ...]] = {
    "starting": STARTING,
    "register": (*INGESTING, *PARTING, *REGISTERING, *ACTING),
    "peers": EVALUATING,
    "explain": EXPLAINING,
    "incremental": FOLLOWING,
    "scaling": (
        Task(ROOMY, "GoodStanding: `evaluate --memory 16GiB`", "evaluating.ours", "roomy"),
    ),
}
ALL = {task.id: task for tasks in STAGES.values() for task in tasks}
