"""Making an evaluation cache from the segments of the log (see ``cache``).

Invariant: the bytes depend on the scheme, the log's entries and the software alone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from sqlglot import exp

from goodstanding.catalogue import Item
from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import Plan, empty_relation
from goodstanding.evaluation.engines.files import (
    connect,
    copy_statement,
    entries_relation,
    execute,
    parquet,
    quoted,
)
from goodstanding.evaluation.engines.incremental.cache import (
    COMING,
    HEADER,
    LEAVES,
    Cache,
    digest,
    made_of,
)
from goodstanding.evaluation.engines.incremental.connection import (
    Connection,
    quoted_text,
    refusing,
)
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import WITHDRAWAL
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.scratch import scratch_folder
from goodstanding.register import Checkpoint, Segment
from goodstanding.register.durable import make_folders, sync

#: Always among an item's columns; the other three are the same for every row and not stored.
_ALWAYS = ("leaf", "subject", "effective_on")
_CONSTANT = {"act", "supersedes", "subject_kind"}
_BATCH = 122_880
#: Some four records fall into a group.
_RECORDS_A_GROUP, _MOST_BITS = 4, 24


def group_of(subject: str, bits: int) -> str:
    """SQL: the group of a subject, from 0 to 2^bits - 1."""
    return f"CAST(hash({subject}) >> {64 - bits} AS UINTEGER)"


def build(
    scheme: Scheme,
    plan: Plan,
    checkpoint: Checkpoint,
    segments: Sequence[Segment],
    place: Path,
    *,
    begin_after: date,
    memory_limit: str,
    threads: int | None = None,
) -> Cache:
    """Make the cache of everything the log holds and put it in ``place``, in the place of any
    other. Raises GS-SCHEME-040 to 043."""
    size = checkpoint.head.size
    files = {
        item.id: [s.file for s in sorted(segments) if s.item == item.id and s.end <= size]
        for item in plan.items
    }
    records = sum(s.count for s in segments if s.item in files)
    bits = min(_MOST_BITS, max(1, (records // _RECORDS_A_GROUP).bit_length()))
    made = made_of(scheme, checkpoint, size=size, begin_after=begin_after, group_bits=bits)
    try:
        make_folders(place)
        with scratch_folder(place, ".making-") as work:
            with refusing(scheme, memory_limit), connect(memory_limit, work, threads) as con:
                maker = _Maker(con, scheme, plan, work, bits)
                columns = {i.id: maker.write_rows(i, files[i.id]) for i in plan.items}
                maker.write_leaves(files, size)
                maker.write_coming(files, begin_after)
            names = sorted(file.name for file in work.iterdir() if file.is_file())
            header = {
                "made": asdict(made),
                "columns": columns,
                "bytes": {name: (work / name).stat().st_size for name in names},
                "sha256": {name: digest(work / name) for name in names},
            }
            # In the order of the columns: it is that of the lines.
            (work / HEADER).write_text(json.dumps(header, indent=2) + "\n", "utf-8")
            for name in (*names, HEADER):
                sync(work / name)
            return _put(work, place, size)
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=place, problem=problem) from error


def _put(work: Path, place: Path, size: int) -> Cache:
    """Give the new cache its name and delete the others; those who read one keep it open."""
    folder = place / str(size)
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    sync(place)
    for other in place.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return Cache(folder)


class _Maker:
    """Writes the files of one cache."""

    def __init__(
        self, connection: Connection, scheme: Scheme, plan: Plan, work: Path, bits: int
    ) -> None:
        self._connection = connection
        self._scheme = scheme
        self._work = work
        self._bits = bits
        parsed = sqlglot.parse_one(plan.evaluated, dialect="duckdb")
        self._read = {column.name for column in parsed.find_all(exp.Column)}

    def columns(self, item: Item) -> dict[str, str]:
        """The stored columns that the plan reads of an item, with their SQL types."""
        described = execute(self._connection, f"DESCRIBE {empty_relation(item)}")
        wanted = {*self._read, *_ALWAYS} - _CONSTANT
        return {str(row[0]): str(row[1]) for row in described if row[0] in wanted}

    def write_rows(self, item: Item, files: Sequence[Path]) -> dict[str, str]:
        """Write an item's rows and where each group begins; its columns."""
        columns = self.columns(item)
        lines = ", ',', ".join(_csv(quoted(name), kind) for name, kind in columns.items())
        parts = []
        with (self._work / f"{item.id}.rows").open("wb") as rows:
            for batch in self._ordered(item, files, f"concat({lines}, chr(10))"):
                group, line = batch.columns
                rows.write(_bytes_of(line))
                lengths = pa.table({"g": group, "n": pc.cast(pc.binary_length(line), pa.int64())})
                parts.append(lengths.group_by("g", use_threads=False).aggregate([("n", "sum")]))
        schema = pa.schema([("g", pa.uint32()), ("n_sum", pa.int64())])
        self._write_starts(
            item, pa.concat_tables([schema.empty_table(), *(p.cast(schema) for p in parts)])
        )
        return columns

    def _ordered(self, item: Item, files: Sequence[Path], line: str) -> Iterator[pa.RecordBatch]:
        if not files:
            return iter(())
        query = f"""
            SELECT {group_of("subject", self._bits)} AS g, {line} AS line
            FROM ({self._standing(f"({entries_relation(item, files)})")}) ORDER BY g, leaf
        """
        reader: Iterator[pa.RecordBatch] = self._connection.sql(query).to_arrow_reader(_BATCH)
        return reader

    def _standing(self, entries: str) -> str:
        kind = quoted_text(self._scheme.subject_kind)
        return f"""
            SELECT * FROM {entries}
            ANTI JOIN (
                SELECT supersedes AS leaf FROM {entries} WHERE supersedes IS NOT NULL
            ) USING (leaf)
            WHERE act <> '{WITHDRAWAL}' AND subject_kind = {kind}
        """

    def _write_starts(self, item: Item, lengths: pa.Table) -> None:
        self._connection.register("lengths", lengths)
        query = f"""
            SELECT CAST(coalesce(sum(n) OVER (ORDER BY r.g), 0) AS UBIGINT) AS ends
            FROM range({1 << self._bits}) AS r(g)
            LEFT JOIN (SELECT g, sum(n_sum) AS n FROM lengths GROUP BY g) AS l ON l.g = r.g
            ORDER BY r.g
        """
        with (self._work / f"{item.id}.starts").open("wb") as starts:
            starts.write(bytes(8))
            for batch in self._connection.sql(query).to_arrow_reader(_BATCH):
                starts.write(_bytes_of(batch.column(0)))
        self._connection.unregister("lengths")

    def write_leaves(self, files: Mapping[str, Sequence[Path]], size: int) -> None:
        """Write the group of each leaf; leaves of events and of erased records have none."""
        path = self._work / LEAVES
        with path.open("wb") as leaves:
            for start in range(0, size, 1 << 20):
                leaves.write(b"\xff" * (4 * min(1 << 20, size - start)))
        with path.open("r+b") as leaves:
            for own in files.values():
                for file in own:
                    query = f"""
                        SELECT leaf, {group_of("subject", self._bits)} AS g
                        FROM {parquet([file])} ORDER BY leaf
                    """
                    for batch in self._connection.sql(query).to_arrow_reader(_BATCH):
                        for first, groups in _runs(*batch.columns):
                            leaves.seek(4 * first)
                            leaves.write(_bytes_of(groups))

    def write_coming(self, files: Mapping[str, Sequence[Path]], begin_after: date) -> None:
        """Write which records begin after a day."""
        parts = [
            f"SELECT subject, effective_on FROM ({self._standing(parquet(own))}) "
            f"WHERE effective_on > DATE '{begin_after}'"
            for own in files.values()
            if own
        ] or ["SELECT NULL::VARCHAR AS subject, NULL::DATE AS effective_on WHERE false"]
        query = f"{' UNION ALL '.join(parts)} ORDER BY effective_on, subject"
        execute(self._connection, copy_statement(query, str(self._work / COMING)))


def _csv(column: str, kind: str) -> str:
    """SQL: a value as it stands between commas; nothing for NULL."""
    if kind == "VARCHAR":
        return f"""coalesce('"' || replace({column}, '"', '""') || '"', '')"""
    return f"coalesce(CAST({column} AS VARCHAR), '')"


def _bytes_of(array: pa.Array) -> memoryview:
    """The values of an array without nulls as they lie in memory."""
    *_, data = array.buffers()
    if pa.types.is_string(array.type):
        offsets = memoryview(array.buffers()[1]).cast("i")
        start, end = offsets[array.offset], offsets[array.offset + len(array)]
    else:
        width = array.type.bit_width // 8
        start, end = array.offset * width, (array.offset + len(array)) * width
    return memoryview(data or b"")[start:end]


def _runs(leaves: pa.Array, groups: pa.Array) -> Iterator[tuple[int, pa.Array]]:
    """The first leaf of each run without a gap, with its groups."""
    jumps = pc.not_equal(pc.subtract(leaves[1:], leaves[:-1]), 1)
    cuts = [n + 1 for n in pc.indices_nonzero(jumps).to_pylist()]
    for start, end in zip([0, *cuts], [*cuts, len(leaves)], strict=True):
        if end > start:
            yield leaves[start].as_py(), groups[start:end]
