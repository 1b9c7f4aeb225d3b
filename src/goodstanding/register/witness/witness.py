"""A witness's decision on one checkpoint.

Invariant: of one log, a witness never cosigns two checkpoints neither of which continues the
other, and never with a time before its last.

``decide`` is the rule, a function of values; ``Witness`` puts it to the memory in one turn.
The order of the checks is that of https://c2sp.org/tlog-witness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodstanding.kernel import EMPTY_ROOT, Clock, GoodStandingError, instant_text
from goodstanding.register.checkpoint import parse_checkpoint
from goodstanding.register.cosignature import cosign
from goodstanding.register.errors import WITNESS_CLOCK
from goodstanding.register.keys import Signer, VerifyingKey
from goodstanding.register.model import Head
from goodstanding.register.note import Note, NoteSignature, parse_note, verify_note
from goodstanding.register.tree import verify_consistency
from goodstanding.register.witness.request import Proof, Submission, parse_submission
from goodstanding.register.witness.store import Doubt, Evidence, Remembered, Store, Turn

#: The keys of the logs that a witness watches, as they are now.
Trusted = Callable[[], Sequence[VerifyingKey]]


class Outcome(StrEnum):
    """How an ask for a cosignature ends."""

    COSIGNED = "cosigned"
    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown log"
    NOT_SIGNED = "not signed"
    OTHER_SIZE = "other size"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class Answer:
    """``lines`` are the cosignature lines, ``size`` what the witness saw last; else the reason."""

    outcome: Outcome
    reason: str = ""
    lines: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """What ``decide`` says: cosign, or why not; and what it shows of the log."""

    answer: Answer
    doubt: Doubt | None = None


def decide(latest: Head | None, proof: Proof, head: Head) -> Ruling:
    """Whether a checkpoint that a trusted log signed may be cosigned after ``latest``."""
    seen = latest or Head(0, EMPTY_ROOT)
    # Two roots for one size contradict each other whatever was asked.
    contradiction = latest is not None and head.size == seen.size and head.root != seen.root
    doubt = Doubt.CONTRADICTION if contradiction else None
    # 1. The checkpoint is not smaller than what it says it continues.
    if proof.old > head.size:
        reason = f"the checkpoint of size {head.size} is older than old size {proof.old}"
        return Ruling(Answer(Outcome.MALFORMED, reason), doubt)
    # 2. It continues what was cosigned last.
    if proof.old != seen.size:
        reason = f"the last size cosigned is {seen.size}, not {proof.old}"
        return Ruling(Answer(Outcome.OTHER_SIZE, reason, size=seen.size), doubt)
    # 3. The empty tree has one root.
    if head.size == 0 and head.root != EMPTY_ROOT:
        return Ruling(Answer(Outcome.INCONSISTENT, "the root of size 0 is not the empty tree's"))
    # 4. The proof leads from one root to the other; for equal sizes the roots are equal.
    try:
        verify_consistency(proof.old, seen.root, head.size, head.root, proof.hashes)
    except GoodStandingError as error:
        if contradiction:
            reason = f"there are two roots for size {head.size}"
        else:
            reason = str(error.values["reason"])
        return Ruling(Answer(Outcome.INCONSISTENT, reason), doubt or _unproved(latest))
    return Ruling(Answer(Outcome.COSIGNED))


def _unproved(latest: Head | None) -> Doubt | None:
    return Doubt.UNPROVED if latest is not None else None


class Witness:
    """A key, a memory, a clock, and the logs that are watched."""

    def __init__(self, signer: Signer, store: Store, trusted: Trusted, clock: Clock) -> None:
        self._signer = signer
        self._store = store
        self._trusted = trusted
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer the body of a request. Raises GS-REGISTER-010, 033 or 034."""
        try:
            submission = parse_submission(body)
        except GoodStandingError as error:
            return Answer(Outcome.MALFORMED, str(error.values["reason"]))
        return self.consider(submission)

    def consider(self, submission: Submission) -> Answer:
        """Cosign a checkpoint or say why not. Raises GS-REGISTER-010, 033 or 034."""
        # 1. It is a note whose text is a checkpoint.
        try:
            note = parse_note(submission.note)
            claim = parse_checkpoint(note.text)
        except GoodStandingError as error:
            return Answer(Outcome.MALFORMED, str(error.values["reason"]))
        # 2. Its log is one that we watch.
        keys = [key for key in self._trusted() if key.name == claim.origin]
        if not keys:
            return Answer(Outcome.UNKNOWN_LOG, "this witness does not watch that log")
        # 3. The log signed it, and nothing in the log's name is wrong.
        try:
            opened = verify_note(note, keys)
        except GoodStandingError as error:
            return Answer(Outcome.NOT_SIGNED, str(error.values["reason"]))
        # Signatures of others are not ours to pass on.
        signed = Note(note.text, tuple(signature for _, signature in opened.signed))
        # 4. It continues what we saw: read, ruled and remembered in one turn. The cosignature
        #    leaves this function, and so the witness, only when the turn is on the disk.
        with self._store.turn() as turn:
            return self._rule(turn, claim.origin, claim.head, submission.proof, signed)

    def _rule(self, turn: Turn, origin: str, head: Head, proof: Proof, signed: Note) -> Answer:
        latest = turn.latest(origin)
        now = self._clock.now()
        ruling = decide(latest.head if latest else None, proof, head)
        if ruling.doubt and latest:
            against = latest.note
            turn.keep(Evidence(ruling.doubt, origin, head, str(signed), against, now))
        if ruling.answer.outcome is not Outcome.COSIGNED:
            return ruling.answer
        _refuse_backwards(turn.last_time(), now)
        line = cosign(signed.text, self._signer, now)
        turn.remember(Remembered(origin, head, _with(signed, line), now))
        return Answer(Outcome.COSIGNED, lines=str(line), size=head.size)


def _with(signed: Note, line: NoteSignature) -> str:
    return str(Note(signed.text, (*signed.signatures, line)))


def _refuse_backwards(last: datetime | None, now: datetime) -> None:
    """Times are kept in whole seconds, so the second of the last cosignature may come again."""
    if last is not None and int(now.timestamp()) < int(last.timestamp()):
        raise GoodStandingError(WITNESS_CLOCK, now=instant_text(now), last=instant_text(last))
