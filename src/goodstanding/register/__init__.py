"""The register: the append-only truth.

A record becomes a commitment, a commitment a leaf, leaves become tiles, and one signed
checkpoint stands for all of them. Rows with their salts lie in Parquet segments, private and
erasable; commitments, tiles and checkpoint are what anyone may have and check.

>>> from goodstanding.register import FactColumn, FactType
>>> FactColumn("amount", FactType.MONEY, scale=2).sql_type
'DECIMAL(18,2)'
"""

from typing import TYPE_CHECKING

from goodstanding.kernel import FactType
from goodstanding.kernel.on_use import on_use
from goodstanding.register.batch import WritePoint
from goodstanding.register.index import Delivery, Index, Subject
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.layout import Layout
from goodstanding.register.log import Appended, InclusionProof, Log
from goodstanding.register.model import (
    ERASURE,
    OPTIONAL_COLUMNS,
    RECORD_COLUMNS,
    Checkpoint,
    DatedEvent,
    Event,
    FactColumn,
    FactValue,
    Head,
    NewEvent,
    Record,
    StreamVersion,
)
from goodstanding.register.node import Node
from goodstanding.register.published import Publication
from goodstanding.register.segments import RecordTable, Segment
from goodstanding.register.tree import verify_consistency, verify_inclusion

if TYPE_CHECKING:
    from goodstanding.register.fsck import Finding, Follower, VerifyReport, verify
else:
    __getattr__ = on_use(
        __name__,
        {
            "fsck": "Finding Follower VerifyReport verify",
        },
    )

__all__ = [
    "ERASURE",
    "OPTIONAL_COLUMNS",
    "RECORD_COLUMNS",
    "Appended",
    "Checkpoint",
    "DatedEvent",
    "Delivery",
    "Event",
    "FactColumn",
    "FactType",
    "FactValue",
    "Finding",
    "Follower",
    "Head",
    "InclusionProof",
    "Index",
    "Layout",
    "Log",
    "NewEvent",
    "Node",
    "Publication",
    "Record",
    "RecordTable",
    "Segment",
    "StreamVersion",
    "Subject",
    "VerifyReport",
    "VerifyingKey",
    "WritePoint",
    "verify",
    "verify_consistency",
    "verify_inclusion",
]
