"""Which keys signed before this one, by what the log itself says.

Invariant: a key counts only if a chain of sealed rotations leads from it to the key that the
log was checked with.
"""

from __future__ import annotations

from collections.abc import Sequence

from goodstanding.kernel import GoodStandingError
from goodstanding.register.fsck.rows import Members
from goodstanding.register.keys import VerifyingKey

ROTATED = "key_rotated"


def former_keys(key: VerifyingKey, rotations: Sequence[Members]) -> list[VerifyingKey]:
    """The keys before ``key``, the latest first; ``rotations`` are members in leaf order."""
    found: list[VerifyingKey] = []
    current = str(key)
    for members in reversed(rotations):
        old, new = members.get("old"), members.get("new")
        if new != current or not isinstance(old, str):
            continue
        try:
            found.append(VerifyingKey.parse(old))
        except GoodStandingError:
            break
        current = old
    return found
