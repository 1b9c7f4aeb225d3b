"""A scheme as a key of what is read from it once, not once a subject and day."""

from __future__ import annotations

from goodstanding.evaluation.model import Scheme


class Same:
    """A scheme as a key: itself, and no other that is equal. The key keeps it alive."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme

    def __hash__(self) -> int:
        return id(self.scheme)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.scheme is self.scheme
