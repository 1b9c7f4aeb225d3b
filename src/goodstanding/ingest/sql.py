"""Small words for building SQL text: names, literals, lists."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable
from datetime import date

import duckdb

#: What the system says of a disk on which nothing can be written.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
#: Part of what DuckDB says when its tables no longer fit on the disk either.
_SPILT = "max_temp_directory_size"


def run(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """Run one statement to its end (results stream otherwise) and return its rows.

    Raises OSError where the disk took no more: neither the file nor the contract is at fault.
    """
    try:
        return con.execute(sql).fetchall()
    except (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException) as error:
        full = _about_the_disk(str(error))
        if full is None:
            raise
        raise full from error


def _about_the_disk(said: str) -> OSError | None:
    """What DuckDB says, as the system said it to DuckDB; None if it is about anything else."""
    for number in _NO_ROOM:
        words = os.strerror(number)
        if words in said:
            file = re.search(r'file \\?"([^"\\]+)', said)
            return OSError(number, words, file[1] if file else None)
    if _SPILT in said:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return None


def fits(con: duckdb.DuckDBPyConnection, value: str, pattern: str) -> bool:
    """Whether a whole text fits a pattern of a pack.

    RE2 answers in time that grows with the text; Python's `re` may never answer.
    """
    ((found,),) = run(con, f"SELECT regexp_full_match({text(value)}, {text(pattern)})")
    return bool(found)


def name(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def day(value: date) -> str:
    """An SQL date literal."""
    return f"DATE '{value.isoformat()}'"


def texts(values: Iterable[str]) -> str:
    """A parenthesised list of text literals; never empty, for `IN ()` is no SQL."""
    return f"({', '.join(text(value) for value in values) or 'NULL'})"


def any_of(conditions: Iterable[str]) -> str:
    """The conditions joined by OR; false if there are none."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"
