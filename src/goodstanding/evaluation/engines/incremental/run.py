"""An incremental run: only whoever was touched, or is due, since an earlier one.

Invariant: merged with the whole results it names, what it writes equals a whole run, byte for
byte. A run writes the changes since the last whole results, not since the earlier run alone, so
that there are never more than two folders to keep.

The files take their names when all of them are complete, the manifest last: a crash in between
leaves a manifest whose digests do not fit, which is refused, never merged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import EVALUATED, Plan, compile_scheme
from goodstanding.evaluation.engines.files import (
    REASONS,
    SCHEME_SQL,
    STANDINGS,
    Progress,
    connect,
    copy,
    execute,
    parquet,
)
from goodstanding.evaluation.engines.incremental.building import build
from goodstanding.evaluation.engines.incremental.cache import Cache, digest, open_cache
from goodstanding.evaluation.engines.incremental.connection import (
    Connection,
    refusing,
)
from goodstanding.evaluation.engines.incremental.earlier import (
    BASE,
    REASONS_CHANGES,
    STANDINGS_CHANGES,
    SUBJECTS_CHANGES,
    Earlier,
    read_earlier,
    why_whole,
)
from goodstanding.evaluation.engines.incremental.touched import (
    TOUCHED,
    Sources,
    count_touched,
    find_touched,
    hold,
)
from goodstanding.evaluation.engines.script import script
from goodstanding.evaluation.manifest import MANIFEST
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError, Noted
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register import Checkpoint, Segment

FILES = (STANDINGS_CHANGES, REASONS_CHANGES, SUBJECTS_CHANGES, SCHEME_SQL)
#: A run over more subjects than this and a fifth of all is left to a whole run, which is quicker.
_MANY, _FIFTH = 100_000, 5
#: A cache is made again when the segments after it hold more than this and a part of the log.
_TAIL, _TAIL_PART = 100_000, 20


@dataclass(frozen=True, slots=True)
class Changes:
    """What an incremental run wrote: rows of its files, subjects it looked at again, and whether
    it first had to make the evaluation cache."""

    standings: int
    reasons: int
    folder: Path
    looked_at: int
    made_cache: bool
    manifest: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WholeRunNeeded:
    """Nothing was written: ``why`` says, after "because", what asks for a whole run."""

    why: str


def evaluate_since(
    scheme: Scheme,
    since: Path,
    checkpoint: Checkpoint,
    segments: Sequence[Segment],
    *,
    as_of: date,
    known_at: datetime | None,
    out: Path,
    cache: Path,
    draft: bool = False,
    threads: int | None = None,
    memory_limit: str = "2GiB",
    root: Path | None = None,
    progress: Progress | None = None,
    noted: Noted,
) -> Changes | WholeRunNeeded:
    """Evaluate who was touched or is due since the run in ``since`` and write the changes.

    ``segments`` are all that ``checkpoint`` covers, events too; ``cache`` is where evaluation
    caches of this scheme lie, below ``Layout.evaluation`` so that an erasure reaches it.
    ``noted`` is the receipt of the access log for this look.
    Raises GS-SCHEME-020 to 022, 040 to 043, 100, 101, 103 and 104.
    """
    tell = progress or (lambda step, share: None)
    earlier = read_earlier(since)
    if out.resolve() == earlier.base.resolve():
        raise GoodStandingError(errors.BASE_OVERWRITTEN, folder=out)
    scheme.check_applies(as_of)
    # First of all: what was erased must leave the cache, whatever else is to be done.
    found = _usable(scheme, checkpoint, segments, cache, earlier)
    why = why_whole(
        earlier, scheme, checkpoint, segments, as_of=as_of, known_at=known_at, draft=draft
    )
    if why is not None:
        return WholeRunNeeded(why)
    planning = _compiling(scheme, as_of, draft)
    if made := found is None:
        tell("making the evaluation cache", 0.0)
        found = build(
            scheme, planning.result(), checkpoint, segments, cache,
            begin_after=earlier.as_of, memory_limit=memory_limit, threads=threads,
        )  # fmt: skip
    sources = Sources(scheme, found, segments)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with scratch_folder(out, ".evaluating-") as work:
            with refusing(scheme, memory_limit), connect(memory_limit, work, threads) as con:
                tell("finding who was touched", 0.5)
                find_touched(con, sources, earlier, as_of)
                if why := _too_many(con, earlier):
                    return WholeRunNeeded(why)
                hold(con, sources)
                plan = planning.result()
                tell("evaluating", 0.7)
                counts = _write(con, plan, earlier, as_of, work)
                looked_at = count_touched(con)
            relations = {i.id: [s.file for s in segments if s.item == i.id] for i in plan.items}
            (work / SCHEME_SQL).write_text(script(plan, relations, root), "utf-8")
            manifest = _manifest(earlier, checkpoint, as_of, work, out)
            _put(work, out, manifest)
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    tell("done", 1.0)
    return Changes(*counts, out, looked_at, made, manifest)


def _compiling(scheme: Scheme, as_of: date, draft: bool) -> Future[Plan]:
    """The plan, worked out while DuckDB starts and reads."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(compile_scheme, scheme, as_of=as_of, known_at=None, draft=draft)
    finally:
        pool.shutdown(wait=False)


def _usable(
    scheme: Scheme,
    checkpoint: Checkpoint,
    segments: Sequence[Segment],
    place: Path,
    earlier: Earlier,
) -> Cache | None:
    """The cache, unless reading what came after it would take longer than making it anew pays."""
    found = open_cache(place, scheme, checkpoint, segments, begun_by=earlier.as_of)
    if found is not None:
        tail = checkpoint.head.size - found.size
        if tail > _TAIL and tail * _TAIL_PART > found.size:
            return None
    return found


def _too_many(con: Connection, earlier: Earlier) -> str | None:
    standings = _rows(con, earlier.base / STANDINGS)
    if (touched := count_touched(con)) > _MANY and touched * _FIFTH > standings:
        return f"{touched:,} of {standings:,} subjects would have to be evaluated again"
    if earlier.is_changes:
        changed = _rows(con, earlier.folder / SUBJECTS_CHANGES)
        if changed > _MANY and changed * _FIFTH > standings:
            return f"{changed:,} of {standings:,} standings have changed since the last whole run"
    return None


def _rows(con: Connection, file: Path) -> int:
    return int(str(execute(con, f"SELECT count(*) FROM {parquet([file])}")[0][0]))


def _write(
    con: Connection, plan: Plan, earlier: Earlier, as_of: date, work: Path
) -> tuple[int, int]:
    """Evaluate the held records and write the changes; how many standings and reasons."""
    execute(con, f"CREATE TEMP TABLE {EVALUATED} AS {plan.evaluated}")
    standings, reasons = plan.standings, plan.reasons
    subjects = f"SELECT subject FROM {TOUCHED}"
    if earlier.is_changes:
        standings, reasons = (
            f"SELECT * FROM ({query}) UNION ALL {still(earlier.folder / name, as_of, TOUCHED)} "
            f"ORDER BY {order}"
            for query, name, order in (
                (standings, STANDINGS_CHANGES, ORDER[STANDINGS]),
                (reasons, REASONS_CHANGES, ORDER[REASONS]),
            )
        )
        subjects += f" UNION SELECT subject FROM {parquet([earlier.folder / SUBJECTS_CHANGES])}"
    copy(con, f"{subjects} ORDER BY subject", work / SUBJECTS_CHANGES)
    return (
        copy(con, standings, work / STANDINGS_CHANGES),
        copy(con, reasons, work / REASONS_CHANGES),
    )


#: What each whole file is in order of.
ORDER = {STANDINGS: "subject, as_of", REASONS: "subject, as_of, position"}


def still(file: Path, as_of: date, without: str) -> str:
    """SQL: the rows of an earlier file that still hold, on the new date, but for the subjects of
    the relation ``without``."""
    return (
        f"SELECT * REPLACE (DATE '{as_of}' AS as_of) FROM {parquet([file])} "
        f"ANTI JOIN (SELECT subject FROM {without}) AS changed USING (subject)"
    )


def _manifest(
    earlier: Earlier, checkpoint: Checkpoint, as_of: date, work: Path, out: Path
) -> dict[str, object]:
    """That of the earlier run, as far as it is the same; what a whole run's would say, and the
    base. Nothing else can differ, or the run would have been whole."""
    return {
        **earlier.manifest,
        "as_of": as_of.isoformat(),
        "log_size": checkpoint.head.size,
        "root": checkpoint.head.root.hex(),
        "sha256": {name: digest(work / name) for name in FILES},
        BASE: {
            "folder": Path(os.path.relpath(earlier.base, out.resolve())).as_posix(),
            "manifest_sha256": earlier.base_manifest_digest(),
        },
    }


def _put(work: Path, out: Path, manifest: Mapping[str, object]) -> None:
    """Give the files their names; whole results that lay there would now contradict them."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (work / MANIFEST).write_text(text, "utf-8")
    for name in (STANDINGS, REASONS):
        (out / name).unlink(missing_ok=True)
    for name in (*FILES, MANIFEST):
        (work / name).replace(out / name)
