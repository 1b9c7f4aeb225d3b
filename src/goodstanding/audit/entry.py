"""An event as it is sealed, and as it is read back.

Invariant: what does not fit the published list is refused before anything is written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from goodstanding.audit.errors import UNFIT_EVENT, UNKNOWN_EVENT, UNREADABLE_ENTRY
from goodstanding.audit.events import EVENTS
from goodstanding.audit.model import COMMON_MEMBERS, Entry, EventType, Need
from goodstanding.kernel import GoodStandingError, Identifier
from goodstanding.register import Event

#: Characters of one text in an entry: enough for a purpose, too little for a payload.
MOST_TEXT = 200
#: Leaves named in one entry; who looks at more looks at a subject or at all.
MOST_LEAVES = 1_000

#: What a member may be; None is as good as not given.
Value = str | int | None


def entry_members(
    event: EventType,
    *,
    by: str,
    subject: str | None = None,
    leaves: Collection[int] = (),
    purpose: str | None = None,
    members: Mapping[str, Value],
) -> dict[str, object]:
    """The members of an entry, all but its ticket. Raises GS-AUDIT-001 or 002, GS-KERNEL-001."""
    if EVENTS.get(event.name) != event:
        raise GoodStandingError(UNKNOWN_EVENT, event=event.name)
    members = {name: value for name, value in members.items() if value is not None}
    problem = next(_problems(event, by, subject, leaves, purpose, members), None)
    if problem is not None:
        raise GoodStandingError(UNFIT_EVENT, event=event.name, reason=problem)
    said: dict[str, object] = {**members, "by": by}
    if subject is not None:
        said["subject"] = str(Identifier.parse(subject))
    if leaves:
        said["leaves"] = sorted(set(leaves))
    if purpose is not None:
        said["purpose"] = purpose
    return said


def _problems(
    event: EventType,
    by: str,
    subject: str | None,
    leaves: Collection[int],
    purpose: str | None,
    members: Mapping[str, Value],
) -> Iterator[str]:
    for word, need, given in (
        ("subject", event.subject, subject is not None),
        ("leaves", event.leaves, len(leaves) > 0),
    ):
        if need is Need.MUST and not given:
            yield f"it must name its {word}"
        if need is Need.NEVER and given:
            yield f"it names no {word}"
    if any(leaf < 0 for leaf in leaves) or len(leaves) > MOST_LEAVES:
        yield f"its leaves are not at most {MOST_LEAVES:,} numbers from 0 on"
    declared = {member.name: member for member in event.members}
    for name in sorted(members.keys() - declared.keys()):
        yield f"it has no member {name!r}"
    for member in event.members:
        if member.required and member.name not in members:
            yield f"its member {member.name!r} is missing"
    texts = {"by": by, "purpose": purpose, **members}
    for name, text in texts.items():
        if isinstance(text, str) and not _is_fit(text):
            yield f"{name!r} is not one line of 1 to {MOST_TEXT} printable characters"


def _is_fit(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MOST_TEXT and text.isprintable()


def read_entry(event: Event) -> Entry:
    """An entry from its sealed form. Raises GS-AUDIT-005."""
    said = json.loads(event.payload)
    fixed = {*COMMON_MEMBERS, "schema", "event", "known_at"}
    try:
        return Entry(
            leaf=event.leaf,
            event=event.event,
            known_at=event.known_at,
            by=said["by"],
            ticket=said["ticket"],
            subject=said.get("subject"),
            leaves=tuple(said.get("leaves", ())),
            purpose=said.get("purpose"),
            members={name: value for name, value in said.items() if name not in fixed},
        )
    except KeyError as error:
        reason = f"it has no member {error}"
        raise GoodStandingError(UNREADABLE_ENTRY, leaf=event.leaf, reason=reason) from error
