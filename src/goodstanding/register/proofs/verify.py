"""A proof bundle checked from its bytes alone: no network, no register, no trust in its maker.

Invariant: a verdict exists only if every step held; the first that does not ends the check
with GS-REGISTER-005, the number of the step and the exact reason, whatever the bytes are.

1. The file is at most 1 MiB long and nests at most 16 deep.
2. It is JSON in which no member stands twice and every number is whole.
3. It is a bundle of the schema we know, with every member and no other.
4. The sealed text is canonical JSON of a record or an event.
5. The articles beside it are those that the sealed text names.
6. The keys and the policy that the check rests on can be read.
7. The checkpoint is signed by one of those keys and is of that key's register.
8. Salt and sealed text give the entry that the path leads from to the signed root.
9. The witnesses that the policy demands have cosigned the checkpoint.

The same steps with the same numbers are in ``verifier/verify-bundle.js``; the vectors under
``tests/vectors/bundles`` hold both to the same verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

from goodstanding.kernel import GoodStandingError, canonical_text, commitment
from goodstanding.register.checkpoint import SignedCheckpoint, open_signed
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.model import EVENT_SCHEMA, RECORD_SCHEMA, Checkpoint
from goodstanding.register.note import parse_note
from goodstanding.register.policy import NONE, Policy, judge, parse_policy, require_quorum, shown
from goodstanding.register.proofs.bundle import (
    Bundle,
    Json,
    basis_of,
    check_limits,
    parse_bundle,
    read_json,
    refuse,
)
from goodstanding.register.proofs.words import (
    TITLES,
    Checked,
    Cosigned,
    KeyFrom,
    Verdict,
    Witnessed,
    verdict,
)
from goodstanding.register.tree import verify_inclusion

_P = ParamSpec("_P")
_T = TypeVar("_T")

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
#: Characters of a reason that are shown.
_MOST_WORDS = 400
#: What a sealed text must say of itself, by schema, to be told in words.
_SPOKEN = {
    RECORD_SCHEMA: ("act", "authority", "basis", "item", "subject"),
    EVENT_SCHEMA: ("event",),
}


def verify_bundle(
    data: bytes, keys: Sequence[str] = (), policy: str | None = None, *, now: datetime
) -> Verdict:
    """Check the bytes of a bundle; the verdict says what was proved and what was not.

    ``keys`` are the register's public keys (``name+id+key``) from a source that the caller
    trusts; without them the policy's logs count, and without those the key in the bundle.
    ``policy`` is a C2SP tlog-policy text; ``now`` tells which cosignatures lie in the future.
    Raises GS-REGISTER-005, with the number of the step as its value ``step``.
    """
    # 1. The file is at most 1 MiB long and nests at most 16 deep.
    depth = _step(1, check_limits, data)
    # 2. It is JSON in which no member stands twice and every number is whole.
    value = _step(2, _read_file, data)
    # 3. It is a bundle of the schema we know, with every member and no other.
    bundle = _step(3, parse_bundle, value)
    # 4. The sealed text is canonical JSON of a record or an event.
    entry = _step(4, _read_sealed, bundle.sealed)
    # 5. The articles beside it are those that the sealed text names.
    _step(5, _check_law, bundle, entry)
    # 6. The keys and the policy that the check rests on can be read.
    trust = _step(6, _read_trust, keys, policy, bundle.key)
    # 7. The checkpoint is signed by one of those keys and is of that key's register.
    signed = _step(7, open_signed, bundle.checkpoint.encode("utf-8"), trust.keys)
    # 8. Salt and sealed text give the entry that the path leads from to the signed root.
    _step(8, _check_inclusion, bundle, signed.checkpoint)
    # 9. The witnesses that the policy demands have cosigned the checkpoint.
    witnessed = _step(9, _check_witnesses, signed, trust, now)
    return verdict(Checked(len(data), depth, bundle, entry, trust.key_from, signed, witnessed))


def _step(number: int, check: Callable[_P, _T], *args: _P.args, **named: _P.kwargs) -> _T:
    """What ``check`` gives; whatever it refuses becomes the one kind of error, with the step."""
    try:
        return check(*args, **named)
    except GoodStandingError as error:
        exact = error.values.get("reason") if error.code is UNVERIFIED else None
        reason = _shortened(str(exact or error.what).removesuffix("."))
        raise GoodStandingError(
            UNVERIFIED, reason=f"step {number}, {TITLES[number]}: {reason}", step=number
        ) from error


def _shortened(reason: str) -> str:
    """A reason may quote the file, and the file may hold a name of any length."""
    return reason if len(reason) <= _MOST_WORDS else f"{reason[:_MOST_WORDS]}..."


def _read_file(data: bytes) -> Json:
    try:
        return read_json(data.decode("utf-8"))
    except UnicodeDecodeError:
        refuse("it is not UTF-8")


def _read_sealed(sealed: str) -> dict[str, Json]:
    check_limits(sealed.encode("utf-8"))
    entry = read_json(sealed)
    if canonical_text(entry) != sealed:
        refuse("it is not written as canonical JSON (RFC 8785)")
    schema = entry.get("schema") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(schema, str) or schema not in _SPOKEN:
        refuse("it is neither a record nor an event of a schema we know")
    known_at = entry.get("known_at")
    if not isinstance(known_at, str) or not _INSTANT.fullmatch(known_at):
        refuse("its known_at is not an instant")
    for member in _SPOKEN[schema]:
        if not isinstance(entry.get(member), str):
            refuse(f"its {member} is not text")
    return entry


def _check_law(bundle: Bundle, entry: dict[str, Json]) -> None:
    basis = basis_of(entry)
    for article in bundle.law:
        if article.id != basis:
            refuse(f"the sealed text does not rest on {article.id}")
    if len(bundle.law) > 1:
        refuse(f"{basis} stands beside it more than once")


@dataclass(frozen=True, slots=True)
class _Trust:
    """What the check rests on: the register's keys, where they are from, and the policy."""

    keys: tuple[VerifyingKey, ...]
    key_from: KeyFrom
    policy: Policy | None


def _read_trust(given: Sequence[str], policy_text: str | None, own: str) -> _Trust:
    policy = None
    if policy_text is not None:
        policy = parse_policy(policy_text.encode("utf-8", "surrogateescape"), "the policy")
    if given:
        keys = tuple(VerifyingKey.parse(text, "given to the check") for text in given)
        return _Trust(keys, KeyFrom.CALLER, policy)
    if policy is not None and policy.logs:
        return _Trust(policy.log_keys, KeyFrom.POLICY, policy)
    return _Trust((VerifyingKey.parse(own, "in the bundle"),), KeyFrom.BUNDLE, policy)


def _check_inclusion(bundle: Bundle, checkpoint: Checkpoint) -> None:
    entry = commitment(bundle.salt, bundle.sealed.encode("utf-8"))
    head = checkpoint.head
    verify_inclusion(entry, bundle.leaf, head.size, bundle.path, head.root)


def _check_witnesses(signed: SignedCheckpoint, trust: _Trust, now: datetime) -> Witnessed:
    note = signed.checkpoint.note.encode("utf-8")
    if trust.policy is None:
        ours = {(key.name, key.key_id) for key in signed.signers}
        others = [s for s in parse_note(note).signatures if (s.name, s.key_id) not in ours]
        return Witnessed(given=False, demanded=False, cosigned=(), unchecked=len(others))
    report = require_quorum(judge(note, trust.policy, now, trust.keys))
    return Witnessed(
        given=True,
        demanded=trust.policy.quorum != NONE,
        cosigned=tuple(Cosigned(shown(e.name), e.at) for e in report.witnesses if e.at is not None),
        unchecked=0,
    )
