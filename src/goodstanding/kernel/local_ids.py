"""Local identifiers: a firm without a number is named by its name and its place.

Invariant: frozen. What one version of this rule made of a name it makes of it for ever, on
every Python: it relies on the tables of Unicode 3.2 alone, which Python carries unchanged. A
better rule is another version, beside this one, and its number is part of the identifier. No
search looks names up by it, so that a search may change.

Version 1. Name and place are each brought into Unicode form KC, case is folded, form KC again;
then blanks, punctuation and control characters are taken out. A character that Unicode 3.2 does
not know stays as it is. The identifier is the SHA-256 of ``goodstanding/local-id/1``, the name
and the place, each after its length in bytes, cut to 120 bits in base 32.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from unicodedata import ucd_3_2_0 as frozen

_TAG = b"goodstanding/local-id/1"
_BYTES = 15
#: What the value of such an identifier looks like.
LOCAL_ID_PATTERN = "n1-[a-z2-7]{24}"


def local_value(name: str, place: str) -> str | None:
    """The value of the local identifier; None where nothing is left of the name or the place."""
    parts = [normal_form(text).encode() for text in (name, place)]
    if not all(parts):
        return None
    digest = sha256(b"".join(len(p).to_bytes(8, "big") + p for p in (_TAG, *parts))).digest()
    return f"n1-{base64.b32encode(digest[:_BYTES]).decode().lower()}"


def normal_form(text: str) -> str:
    """The name or place as version 1 compares it: two that give the same are one."""
    folded = "".join(
        c.casefold() if frozen.category(c) != "Cn" else c for c in frozen.normalize("NFKC", text)
    )
    return "".join(c for c in frozen.normalize("NFKC", folded) if not _is_taken_out(c))


def _is_taken_out(character: str) -> bool:
    category = frozen.category(character)
    return category[0] in "ZP" or category in ("Cc", "Cf")
