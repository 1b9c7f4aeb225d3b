"""Incremental runs, merged, are whole runs byte for byte, on made-up schemes and registers.

Registers grow by records, corrections (also to another subject), withdrawals and erasures; days
go forward and back, laws change, and a run builds on changes or on whole results, with a cache
older than either, newer, or lost.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from tests.generative.histories import History, Shelf, Step, histories

from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.engines.files import REASONS, SCHEME_SQL, STANDINGS
from goodstanding.evaluation.engines.incremental import Changes, evaluate_since, forget, merge
from goodstanding.evaluation.manifest import MANIFEST, write_manifest
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError, Noted

CASES = 25
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
FILES = (STANDINGS, REASONS, SCHEME_SQL, MANIFEST)


def whole(scheme: Scheme, shelf: Shelf, step: Step, out: Path) -> Path | None:
    """The folder of a whole run; None where the scheme cannot be applied."""
    try:
        run(scheme, shelf.relations(), as_of=step.as_of, known_at=step.known_at, out=out, threads=1)
    except GoodStandingError:
        return None
    write_manifest(
        out, scheme, shelf.checkpoint, step.as_of, step.known_at, history=False, draft=False
    )
    return out


def follow(history: History, folder: Path) -> int:
    """Run step by step; how many runs were incremental. Each must be what a whole run is."""
    scheme, shelf, cache = history.case.scheme, Shelf(folder / "segments"), folder / "cache"
    last: Path | None = None
    base: Path | None = None
    incremental = 0
    for n, step in enumerate(history.steps):
        shelf.add(step)
        expected = whole(scheme, shelf, step, folder / f"whole{n}")
        since = last if step.since_last else base
        if expected is None or since is None:
            last = base = expected
            continue
        if step.lose_cache:
            forget(cache)
        found = evaluate_since(
            scheme, since, shelf.checkpoint, shelf.segments, as_of=step.as_of,
            known_at=step.known_at, out=folder / f"changes{n}", cache=cache, threads=1,
            noted=Noted("test", 0),
        )  # fmt: skip
        if not isinstance(found, Changes):
            last = base = expected
            continue
        incremental += 1
        merged = merge(found.folder, folder / f"merged{n}")
        assert {name: (merged.folder / name).read_bytes() for name in FILES} == {
            name: (expected / name).read_bytes() for name in FILES
        }
        last = found.folder
        # Sometimes the merged results are what later runs build on.
        base = merged.folder if step.since_last else base
    return incremental


@pytest.mark.parametrize("part", ["first", "second"])
def test_histories(part: str) -> None:
    runs: list[int] = []

    @SETTINGS
    @seed(f"incremental {part}")
    @given(history=histories())
    def look(history: History | None) -> None:
        if history is not None:
            note(history.told())
            with TemporaryDirectory() as folder:
                runs.append(follow(history, Path(folder)))

    look()
    # That none is incremental would prove nothing.
    assert sum(runs) > CASES // 2
