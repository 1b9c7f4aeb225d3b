"""Asking all witnesses of a policy at once.

Invariant: a witness that is dead, slow or lying costs its own cosignature and nothing else: it
is reported, never raised, and never waited for longer than the patience given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from goodstanding.kernel import Clock, GoodStandingError
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.note import Note, NoteSignature, parse_note
from goodstanding.register.policy import Policy, PolicyReport, Witness, judge, shown
from goodstanding.register.witness.client import PATIENCE, Prove, submit


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What came of asking one witness: a cosignature, or the reason why there is none."""

    name: str
    line: NoteSignature | None
    problem: str = ""

    def __str__(self) -> str:
        return f"{shown(self.name)}: {self.problem or 'cosigned'}"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The checkpoint with every cosignature that holds, and what the policy makes of it."""

    note: str
    report: PolicyReport
    answers: tuple[WitnessAnswer, ...]

    def remembered(self) -> dict[str, int]:
        """Name -> the size that this witness saw last, for the next ``gather``."""
        size = self.report.signed.checkpoint.head.size
        return {each.name: size for each in self.report.cosigned}


@dataclass(slots=True)
class _Asking:
    """One witness being asked, in a thread of its own."""

    witness: Witness
    problem: str = "no answer in time"
    line: NoteSignature | None = None
    ended: threading.Event = field(default_factory=threading.Event)


def gather(
    note: str,
    policy: Policy,
    prove: Prove,
    clock: Clock,
    *,
    remembered: Mapping[str, int] | None = None,
    logs: Sequence[VerifyingKey] = (),
    patience: float = PATIENCE,
) -> Gathered:
    """Ask every witness with a URL that has not cosigned yet, all at the same time.

    ``note`` is the log's signed checkpoint, perhaps with cosignatures already; ``prove(old)``
    gives the consistency proof from ``old`` to it and is called by one thread at a time;
    ``remembered`` is what an earlier ``Gathered.remembered`` said; ``logs`` are the log's own
    keys if the policy names none; ``patience`` is in seconds. Raises GS-REGISTER-005 only if
    ``note`` itself is wrong.
    """
    # 1. Never ask others to cosign what we would not believe ourselves.
    before = judge(note.encode("utf-8"), policy, clock.now(), logs)
    done = {each.name for each in before.cosigned}
    known = dict(remembered or {})
    size = before.signed.checkpoint.head.size
    # 2. Ask. The threads are daemons: one that a witness holds by dripping bytes is left behind.
    serial, now = _one_at_a_time(prove), clock.now()
    asking = [_Asking(w) for w in policy.witnesses if w.url is not None and w.name not in done]
    for each in asking:
        old = min(known.get(each.witness.name, 0), size)
        arguments = (each, note, serial, now, old, patience)
        threading.Thread(target=_ask, args=arguments, daemon=True).start()
    # 3. Collect what has come by then; a later answer is not looked at.
    deadline = time.monotonic() + 2 * patience
    answers = []
    for each in asking:
        heard = each.ended.wait(max(0.0, deadline - time.monotonic()))
        answers.append(
            WitnessAnswer(each.witness.name, each.line, each.problem)
            if heard
            else WitnessAnswer(each.witness.name, None, f"no answer within {patience:g} seconds")
        )
    # 4. Merge. Each line was checked against this text by the thread that asked.
    lines = [answer.line for answer in answers if answer.line is not None]
    merged = merge(note, lines)
    return Gathered(merged, judge(merged.encode(), policy, clock.now(), logs), tuple(answers))


def merge(note: str, lines: Sequence[NoteSignature]) -> str:
    """The note with further signature lines, none of them twice. Raises GS-REGISTER-005."""
    parsed = parse_note(note.encode("utf-8"))
    return str(Note(parsed.text, tuple(dict.fromkeys((*parsed.signatures, *lines)))))


def _ask(each: _Asking, note: str, prove: Prove, now: datetime, old: int, patience: float) -> None:
    url = each.witness.url or ""
    try:
        each.line = submit(url, each.witness.key, note, prove, now, old=old, patience=patience)
        each.problem = ""
    except GoodStandingError as error:
        each.problem = str(error.values.get("reason", error.what))
    finally:
        each.ended.set()


def _one_at_a_time(prove: Prove) -> Prove:
    lock = threading.Lock()

    def proved(old: int) -> Sequence[bytes]:
        with lock:
            return prove(old)

    return proved
