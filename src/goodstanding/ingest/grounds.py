"""Who decides on a record, why, and on what: checked before anything is looked up.

Invariant: software only frees, people bind. An act names its officer, its reason and an
article in force; and since the entry of an act stays for good, it repeats nothing of what the
record says, or an erasure would leave it behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from goodstanding.catalogue import Act, FactType, Item, Pack
from goodstanding.ingest.act_errors import (
    ACT_NOT_PERMITTED,
    AUTHORITY_MAY_NOT,
    BASIS_UNKNOWN,
    NOT_SAID,
    SAYS_PAYLOAD,
)
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.characters import fold_blanks, unseen
from goodstanding.register import Record

#: A value of fewer characters may stand anywhere by chance.
TELLING = 4


@dataclass(frozen=True, slots=True)
class Grounds:
    """The officer, the reason, the article (``instrument.number``) and the authority of an act."""

    by: str
    reason: str
    basis: str
    #: Of an act on a record that stands; a row that is released has the source's.
    authority: str = ""

    def check(self, pack: Pack, today: date) -> None:
        """Raises GS-INGEST-180 for what is not said, 189 for an article not in force."""
        for field in ("by", "reason", "basis"):
            check_said(field, getattr(self, field))
        article = pack.articles.get(self.basis)
        if article is None or not article.in_force.contains(today):
            known = sorted(a.id for a in pack.articles.values() if a.in_force.contains(today))
            raise GoodStandingError(
                BASIS_UNKNOWN, basis=self.basis, pack=pack.id, day=today, known=", ".join(known)
            )

    def check_power(self, pack: Pack, act: Act, record: Record) -> None:
        """Raises GS-INGEST-190 for an authority that may not act on this record, 199 for an article
        that does not permit the act on its item.

        ``record`` is its first version: who determined it answers for it.
        """
        check_said("authority", self.authority)
        if not pack.may_act(self.authority, record.authority):
            known = [name for name in pack.authorities if pack.may_act(name, record.authority)]
            raise GoodStandingError(
                AUTHORITY_MAY_NOT,
                authority=self.authority,
                determined=record.authority,
                known=", ".join(known) or "none",
            )
        known = pack.permitting(act, record.item)
        if self.basis not in known:
            raise GoodStandingError(
                ACT_NOT_PERMITTED,
                basis=self.basis,
                act=act,
                item=record.item,
                known=", ".join(known) or "no article of the pack",
            )

    def check_silent(self, versions: Iterable[Record], item: Item | None) -> None:
        """Raises GS-INGEST-191 if the reason repeats a value of one of the versions."""
        for record in versions:
            for field, value in telling_values(record, item):
                if holds(self.reason, value):
                    raise GoodStandingError(SAYS_PAYLOAD, field="--reason", says=f"its {field}")


def check_said(field: str, value: str) -> None:
    """Raises GS-INGEST-180 for an empty text or one with characters that nobody can see."""
    if not fold_blanks(value) or unseen(value, name=True):
        raise GoodStandingError(NOT_SAID, field=field, option=f"--{field}, in plain text")


def telling_values(record: Record, item: Item | None) -> Iterator[tuple[str, str]]:
    """Field and text of what tells this record from others; codes, yes and no tell nothing.

    The source key is told whatever its length; ``holds`` then looks for it as a whole word.
    """
    yield "source_key", record.source_key
    texts: dict[str, object] = {
        "subject": record.subject,
        "subject's number": record.subject.partition(":")[2],
        "subject_name": record.subject_name,
        "document": record.document,
    }
    for name, fact in record.facts.items():
        known = item.facts.get(name) if item else None
        if not isinstance(fact, bool) and not (known and known.type is FactType.CODE):
            texts[name] = fact
    for name, value in texts.items():
        if value is not None and len(str(value)) >= TELLING:
            yield name, str(value)


def holds(text: str, value: str) -> bool:
    """Whether ``value`` stands in ``text`` as a word or words of its own, in any case."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None
