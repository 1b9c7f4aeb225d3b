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
from threading import Event, Thread

import duckdb

from goodstanding.ingest.errors import BAD_MEMORY
from goodstanding.ingest.functions import create_macros
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Layout, Node
from goodstanding.register.private import refuse_link

_EXTENSIONS = (
    "autoload_known_extensions",
    "autoinstall_known_extensions",
    "allow_community_extensions",
)
#: A contract of the usual kind does some hundred times as many on one core.
_ROWS_A_SECOND = 1_000
_AGAIN = 0.05
_MEMORY = re.compile(r"([0-9]{1,6}(?:\.[0-9]+)?) ?[KMGT]i?B", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resources:
    """What a delivery may use: memory for tables (DuckDB's words), threads and time.

    A contract has ``seconds`` for any file, and one more for each thousand of its rows.
    """

    memory: str = "2GB"
    threads: int | None = None
    seconds: float = 60

    def seconds_for(self, rows: int) -> float:
        """How long the contract may take over so many rows."""
        return self.seconds + rows / _ROWS_A_SECOND


DEFAULT_RESOURCES = Resources()


@contextmanager
def workplace(node: Node) -> Iterator[Path]:
    """A folder inside the node (same file system) that is gone afterwards, whatever happens.

    One at a time: changes are found against a head, and the next one waits until that head
    has moved.
    """
    refuse_link(node.layout.receiving)
    with node.layout.receiving.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in node.folder.glob(".receiving-*"):
            shutil.rmtree(abandoned)
        with tempfile.TemporaryDirectory(prefix=".receiving-", dir=node.folder) as folder:
            yield Path(folder)


@contextmanager
def database(
    layout: Layout,
    place: Path,
    time_zone: str,
    resources: Resources = DEFAULT_RESOURCES,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB database in memory that spills into ``place``, so that memory stays bounded.

    Not in a file: every table would be packed to be kept, and none of them is. It is deleted
    with the folder: what was in it may be what is being erased. An instant in a typed column has
    lost its zone: its day is that of ``time_zone``, the pack's. Raises GS-INGEST-040.
    """
    with duckdb.connect(":memory:") as con:
        _limit(con, resources.memory)
        run(con, f"SET temp_directory = {text(str(place / 'spill'))}")
        if resources.threads:
            run(con, f"SET threads = {resources.threads}")
        _prepare(con, time_zone)
        # Filled by ``persons.remember_released``.
        run(con, "CREATE TABLE released (source_key VARCHAR, subject VARCHAR)")
        _shut(con, place, layout.segments, layout.deliveries, layout.quarantine)
        yield con


@contextmanager
def trial_database(time_zone: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small database that reaches no file at all, to try a contract in."""
    with duckdb.connect(":memory:") as con:
        run(con, "SET memory_limit = '256MB'")
        run(con, "SET threads = 1")
        run(con, "SET temp_directory = ''")
        _prepare(con, time_zone)
        _shut(con)
        yield con


def _prepare(con: duckdb.DuckDBPyConnection, time_zone: str) -> None:
    run(con, "SET enable_progress_bar = false")
    run(con, f"SET TimeZone = {text(time_zone)}")
    create_macros(con)


def _shut(con: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """Leave the database these folders alone, whatever is asked of it from here on.

    A contract can ask for no file; were that ever wrong, it would still reach none: neither the
    keys of the node nor the machine nor the network.
    """
    run(con, f"SET allowed_directories = [{', '.join(text(str(folder)) for folder in folders)}]")
    for setting in _EXTENSIONS:
        run(con, f"SET {setting} = false")
    run(con, "SET enable_external_access = false")
    run(con, "SET lock_configuration = true")


@contextmanager
def bounded(
    con: duckdb.DuckDBPyConnection, seconds: float, refusal: GoodStandingError
) -> Iterator[None]:
    """Stop what the database does after so many seconds, and raise ``refusal``."""
    done, over = Event(), Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        over.set()
        # An interrupt between two statements has no effect, so it is said again.
        while not done.wait(_AGAIN):
            con.interrupt()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        if over.is_set():
            raise refusal from None
        raise
    finally:
        done.set()
        watcher.join()


def _limit(con: duckdb.DuckDBPyConnection, memory: str) -> None:
    """Set the most memory that tables take. Raises GS-INGEST-040."""
    limit = _MEMORY.fullmatch(memory.strip())
    if limit is None or float(limit[1]) <= 0:
        raise GoodStandingError(BAD_MEMORY, memory=memory)
    try:
        run(con, f"SET memory_limit = {text(memory.strip())}")
    except duckdb.Error:
        raise GoodStandingError(BAD_MEMORY, memory=memory) from None
