"""Take one record out of what the node keeps beside the register.

Invariant: what is left of a file afterwards says nothing of the record, and everything it said
of others, or it is gone. A file is written anew beside its place, synced and renamed; a crash
leaves the old one, which the next pass finds again. Every step can be done twice.

* kept originals: the rows as delivered, without those of the record, as
  ``<sha256>.redacted.parquet``; lines that could not be split are not in it;
* quarantine: the reasons of other rows;
* results and proof bundles in the node's folder: deleted, for they can be made again.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.errors import OUT_OF_MEMORY
from goodstanding.ingest.grounds import holds
from goodstanding.ingest.reader import Delivered, open_delivered
from goodstanding.ingest.receive import receive
from goodstanding.ingest.sql import name, run, text
from goodstanding.ingest.stage import stage
from goodstanding.ingest.workplace import DEFAULT_RESOURCES, database
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.escaping import rearmed_sql
from goodstanding.register import Node
from goodstanding.register.durable import move_durably, sync
from goodstanding.register.proofs.bundle import BUNDLE_SCHEMA, MAX_BYTES

_REDACTED = ".redacted.parquet"
_KEPT = re.compile(r"[0-9a-f]{64}\..*|[0-9a-f]{64}")
#: Columns of a quarantine file before those of the delivery.
_REASONS = 6
#: Files of an evaluation, and how its unfinished folders begin.
_RESULTS = (
    "standings.parquet",
    "reasons.parquet",
    "standings.changes.parquet",
    "reasons.changes.parquet",
    "subjects.changes.parquet",
    "scheme.sql",
    "manifest.json",
)
_UNFINISHED = ".evaluating-*"
_NOT_OURS = frozenset({"register", "access", "keys", "deliveries", "quarantine"})


@dataclass(frozen=True, slots=True)
class Erased:
    """The record to take out: its source and key there, its leaves, and what tells of it."""

    source: str
    key: str
    leaves: tuple[int, ...]
    values: tuple[str, ...]

    def is_told_by(self, line: str) -> bool:
        """Whether a line that could not be split into columns tells something of the record."""
        return any(holds(line, value) for value in self.values)


@dataclass(slots=True)
class Redacted:
    """What was done: files by their path within the node."""

    rewritten: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


# Kept originals -----------------------------------------------------------------------------


def redact_originals(
    node: Node, pack: Pack, source: Source, erased: Erased, place: Path, done: Redacted
) -> None:
    """Take the record out of every delivery of its source.

    A file that can no longer be read is deleted: what cannot be looked into cannot be shown
    to be silent. So is a file that no delivery in the log names, left by a crash.
    Raises GS-INGEST-009 and 012; then it can be done again.
    """
    folder = node.layout.deliveries
    delivered = node.index.deliveries()
    known = {delivery.sha256 for delivery in delivered}
    own = {delivery.sha256 for delivery in delivered if delivery.source == source.id}
    for temporary in folder.glob(".*.tmp"):
        temporary.unlink()
    for file in sorted(folder.iterdir()):
        digest = file.name.partition(".")[0]
        if not _KEPT.fullmatch(file.name):
            continue
        if digest not in known:
            _delete(node, file, done)
        elif digest in own:
            _redact_original(node, pack, source, erased, file, place, done)


def _redact_original(
    node: Node, pack: Pack, source: Source, erased: Erased, file: Path, place: Path, done: Redacted
) -> None:
    target = file.with_name(file.name.partition(".")[0] + _REDACTED)
    temporary = file.with_name(f".{target.name}.tmp")
    try:
        with database(place) as con:
            delivered = _open_kept(con, file, source, place)
            stage(con, source, pack, delivered)
            rows = run(con, f"SELECT row FROM staged_values WHERE source_key = {text(erased.key)}")
            lines = [str(line) for (line,) in run(con, "SELECT content FROM broken_lines")]
            if not rows and not any(map(erased.is_told_by, lines)):
                return
            gone = ", ".join(str(row) for (row,) in rows) or "NULL"
            run(
                con,
                f"COPY (SELECT * FROM delivered WHERE NOT coalesce(row IN ({gone}), false) "
                f"ORDER BY row) TO {text(str(temporary))} (FORMAT parquet, COMPRESSION zstd)",
            )
    except (GoodStandingError, duckdb.Error) as error:
        _raise_if_ours(error)
        _delete(node, file, done)
        return
    sync(temporary)
    # First the new file, then the old one goes: a crash in between leaves both, and the next
    # pass finds the rows in the old one again.
    move_durably(temporary, target)
    done.rewritten.append(_within(node, target))
    if file != target:
        _delete(node, file, done)


def _open_kept(
    con: duckdb.DuckDBPyConnection, file: Path, source: Source, place: Path
) -> Delivered:
    """Create `delivered` and `broken_lines` of a kept original, redacted before or not."""
    if not file.name.endswith(_REDACTED):
        delivery = receive(file, source, place, lambda _step, _done, _total: None)
        return open_delivered(con, delivery, source)
    run(con, f"CREATE VIEW delivered AS FROM read_parquet({text(str(file))})")
    run(con, "CREATE TABLE broken_lines (line BIGINT, content VARCHAR)")
    return _described(con)


def _described(con: duckdb.DuckDBPyConnection) -> Delivered:
    types = run(con, "SELECT column_name, column_type FROM (DESCRIBE delivered)")
    rows = run(con, "SELECT count(*)::BIGINT FROM delivered")[0][0]
    return Delivered(int(str(rows)), 0, {str(column): str(of) for column, of in types})


def _raise_if_ours(error: GoodStandingError | duckdb.Error) -> None:
    """Too little memory says nothing about the file: it must not be deleted for that."""
    if isinstance(error, duckdb.OutOfMemoryException):
        raise GoodStandingError(
            OUT_OF_MEMORY, limit=DEFAULT_RESOURCES.memory, file="a kept delivery"
        ) from None


# Quarantine ---------------------------------------------------------------------------------


def redact_quarantine(
    node: Node, pack: Pack, source: Source, erased: Erased, place: Path, done: Redacted
) -> None:
    """Take the rejected rows of the record out of the files of reasons of its source."""
    folder = node.layout.quarantine
    for left in (*folder.glob("*.partial"), *folder.glob(".*.tmp")):
        left.unlink()
    ours = re.compile(rf"{re.escape(source.id)}-[0-9a-f]{{12}}\.csv")
    for file in sorted(folder.glob("*.csv")):
        if ours.fullmatch(file.name):
            _redact_reasons(node, pack, source, erased, file, place, done)


def _redact_reasons(
    node: Node, pack: Pack, source: Source, erased: Erased, file: Path, place: Path, done: Redacted
) -> None:
    try:
        rows = _rejected_rows(pack, source, erased, file, place)
        header, *reasons = _read_reasons(file)
    except (GoodStandingError, duckdb.Error, csv.Error, ValueError) as error:
        if isinstance(error, GoodStandingError | duckdb.Error):
            _raise_if_ours(error)
        _delete(node, file, done)
        return
    kept = [
        reason
        for reason in reasons
        if not (erased.is_told_by(reason[3]) if reason[2] == "line" else int(reason[0]) in rows)
    ]
    if len(kept) == len(reasons):
        return
    if not kept:
        _delete(node, file, done)
        return
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *kept])
    sync(temporary)
    move_durably(temporary, file)
    done.rewritten.append(_within(node, file))


def _read_reasons(file: Path) -> list[list[str]]:
    csv.field_size_limit(file.stat().st_size + 1)
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def _rejected_rows(pack: Pack, source: Source, erased: Erased, file: Path, place: Path) -> set[int]:
    """The rows of a quarantine file that have the record's source key.

    The columns as delivered stand in it, so they are staged once more: the delivery itself
    may have been refused as a whole, and is then not kept.
    """
    columns = ["row", "code", "field", "value", "sentence", "remedy", *source.columns]
    types = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(columns)))
    # By position: an agency's column may be called "code" too.
    given = ", ".join(
        f"any_value({rearmed_sql(f'c{n + _REASONS}')}) AS {name(column)}"
        for n, column in enumerate(source.columns)
    )
    with database(place) as con:
        run(
            con,
            f"CREATE TABLE delivered AS SELECT c0::BIGINT AS row, {given} "
            f"FROM read_csv({text(str(file))}, auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', columns = {{{types}}}) "
            "WHERE c2 <> 'line' GROUP BY c0",
        )
        run(con, "CREATE TABLE broken_lines (line BIGINT, content VARCHAR)")
        stage(con, source, pack, _described(con))
        found = run(con, f"SELECT row FROM staged_values WHERE source_key = {text(erased.key)}")
    return {int(str(row)) for (row,) in found}


# What can be made again ---------------------------------------------------------------------


def delete_results(node: Node, erased: Erased, done: Redacted) -> None:
    """Delete evaluations below the node's folder with their caches, which hold payload, and proof
    bundles of the erased entries."""
    if (caches := node.layout.evaluation).exists():
        shutil.rmtree(caches)
        done.deleted.append(_within(node, caches))
    for folder in _folders(node):
        for unfinished in folder.glob(_UNFINISHED):
            shutil.rmtree(unfinished)
            done.deleted.append(_within(node, unfinished))
        names = {path.name for path in folder.iterdir() if path.is_file()}
        if {_RESULTS[0], _RESULTS[2]} & names and names & {"manifest.json", "scheme.sql"}:
            for result in _RESULTS:
                if result in names:
                    _delete(node, folder / result, done)
        for file in sorted(folder.iterdir()):
            if _is_bundle_of(file, node.origin, erased.leaves):
                _delete(node, file, done)


def _folders(node: Node) -> Iterator[Path]:
    """The node's folders but those that have their own keeper; links are not followed."""
    for at, folders, _ in os.walk(node.folder):
        if Path(at) == node.folder:
            folders[:] = [
                name for name in folders if name not in _NOT_OURS and not name.startswith(".")
            ]
        yield Path(at)


def _is_bundle_of(file: Path, origin: str, leaves: Sequence[int]) -> bool:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
        return False
    content = file.read_bytes()
    if BUNDLE_SCHEMA.encode() not in content:
        return False
    try:
        bundle = json.loads(content)
        return bool(
            bundle["schema"] == BUNDLE_SCHEMA
            and bundle["entry"]["leaf"] in leaves
            and str(bundle["checkpoint"]).startswith(f"{origin}\n")
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _delete(node: Node, file: Path, done: Redacted) -> None:
    file.unlink()
    sync(file.parent)
    done.deleted.append(_within(node, file))


def _within(node: Node, file: Path) -> str:
    return str(file.relative_to(node.folder))
