"""The languages of a pack: one that it does not have is refused, never replaced in silence."""

from __future__ import annotations

from goodstanding.catalogue import errors
from goodstanding.catalogue.model import Pack
from goodstanding.kernel import GoodStandingError


def check_language(pack: Pack, language: str) -> None:
    """Raise GS-PACK-068 for a language in which the pack has no texts, naming those it has."""
    if language not in pack.languages:
        known = ", ".join(pack.languages)
        raise GoodStandingError(
            errors.UNKNOWN_LANGUAGE, pack=pack.id, language=language, known=known
        )
