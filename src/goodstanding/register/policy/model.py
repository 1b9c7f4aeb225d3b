"""A policy: which logs are believed, and which witnesses are enough.

Invariant: every name is defined before it is used, so that no policy is circular.

Names are octets to https://c2sp.org/tlog-policy and stay so: they are text here with
undecodable bytes kept as they are (surrogateescape), never normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodstanding.register.cosignature import WitnessKey
from goodstanding.register.keys import VerifyingKey

#: The predefined name of the quorum that asks for no witness.
NONE = "none"


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log that is believed; the URL means what its reader makes of it."""

    key: VerifyingKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by its name in the policy; the URL is its submission prefix."""

    name: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed when at least ``needed`` of ``members`` (witnesses and groups) have."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy whose every name is defined; ``groups`` name only what stands before them."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @property
    def log_keys(self) -> tuple[VerifyingKey, ...]:
        return tuple(log.key for log in self.logs)

    def witnessed(self, cosigned: frozenset[str]) -> Mapping[str, bool]:
        """For ``none``, each witness and each group: whether it has witnessed."""
        found = {NONE: True} | {w.name: w.name in cosigned for w in self.witnesses}
        for group in self.groups:
            found[group.name] = sum(found[name] for name in group.members) >= group.needed
        return found

    def met(self, cosigned: frozenset[str]) -> bool:
        """Whether the witnesses of these names are enough."""
        return self.witnessed(cosigned)[self.quorum]


def shown(name: str) -> str:
    """A policy's name as it can be printed."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
