"""The power fails: what had not reached the disk is torn, and nothing acknowledged is lost for it.

A power failure is a copy of the folder taken at a write point, with SQLite's shared memory left
out, in which something is then torn that was not synced yet. What was synced and is torn all
the same (a broken disk, a careless restore) is refused; a shorter log is never taken for whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from sqlite3 import connect

import pytest

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Log, NewEvent, StreamVersion, WritePoint, verify

NOTED, CLOCK = Noted("test", 0), FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
#: An SQLite page, and a frame of the write-ahead log: its header and a page.
PAGE, FRAME = 4096, 24 + 4096

Image = Callable[[WritePoint | None], Path]


def events(count: int) -> list[NewEvent]:
    return [NewEvent("hearing", {"berth": f"N{n}"}) for n in range(count)]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """The folder as a power failure leaves it: a log of 300 entries, 40 more on their way.

    At a write point of that second batch, or (None) after it has been acknowledged.
    """

    def take(point: WritePoint | None) -> Path:
        folder, copy = tmp_path / "log", tmp_path / "image"
        Log.create(folder, "register.example/lumen").append(events(300), clock=CLOCK, noted=NOTED)

        def snapshot(reached: WritePoint | None) -> None:
            if reached is point:
                shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-shm"))

        # Another process reads, so the write-ahead log stays where it is.
        with closing(connect(folder / "state.db")) as other:
            other.execute("SELECT * FROM head").fetchall()
            Log.open(folder, at=snapshot).append(events(40), clock=CLOCK, noted=NOTED)
            snapshot(None)
        return copy

    return take


def whole(folder: Path, *sizes: int) -> None:
    """The log opens at one of the sizes, verifies, and goes on."""
    log = Log.open(folder)
    assert log.head.size in sizes
    assert log.checkpoint().head == log.head
    log.append(events(1), clock=CLOCK, noted=NOTED)
    report = verify(folder)
    assert report.verified, report.findings
    assert report.unfinished == []


@pytest.mark.parametrize("cut", [1, 24, 25, 2000, PAGE, FRAME, FRAME + 1])
def test_a_torn_commit_did_not_happen(image: Image, cut: int) -> None:
    folder = image(WritePoint.HEAD_MOVED)
    log = folder / "state.db-wal"
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - cut)
    whole(folder, 300)


@pytest.mark.parametrize("seed", range(4))
def test_a_scrambled_commit_did_not_happen(image: Image, seed: int) -> None:
    folder = image(WritePoint.HEAD_MOVED)
    log, rng = folder / "state.db-wal", Random(seed)
    data = bytearray(log.read_bytes())
    at = len(data) - rng.randrange(1, PAGE)
    data[at:] = rng.randbytes(len(data) - at)
    log.write_bytes(data)
    whole(folder, 300)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("point", [WritePoint.TILES_WRITTEN, WritePoint.HEAD_MOVING])
def test_torn_files_beyond_the_head_are_swept_away(
    image: Image, point: WritePoint, seed: int
) -> None:
    folder, rng = image(point), Random(seed)
    # What is there besides the first 300 entries was written in the second batch.
    names = {"300-40.parquet", "300-40.sha256", "84"}
    torn = [file for file in (folder / "register").rglob("*") if file.name in names]
    assert len(torn) == 4
    for file in torn:
        match rng.randrange(3):
            case 0:
                file.unlink()
            case 1:
                file.write_bytes(file.read_bytes()[: rng.randrange(file.stat().st_size)])
    whole(folder, 300)


def test_a_mark_that_comes_back_is_looked_at_once(image: Image) -> None:
    folder = image(None)
    (folder / "register/unfinished").touch()
    whole(folder, 340)


@pytest.mark.parametrize("cut", [1, 2000, FRAME])
def test_an_acknowledged_commit_that_is_torn_is_refused(image: Image, cut: int) -> None:
    folder = image(None)
    log = folder / "state.db-wal"
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - cut)
    with pytest.raises(GoodStandingError, match="covers 340 entries, it knows of 300") as refused:
        Log.open(folder)
    assert refused.value.code.id == "GS-REGISTER-009"
    # Nothing has been touched: what is published still verifies.
    assert verify(folder).verified


def test_an_older_state_is_refused_to_an_open_log(image: Image, tmp_path: Path) -> None:
    folder = image(None)
    log = Log.open(folder)
    shutil.copy(folder / "state.db", tmp_path / "backup")
    log.append(events(1), clock=CLOCK, noted=NOTED)
    shutil.copy(tmp_path / "backup", folder / "state.db")
    with pytest.raises(GoodStandingError, match="covers 341 entries, it knows of 340"):
        log.append(events(1), clock=CLOCK, noted=NOTED)


def test_nothing_is_written_over_entries_that_state_and_checkpoint_forgot(
    image: Image, tmp_path: Path
) -> None:
    folder = image(None)
    log = Log.open(folder)
    for file in ("state.db", "register/checkpoint"):
        shutil.copy(folder / file, tmp_path / Path(file).name)
    log.append(events(1), clock=CLOCK, noted=NOTED)
    for file in ("state.db", "register/checkpoint"):
        shutil.copy(tmp_path / Path(file).name, folder / file)
    with pytest.raises(GoodStandingError, match="entries lie beyond the 340") as refused:
        Log.open(folder).append(events(1), clock=CLOCK, noted=NOTED)
    assert refused.value.code.id == "GS-REGISTER-009"
    assert not verify(folder).verified


@pytest.mark.parametrize("number", range(8))
def test_a_scrambled_page_of_the_state_is_refused_or_does_no_harm(
    tmp_path: Path, number: int
) -> None:
    folder = tmp_path / "log"
    log = Log.create(folder, "register.example/lumen")
    stream = StreamVersion("case/1", 0)
    log.submit(NewEvent("hearing", {}, stream), clock=CLOCK, noted=NOTED)
    data = bytearray((folder / "state.db").read_bytes())
    at = number % (len(data) // PAGE) * PAGE
    data[at : at + PAGE] = Random(number).randbytes(PAGE)
    (folder / "state.db").write_bytes(data)
    refusal, size = None, None
    try:
        again = Log.open(folder)
        again.submit(NewEvent("hearing", {}, StreamVersion("case/1", 1)), clock=CLOCK, noted=NOTED)
        size = again.head.size
    except GoodStandingError as error:
        refusal = error.code.id
    assert size == 2 or refusal in ("GS-REGISTER-009", "GS-REGISTER-021")
    assert verify(folder).verified
