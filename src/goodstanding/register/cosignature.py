"""Cosignatures: what a witness says of a checkpoint (https://c2sp.org/tlog-cosignature).

Invariant: a cosignature counts only if it was made by a known witness over this very text and
this very time, and the time is not in the future.

Only Ed25519 cosignatures (type ``0x04``) are made or believed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import Signer, VerifyingKey, parse_vkey, vkey_text
from goodstanding.register.note import NoteSignature, key_id

#: Signature type of timestamped Ed25519 cosignatures.
COSIGNATURE_V1 = 0x04
#: How far a witness's clock may be ahead of ours.
TOLERANCE = timedelta(minutes=5)

_TIME_BYTES, _SIGNATURE_BYTES = 8, 64
_MAX_TIME = (1 << 63) - 1
#: The last instant that a date can say; a later time is in the future on any clock.
_LAST_SECOND = int(datetime.max.replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key of a witness: a name and 32 bytes of Ed25519."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE_V1, self.public)

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether ``signature`` (8 bytes of time, 64 of Ed25519) holds over a note's text."""
        if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
            return False
        time = int.from_bytes(signature[:_TIME_BYTES], "big")
        if time > _MAX_TIME:
            return False
        signed = _message(text, time)
        return VerifyingKey(self.name, self.public).verifies(signature[_TIME_BYTES:], signed)

    def __str__(self) -> str:
        """``name+id+key`` with type ``0x04``."""
        return vkey_text(self.name, COSIGNATURE_V1, self.public)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Read ``name+id+key``. Raises GS-REGISTER-010."""
        name, public = parse_vkey(text, COSIGNATURE_V1)
        return cls(name, public)


def witness_key(signer: Signer) -> WitnessKey:
    """The public key under which the signer's cosignatures are known."""
    public = signer.verifying_key
    return WitnessKey(public.name, public.public)


def cosign(text: str, signer: Signer, at: datetime) -> NoteSignature:
    """Cosign a checkpoint's text as of ``at``, in whole seconds. Raises GS-REGISTER-010."""
    time = int(at.timestamp())
    key = witness_key(signer)
    signature = signer.sign(_message(text.encode("utf-8"), time))
    return NoteSignature(key.name, key.key_id, time.to_bytes(_TIME_BYTES, "big") + signature)


def cosigned_at(signature: NoteSignature, now: datetime) -> datetime:
    """When a cosignature that holds was made. Raises GS-REGISTER-005 for a time to come or zero.

    Zero is how other cosignature types say that they state no time; here it says nothing.
    """
    time = int.from_bytes(signature.signature[:_TIME_BYTES], "big")
    if not time:
        raise _refused(f"the cosignature of {signature.name} bears no time")
    if time > _LAST_SECOND or (at := datetime.fromtimestamp(time, UTC)) > now + TOLERANCE:
        raise _refused(f"the cosignature of {signature.name} is dated in the future")
    return at


def verify_cosignature(
    text: str, signature: NoteSignature, key: WitnessKey, now: datetime
) -> datetime:
    """Check one cosignature and say when it was made. Raises GS-REGISTER-005."""
    if (signature.name, signature.key_id) != (key.name, key.key_id):
        raise _refused(f"the cosignature is not of {key.name}")
    if not key.verifies(signature.signature, text.encode("utf-8")):
        raise _refused(f"the cosignature of {key.name} does not hold")
    return cosigned_at(signature, now)


def _message(text: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time + text


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
