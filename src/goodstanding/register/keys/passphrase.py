"""Where the passphrase of a private key comes from.

Invariant: it is asked for only when it is needed, and is shown nowhere.
"""

from __future__ import annotations

import os
from pathlib import Path

from goodstanding.register.keys.private import read_secret

VARIABLE = "GS_KEY_PASSPHRASE"
FILE_VARIABLE = "GS_KEY_PASSPHRASE_FILE"
VARIABLES = frozenset({VARIABLE, FILE_VARIABLE})


def environment_passphrase() -> bytes | None:
    """From GS_KEY_PASSPHRASE, or the file that GS_KEY_PASSPHRASE_FILE names; else None.

    Blanks at the ends of the file do not count. Raises GS-REGISTER-010 if the file cannot be
    read, is empty, or others may read it.
    """
    if text := os.environ.get(VARIABLE):
        return text.encode("utf-8", "surrogateescape")
    if file := os.environ.get(FILE_VARIABLE):
        return read_secret(Path(file)).encode("utf-8") or None
    return None
