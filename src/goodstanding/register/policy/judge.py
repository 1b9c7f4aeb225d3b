"""Whether a checkpoint was seen by enough witnesses, in words a person can act on.

Invariant: a cosignature that does not hold spoils the whole note; one dated in the future, or
of a witness that the policy does not name, counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import SignedCheckpoint, open_signed
from goodstanding.register.cosignature import cosigned_at
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.note import Note, parse_note, verify_note
from goodstanding.register.policy.model import NONE, Group, Policy, Witness, shown


@dataclass(frozen=True, slots=True)
class Cosigned:
    """One witness of the policy: when it cosigned, or None; and why that did not count."""

    name: str
    at: datetime | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What a policy makes of a checkpoint."""

    signed: SignedCheckpoint
    witnesses: tuple[Cosigned, ...]
    met: bool
    words: str

    @property
    def cosigned(self) -> tuple[Cosigned, ...]:
        """The witnesses that count."""
        return tuple(each for each in self.witnesses if each.at is not None)

    def first_cosigned(self, policy: Policy) -> datetime | None:
        """The earliest time at which the quorum was met; None if it is not, or needs nobody."""
        names: set[str] = set()
        times = sorted((each.at, each.name) for each in self.witnesses if each.at is not None)
        for at, name in times:
            names.add(name)
            if policy.met(frozenset(names)):
                return at if policy.quorum != NONE else None
        return None


def judge(
    note: bytes, policy: Policy, now: datetime, logs: Sequence[VerifyingKey] = ()
) -> PolicyReport:
    """Check a checkpoint's signatures and cosignatures against a policy.

    ``logs`` are keys of logs known from elsewhere, added to those of the policy. That the quorum
    is not met is an answer, not an error. Raises GS-REGISTER-005 if the note is malformed, no
    known log signed it, or a signature of a known key does not hold.
    """
    # 1. It is the checkpoint of a log that we know.
    signed = open_signed(note, [*policy.log_keys, *logs])
    # 2. Every cosignature by a witness that we know holds, and bears a time that has been.
    parsed = parse_note(note)
    found = tuple(_cosigned(parsed, witness, now) for witness in policy.witnesses)
    # 3. They are enough.
    names = frozenset(each.name for each in found if each.at is not None)
    return PolicyReport(signed, found, policy.met(names), in_words(policy, found))


def require_quorum(report: PolicyReport) -> PolicyReport:
    """The report itself, if the quorum is met. Raises GS-REGISTER-005."""
    if not report.met:
        raise GoodStandingError(
            UNVERIFIED, reason=f"too few witnesses cosigned the checkpoint: {report.words}"
        )
    return report


def in_words(policy: Policy, found: Sequence[Cosigned]) -> str:
    """For example "1 of 2 needed: harbour-union cosigned, chamber did not"."""
    if policy.quorum == NONE:
        return "no witness is needed"
    said = {each.name: _said(each) for each in found}
    witnessed = policy.witnessed(frozenset(each.name for each in found if each.at is not None))
    groups = {group.name: group for group in policy.groups}
    for group in policy.groups:
        # A group within the quorum is said by its count alone; its members have their own lines.
        said[group.name] = f"{shown(group.name)} has {_count(group, witnessed)}"
    quorum = groups.get(policy.quorum) or Group(policy.quorum, 1, (policy.quorum,))
    return f"{_count(quorum, witnessed)}: {', '.join(said[name] for name in quorum.members)}"


def _count(group: Group, witnessed: Mapping[str, bool]) -> str:
    return f"{sum(witnessed[name] for name in group.members)} of {group.needed} needed"


def _said(each: Cosigned) -> str:
    name = shown(each.name)
    if each.problem:
        return f"{name} did not ({each.problem})"
    return f"{name} cosigned" if each.at else f"{name} did not"


def _cosigned(note: Note, witness: Witness, now: datetime) -> Cosigned:
    """When a witness cosigned, the first time if it did more than once."""
    key = witness.key
    if not any((s.name, s.key_id) == (key.name, key.key_id) for s in note.signatures):
        return Cosigned(witness.name, None)
    times, problem = [], None
    for _, signature in verify_note(note, [key]).signed:
        try:
            times.append(cosigned_at(signature, now))
        except GoodStandingError as error:
            problem = str(error.values["reason"])
    return Cosigned(witness.name, min(times)) if times else Cosigned(witness.name, None, problem)
