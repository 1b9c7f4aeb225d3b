"""A new node, its access log first.

Invariant: from its first entry on, nothing stands in the register that the access log did not
know of before.
"""

from __future__ import annotations

import os
from pathlib import Path

from goodstanding.audit.access import AccessLog
from goodstanding.audit.events import NODE_FOUNDED
from goodstanding.catalogue import Pack, keep_pack
from goodstanding.kernel import Clock, GoodStandingError
from goodstanding.register import Layout, Node
from goodstanding.register.durable import PASSAGE, make_folders, refusing
from goodstanding.register.errors import FOLDER_TAKEN
from goodstanding.register.keys import check_origin
from goodstanding.register.node import is_free
from goodstanding.register.private import private_from_now_on


def found_node(
    folder: Path,
    origin: str,
    pack: Pack,
    clock: Clock,
    *,
    by: str,
) -> Node:
    """Make the access log, note ``node_founded`` in it, keep the pack, then make the node.

    A crash in between leaves a folder with an access log and no ``node.toml``: no node, and
    not free either. Raises GS-REGISTER-002 if ``folder`` holds anything, 004 for an unfit
    origin, 018 if it cannot be written, GS-AUDIT-003, and what ``keep_pack`` raises.
    """
    check_origin(origin)
    folder = folder.absolute()
    private_from_now_on()
    with refusing():
        if not is_free(folder):
            raise GoodStandingError(FOLDER_TAKEN, folder=folder)
        make_folders(folder, PASSAGE)
        if folder.stat().st_uid == os.geteuid():
            # One that was made before: nobody lists a node's files.
            folder.chmod(PASSAGE)
    _, noted = AccessLog.create(
        folder, origin, NODE_FOUNDED, by=by, clock=clock, origin=origin, pack=pack.id
    )
    with refusing():
        keep_pack(pack, Layout(folder).packs)
    return Node.create(folder, origin, pack.id, pack.digest, clock, noted=noted)
