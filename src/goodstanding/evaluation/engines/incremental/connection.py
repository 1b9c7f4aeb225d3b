"""DuckDB as incremental evaluation needs it: refusals in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from sqlglot import exp

from goodstanding.evaluation import errors
from goodstanding.evaluation.engines.files import first_line
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.reference import too_large
from goodstanding.kernel import GoodStandingError

Connection = duckdb.DuckDBPyConnection


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
