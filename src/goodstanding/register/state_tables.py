"""The tables of ``state.db``."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
HEAD = sa.Table(
    "head",
    METADATA,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    #: The instant of the last batch as text, empty before the first.
    sa.Column("known_at", sa.Text, nullable=False),
)
STREAMS = sa.Table(
    "streams",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
#: Events taken but not sealed yet, in the order of their tickets.
PENDING = sa.Table(
    "pending",
    METADATA,
    sa.Column("ticket", sa.Integer, primary_key=True),
    sa.Column("asked_at", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sa.Column("stream", sa.Text),
    sa.Column("seen", sa.Integer),
    sa.Column("awaited", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)
#: Which leaf a ticket became, until whoever waits has read it.
RECEIPTS = sa.Table(
    "receipts",
    METADATA,
    sa.Column("ticket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("leaf", sa.BigInteger, nullable=False),
)
#: Erasures that are sealed but whose payload may still lie in some file.
ERASING = sa.Table(
    "erasing", METADATA, sa.Column("leaf", sa.BigInteger, primary_key=True, autoincrement=False)
)
