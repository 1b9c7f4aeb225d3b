"""What a subject is called: by the source that the pack ranks highest for names.

Invariant: a name is taken only from a record that stands and is about the subject; none that
bears a personal honorific is shown. Who is called by no name is called by its identifier.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from goodstanding.catalogue import Pack
from goodstanding.evaluation.records import standing_entries
from goodstanding.kernel.honorifics import bears_honorific
from goodstanding.register import Record


def name_of(
    pack: Pack, records: Iterable[Record], subject: str, known_at: datetime | None = None
) -> str | None:
    """The name of the subject of these records as known at ``known_at``; None if none names it.

    Of several records of one rank the newest names it; sources that ``names_from`` does not list
    come after those that it does.
    """
    standing = {record.leaf for record in standing_entries(records, known_at)}
    named = [
        record
        for record in records
        if record.leaf in standing
        and record.subject == subject
        and record.subject_name
        and not bears_honorific(record.subject_name)
    ]
    found = min(named, key=lambda record: (_rank(pack, record.source), -record.leaf), default=None)
    return None if found is None else found.subject_name


def _rank(pack: Pack, source: str) -> int:
    ranked = pack.names_from
    return ranked.index(source) if source in ranked else len(ranked)
