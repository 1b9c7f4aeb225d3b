"""Show names that a sender chose so that they do no harm in a sentence or a terminal."""

from __future__ import annotations

_LONGEST = 200


def harmless(name: str) -> str:
    """The name with everything that cannot be seen written as an escape, and not too long."""
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in name[:_LONGEST]
    )
    return shown + "..." if len(name) > _LONGEST else shown


def listed(names: list[str], most: int = 20) -> str:
    """The names in quotation marks, the first ``most`` of them."""
    shown = ", ".join(repr(harmless(name)) for name in names[:most])
    return f"{shown}, ..." if len(names) > most else shown
