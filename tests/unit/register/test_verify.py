"""The verifier finds every kind of damage, says where, and counts only what it checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from goodstanding.register import Log, NewEvent, RecordTable, verify
from goodstanding.register.keys import SigningKey
from goodstanding.register.tree import HASH_BYTES

Row = dict[str, object]
EVENT = NewEvent("delivery", datetime(2026, 1, 31, tzinfo=UTC), {"source": "s", "sha256": "ab"})
ROWS = 600


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory,
    make_table: Callable[..., RecordTable],
    make_row: Callable[..., Row],
) -> Path:
    """A sound register of six hundred entries."""
    log = Log.create(tmp_path_factory.mktemp("sealed") / "log", "register.example/lumen")
    log.append([EVENT], [make_table([make_row(n) for n in range(ROWS - 1)])])
    return log.layout.folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage."""
    return Path(shutil.copytree(sealed, tmp_path / "log"))


def flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def rewrite(file: Path, sql: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE segment AS FROM '{file}'").fetchall()
        connection.execute(f"COPY ({sql}) TO '{file}'").fetchall()


def test_everything_is_counted(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify(folder, progress=lambda done, total: told.append((done, total)))
    assert report.verified
    assert [(step.number, step.checked, step.total, step.unit) for step in report.steps] == [
        (1, 1, 1, "checkpoints"),
        (2, ROWS, ROWS, "entries"),
        (3, ROWS, ROWS, "entries"),
        (4, 3, 3, "bundles"),
        (5, 2, 2, "tiles"),
        (6, 1, 1, "roots"),
    ]
    assert told[-1] == (ROWS, ROWS)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_name", "'Someone Else'"),
        ("f_amount", "CAST(f_amount + 0.01 AS DECIMAL(18,2))"),
        ("ends_on", "NULL"),
        ("known_at", "known_at + INTERVAL 1 MICROSECOND"),
        ("authority", 'authority || \'","basis":"port_act.7\''),
        ("salt", "unhex(md5('another salt'))"),
    ],
)
def test_a_changed_row_is_named(folder: Path, column: str, value: str) -> None:
    file = folder / "register/segments/berth_fine/1-599.parquet"
    changed = f"CASE WHEN leaf = 300 THEN {value} ELSE {column} END AS {column}"
    rewrite(file, f"SELECT * REPLACE ({changed}) FROM segment")
    report = verify(folder)
    assert [(f.step, f.file, f.leaf) for f in report.findings] == [(3, file, 300)]
    assert (report.steps[2].checked, report.steps[2].total) == (ROWS - 1, ROWS)
    assert not report.verified


def test_a_row_that_cannot_be_sealed_is_named_and_the_rest_not_counted(folder: Path) -> None:
    file = folder / "register/segments/berth_fine/1-599.parquet"
    rewrite(file, "SELECT * REPLACE (CASE WHEN leaf <> 7 THEN basis END AS basis) FROM segment")
    report = verify(folder)
    assert [(f.step, f.leaf) for f in report.findings] == [(3, 7)]
    assert report.steps[2].checked == 1


@pytest.mark.parametrize("damage", ["truncated", "gone", "renamed", "moved", "twice"])
def test_a_damaged_segment_is_named(folder: Path, damage: str) -> None:
    file = folder / "register/segments/berth_fine/1-599.parquet"
    match damage:
        case "truncated":
            file.write_bytes(file.read_bytes()[:-100])
        case "gone":
            file.unlink()
        case "renamed":
            file.rename(file.with_name("2-598.parquet"))
        case "moved":
            (folder / "register/segments/dues").mkdir()
            file.rename(folder / "register/segments/dues/1-599.parquet")
        case "twice":
            file.with_name("5-10.parquet").write_bytes(file.read_bytes())
    report = verify(folder)
    assert not report.verified
    assert report.findings[0].step in (2, 3)
    assert "segments" in str(report.findings[0].file)


@pytest.mark.parametrize(
    ("path", "at", "expected"),
    [
        ("tile/entries/001", 2, {(3, 256), (4, 256)}),
        ("tile/entries/001", 0, {(4, 256)}),
        ("tile/0/001", HASH_BYTES, {(4, 257), (5, 256)}),
        ("tile/0/002.p/88", 0, {(4, 512), (6, None)}),
        ("tile/1/000.p/2", 0, {(5, 0), (6, None)}),
    ],
)
def test_a_damaged_tile_is_named(
    folder: Path, path: str, at: int, expected: set[tuple[int, int | None]]
) -> None:
    flip(folder / "register" / path, at)
    report = verify(folder)
    assert {(finding.step, finding.leaf) for finding in report.findings} == expected
    assert not report.verified


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/001", "tile/1/000.p/2"])
@pytest.mark.parametrize("size", [None, 31])
def test_a_missing_or_short_tile_is_named(folder: Path, path: str, size: int | None) -> None:
    file = folder / "register" / path
    if size is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:size])
    report = verify(folder)
    assert not report.verified
    assert any(path in finding.problem for finding in report.findings)


def test_a_checkpoint_of_another_history_does_not_fit(folder: Path, tmp_path: Path) -> None:
    key = SigningKey.load(folder / "keys/register.key")
    other = Log.create(tmp_path / "other", key.name)
    key.save(other.layout.private_key)
    other.layout.public_key.write_text(f"{key.verifying_key}\n")
    other.layout.checkpoint.write_text((folder / "register/checkpoint").read_text())
    report = verify(other.layout.folder)
    assert {finding.step for finding in report.findings} == {2, 4, 5, 6}
    assert report.steps[2].checked == 0


def test_a_checkpoint_that_does_not_verify_ends_the_pass(folder: Path) -> None:
    assert not verify(folder, SigningKey.generate("register.example/lumen").verifying_key).verified
    for damage in (b"nonsense", None):
        file = folder / "register/checkpoint"
        file.unlink()
        if damage is not None:
            file.write_bytes(damage)
        report = verify(folder)
        assert not report.verified
        assert [finding.step for finding in report.findings] == [1]


def test_what_lies_beyond_the_checkpoint_is_told_apart(folder: Path) -> None:
    segments = folder / "register/segments/berth_fine"
    beyond, temporary = segments / "600-5.parquet", segments / ".605-5.parquet.tmp"
    beyond.touch()
    temporary.touch()
    report = verify(folder)
    assert report.verified
    assert set(report.unfinished) == {beyond, temporary}


def test_a_long_list_of_findings_is_cut_and_counted(folder: Path) -> None:
    file = folder / "register/segments/berth_fine/1-599.parquet"
    rewrite(file, "SELECT * REPLACE (upper(document) AS document) FROM segment")
    report = verify(folder)
    assert len(report.findings) == 100
    assert report.more_findings == 499
