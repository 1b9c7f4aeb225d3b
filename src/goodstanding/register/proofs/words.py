"""What the check of a bundle says in plain words: the steps, what was proved, what was not.

Invariant: every sentence follows from what the steps have shown; what no step can show is
said among what was not proved, each time.

``verifier/verify-bundle.js`` writes the same sentences; the vectors hold both to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodstanding.register.checkpoint import SignedCheckpoint
from goodstanding.register.model import RECORD_SCHEMA
from goodstanding.register.proofs.bundle import BUNDLE_SCHEMA, Bundle, Json, basis_of

TITLES = {
    1: "size and nesting",
    2: "unambiguous JSON",
    3: "form of a bundle",
    4: "sealed text",
    5: "articles of law",
    6: "keys and policy",
    7: "signed checkpoint",
    8: "inclusion in the tree",
    9: "witnesses",
}
_WITNESSES = 9


class KeyFrom(StrEnum):
    """Where the check has the register's key from."""

    CALLER = "given to the check"
    POLICY = "of the policy"
    BUNDLE = "in the bundle"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness by its key's name, and when it says it cosigned."""

    witness: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What step 9 found; ``demanded`` tells whether the policy asks for any witness."""

    given: bool
    demanded: bool
    cosigned: tuple[Cosigned, ...]
    unchecked: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What all nine steps have shown."""

    length: int
    depth: int
    bundle: Bundle
    entry: dict[str, Json]
    key_from: KeyFrom
    signed: SignedCheckpoint
    witnessed: Witnessed


@dataclass(frozen=True, slots=True)
class Step:
    """A step that held, and what it found; one that was not asked for shows nothing."""

    number: int
    title: str
    found: str
    asked: bool = True

    def as_dict(self) -> dict[str, object]:
        return {
            "step": self.number,
            "title": self.title,
            "found": self.found,
            "asked": self.asked,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bundle that verifies: the steps, what they prove, and what they do not."""

    steps: tuple[Step, ...]
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For other programs."""
        return {
            "verified": True,
            "steps": [step.as_dict() for step in self.steps],
            "proved": list(self.proved),
            "not_proved": list(self.not_proved),
        }


def verdict(checked: Checked) -> Verdict:
    """The verdict on a bundle of which every step held."""
    found = _found(checked)
    steps = tuple(
        Step(number, title, found[number], number != _WITNESSES or checked.witnessed.given)
        for number, title in TITLES.items()
    )
    return Verdict(steps, tuple(_proved(checked)), tuple(_not_proved(checked)))


def _found(checked: Checked) -> dict[int, str]:
    bundle, head = checked.bundle, checked.signed.checkpoint.head
    return {
        1: f"{checked.length} bytes, nested {checked.depth} deep",
        2: "no member twice, every number whole",
        3: BUNDLE_SCHEMA,
        4: str(checked.entry["schema"]),
        5: _listed([article.id for article in bundle.law]) or "none beside it",
        6: f"the key {checked.key_from}",
        7: f"{checked.signed.checkpoint.origin} at {head.size}, signed by {_signers(checked)}",
        8: f"entry {bundle.leaf} of {head.size}, {len(bundle.path)} hashes to the root",
        9: _witnesses_found(checked.witnessed),
    }


def _witnesses_found(witnessed: Witnessed) -> str:
    if not witnessed.given:
        return "no policy was given"
    demanded = "as the policy demands" if witnessed.demanded else "though the policy demands none"
    return f"cosigned by {len(witnessed.cosigned)}, {demanded}"


def _proved(checked: Checked) -> list[str]:
    bundle, checkpoint, entry = checked.bundle, checked.signed.checkpoint, checked.entry
    proved = [
        f"This exact text was sealed as entry {bundle.leaf} of the register "
        f"{checkpoint.origin}, whose signed head stands at size {checkpoint.head.size}.",
        _told(entry),
        f"The register's head was signed with the key {_signers(checked)}.",
    ]
    for each in checked.witnessed.cosigned:
        proved.append(
            f"The witness {each.witness} cosigned that head at {_second(each.at)}: "
            "the entry had been sealed by then, in the one history that this witness has seen."
        )
    if checked.witnessed.demanded:
        proved.append("As many witnesses have cosigned as the policy demands.")
    return proved


def _told(entry: dict[str, Json]) -> str:
    if entry["schema"] != RECORD_SCHEMA:
        return f"The text is the event {entry['event']}, known at {entry['known_at']}."
    return (
        f"The text is a {entry['act']} of {entry['item']} about {entry['subject']} by "
        f"{entry['authority']}, on the basis of {entry['basis']}, known at {entry['known_at']}."
    )


def _not_proved(checked: Checked) -> list[str]:
    bundle, entry = checked.bundle, checked.entry
    answers = "its authority" if entry["schema"] == RECORD_SCHEMA else "the register"
    not_proved = [
        f"That what it says is true: {answers} answers for that.",
        "That it still stands today: a later correction, withdrawal or end is not excluded. "
        f"Ask the register for the history of entry {bundle.leaf}.",
        f"That it was known at {entry['known_at']}: that is the register's own word.",
        _who_holds_the_key(checked.key_from),
    ]
    if not checked.witnessed.demanded:
        not_proved.append(
            "That the register shows everyone the same history: " + _unwitnessed(checked.witnessed)
        )
    if bundle.law:
        ids = _listed([article.id for article in bundle.law])
        not_proved.append(
            f"That the law reads so: the words on {ids} are a copy from the register's pack "
            "and are not sealed."
        )
    elif basis := basis_of(entry):
        not_proved.append(f"What {basis} says: the bundle carries no copy of it.")
    return not_proved


def _who_holds_the_key(key_from: KeyFrom) -> str:
    if key_from is KeyFrom.BUNDLE:
        return (
            "Who holds the key: it came with the bundle, and anyone can make a key of that name. "
            "Check again with a key from a source you trust."
        )
    return f"Who holds the key {key_from}: that rests on where you have it from."


def _unwitnessed(witnessed: Witnessed) -> str:
    if witnessed.given:
        return "the policy demands no witness."
    if witnessed.unchecked:
        return (
            "no witness policy was given, so further signatures on the checkpoint "
            f"({witnessed.unchecked}) were not checked."
        )
    return "no witness policy was given."


def _signers(checked: Checked) -> str:
    return _listed([f"{key.name}+{key.key_id.hex()}" for key in checked.signed.signers])


def _second(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
