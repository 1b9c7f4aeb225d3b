"""Show names that a sender chose so that they do no harm in a sentence or a terminal."""

from __future__ import annotations

from goodstanding.kernel.escaping import visible

_LONGEST = 200


def harmless(name: str) -> str:
    """The name with everything that cannot be seen written out, and not too long."""
    return visible(name[:_LONGEST]) + ("..." if len(name) > _LONGEST else "")


def listed(names: list[str], most: int = 20) -> str:
    """The names in quotation marks, the first ``most`` of them."""
    shown = ", ".join(repr(harmless(name)) for name in names[:most])
    return f"{shown}, ..." if len(names) > most else shown
