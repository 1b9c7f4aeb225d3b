"""Which key spoke for a log at which size and time, told by the log's own entries.

Invariant: an old checkpoint is judged by the key of its own size and time, never by today's; a
signature made under a key that may have been stolen counts only if a trusted witness saw the
checkpoint before.

Two events make the history. ``key_rotated`` {old, new, by, reason}, sealed under the old key at
leaf L, ends the old key's period at size L + 1 and begins the new one's there: that one
checkpoint is signed by both. ``key_compromised`` {key, since, by, reason} says from when on
somebody else may have signed with a key; the earliest such time of several counts.

Everything here is a function of values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from goodstanding.kernel import GoodStandingError, instant_text, parse_instant
from goodstanding.register.errors import BAD_HISTORY, KEY_UNCHANGED
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.model import KEY_ROTATED, Event

KEY_COMPROMISED = "key_compromised"
KEY_EVENTS = frozenset({KEY_ROTATED, KEY_COMPROMISED})


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One sealed event about a key; ``members`` as in the entry."""

    leaf: int
    known_at: datetime
    event: str
    members: Mapping[str, object]

    @classmethod
    def of(cls, event: Event) -> KeyEvent:
        """The same from an entry of the log. Raises GS-REGISTER-037."""
        try:
            members = json.loads(event.payload)
        except (ValueError, RecursionError):
            members = None
        if not isinstance(members, dict):
            raise _broken(event.leaf, "its payload is not an object")
        return cls(event.leaf, event.known_at, event.event, members)


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """One key and the checkpoints it speaks for.

    Sizes are inclusive; ``last_size`` and ``until`` are None for the key in force. ``since`` is
    None for the first key, whose beginning no entry tells.
    """

    key: VerifyingKey
    first_size: int
    last_size: int | None
    since: datetime | None
    until: datetime | None
    compromised_since: datetime | None = None


class Verdict(StrEnum):
    """What the history says of a signature."""

    GOOD = "good"
    UNKNOWN_KEY = "unknown key"
    BEYOND_ITS_PERIOD = "signed beyond its period"
    NEEDS_COSIGNATURE = "needs a new cosignature"


@dataclass(frozen=True, slots=True)
class KeyJudgement:
    """The verdict and why, in words."""

    verdict: Verdict
    reason: str

    @property
    def good(self) -> bool:
        return self.verdict is Verdict.GOOD


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """The periods of a log's keys, the first key first; never empty."""

    periods: tuple[KeyPeriod, ...]

    @property
    def current(self) -> VerifyingKey:
        """The key that the log names now."""
        return self.periods[-1].key

    @property
    def keys(self) -> tuple[VerifyingKey, ...]:
        return tuple(period.key for period in self.periods)

    def period_of(self, key: VerifyingKey) -> KeyPeriod | None:
        return next((period for period in self.periods if period.key == key), None)

    def keys_at(self, size: int) -> tuple[VerifyingKey, ...]:
        """The keys that may have signed the checkpoint of ``size``: two where one gave way."""
        return tuple(
            period.key
            for period in self.periods
            if period.first_size <= size and (period.last_size is None or size <= period.last_size)
        )

    def judge(self, key: VerifyingKey, size: int, cosigned_at: datetime | None) -> KeyJudgement:
        """What a signature of ``key`` under the checkpoint of ``size`` is worth.

        ``cosigned_at`` is when trusted witnesses first saw that very checkpoint
        (``PolicyReport.first_cosigned``), None if they did not. The signature itself is checked
        elsewhere (``open_signed``).
        """
        # 1. The log names the key.
        period = self.period_of(key)
        if period is None:
            return KeyJudgement(Verdict.UNKNOWN_KEY, f"the log never named the key {key}")
        # 2. The key spoke for the log at that size.
        if key not in self.keys_at(size):
            return KeyJudgement(Verdict.BEYOND_ITS_PERIOD, _beyond(period, size))
        # 3. If others may have had it, somebody we trust saw the checkpoint before they did.
        stolen = period.compromised_since
        if stolen is not None and (cosigned_at is None or cosigned_at >= stolen):
            seen = (
                "no trusted witness has seen the checkpoint"
                if cosigned_at is None
                else f"trusted witnesses first saw it at {instant_text(cosigned_at)}"
            )
            return KeyJudgement(
                Verdict.NEEDS_COSIGNATURE,
                f"others may have signed with this key since {instant_text(stolen)}, and {seen}",
            )
        return KeyJudgement(Verdict.GOOD, "the log's key at that size")


def first_key(events: Iterable[KeyEvent], current: VerifyingKey) -> VerifyingKey:
    """The key before all rotations; ``current`` if there was none. Raises GS-REGISTER-037.

    For a node's own files. Who checks a node takes the first key from elsewhere.
    """
    rotations = sorted(
        (event for event in events if event.event == KEY_ROTATED), key=lambda event: event.leaf
    )
    return _key(rotations[0], "old") if rotations else current


def key_history(first: VerifyingKey, events: Iterable[KeyEvent]) -> KeyHistory:
    """The history that begins with ``first``; other events are passed over.

    Raises GS-REGISTER-037: a rotation does not go from the key in force to a new one of the same
    name, an event names no key or time, or a key is called compromised that the log never named.
    """
    periods = [KeyPeriod(first, 0, None, None, None)]
    for event in sorted(events, key=lambda event: event.leaf):
        if event.event == KEY_ROTATED:
            _rotate(periods, event)
        elif event.event == KEY_COMPROMISED:
            _compromise(periods, event)
    return KeyHistory(tuple(periods))


def check_compromised(
    history: KeyHistory, key: VerifyingKey, since: datetime, now: datetime
) -> None:
    """Whether ``key_compromised`` may be sealed. Raises GS-REGISTER-038."""
    period = history.period_of(key)
    if period is None:
        raise _unchanged(f"the log never named the key {key}")
    if since > now:
        raise _unchanged(f"{instant_text(since)} is still to come")
    known = period.compromised_since
    if known is not None and known <= since:
        raise _unchanged(f"that key is marked as compromised since {instant_text(known)} already")


def _rotate(periods: list[KeyPeriod], event: KeyEvent) -> None:
    last, size = periods[-1], event.leaf + 1
    old, new = _key(event, "old"), _key(event, "new")
    if old != last.key:
        raise _broken(event.leaf, f"the key in force is {last.key}, not {old}")
    if new.name != old.name:
        raise _broken(event.leaf, f"the new key is of {new.name}, the register is {old.name}")
    if any(period.key == new for period in periods):
        raise _broken(event.leaf, f"the key {new} was in force before")
    periods[-1] = replace(last, last_size=size, until=event.known_at)
    periods.append(KeyPeriod(new, size, None, event.known_at, None))


def _compromise(periods: list[KeyPeriod], event: KeyEvent) -> None:
    key, since = _key(event, "key"), _instant(event, "since")
    for at, period in enumerate(periods):
        if period.key == key:
            known = period.compromised_since
            earliest = since if known is None else min(known, since)
            periods[at] = replace(period, compromised_since=earliest)
            return
    raise _broken(event.leaf, f"the log never named the key {key}")


def _key(event: KeyEvent, member: str) -> VerifyingKey:
    text = event.members.get(member)
    if not isinstance(text, str):
        raise _broken(event.leaf, f"it has no {member}")
    try:
        return VerifyingKey.parse(text)
    except GoodStandingError as error:
        reason = error.values["reason"]
        raise _broken(event.leaf, f"its {member} is not a key: {reason}") from None


def _instant(event: KeyEvent, member: str) -> datetime:
    text = event.members.get(member)
    try:
        return parse_instant(text if isinstance(text, str) else "")
    except (GoodStandingError, OverflowError):
        raise _broken(event.leaf, f"its {member} is not an instant") from None


def _beyond(period: KeyPeriod, size: int) -> str:
    upto = "on" if period.last_size is None else f"to {period.last_size}"
    return f"the key spoke for the log from size {period.first_size} {upto}, not at {size}"


def _broken(leaf: int, reason: str) -> GoodStandingError:
    return GoodStandingError(BAD_HISTORY, leaf=leaf, reason=reason)


def _unchanged(reason: str) -> GoodStandingError:
    return GoodStandingError(KEY_UNCHANGED, reason=reason)
