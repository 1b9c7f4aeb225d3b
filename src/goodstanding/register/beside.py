"""A node's two logs know of each other how far they had come: a restore of one alone is found.

Invariant: each log's ``state.db`` holds a size of the other that the other has reached and never
falls below. One that is smaller was restored from an earlier day.

A log that was begun anew has another key and owes nothing to the size of the one before it.
"""

from __future__ import annotations

import sqlalchemy as sa

from goodstanding.register.layout import Layout

ACCESS = "access"

_METADATA = sa.MetaData()
#: The other log's public key, and a size that it had; at most one row.
_BESIDE = sa.Table(
    "beside",
    _METADATA,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)


def other_log(layout: Layout) -> Layout | None:
    """The register of an access log, the access log of a register; None if there is none."""
    folder = layout.folder
    other = Layout(folder.parent if folder.name == ACCESS else layout.access)
    return other if other.state.is_file() and other.public_key.is_file() else None


def key_of(layout: Layout) -> str:
    """The key of a log as text, empty if it cannot be read: then nothing is compared."""
    try:
        return layout.public_key.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def note_size(connection: sa.Connection, key: str, size: int) -> None:
    """Remember that the log of this key has had this size. Within a transaction."""
    if key and noted_size(connection, key) < size:
        # A state that is older than this table gets it now.
        if not _is_there(connection):
            _BESIDE.create(connection)
        connection.execute(sa.delete(_BESIDE))
        connection.execute(sa.insert(_BESIDE).values(id=1, key=key, size=size))


def noted_size(connection: sa.Connection, key: str) -> int:
    """The size that the log of this key had for sure; 0 if nothing is known of it."""
    if not _is_there(connection):
        return 0
    query = sa.select(_BESIDE.c.size).where(_BESIDE.c.key == key)
    return connection.execute(query).scalar_one_or_none() or 0


def _is_there(connection: sa.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = 'beside'"
    return connection.exec_driver_sql(query).first() is not None
