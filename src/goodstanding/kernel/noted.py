"""The receipt that an act or a look stands in the access log.

Invariant: whoever writes to a register, or reads from it what is not public, holds one. It is
a required argument of every writer, so a write that leaves no trace does not compile. Only
``goodstanding.audit`` makes receipts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noted:
    """``event`` is a name from the published list, ``ticket`` its number in the access log."""

    event: str
    ticket: int
