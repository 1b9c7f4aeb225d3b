"""One segment read row by row: what each row commits to, and what the log's order needs of it.

Invariant: rows are handed on in leaf order and only while they are; whatever is wrong with
the file becomes a sentence, never an exception.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.kernel import GoodStandingError, canonical_text
from goodstanding.kernel.hashing import COMMITMENT_TAG
from goodstanding.register.fsck import columns
from goodstanding.register.fsck.canonical import commitments, instants
from goodstanding.register.fsck.files import EVENTS, SegmentFile
from goodstanding.register.fsck.unsealable import (
    Problems,
    unsealable_records,
    unsealable_salts,
)

EVENT_SCHEMA = "goodstanding/event/1"
#: Rows read at a time: some tens of megabytes.
_BATCH = 16_384
#: Below this reading text as dictionaries costs more than it saves.
_FEW = 1_000

#: Called with a sentence and the leaf it is about.
Say = Callable[[str, int], None]
Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a segment: leaf numbers, and a commitment each, None for what has none.

    ``known_at`` are microseconds since 1970; ``supersedes`` is None for events; ``events`` are
    the events' members by leaf.
    """

    leaves: Sequence[int]
    commitments: list[bytes | None]
    known_at: pa.Array
    supersedes: pa.Array | None = None
    events: dict[int, Members] = field(default_factory=dict)


class UnreadableError(Exception):
    """What is wrong with the rest of a segment, in words; ``leaf`` is where it begins."""

    def __init__(self, problem: str, leaf: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.leaf = leaf


def read_rows(segment: SegmentFile, say: Say) -> Iterator[Rows]:
    """The rows of a segment; ``say`` hears of those that no seal can cover.

    Rows that are simply not there have been erased, and are not spoken of here. Raises
    ``UnreadableError`` where the file is not what its name and its format say.
    """
    try:
        yield from _read(segment, say)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnreadableError(f"cannot be read: {reason}") from error


def _read(segment: SegmentFile, say: Say) -> Iterator[Rows]:
    expected = segment.first
    for batch in _batches(segment):
        # Arrow believes the file; this looks at every offset, index and byte of text.
        batch.validate(full=True)
        leaves = _leaves(batch["leaf"], expected, segment.end)
        derive = _events if segment.item == EVENTS else _records
        problems, rows = derive(segment, batch, leaves)
        for at, problem in problems.items():
            rows.commitments[at] = None
            say(f"cannot have been sealed: {problem}", leaves[at])
        yield rows
        expected = leaves[-1] + 1


def _batches(segment: SegmentFile) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(segment.file) as file:
        schema, metadata = file.schema_arrow, file.metadata
        is_event = segment.item == EVENTS
        problem = (columns.event_problem if is_event else columns.record_problem)(schema)
        if problem:
            raise UnreadableError(problem)
        if is_event or metadata.num_rows < _FEW:
            yield from _filled(file.iter_batches(_BATCH))
            return
    texts = columns.text_columns(schema)
    with pq.ParquetFile(segment.file, metadata=metadata, read_dictionary=texts) as file:
        yield from _filled(file.iter_batches(_BATCH))


def _filled(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    return (batch for batch in batches if batch.num_rows)


def _leaves(column: pa.Array, expected: int, end: int) -> Sequence[int]:
    """The leaf numbers, if they rise from ``expected`` or later and stay below ``end``."""
    count = len(column)
    if column.null_count:
        raise UnreadableError("has a row without a leaf number", expected)
    first, last = column[0].as_py(), column[-1].as_py()
    rises = pc.greater(column[1:], column[:-1])
    if pc.all(rises).as_py() is False:
        at = pc.index(rises, False).as_py()
        raise UnreadableError("its rows are not in leaf order", column[at + 1].as_py())
    if first < expected or last >= end:
        wrong = first if first < expected else last
        raise UnreadableError(f"has a row of entry {wrong}, which is not its own", wrong)
    return range(first, last + 1) if last - first + 1 == count else column.to_pylist()


def _records(
    segment: SegmentFile, batch: pa.RecordBatch, leaves: Sequence[int]
) -> tuple[Problems, Rows]:
    batch = _with_dictionaries(batch)
    problems = unsealable_records(batch, segment.item)
    found: list[bytes | None] = [*commitments(batch)]
    return problems, Rows(leaves, found, _microseconds(batch), batch["supersedes"])


def _with_dictionaries(batch: pa.RecordBatch) -> pa.RecordBatch:
    encoded = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(encoded, batch.schema.names)


def _microseconds(batch: pa.RecordBatch) -> pa.Array:
    return batch["known_at"].cast(pa.int64())


def _events(
    _segment: SegmentFile, batch: pa.RecordBatch, leaves: Sequence[int]
) -> tuple[Problems, Rows]:
    problems = unsealable_salts(batch)
    found: list[bytes | None] = []
    events: dict[int, Members] = {}
    known_at = instants(batch["known_at"]).to_pylist()
    rows = zip(batch["salt"].to_pylist(), batch["payload"].to_pylist(), strict=True)
    for at, (salt, payload) in enumerate(rows):
        members = _members(payload)
        expected = {"schema": EVENT_SCHEMA, "known_at": known_at[at]}
        expected["event"] = batch["event"][at].as_py()
        if members is None:
            problems.setdefault(at, "its payload is not a canonical JSON object")
        elif any(name not in members or members[name] != expected[name] for name in expected):
            problems.setdefault(at, "its payload says otherwise than its columns")
        else:
            events[leaves[at]] = members
        preimage = COMMITMENT_TAG + (salt or b"") + (payload or "").encode()
        found.append(sha256(preimage).digest())
    return problems, Rows(leaves, found, _microseconds(batch), None, events)


def _members(payload: str | None) -> Members | None:
    """The members of an event, if its payload is the one text of its value."""
    try:
        value = json.loads(payload or "")
        if isinstance(value, dict) and canonical_text(value) == payload:
            return value
    except (ValueError, RecursionError, GoodStandingError):
        return None
    return None
