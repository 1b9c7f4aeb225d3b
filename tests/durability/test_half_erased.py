"""An erasure that a crash has cut in two is known as such, and carried on by whoever comes next."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from tests.durability.work import records

from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Log, WritePoint, verify
from goodstanding.register.erase import erase
from goodstanding.register.segments import list_segments
from goodstanding.register.segments.files import digest_line

NOTED, CLOCK = Noted("test", 0), FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
LEAVES = [1, 11]


@pytest.fixture
def image(tmp_path: Path) -> tuple[Path, Path]:
    """Two segments of records, an erasure in both sealed but not begun; and the same, done."""
    folder, copy = tmp_path / "log", tmp_path / "image"

    def snapshot(reached: WritePoint) -> None:
        if reached is WritePoint.ERASURE_SEALED and not copy.exists():
            shutil.copytree(folder, copy)

    Log.create(folder, "register.example/lumen")
    log = Log.open(folder, at=snapshot)
    with duckdb.connect(":memory:") as connection:
        items = ("berth_fine", "pilot_licence")
        tables = [records(connection, item, f"'{item}#' || range", 10) for item in items]
        log.append((), tables, clock=CLOCK, noted=NOTED)
    erase(log, LEAVES, basis="port_act.12", by="o", reason="asked", clock=CLOCK, noted=NOTED)
    return copy, folder


def problems(folder: Path) -> set[str]:
    return {found.problem.split(":")[0] for found in verify(folder).findings}


def rewrite(image: Path, done: Path, *, renamed: bool) -> None:
    """The first segment as far as a crash lets it come: its digest, and itself or not."""
    segment, new = (list_segments(each / "register/segments")[0].file for each in (image, done))
    temporary = segment.with_name(f".{segment.name}.tmp")
    shutil.copy(new, temporary)
    segment.with_suffix(".sha256").write_bytes(digest_line(temporary, segment.name))
    if renamed:
        temporary.replace(segment)


@pytest.mark.parametrize("renamed", [False, True])
def test_a_checker_sees_an_unfinished_erasure_and_nothing_worse(
    image: tuple[Path, Path], renamed: bool
) -> None:
    rewrite(*image, renamed=renamed)
    assert problems(image[0]) == {"erasure unfinished"}


@pytest.mark.parametrize("renamed", [False, True])
def test_whoever_comes_next_carries_on(image: tuple[Path, Path], renamed: bool) -> None:
    rewrite(*image, renamed=renamed)
    log = Log.open(image[0])
    assert log.records(LEAVES, noted=NOTED) == []
    assert verify(image[0]).verified


def test_a_temporary_that_was_cut_off_is_written_anew(image: tuple[Path, Path]) -> None:
    segment = list_segments(image[0] / "register/segments")[0].file
    temporary = segment.with_name(f".{segment.name}.tmp")
    temporary.write_bytes(segment.read_bytes()[:100])
    Log.open(image[0])
    assert verify(image[0]).verified
    assert not temporary.exists()
