"""A reader that remembers: one history, and never an older one.

Invariant: the memory file holds the newest checkpoint this reader has accepted, and every
checkpoint it accepts begins with all those before it. A register that shows different
histories to different readers cannot show both to one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.durable import write_atomically
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.fsck.files import MAX_NOTE, read_at_most
from goodstanding.register.fsck.settle import Place
from goodstanding.register.fsck.tree import HEIGHT, WIDTH, ReadTile, shared_roots
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.model import Checkpoint


class Follower:
    """Follows one register, whose keys it has from elsewhere than the register.

    ``memory`` is its file; the first checkpoint is trusted on its signature alone. Proofs of
    two histories are kept beside it as ``<memory>.<id>.remembered`` and ``<memory>.<id>.shown``.
    """

    def __init__(self, keys: VerifyingKey | Sequence[VerifyingKey], memory: Path) -> None:
        self._keys = [keys] if isinstance(keys, VerifyingKey) else list(keys)
        self._memory = memory

    def follow(self, register: Path) -> Checkpoint:
        """The published checkpoint of the folder ``register/``, once it is accepted.

        Raises GS-REGISTER-005 for a checkpoint that is not signed, older than one seen before,
        or of another history; then the memory stays as it was.
        """
        # 1. The checkpoint is signed by one of the keys.
        shown = self._open(_read(register / "checkpoint"))
        # 2. So is the one remembered, if there is one.
        remembered = self._remembered()
        if remembered is not None:
            # 3. The log has not become shorter.
            # 4. It begins with all that was there before.
            try:
                _check_contains(register, remembered, shown)
            except GoodStandingError:
                self._keep_evidence(remembered, shown)
                raise
        # 5. From now on this is what the next one must contain.
        if remembered is None or remembered.note != shown.note:
            self._write(self._memory, shown.note)
        return shown

    def _remembered(self) -> Checkpoint | None:
        if not self._memory.exists():
            return None
        return self._open(_read(self._memory))

    def _open(self, note: bytes) -> Checkpoint:
        refusal: GoodStandingError | None = None
        for key in self._keys:
            try:
                return open_checkpoint(note, key)
            except GoodStandingError as error:
                refusal = refusal or error
        raise refusal or _refused("there is no key to verify with")

    def _keep_evidence(self, remembered: Checkpoint, shown: Checkpoint) -> None:
        name = sha256((remembered.note + shown.note).encode()).hexdigest()[:16]
        for kind, checkpoint in (("remembered", remembered), ("shown", shown)):
            file = self._memory.with_name(f"{self._memory.name}.{name}.{kind}")
            self._write(file, checkpoint.note)

    def _write(self, file: Path, note: str) -> None:
        try:
            write_atomically(file, note.encode())
        except OSError as error:
            raise _refused(f"{file} cannot be written: {error.strerror}") from error


def _check_contains(register: Path, old: Checkpoint, new: Checkpoint) -> None:
    """The tree of ``new`` begins with that of ``old``, by the tiles. Raises GS-REGISTER-005."""
    before, after = old.head, new.head
    if new.origin != old.origin:
        raise _refused(f"the checkpoint is of {new.origin}, the one remembered of {old.origin}")
    if after.size < before.size:
        raise _refused(
            f"the register was rolled back: it showed {before.size} entries before, "
            f"{after.size} now"
        )
    if after.size == before.size:
        if after.root != before.root:
            raise _refused(f"two histories of {after.size} entries were shown to this reader")
        return
    if before.size == 0:
        return
    roots = shared_roots(before.size, after.size, _tile_reader(register, after.size))
    if roots != (before.root, after.root):
        raise _refused(
            f"the register of {after.size} entries does not begin with the {before.size} shown "
            "before: two histories were shown to this reader, or its tiles are damaged"
        )


def _tile_reader(register: Path, size: int) -> ReadTile:
    """Tiles of a tree of ``size`` entries. The reader raises GS-REGISTER-005."""

    @lru_cache(maxsize=64)
    def read(level: int, index: int) -> bytes:
        width = min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH)
        place = Place(level, index, width)
        # A partial tile may be gone once the full one is there.
        for each in (place, place.of(WIDTH)):
            try:
                data = read_at_most(register / each.path, each.size)
            except OSError:
                continue
            if len(data) == each.size:
                return data[: place.size]
        raise _refused(f"the tile {place.path} is missing or not whole")

    return read


def _read(file: Path) -> bytes:
    try:
        return read_at_most(file, MAX_NOTE)
    except OSError as error:
        raise _refused(f"{file} cannot be read: {error.strerror}") from error


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
