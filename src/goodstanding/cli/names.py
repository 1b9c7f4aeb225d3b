"""What a subject is called on a page: by its name, or where none may be shown by its identifier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from goodstanding.catalogue import Pack
from goodstanding.evaluation.names import name_of
from goodstanding.register import Node, Record


def called(
    node: Node, pack: Pack, subject: str, records: Sequence[Record], known_at: datetime | None
) -> str:
    """The name of the subject of these records, as the pack ranks its sources."""
    if node.index.is_unnamed(subject):
        return subject
    return name_of(pack, records, subject, known_at) or subject
