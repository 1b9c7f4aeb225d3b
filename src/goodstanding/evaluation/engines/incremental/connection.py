"""DuckDB as incremental evaluation needs it: bounded memory, refusals in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from goodstanding.evaluation import errors
from goodstanding.evaluation.engines.files import first_line
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import too_large
from goodstanding.kernel import GoodStandingError

Connection = duckdb.DuckDBPyConnection


@contextmanager
def connected(memory_limit: str, spill: Path, threads: int | None = None) -> Iterator[Connection]:
    """A database in memory that spills into ``spill``. Raises GS-SCHEME-043."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
    }
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(config=config)
    except duckdb.Error as error:
        raise GoodStandingError(errors.BAD_LIMIT, problem=first_line(error)) from error
    with connection:
        yield connection


@contextmanager
def refusing(scheme: Scheme, memory_limit: str) -> Iterator[None]:
    """What DuckDB cannot do as GS-SCHEME-022, 040 or 041."""
    try:
        yield
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise too_large(scheme) from error
    except duckdb.OutOfMemoryException as error:
        raise GoodStandingError(errors.OUT_OF_MEMORY, limit=memory_limit) from error
    except duckdb.Error as error:
        raise GoodStandingError(errors.UNREADABLE, problem=first_line(error)) from error


def quoted_text(value: str) -> str:
    """A text in SQL."""
    return exp.Literal.string(value).sql(dialect="duckdb")


def parquet(files: Sequence[Path]) -> str:
    """What stands behind FROM for exactly these files; at least one."""
    names = ("".join(f"[{c}]" if c in "[*?" else c for c in str(file)) for file in files)
    listed = ", ".join(quoted_text(name) for name in names)
    return f"read_parquet([{listed}], hive_partitioning = false)"
