"""The check counts only what it checked, and says of what is wrong where it lies."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from goodstanding.kernel import FixedClock, GoodStandingError, Noted, parse_instant
from goodstanding.register import Log, NewEvent, RecordTable, verify
from goodstanding.register.keys import SigningKey

CLOCK = FixedClock(parse_instant("2026-01-31T12:00:00Z"))
NOTED = Noted("test", 0)
EVENT = NewEvent("delivery", {"source": "s", "sha256": "ab"})
ROWS = 600
ROW = dict[str, object]


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory,
    make_table: Callable[..., RecordTable],
    make_row: Callable[..., ROW],
) -> Path:
    """A sound register of six hundred entries."""
    log = Log.create(tmp_path_factory.mktemp("sealed") / "log", "register.example/lumen")
    table = make_table([make_row(n) for n in range(ROWS - 1)])
    log.append([EVENT], [table], clock=CLOCK, noted=NOTED)
    return log.layout.folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage."""
    return Path(shutil.copytree(sealed, tmp_path / "log"))


@pytest.fixture
def segment(folder: Path) -> Path:
    return folder / "register/segments/berth_fine/1-599.parquet"


def rewrite(file: Path, sql: str) -> None:
    """Write a segment anew, with the digest to match."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE segment AS FROM '{file}'").fetchall()
        connection.execute(f"COPY ({sql}) TO '{file}'").fetchall()
    digest = sha256(file.read_bytes()).hexdigest()
    file.with_suffix(".sha256").write_text(f"{digest}  {file.name}\n")


def test_everything_is_counted(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify(folder, progress=lambda done, total: told.append((done, total)))
    assert report.verified
    assert [(step.number, step.checked, step.total, step.unit) for step in report.steps] == [
        (1, 1, 1, "checkpoints"),
        (2, ROWS, ROWS, "entries"),
        (3, 2, 2, "segments"),
        (4, ROWS, ROWS, "entries"),
        (5, 0, 0, "entries"),
        (6, ROWS, ROWS, "entries"),
        (7, 3, 3, "bundles"),
        (8, 4, 4, "tiles"),
        (9, 1, 1, "roots"),
        (10, 0, 0, "checkpoints"),
        (11, 12, 12, "files"),
        (12, 0, 0, "versions"),
    ]
    assert told[-1] == (ROWS, ROWS)


def test_an_empty_register_is_sound(tmp_path: Path) -> None:
    report = verify(Log.create(tmp_path / "log", "register.example/lumen").layout.folder)
    assert report.verified, report.findings


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_name", "'Someone Else'"),
        ("f_amount", "CAST(f_amount + 0.01 AS DECIMAL(18,2))"),
        ("f_days", "NULL"),
        ("ends_on", "NULL"),
        ("authority", 'authority || \'","basis":"port_act.7\''),
        ("original", '\'{"amount":"1"}\''),
        ("salt", "unhex(md5('another salt'))"),
    ],
)
def test_a_changed_row_is_named(folder: Path, segment: Path, column: str, value: str) -> None:
    changed = f"CASE WHEN leaf = 300 THEN {value} ELSE {column} END AS {column}"
    rewrite(segment, f"SELECT * REPLACE ({changed}) FROM segment")
    report = verify(folder)
    assert [(f.step, f.file, f.leaf) for f in report.findings] == [(4, segment, 300)]
    assert (report.steps[3].checked, report.steps[3].total) == (ROWS - 1, ROWS)


def test_a_row_that_cannot_be_sealed_is_named(folder: Path, segment: Path) -> None:
    rewrite(segment, "SELECT * REPLACE (CASE WHEN leaf <> 7 THEN basis END AS basis) FROM segment")
    (finding,) = verify(folder).findings
    assert (finding.step, finding.leaf) == (4, 7)
    assert finding.problem == "cannot have been sealed: its basis is empty"


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT *, 1 AS f_zeal FROM segment", "its column f_zeal of type int32 is no fact"),
        ("SELECT * EXCLUDE (salt) FROM segment", "its columns are not those of a record"),
        ("SELECT * REPLACE (leaf::INTEGER AS leaf) FROM segment", "its columns are not those"),
        ("SELECT *, true AS f_able FROM segment", "its facts are not in the order of their names"),
        ("SELECT * REPLACE (leaf + 1 AS leaf) FROM segment", "has a row of entry 600"),
    ],
)
def test_a_segment_of_another_form_is_named(
    folder: Path, segment: Path, sql: str, problem: str
) -> None:
    rewrite(segment, sql)
    report = verify(folder)
    (finding,) = report.findings
    assert finding.file == segment
    assert finding.problem.startswith(problem)
    assert report.steps[3].checked == 1


def test_an_event_that_says_otherwise_than_its_columns_is_named(folder: Path) -> None:
    file = folder / "register/segments/events/0-1.parquet"
    rewrite(file, "SELECT * REPLACE ('node_created' AS event) FROM segment")
    (finding,) = verify(folder).findings
    assert (finding.file, finding.leaf) == (file, 0)


@pytest.mark.parametrize(
    ("path", "at", "expected"),
    [
        ("tile/entries/001", 2, (7, 256)),
        ("tile/entries/001", 0, (7, 256)),
        ("tile/0/001", 32, (8, 257)),
        ("tile/0/002.p/88", 0, (8, 512)),
        ("tile/1/000.p/2", 32, (8, 256)),
    ],
)
def test_a_damaged_tile_is_named_and_nothing_else(
    folder: Path, path: str, at: int, expected: tuple[int, int]
) -> None:
    file = folder / "register" / path
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    report = verify(folder)
    assert [(f.step, f.leaf, f.file) for f in report.findings] == [(*expected, file)]


def test_an_earlier_partial_tile_must_be_the_beginning_of_the_later(folder: Path) -> None:
    file = folder / "register/tile/0/001.p/3"
    file.parent.mkdir()
    file.write_bytes((folder / "register/tile/0/001").read_bytes()[: 3 * 32])
    assert verify(folder).verified
    file.write_bytes(bytes(3 * 32))
    (finding,) = verify(folder).findings
    assert (finding.file, finding.problem) == (file, "is not the beginning of tile/0/001")


def test_a_full_tile_stands_for_the_partial_one(folder: Path) -> None:
    partial = folder / "register/tile/0/002.p/88"
    log = Log.open(folder)
    older = log.layout.checkpoint.read_bytes()
    log.append([EVENT] * 200, clock=CLOCK, noted=NOTED)
    partial.unlink()
    log.layout.checkpoint.write_bytes(older)
    log.layout.unfinished.touch()
    report = verify(folder)
    assert report.verified, report.findings


@pytest.mark.parametrize("name", ["notes.txt", "tile/0/x000/001", "tile/0/3", "segments/a.parquet"])
def test_a_file_of_another_kind_is_named(folder: Path, name: str) -> None:
    file = folder / "register" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    report = verify(folder)
    assert [(f.step, f.file) for f in report.findings] == [(11, file)]


def test_what_a_killed_writer_left_is_told_apart(folder: Path) -> None:
    temporary = folder / "register/segments/berth_fine/.600-5.parquet.tmp"
    temporary.touch()
    report = verify(folder)
    assert report.verified
    assert report.unfinished == [temporary]


@pytest.mark.parametrize("damage", [b"nonsense", b"", None])
def test_a_checkpoint_that_does_not_verify_ends_the_pass(
    folder: Path, damage: bytes | None
) -> None:
    file = folder / "register/checkpoint"
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    assert [finding.step for finding in verify(folder).findings] == [1]


def test_another_key_verifies_nothing(folder: Path) -> None:
    other = SigningKey.generate("register.example/lumen").verifying_key
    assert [finding.step for finding in verify(folder, other).findings] == [1]


def test_only_a_key_that_cannot_be_read_is_an_error(folder: Path) -> None:
    (folder / "keys/register.vkey").unlink()
    with pytest.raises(GoodStandingError, match="cannot be used"):
        verify(folder)


def test_a_long_list_of_findings_is_cut_and_counted(folder: Path, segment: Path) -> None:
    rewrite(segment, "SELECT * REPLACE (upper(document) AS document) FROM segment")
    report = verify(folder)
    assert len(report.findings) == 100
    assert report.more_findings == 499
