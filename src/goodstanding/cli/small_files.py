"""Files that a command is given and that may be anything."""

from __future__ import annotations

from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNREADABLE_FILE
from goodstanding.register.proofs.bundle import MAX_BYTES


def read_small_file(file: Path) -> bytes:
    """A file that may be anything, read only as far as a verifier takes it.

    Raises GS-REGISTER-051.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        # ValueError: a name with a null character in it.
        reason = error.strerror if isinstance(error, OSError) else None
        raise GoodStandingError(
            UNREADABLE_FILE, file=file, reason=reason or "its name is not one"
        ) from error
