"""The folder in which a delivery, an officer's act or an erasure is worked on.

Invariant: whoever changes what stands holds one lock from looking at it to sealing, so that
no two of them build on the same state. What a killed process left of an agency's file is
deleted by the next one who holds it.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from goodstanding.ingest.errors import BAD_MEMORY
from goodstanding.ingest.functions import create_macros
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Node

_MEMORY = re.compile(r"([0-9]{1,6}(?:\.[0-9]+)?) ?[KMGT]i?B", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resources:
    """What a delivery may use: memory for tables (DuckDB's words) and threads."""

    memory: str = "2GB"
    threads: int | None = None


DEFAULT_RESOURCES = Resources()


@contextmanager
def workplace(node: Node) -> Iterator[Path]:
    """A folder inside the node (same file system) that is gone afterwards, whatever happens.

    One at a time: changes are found against a head, and the next one waits until that head
    has moved.
    """
    with (node.folder / ".receiving.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in node.folder.glob(".receiving-*"):
            shutil.rmtree(abandoned)
        with tempfile.TemporaryDirectory(prefix=".receiving-", dir=node.folder) as folder:
            yield Path(folder)


@contextmanager
def database(
    place: Path, resources: Resources = DEFAULT_RESOURCES
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB database in memory that spills into ``place``, so that memory stays bounded.

    Not in a file: every table would be packed to be kept, and none of them is. It is deleted
    with the folder: what was in it may be what is being erased.
    """
    with duckdb.connect(":memory:") as con:
        _limit(con, resources.memory)
        run(con, f"SET temp_directory = {text(str(place / 'spill'))}")
        run(con, "SET enable_progress_bar = false")
        run(con, "SET TimeZone = 'UTC'")
        if resources.threads:
            run(con, f"SET threads = {resources.threads}")
        create_macros(con)
        # Filled by ``persons.remember_released``.
        run(con, "CREATE TABLE released (source_key VARCHAR, subject VARCHAR)")
        yield con


def _limit(con: duckdb.DuckDBPyConnection, memory: str) -> None:
    """Set the most memory that tables take. Raises GS-INGEST-040."""
    limit = _MEMORY.fullmatch(memory.strip())
    if limit is None or float(limit[1]) <= 0:
        raise GoodStandingError(BAD_MEMORY, memory=memory)
    try:
        run(con, f"SET memory_limit = {text(memory.strip())}")
    except duckdb.Error:
        raise GoodStandingError(BAD_MEMORY, memory=memory) from None
