"""Whole results from changes and the results that they change.

Invariant: every file is, byte for byte, the one that a whole run writes, the manifest included.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb

from goodstanding.evaluation import errors
from goodstanding.evaluation.engines.files import (
    REASONS,
    SCHEME_SQL,
    STANDINGS,
    Result,
    connect,
    copy,
    first_line,
    parquet,
)
from goodstanding.evaluation.engines.incremental.cache import digest
from goodstanding.evaluation.engines.incremental.connection import (
    Connection,
)
from goodstanding.evaluation.engines.incremental.earlier import (
    BASE,
    REASONS_CHANGES,
    STANDINGS_CHANGES,
    SUBJECTS_CHANGES,
    Earlier,
    check_files,
    read_earlier,
)
from goodstanding.evaluation.engines.incremental.run import FILES, ORDER, still
from goodstanding.evaluation.manifest import MANIFEST
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.scratch import scratch_folder


def merge(changes: Path, out: Path, *, memory_limit: str = "2GiB") -> Result:
    """Write into ``out`` the whole results that the folder ``changes`` stands for.

    ``out`` may be either of the two folders it reads. Raises GS-SCHEME-100 to 103, and 040 and
    042 for what cannot be read or written.
    """
    earlier = read_earlier(changes)
    if not earlier.is_changes:
        raise GoodStandingError(errors.NOTHING_TO_MERGE, folder=changes)
    base = read_earlier(earlier.base)
    check_files(base.folder, base.manifest)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with scratch_folder(out, ".evaluating-") as work:
            with connect(memory_limit, work) as con:
                standings = _merged(con, earlier, work, STANDINGS, STANDINGS_CHANGES)
                reasons = _merged(con, earlier, work, REASONS, REASONS_CHANGES)
            shutil.copyfile(changes / SCHEME_SQL, work / SCHEME_SQL)
            _write_manifest(earlier, work)
            _put(work, out)
    except duckdb.Error as error:
        raise GoodStandingError(errors.UNREADABLE, problem=first_line(error)) from error
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    return Result(standings, reasons, out)


def _merged(con: Connection, earlier: Earlier, work: Path, whole: str, changed: str) -> int:
    subjects = parquet([earlier.folder / SUBJECTS_CHANGES])
    as_of = date.fromisoformat(str(earlier.manifest["as_of"]))
    return copy(
        con,
        f"{still(earlier.base / whole, as_of, subjects)} "
        f"UNION ALL SELECT * FROM {parquet([earlier.folder / changed])} ORDER BY {ORDER[whole]}",
        work / whole,
    )


def _write_manifest(earlier: Earlier, work: Path) -> None:
    names = (STANDINGS, REASONS, SCHEME_SQL)
    told = {name: value for name, value in earlier.manifest.items() if name != BASE}
    told["sha256"] = {name: digest(work / name) for name in names}
    text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (work / MANIFEST).write_text(text, "utf-8")


def _put(work: Path, out: Path) -> None:
    """The manifest last, so that a crash leaves what is refused; then what it replaces goes."""
    for name in (STANDINGS, REASONS, SCHEME_SQL, MANIFEST):
        (work / name).replace(out / name)
    for name in FILES:
        if name != SCHEME_SQL:
            (out / name).unlink(missing_ok=True)
