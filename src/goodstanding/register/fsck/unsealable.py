"""Rows that cannot have been sealed, whatever their commitment (docs/formats/0001).

Invariant: a rule is asked of distinct values first; rows are looked at only where one fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.kernel import GoodStandingError, canonical_text
from goodstanding.kernel.canonical import MAX_INTEGER
from goodstanding.kernel.hashing import SALT_BYTES
from goodstanding.register.fsck.canonical import has_control, joined
from goodstanding.register.fsck.columns import OPTIONAL, RECORD

ACTS = ("record", "correction", "withdrawal")

#: Row in the batch -> why it cannot have been sealed.
Problems = dict[int, str]

#: A member of ``original`` with nothing escaped in it, and what it is reduced to.
_MEMBER, _REDUCED = r'"([a-z0-9_]+)":"[^"\\]*"', "\x01\\1\x02"
_SHAPE = re.compile(r"\{(?:\x01[a-z0-9_]+\x02(?:,\x01[a-z0-9_]+\x02)*)?\}")
_NAME = re.compile(r"[a-z0-9_]+")


def unsealable_records(batch: pa.RecordBatch, item: str) -> Problems:
    """The rows that cannot be records of ``item``. Text columns come as dictionaries."""
    found = unsealable_salts(batch)
    acts = pa.array(ACTS)
    for name in batch.schema.names:
        column = batch[name]
        if column.type == pa.int64():
            _ask(found, column, _is_exact, f"its {name} is beyond 2^53")
        if column.null_count and name in RECORD and name not in OPTIONAL:
            _note(found, column.is_null(), f"its {name} is empty")
    _ask(found, batch["item"], lambda v: pc.equal(v, item), f"it is not of the item {item}")
    _ask(found, batch["act"], lambda v: pc.is_in(v, value_set=acts), "its act is none we know")
    _ask(found, batch["original"], _are_objects_of_text, "its original is no canonical object")
    return found


def unsealable_salts(batch: pa.RecordBatch) -> Problems:
    """The rows without a salt of the right length."""
    found: Problems = {}
    lengths = pc.fill_null(pc.binary_length(batch["salt"]), 0)
    _note(found, pc.not_equal(lengths, SALT_BYTES), f"its salt has not {SALT_BYTES} bytes")
    return found


def _is_exact(numbers: pa.Array) -> pa.Array:
    within = pc.and_(pc.greater_equal(numbers, -MAX_INTEGER), pc.less_equal(numbers, MAX_INTEGER))
    return pc.fill_null(within, True)


def _ask(
    found: Problems, column: pa.Array, holds: Callable[[pa.Array], pa.Array], problem: str
) -> None:
    """Note the rows whose value ``holds`` denies."""
    if not pa.types.is_dictionary(column.type):
        _note(found, pc.invert(holds(column)), problem)
        return
    denied = pc.invert(holds(column.dictionary))
    if pc.any(denied).as_py():
        _note(found, pc.fill_null(pc.take(denied, column.indices), False), problem)


def _note(found: Problems, rows: pa.Array, problem: str) -> None:
    if pc.any(rows).as_py():
        for at in pc.indices_nonzero(rows).to_pylist():
            found.setdefault(at, problem)


def _are_objects_of_text(texts: pa.Array) -> pa.Array:
    """Whether each is the canonical text of a JSON object of texts.

    The usual ones, flat with nothing escaped, are told by their shape: members reduced to
    their names between marks, which are control characters and so stand in no JSON text.
    """
    data = joined(texts)
    if b"\\" in data or has_control(data):
        sound = pc.equal(texts, "{}")
    else:
        shapes = pc.replace_substring_regex(texts, _MEMBER, _REDUCED)
        good = [shape for shape in pc.unique(shapes).to_pylist() if _is_shape(shape)]
        sound = pc.is_in(shapes, value_set=pa.array(good, pa.string()))
    if pc.all(sound).as_py() is not False:
        return sound
    doubtful = pc.invert(sound)
    read = [_is_object_of_text(text) for text in texts.filter(doubtful).to_pylist()]
    return pc.replace_with_mask(sound, doubtful, pa.array(read, pa.bool_()))


def _is_shape(shape: str) -> bool:
    """Whether members are well formed, each once, in the order of their names."""
    names = _NAME.findall(shape)
    return bool(_SHAPE.fullmatch(shape)) and names == sorted(set(names))


def _is_object_of_text(text: str) -> bool:
    try:
        value = json.loads(text)
        written = canonical_text(value)
    except (ValueError, RecursionError, GoodStandingError):
        return False
    is_object = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return is_object and written == text
