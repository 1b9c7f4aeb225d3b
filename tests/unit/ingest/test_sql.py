"""What DuckDB says of the disk is told as the system said it."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest

from goodstanding.ingest.sql import run


def test_a_full_disk_is_an_error_of_the_system() -> None:
    with duckdb.connect(":memory:") as con, pytest.raises(OSError, match="No space") as raised:
        run(con, "COPY (FROM range(100000)) TO '/dev/full' (FORMAT csv, USE_TMP_FILE false)")
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, "/dev/full")


def test_so_are_tables_for_which_the_disk_has_no_room(tmp_path: Path) -> None:
    with duckdb.connect(":memory:") as con:
        run(con, f"SET temp_directory = '{tmp_path}'")
        run(con, "SET max_temp_directory_size = '1MB'")
        run(con, "SET memory_limit = '20MB'")
        with pytest.raises(OSError, match="No space left") as raised:
            run(con, "CREATE TABLE wide AS SELECT uuid() AS a, uuid() AS b FROM range(2000000)")
    assert raised.value.errno == errno.ENOSPC


def test_anything_else_stays_an_error_of_the_database() -> None:
    with duckdb.connect(":memory:") as con, pytest.raises(duckdb.ConversionException):
        run(con, "SELECT CAST('No space' AS INTEGER)")
