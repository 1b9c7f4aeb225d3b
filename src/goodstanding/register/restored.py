"""A node that was restored from a backup and is not yet up to date.

Invariant: between ``restore`` and the last erasure applied nobody opens it, to write or to read:
its mark ``restored.json`` stands. Only what brings it up to date opens it
(``goodstanding.ingest.restored``), and ``verify`` and ``doctor``, which show no payload.

While the mark stands, a new key signs alone: the old one may have signed other trees of the sizes
that come now, in what was lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import BAD_NODE_FILE, RESTORED
from goodstanding.register.instants import BEGINNINGS
from goodstanding.register.layout import Layout
from goodstanding.register.model import Head
from goodstanding.register.segments import EVENTS, read_events

if TYPE_CHECKING:
    from goodstanding.register.log import Log

#: The first entry after a restore.
LOG_RESTORED = "log_restored"


@dataclass(frozen=True, slots=True)
class Mark:
    """Of which backup the node was made, by the hash of its list, and how far it had come."""

    backup: str
    head: Head


def read_mark(layout: Layout) -> Mark | None:
    """The mark of a restored node; None if it is up to date. Raises GS-REGISTER-003."""
    try:
        said = json.loads(layout.restored.read_text("utf-8"))
        return Mark(str(said["backup"]), Head(int(said["size"]), bytes.fromhex(said["root"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GoodStandingError(
            BAD_NODE_FILE, file=layout.restored, reason="it is not the mark of a restore"
        ) from error


def has_gone_on(log: Log, mark: Mark) -> bool:
    """Whether the first entry after this restore is sealed in a log of the node."""
    return any(
        event.event in BEGINNINGS and event.members.get("backup") == mark.backup
        for segment in reversed(log.segments(EVENTS, sealed=True))
        for event in read_events(segment)
    )


def refuse_restored(layout: Layout) -> None:
    """Refuse a node that is not up to date. Raises GS-REGISTER-066."""
    if layout.restored.exists():
        reason = "what was erased since is not yet erased in it"
        raise GoodStandingError(RESTORED, folder=layout.folder, reason=reason)
