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
#: The longest beginning of ``scheme:value`` whose characters the value may have.
VALUE_BEGINS = r"^[^:]*:(?:[A-Za-z0-9][A-Za-z0-9._/-]*)?"
#: The same in words, for refusals and pages.
CHARACTERS = "letters A to Z and a to z, digits and, but for the first, . _ / -"
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
            raise GoodStandingError(BAD_IDENTIFIER, text=text, problem=_problem(text))
        scheme, value = text.split(":", 1)
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def _problem(text: str) -> str:
    """What of it is wrong, as the end of a sentence: the first character that may not be there."""
    scheme, colon, value = text.partition(":")
    if not colon:
        return "it has no colon"
    if not re.fullmatch(SCHEME_PATTERN, scheme):
        return "its scheme is not of small letters, digits and -"
    begun = re.match(VALUE_BEGINS, text)
    end = begun.end() if begun else 0
    if end < len(text):
        place = end - len(scheme)
        return f"character {place} of its value is U+{ord(text[end]):04X}"
    return "it has no value" if not value else "its value is longer than 64 characters"
