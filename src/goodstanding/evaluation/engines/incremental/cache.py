"""The evaluation cache: the standing records of one scheme, found by subject without reading all.

Invariant: it holds nothing of its own. It is made of the log's first ``size`` entries alone and
never changed; thrown away, it is made again with the same bytes. It holds payload, so an
erasure throws it away: ``forget`` at once, and whoever opens it looks for an erasure since.

One folder for each size, made under another name and renamed when complete; a crash leaves the
former cache or the new one. Subjects fall into groups by their hash. For each item:

- ``<item>.rows``: the standing records about the scheme's subject kind as lines of CSV, in order
  of group and leaf, with only the columns that the scheme's plan reads;
- ``<item>.starts``: where each group begins in it, and the end, as 64-bit integers.

``leaves.groups`` tells each leaf's group as a 32-bit integer (all ones: none), and
``coming.parquet`` which records begin after the day ``begin_after``. Numbers lie as the
machine has them. Standing means neither withdrawn nor superseded by an entry of the same item.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from goodstanding.evaluation.engines.incremental.earlier import erased_since, software
from goodstanding.evaluation.model import Scheme
from goodstanding.register import Checkpoint, Segment

HEADER, LEAVES, COMING = "header.json", "leaves.groups", "coming.parquet"
NO_GROUP = 0xFFFFFFFF
_GROUP, _BOUNDS = struct.Struct("=I"), struct.Struct("=QQ")
#: Changes with every change of the files, so that none is read as what it is not.
_FORMAT = 1
_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """Of what a cache was made; everything but the last three must be so now, too."""

    format: int
    scheme: str
    version: int
    pack_digest: str
    origin: str
    software: dict[str, str]
    byte_order: str
    size: int
    begin_after: str
    group_bits: int


def made_of(
    scheme: Scheme, checkpoint: Checkpoint, *, size: int, begin_after: date, group_bits: int
) -> Made:
    """What a cache of this scheme and log says of itself."""
    return Made(
        format=_FORMAT,
        scheme=scheme.name,
        version=scheme.version,
        pack_digest=scheme.pack.digest,
        origin=checkpoint.origin,
        software=software(),
        byte_order=sys.byteorder,
        size=size,
        begin_after=begin_after.isoformat(),
        group_bits=group_bits,
    )


class Cache:
    """One complete cache, open for reading. ``columns`` are those of each item's rows, with
    their SQL types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        header = json.loads((folder / HEADER).read_text("utf-8"))
        self.made = Made(**header["made"])
        self.columns: dict[str, dict[str, str]] = header["columns"]
        self.digests: dict[str, str] = header["sha256"]
        self.sizes: dict[str, int] = header["bytes"]

    @property
    def size(self) -> int:
        """How many entries of the log it was made of."""
        return self.made.size

    @property
    def begin_after(self) -> date:
        return date.fromisoformat(self.made.begin_after)

    @property
    def coming(self) -> Path:
        """Subjects and days on which records begin, after ``begin_after``."""
        return self.folder / COMING

    def is_whole(self) -> bool:
        """Whether every file has the digest it was made with; reads all of them."""
        return all(digest(self.folder / name) == known for name, known in self.digests.items())

    def groups_of(self, leaves: Iterable[int]) -> set[int]:
        """The groups of the subjects of some records that were in the log by then."""
        wanted = [leaf for leaf in leaves if leaf < self.size]
        with _opened(self.folder / LEAVES) as file:
            groups = {_GROUP.unpack(os.pread(file, 4, 4 * leaf))[0] for leaf in wanted}
        return groups - {NO_GROUP}

    def text(self, item: str, groups: Sequence[int]) -> bytes:
        """The lines of some groups, given in ascending order, to be ``parsed``.

        Two small reads a group: where a process touches a page for the first time, to read
        costs a tenth of what it costs to map it.
        """
        read, bounds_of = os.pread, _BOUNDS.unpack
        with (
            _opened(self.folder / f"{item}.starts") as starts,
            _opened(self.folder / f"{item}.rows") as rows,
        ):
            bounds = [bounds_of(read(starts, 16, 8 * group)) for group in groups]
            return b"".join([read(rows, end - start, start) for start, end in bounds])

    def parsed(self, item: str, text: bytes) -> pa.Table:
        """Lines of an item as rows."""
        columns = {name: _arrow_type(kind) for name, kind in self.columns[item].items()}
        schema = pa.schema(list(columns.items()))
        if not text:
            return schema.empty_table()
        return csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(column_names=list(columns)),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=schema,
                null_values=[""],
                true_values=["true"],
                false_values=["false"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )


def _arrow_type(kind: str) -> pa.DataType:
    if kind.startswith("DECIMAL"):
        digits, scale = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return pa.decimal128(int(digits), int(scale))
    return _ARROW[kind]


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_cache(
    place: Path,
    scheme: Scheme,
    checkpoint: Checkpoint,
    segments: Sequence[Segment],
    *,
    begun_by: date,
) -> Cache | None:
    """The cache in ``place`` if it is of this scheme and log, else None.

    ``begun_by`` is the day from which on it must tell what begins. Throws away everything
    there if an entry was erased since it was made.
    """
    for folder in sorted(place.glob("[0-9]*"), key=lambda found: -int(found.name)):
        try:
            cache = Cache(folder)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not one of ours, or of another format
        if erased_since(segments, cache.size):
            forget(place)
            return None
        fits = asdict(cache.made) == asdict(
            made_of(
                scheme,
                checkpoint,
                size=cache.size,
                begin_after=cache.begin_after,
                group_bits=cache.made.group_bits,
            )
        )
        there = all(
            (folder / name).is_file() and (folder / name).stat().st_size == size
            for name, size in cache.sizes.items()
        )
        if fits and there and cache.size <= checkpoint.head.size and cache.begin_after <= begun_by:
            return cache
    return None


def forget(place: Path) -> None:
    """Delete every cache in ``place``: what an erasure demands, and never a loss."""
    shutil.rmtree(place, ignore_errors=True)


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
