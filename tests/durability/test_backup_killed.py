"""Killed while a backup is made or a node restored: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.durability.children import run_module

from goodstanding.register.backup import BackupStep

KILLS = "tests.durability.backup_kills"


@pytest.mark.parametrize("step", BackupStep)
def test_a_backup_is_there_whole_or_not_at_all(tmp_path: Path, step: BackupStep) -> None:
    run_module(KILLS, "backup", step.name, str(tmp_path))


@pytest.mark.parametrize("files", [1, 5, 11])
def test_a_restored_node_is_there_whole_or_not_at_all(tmp_path: Path, files: int) -> None:
    run_module(KILLS, "restore", str(files), str(tmp_path))
