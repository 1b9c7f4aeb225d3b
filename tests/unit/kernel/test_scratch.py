"""Folders to work in: gone afterwards, and what a killed process left goes with the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.kernel.scratch import scratch_folder


def test_it_is_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".work-") as folder:
        (folder / "file").touch()
    assert list(tmp_path.iterdir()) == []


def test_it_is_gone_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), scratch_folder(tmp_path, ".work-"):
        raise ValueError("broken")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".work-left"
    left.mkdir()
    (left / "file").touch()
    with scratch_folder(tmp_path, ".work-"):
        assert not left.exists()


def test_where_another_works_is_left_alone(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".work-") as one, scratch_folder(tmp_path, ".work-") as other:
        assert one.is_dir()
        assert other.is_dir()


def test_what_is_called_otherwise_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".kept").mkdir()
    with scratch_folder(tmp_path, ".work-"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".kept"]
