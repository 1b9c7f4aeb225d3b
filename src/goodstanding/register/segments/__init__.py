"""Segments: the sealed rows themselves, as Parquet files that only an erasure changes.

The only part of the register that knows DuckDB and Arrow. A segment describes itself: its
columns say which facts there are and of what type, so reading and verifying need no pack.

>>> from pathlib import Path
>>> segment_at(Path("register/segments"), "tax_penalty", 100, 20).end
120
"""

from goodstanding.register.segments.clocks import (
    forget_clocks,
    known_before,
    known_by,
    note_clock,
)
from goodstanding.register.segments.events import read_events, write_events
from goodstanding.register.segments.files import (
    EVENTS,
    Segment,
    digest_file,
    list_segments,
    segment_at,
    strange_files,
)
from goodstanding.register.segments.read import (
    SubjectRow,
    commitments,
    read_records,
    read_subjects,
    read_superseded,
)
from goodstanding.register.segments.write import (
    RecordTable,
    rewrite_without,
    write_records,
)

__all__ = [
    "EVENTS",
    "RecordTable",
    "Segment",
    "SubjectRow",
    "commitments",
    "digest_file",
    "forget_clocks",
    "known_before",
    "known_by",
    "list_segments",
    "note_clock",
    "read_events",
    "read_records",
    "read_subjects",
    "read_superseded",
    "rewrite_without",
    "segment_at",
    "strange_files",
    "write_events",
    "write_records",
]
