"""Which subjects a run has to look at again, and the standing records of exactly these.

Invariant: whoever is not among them has the same standing records as in the earlier run, and the
same standing but for its date. Touched is the subject of every newer entry (a record, a
correction, a withdrawal) and of every entry that one of them supersedes, which may be another
subject; of a day that has come: whose standing promised a change by then, and whose record
begins by then, with a standing or without ("waiting").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.catalogue import Item
from goodstanding.evaluation.engines.files import (
    STANDINGS,
    entries_relation,
    execute,
    parquet,
    quoted,
)
from goodstanding.evaluation.engines.incremental.building import group_of
from goodstanding.evaluation.engines.incremental.cache import Cache
from goodstanding.evaluation.engines.incremental.connection import (
    Connection,
    quoted_text,
)
from goodstanding.evaluation.engines.incremental.earlier import (
    STANDINGS_CHANGES,
    SUBJECTS_CHANGES,
    Earlier,
)
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import WITHDRAWAL, entries_of
from goodstanding.register import Segment

#: Tables of this module: subjects to be looked at again; leaves that newer entries supersede.
TOUCHED, _SUPERSEDED = "touched", "superseded_leaves"
#: What is read of a newer entry beside the columns of the cache.
_OF_ENTRIES = ("leaf", "act", "supersedes", "subject", "subject_kind", "effective_on")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the records lie: the cache of the first of them, segments of the rest."""

    scheme: Scheme
    cache: Cache
    segments: Sequence[Segment]

    def newer(self, item: Item, size: int) -> list[Path]:
        """The segments of an item with entries from leaf ``size`` on."""
        return [s.file for s in self.segments if s.item == item.id and s.end > size]

    def items(self) -> Sequence[Item]:
        return tuple(self.scheme.population.values())


def find_touched(con: Connection, sources: Sources, earlier: Earlier, as_of: date) -> None:
    """Make the table ``touched`` of the subjects known by name so far, and note what was
    superseded; ``hold`` adds those whose records went to somebody else."""
    kind, since = quoted_text(sources.scheme.subject_kind), earlier.log_size
    found = ["SELECT NULL::VARCHAR AS subject WHERE false"]
    leaves = ["SELECT NULL::VARCHAR AS item, NULL::BIGINT AS leaf WHERE false"]
    for item in sources.items():
        name, newer = quoted_text(item.id), _read_newer(con, sources, item, since)
        found.append(f"SELECT subject FROM {newer} WHERE leaf >= {since} AND subject_kind = {kind}")
        leaves.append(
            f"SELECT {name}, supersedes FROM {newer} WHERE leaf >= {since} AND supersedes < {since}"
        )
        if as_of > earlier.as_of:
            found.append(
                f"SELECT subject FROM {newer} WHERE leaf >= {sources.cache.size} "
                f"AND subject_kind = {kind} AND {_between('effective_on', earlier.as_of, as_of)}"
            )
    if as_of > earlier.as_of:
        began = _between("effective_on", earlier.as_of, as_of)
        found.append(f"SELECT subject FROM {parquet([sources.cache.coming])} WHERE {began}")
        found += _due(earlier, as_of)
    execute(con, f"CREATE TEMP TABLE {TOUCHED} AS {' UNION '.join(found)}")
    execute(con, f"CREATE TEMP TABLE {_SUPERSEDED} AS {' UNION '.join(leaves)}")


def _read_newer(con: Connection, sources: Sources, item: Item, since: int) -> str:
    """Make ``newer_<item>`` of all entries that the cache has not or that came after ``since``:
    each segment is opened once."""
    begin, name = min(since, sources.cache.size), _newer(item)
    own = dict.fromkeys((*sources.cache.columns[item.id], *_OF_ENTRIES))
    columns = ", ".join(quoted(column) for column in own)
    files = sources.newer(item, begin)
    wanted = f"SELECT {columns} FROM ({entries_relation(item, files)}) WHERE leaf >= {begin}"
    execute(con, f"CREATE TEMP TABLE {name} AS {wanted}")
    return name


def _due(earlier: Earlier, as_of: date) -> list[str]:
    """Those whose standing may have changed by itself; the changes speak for their subjects."""
    due = f"next_change_on <= DATE '{as_of}'"
    base = f"SELECT subject FROM {parquet([earlier.base / STANDINGS])} WHERE {due}"
    if not earlier.is_changes:
        return [base]
    changed = parquet([earlier.folder / SUBJECTS_CHANGES])
    return [
        f"({base} EXCEPT SELECT subject FROM {changed})",
        f"SELECT subject FROM {parquet([earlier.folder / STANDINGS_CHANGES])} WHERE {due}",
    ]


def _between(column: str, after: date, until: date) -> str:
    return f"{column} > DATE '{after}' AND {column} <= DATE '{until}'"


def count_touched(con: Connection) -> int:
    """How many subjects are to be looked at again."""
    return int(str(execute(con, f"SELECT count(*) FROM {TOUCHED}")[0][0]))


def hold(con: Connection, sources: Sources) -> None:
    """Make ``entries_<item>`` of the standing records of the touched subjects, for a plan.

    All of them are records without successor, so ``act`` and ``supersedes`` say that.
    """
    cache = sources.cache
    superseded = _column(con, f"SELECT leaf FROM {_SUPERSEDED}").to_pylist()
    named = f"SELECT DISTINCT {group_of('subject', cache.made.group_bits)} FROM {TOUCHED}"
    groups = sorted({*_column(con, named).to_pylist()} | cache.groups_of(superseded))
    with ThreadPoolExecutor(1) as pool:
        # While the lines of one item are parsed, those of the next are read.
        parsing = [
            pool.submit(cache.parsed, item.id, cache.text(item.id, groups))
            for item in sources.items()
        ]
        held = {
            item.id: _held(con, sources, item, part.result())
            for item, part in zip(sources.items(), parsing, strict=True)
        }
    if superseded:
        _add_former_subjects(con, sources, held)
    touched = _column(con, f"SELECT subject FROM {TOUCHED}")
    with ThreadPoolExecutor() as pool:
        gone = [_gone(con, sources, item) for item in sources.items()]
        standing = pool.map(_standing, held.values(), repeat(touched), gone)
        for item, rows in zip(sources.items(), standing, strict=True):
            _show(con, sources, item, rows)


def _held(con: Connection, sources: Sources, item: Item, cached: pa.Table) -> pa.Table:
    """Standing records of the groups and all later entries, superseded or not."""
    columns = ", ".join(quoted(name) for name in cached.column_names)
    kind = quoted_text(sources.scheme.subject_kind)
    later = con.sql(
        f"SELECT {columns} FROM {_newer(item)} WHERE leaf >= {sources.cache.size} "
        f"AND act <> '{WITHDRAWAL}' AND subject_kind = {kind}"
    ).to_arrow_table()
    return pa.concat_tables([cached, later.cast(cached.schema)])


def _add_former_subjects(con: Connection, sources: Sources, held: Mapping[str, pa.Table]) -> None:
    """Whoever a superseded entry was about is touched, too; its group is held already."""
    found = []
    for item in sources.items():
        rows = held[item.id]
        own = _column(con, f"SELECT leaf FROM {_SUPERSEDED} WHERE item = {quoted_text(item.id)}")
        former = rows.filter(pc.is_in(rows["leaf"], value_set=own))
        found.append(former.select(["subject"]))
        # Superseded before the cache was made, or a withdrawal: only the segments still tell.
        rest = {*own.to_pylist()} - {*former["leaf"].to_pylist()}
        found += _read_subjects(con, sources, item, sorted(rest))
    con.register("former", pa.concat_tables(found))
    both = f"SELECT subject FROM {TOUCHED} UNION SELECT subject FROM former"
    execute(con, f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {both}")


def _read_subjects(
    con: Connection, sources: Sources, item: Item, leaves: Sequence[int]
) -> list[pa.Table]:
    """Whom some entries of an item are about, read from the segments that hold them."""
    files = [
        s.file
        for s in sources.segments
        if s.item == item.id and any(s.first <= leaf < s.end for leaf in leaves)
    ]
    if not files:
        return []
    kind = quoted_text(sources.scheme.subject_kind)
    listed = ", ".join(map(str, leaves))
    query = f"FROM {parquet(files)} WHERE leaf IN ({listed}) AND subject_kind = {kind}"
    return [con.sql(f"SELECT subject {query}").to_arrow_table()]


def _show(con: Connection, sources: Sources, item: Item, rows: pa.Table) -> None:
    """Make ``entries_<item>`` of the rows that stand."""
    con.register(f"standing_{item.id}", rows)
    kind = quoted_text(sources.scheme.subject_kind)
    execute(
        con,
        f"""
        CREATE TEMP VIEW {quoted(entries_of(item.id))} AS
        SELECT *, 'record' AS act, NULL::BIGINT AS supersedes, {kind} AS subject_kind
        FROM {quoted(f"standing_{item.id}")}
        """,
    )


def _gone(con: Connection, sources: Sources, item: Item) -> pa.ChunkedArray:
    """What entries that the cache has not supersede."""
    later = f"leaf >= {sources.cache.size} AND supersedes IS NOT NULL"
    return _column(con, f"SELECT supersedes FROM {_newer(item)} WHERE {later}")


def _standing(held: pa.Table, touched: pa.ChunkedArray, gone: pa.ChunkedArray) -> pa.Table:
    """The held rows of touched subjects that nothing supersedes."""
    superseded = pc.is_in(held["leaf"], value_set=gone)
    wanted = pc.is_in(held["subject"], value_set=touched)
    return held.filter(pc.and_(wanted, pc.invert(superseded)))


def _column(con: Connection, query: str) -> pa.ChunkedArray:
    """The one column of a query, as it comes: to make an array of a list of Python's, or of no
    chunks, pyarrow would first import pandas if that is there."""
    return con.sql(query).to_arrow_table().column(0)


def _newer(item: Item) -> str:
    return quoted(f"newer_{item.id}")
