"""A log of a few entries in memory, with the trees and proofs of RFC 6962 word for word.

Nothing of the package computes here: what the package believes is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.keys import SigningKey
from goodstanding.register.model import Head


@dataclass(frozen=True)
class TinyLog:
    """Entries and the key that speaks for them; any prefix can be signed."""

    key: SigningKey
    entries: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return len(self.entries)

    def root(self, size: int) -> bytes:
        return tree_hash(self.entries[:size])

    def head(self, size: int) -> Head:
        return Head(size, self.root(size))

    def note(self, size: int) -> str:
        """The signed checkpoint of the first ``size`` entries."""
        return sign_checkpoint(self.head(size), self.key).note

    def proof(self, old: int, new: int) -> list[bytes]:
        return consistency(old, self.entries[:new]) if 0 < old < new else []


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = _split(len(entries))
    return sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def consistency(old: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF of RFC 6962 section 2.1.2."""
    return _subproof(old, entries, whole=True)


def _subproof(old: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if old == len(entries):
        return [] if whole else [tree_hash(entries)]
    k = _split(len(entries))
    if old <= k:
        return [*_subproof(old, entries[:k], whole=whole), tree_hash(entries[k:])]
    return [*_subproof(old - k, entries[k:], whole=False), tree_hash(entries[:k])]


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)
