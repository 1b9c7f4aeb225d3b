"""Identifiers: ``scheme:value``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BAD_IDENTIFIER

# The same shape is used as a DuckDB (RE2) pattern by set-wise checks.
SCHEME_PATTERN = r"[a-z][a-z0-9-]{0,31}"
VALUE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}"
IDENTIFIER_PATTERN = f"{SCHEME_PATTERN}:{VALUE_PATTERN}"
_IDENTIFIER = re.compile(IDENTIFIER_PATTERN)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """Who a subject is, within one identifier scheme."""

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Identifier:
        """Read ``scheme:value``. Raises GS-KERNEL-001."""
        if not _IDENTIFIER.fullmatch(text):
            raise GoodStandingError(BAD_IDENTIFIER, text=text)
        scheme, value = text.split(":", 1)
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"
