"""What is sent to a witness: the body of add-checkpoint (https://c2sp.org/tlog-witness).

Invariant: a body has one reading, or is refused with GS-REGISTER-005.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.note import decode_base64
from goodstanding.register.tree import HASH_BYTES

MAX_BODY_BYTES = 1 << 20
#: A tree of 2^63 entries needs no longer proof.
MAX_PROOF = 63

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_MAX_SIZE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Proof:
    """From which size the checkpoint continues, and the hashes that prove it (RFC 6962, 2.1.2)."""

    old: int
    hashes: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """The lines ``old N`` and one a hash, each with its newline."""
        lines = [f"old {self.old}", *(base64.b64encode(h).decode("ascii") for h in self.hashes)]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint with its proof, taken apart and not yet believed."""

    proof: Proof
    note: bytes

    def body(self) -> bytes:
        return f"{self.proof}\n".encode("ascii") + self.note


def submission(old: int, hashes: Sequence[bytes], note: str) -> Submission:
    """What to send. ``note`` is the signed checkpoint."""
    return Submission(Proof(old, tuple(hashes)), note.encode("utf-8"))


def parse_submission(body: bytes) -> Submission:
    """Read a body. Raises GS-REGISTER-005."""
    if len(body) > MAX_BODY_BYTES:
        raise _refused(f"the body is longer than {MAX_BODY_BYTES} bytes")
    # The first empty line ends the proof; the checkpoint has empty lines of its own.
    lines, separator, note = body.partition(b"\n\n")
    if not separator:
        raise _refused("no empty line parts the proof from the checkpoint")
    return Submission(parse_proof(lines + b"\n"), note)


def parse_proof(lines: bytes) -> Proof:
    """Read the lines ``old N`` and one a hash, each with its newline. Raises GS-REGISTER-005."""
    try:
        text = lines.decode("ascii")
    except UnicodeDecodeError:
        raise _refused("the proof is not ASCII") from None
    if not text.endswith("\n"):
        raise _refused("a line of the proof does not end")
    first, *rest = text[:-1].split("\n", MAX_PROOF + 1)
    old = _OLD.fullmatch(first)
    if old is None or int(old[1]) > _MAX_SIZE:
        raise _refused("the first line is not `old` and a size")
    if len(rest) > MAX_PROOF:
        raise _refused(f"the proof has more than {MAX_PROOF} hashes")
    return Proof(int(old[1]), tuple(map(_hash, rest)))


def _hash(line: str) -> bytes:
    try:
        found = decode_base64(line)
    except ValueError:
        raise _refused("a hash of the proof is not base64") from None
    if len(found) != HASH_BYTES:
        raise _refused(f"a hash of the proof has {len(found)} bytes instead of {HASH_BYTES}")
    return found


def _refused(reason: str) -> GoodStandingError:
    return GoodStandingError(UNVERIFIED, reason=reason)
