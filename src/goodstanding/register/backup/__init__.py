"""A copy of a live node, whole and checked, and a node from such a copy.

``back_up`` takes a picture of the node at one instant, by hard links and SQLite's own backup,
while no log moves; then it copies the picture while writers go on. ``restore`` makes a node of
the copy, which does not open until its erasures are applied (``goodstanding.ingest.restored``).
The form of a backup is docs/formats/0004.
"""

from goodstanding.register.backup.make import BackupStep, back_up
from goodstanding.register.backup.manifest import Manifest, read_manifest
from goodstanding.register.backup.restore import restore

__all__ = ["BackupStep", "Manifest", "back_up", "read_manifest", "restore"]
