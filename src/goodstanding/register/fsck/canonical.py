"""The sealed bytes of records, made a second time from docs/formats/0001 with Arrow.

Invariant: for every row that can be sealed these are tag, salt and the RFC 8785 JSON of its
columns. Work is done once a column and once a distinct value; only values with something to
escape are looked at one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import pairwise
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.kernel.hashing import COMMITMENT_TAG
from goodstanding.register.fsck.columns import FACT_PREFIX, RECORD

_SCHEMA = b'"goodstanding/record/1"'
_MEMBERS = sorted([*RECORD.keys() - {"leaf", "salt"}, "facts", "schema"])
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_FIRST_PRINTABLE = 0x20

#: Bytes of one buffer; Arrow's offsets end at 2 GB. A byte of text is at most six in JSON, and
#: what is not text is surely shorter than this.
_MOST_BYTES, _MOST_ESCAPED, _FIXED_BYTES = 1 << 30, 6, 1 << 16

#: JSON of a column: the same bytes in every row, or an array of text.
Part: TypeAlias = bytes | pa.Array


def commitments(batch: pa.RecordBatch) -> list[bytes]:
    """The commitment of every row of a batch with the columns of a record.

    Text columns come as dictionaries. A row that cannot be sealed has some commitment too.
    Raises ``pa.ArrowException``.
    """
    found: list[bytes] = []
    for part in _pieces(batch):
        _, offsets, data = preimages(part).buffers()
        view, places = memoryview(data), memoryview(offsets).cast("i").tolist()
        # Straight from Arrow's buffer: a copy of each preimage would cost as much as its hash.
        found += [sha256(view[start:end]).digest() for start, end in pairwise(places)]
    return found


def preimages(batch: pa.RecordBatch) -> pa.Array:
    """Tag, salt and sealed bytes of every row, less than 2 GB together."""
    parts = [
        pa.scalar(part, pa.binary()) if isinstance(part, bytes) else part.cast(pa.binary())
        for part in _merged([COMMITMENT_TAG, batch["salt"], *_record(batch)])
    ]
    return pc.binary_join_element_wise(*parts, b"", null_handling="replace", null_replacement=b"")


def instants(column: pa.Array) -> pa.Array:
    """Instants as they are sealed, ``2026-01-31T12:00:00.000000Z``; empty ones stay empty."""
    text = pc.replace_substring(column.cast(pa.string()), " ", "T", max_replacements=1)
    return pc.binary_join_element_wise(text, "Z", "")


def joined(texts: pa.Array) -> bytes:
    """The bytes of all texts, one behind the other."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return b""
    places = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[places[texts.offset] : places[texts.offset + len(texts)]])


def has_control(data: bytes) -> bool:
    """Whether a C0 control character is among the bytes."""
    # Ten times as fast as a pattern.
    values = pa.Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])
    lowest = pc.min(values).as_py()
    return lowest is not None and bool(lowest < _FIRST_PRINTABLE)


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in parts whose sealed bytes surely fit into one buffer."""
    texts = [c.dictionary for c in batch.columns if pa.types.is_dictionary(c.type)]
    longest = sum(pc.max(pc.binary_length(text)).as_py() or 0 for text in texts)
    rows = max(1, _MOST_BYTES // (_MOST_ESCAPED * longest + _FIXED_BYTES))
    for first in range(0, batch.num_rows, rows):
        yield batch.slice(first, rows)


def _record(batch: pa.RecordBatch) -> Iterator[Part]:
    """The members in the order of their names, which are ASCII: so is that of RFC 8785."""
    opening = b"{"
    for name in _MEMBERS:
        yield opening + f'"{name}":'.encode()
        if name == "schema":
            yield _SCHEMA
        elif name == "facts":
            yield from _facts(batch)
        elif name == "original":
            yield _plain(batch[name])
        else:
            yield from _value(batch[name])
        opening = b","
    yield b"}"


def _facts(batch: pa.RecordBatch) -> Iterator[Part]:
    opening = b"{"
    for column in batch.schema.names:
        if column not in RECORD:
            yield opening + f'"{column.removeprefix(FACT_PREFIX)}":'.encode()
            yield from _value(batch[column])
            opening = b","
    yield b"{}" if opening == b"{" else b"}"


def _value(column: pa.Array) -> Iterator[Part]:
    """The column's values as JSON."""
    if column.null_count == len(column):
        yield b"null"
        return
    bare = _is_bare(column.type)
    text = _bare(column) if bare else _text(column)
    if isinstance(text, bytes):
        yield text if bare else b'"' + text + b'"'
    elif not column.null_count:
        yield from (text,) if bare else (b'"', text, b'"')
    else:
        quoted = text if bare else pc.binary_join_element_wise('"', text, '"', "")
        yield pc.fill_null(quoted, "null")


def _is_bare(of: pa.DataType) -> bool:
    """Whether JSON writes values of the type without quotes."""
    return of in (pa.int64(), pa.bool_())


def _bare(column: pa.Array) -> Part:
    return column.cast(pa.string())


def _text(column: pa.Array) -> Part:
    """What stands between the quotes."""
    if pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    distinct = encoded.dictionary
    if pa.types.is_timestamp(distinct.type):
        texts = instants(distinct)
    elif pa.types.is_date(distinct.type):
        texts = distinct.cast(pa.string())
    else:
        texts = _escaped(distinct)
    return _spread(texts, encoded)


def _plain(column: pa.Array) -> Part:
    """A column that is JSON already."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return _spread(encoded.dictionary, encoded)


def _spread(texts: pa.Array, encoded: pa.DictionaryArray) -> Part:
    """Each row's text, given that of each distinct value."""
    if len(texts) == 1 and not encoded.null_count:
        found: bytes = texts[0].as_py().encode()
        return found
    return pc.take(texts, encoded.indices)


def _escaped(texts: pa.Array) -> pa.Array:
    """RFC 8785 section 3.2.2.2: short escapes where there are, ``\\u00xx`` in lower case."""
    data = joined(texts)
    if not (b'"' in data or b"\\" in data or has_control(data)):
        return texts
    special = pc.match_substring_regex(texts, _NEEDS_ESCAPE)
    values = texts.filter(special).to_pylist()
    written = [json.dumps(value, ensure_ascii=False)[1:-1] for value in values]
    return pc.replace_with_mask(texts, special, pa.array(written, pa.string()))


def _merged(parts: Iterable[Part]) -> Iterator[Part]:
    """The same with bytes that follow each other put together."""
    waiting = b""
    for part in parts:
        if isinstance(part, bytes):
            waiting += part
            continue
        if waiting:
            yield waiting
        yield part
        waiting = b""
    if waiting:
        yield waiting
