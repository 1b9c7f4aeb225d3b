"""Take one record out of what the node keeps beside the register.

Invariant: what is left of a file afterwards says nothing of the record, and everything it said
of others, or it is gone. A file is written anew beside its place, synced and renamed; a crash
leaves the old one, which the next pass finds again. Every step can be done twice.

* kept originals: the rows as delivered, without those of the record, as
  ``<sha256>.redacted.parquet``; lines that could not be split are not in it;
* quarantine: the other rejected rows with their reasons;
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

from goodstanding.catalogue import Pack, Repeats, Source
from goodstanding.ingest.errors import OUT_OF_MEMORY, STRANGE_FILE
from goodstanding.ingest.grounds import holds
from goodstanding.ingest.mended import read_as
from goodstanding.ingest.model import REDACTED
from goodstanding.ingest.quarantine import (
    LINE,
    OWN,
    ROW,
    open_quarantine,
    reasons_file,
    write_files,
)
from goodstanding.ingest.reading import Delivered, open_delivered, receive
from goodstanding.ingest.sql import name, run, text, texts
from goodstanding.ingest.stage import stage
from goodstanding.ingest.workplace import DEFAULT_RESOURCES, database
from goodstanding.kernel import GoodStandingError, Place
from goodstanding.register import Node
from goodstanding.register.durable import move_durably, sync
from goodstanding.register.proofs.bundle import BUNDLE_SCHEMA, MAX_BYTES

_KEPT = re.compile(r"[0-9a-f]{64}(?:\.[a-z0-9.]{1,40})?")
_QUARANTINED = re.compile(r"[a-z][a-z0-9_-]{0,63}-[0-9a-f]{12}\.(?:csv|reasons\.jsonl)")
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


def check_files(node: Node) -> None:
    """Raises GS-INGEST-055 for a file of deliveries or quarantine that is none of ours."""
    for folder, ours in (
        (node.layout.deliveries, _KEPT),
        (node.layout.quarantine, _QUARANTINED),
    ):
        for file in sorted(folder.iterdir()):
            temporary = file.name.startswith(".") and file.name.endswith(".tmp")
            if (
                file.is_symlink()
                or not file.is_file()
                or not (temporary or ours.fullmatch(file.name))
            ):
                raise GoodStandingError(
                    STRANGE_FILE, place=Place(file), file=file.name, folder=folder.name
                )


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
    target = file.with_name(file.name.partition(".")[0] + REDACTED)
    if file != target and target.exists():
        # A crash left both: the redacted one was complete before it got its name.
        _delete(node, file, done)
        return
    temporary = file.with_name(f".{target.name}.tmp")
    try:
        with database(node.layout, place, pack.time_zone) as con:
            delivered = open_kept(con, file, source, place)
            stage(con, source, pack, delivered)
            rows = run(con, f"SELECT row FROM staged_values WHERE {_is_of(erased, source)}")
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


def _is_of(erased: Erased, source: Source) -> str:
    """SQL: whether a staged row is of the record; equal rows that are counted say the same."""
    key = text(erased.key)
    if source.repeats is Repeats.COUNT:
        return f"(source_key = {key} OR starts_with({key}, source_key || ' #'))"
    return f"source_key = {key}"


def open_kept(con: duckdb.DuckDBPyConnection, file: Path, source: Source, place: Path) -> Delivered:
    """Create `delivered` and `broken_lines` of a kept original, redacted before or not.

    Raises what ``receive`` and ``open_delivered`` raise.
    """
    if not file.name.endswith(REDACTED):
        form = read_as(file, source)
        delivery = receive(file, form.source, place, lambda _step, _done, _total: None)
        _, delivered = form.taken(con, delivery, open_delivered(con, delivery, form.source))
        return delivered
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
    """Take the rejected rows of the record out of the quarantine files of its source."""
    folder = node.layout.quarantine
    for left in folder.glob(".*.tmp"):
        left.unlink()
    ours = re.compile(rf"({re.escape(source.id)}-[0-9a-f]{{12}})\.(csv|reasons\.jsonl)")
    found = {match[1] for file in folder.iterdir() if (match := ours.fullmatch(file.name))}
    for stem in sorted(found):
        _redact_quarantined(node, pack, source, erased, folder / f"{stem}.csv", place, done)


def _redact_quarantined(
    node: Node, pack: Pack, source: Source, erased: Erased, file: Path, place: Path, done: Redacted
) -> None:
    """Both files of one quarantine. A crash between them leaves the rows in the spreadsheet, or
    one file without the other: the next pass takes them out of it, or deletes it."""
    try:
        with database(node.layout, place, pack.time_zone) as con:
            open_quarantine(con, file)
            gone = _forget_quarantined(con, pack, source, erased)
            left = bool(run(con, "SELECT 1 FROM said LIMIT 1"))
            if gone and left:
                write_files(con, file)
    except (GoodStandingError, duckdb.Error, csv.Error, OSError, ValueError) as error:
        if isinstance(error, GoodStandingError | duckdb.Error):
            _raise_if_ours(error)
        gone, left = True, False
    if not gone:
        return
    for part in (reasons_file(file), file):
        if left:
            done.rewritten.append(_within(node, part))
        elif part.exists():
            _delete(node, part, done)


def _forget_quarantined(
    con: duckdb.DuckDBPyConnection, pack: Pack, source: Source, erased: Erased
) -> bool:
    """Delete from `said` and `quarantined` what tells of the record; whether there was anything.

    The columns as delivered stand in it, so they are staged once more: the delivery itself may
    have been refused as a whole, and is then not kept.
    """
    of_line = f"{name(LINE)} IS NOT NULL"
    number = f"{name(ROW)}::BIGINT"
    columns = [str(row[0]) for row in run(con, "SELECT column_name FROM (DESCRIBE quarantined)")]
    agency = "".join(f", {name(column)}" for column in columns if column not in OWN)
    run(
        con,
        f"CREATE VIEW delivered AS SELECT {number} AS row{agency} FROM quarantined "
        f"WHERE NOT {of_line}",
    )
    stage(con, source, pack, _described(con))
    of_key = f"SELECT row FROM staged_values WHERE {_is_of(erased, source)}"
    rows = [str(row) for (row,) in run(con, of_key)]
    contents = run(con, f"SELECT {number}, {name(LINE)} FROM quarantined WHERE {of_line}")
    lines = [str(line) for line, content in contents if erased.is_told_by(str(content))]
    within_rows, within_lines = texts(rows), texts(lines)
    ((before,),) = run(con, _COUNTED)
    run(
        con,
        f"DELETE FROM quarantined WHERE {name(ROW)} IN {within_lines} AND {of_line} "
        f"OR {name(ROW)} IN {within_rows} AND NOT {of_line}",
    )
    run(
        con,
        f"DELETE FROM said WHERE row::VARCHAR IN {within_lines} AND field = 'line' "
        f"OR row::VARCHAR IN {within_rows} AND field <> 'line'",
    )
    ((after,),) = run(con, _COUNTED)
    return before != after


_COUNTED = "SELECT (SELECT count(*) FROM said) + (SELECT count(*) FROM quarantined)"


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
