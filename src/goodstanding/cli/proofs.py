"""Inclusion proofs for the records of an explanation, checked on the spot."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.kernel import GoodStandingError, commitment
from goodstanding.register import InclusionProof, Log, Record, verify_inclusion


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """A record's proof and whether it holds against the signed checkpoint."""

    record: Record
    proof: InclusionProof
    verified: bool

    def as_dict(self) -> dict[str, object]:
        """For anyone who wants to check it again: salt, path and checkpoint."""
        return {
            "leaf": self.record.leaf,
            "salt": self.record.salt.hex(),
            "commitment": self.proof.commitment.hex(),
            "path": [base64.b64encode(node).decode() for node in self.proof.path],
            "checkpoint": self.proof.checkpoint.note,
            "verified": self.verified,
        }


def prove(log: Log, records: Sequence[Record]) -> list[CheckedProof]:
    """One checked proof a record, in their order."""
    proofs = log.inclusion_proofs([record.leaf for record in records])
    return [_check(record, proof) for record, proof in zip(records, proofs, strict=True)]


def _check(record: Record, proof: InclusionProof) -> CheckedProof:
    """From the record itself: its bytes and salt, its leaf, the path, the signed root."""
    sealed = commitment(record.salt, record.canonical())
    try:
        head = proof.checkpoint.head
        verify_inclusion(sealed, proof.leaf, head.size, proof.path, head.root)
    except GoodStandingError:
        return CheckedProof(record, proof, False)
    return CheckedProof(record, proof, True)
