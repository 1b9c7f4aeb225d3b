"""RFC 8785 canonical JSON for the values we seal.

Invariant: equal values have equal bytes, in every language, for ever. So numbers are
whole and below 2^53 (RFC 8785 section 3.2.2.3 would otherwise write a double), and
decimals, dates and instants are sealed as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import NOT_CANONICAL

#: Whole numbers beyond this lose digits in implementations that read doubles.
MAX_INTEGER = 2**53 - 1


def canonical_bytes(value: object) -> bytes:
    """UTF-8 bytes of ``value`` as RFC 8785 JSON. Raises GS-KERNEL-003 for anything else."""
    return canonical_text(value).encode("utf-8")


def canonical_text(value: object) -> str:
    """The same as text."""
    try:
        return _text(value)
    except RecursionError:
        raise GoodStandingError(NOT_CANONICAL, value="...", kind="nested too deeply") from None


def _text(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) <= MAX_INTEGER:
            return str(value)
        case str() if not _has_surrogate(value):
            return json.dumps(value, ensure_ascii=False)
        case list() | tuple():
            return f"[{','.join(_text(item) for item in value)}]"
        case Mapping() if all(isinstance(key, str) for key in value):
            # RFC 8785 section 3.2.3: names sort by UTF-16 code units, not code points.
            names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            members = (f"{_text(name)}:{_text(value[name])}" for name in names)
            return f"{{{','.join(members)}}}"
    raise GoodStandingError(NOT_CANONICAL, value=value, kind=type(value).__name__)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
