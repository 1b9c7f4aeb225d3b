"""The one gate for natural persons.

Invariant (DESIGN 2.8, persons_by_consent): nothing is recorded about, and no scheme is
loaded or run for, a natural person. There is no setting, flag or environment variable;
the persons package, once it exists, will be the only way through.
"""

from enum import StrEnum

from goodstanding.kernel.errors import GoodStandingError, Place
from goodstanding.kernel.refusals import NATURAL_PERSON


class Nature(StrEnum):
    """What a kind of subject is in law."""

    ORGANISATION = "organisation"
    PUBLIC_BODY = "public_body"
    NATURAL_PERSON = "natural_person"


def refuse_natural_person(nature: Nature, subject: str, *, place: Place | None = None) -> None:
    """Raise GS-PERSON-001 if ``nature`` is a natural person; otherwise do nothing."""
    if nature is Nature.NATURAL_PERSON:
        raise GoodStandingError(NATURAL_PERSON, subject=subject, place=place)
