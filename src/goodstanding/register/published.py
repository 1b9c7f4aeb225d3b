"""The signed checkpoint of a log, as it lies on the disk.

Invariant: what is published never goes back, and where the node has a witness policy it only
moves to a checkpoint with the quorum's cosignatures: fail closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.kernel import Clock, GoodStandingError
from goodstanding.register.checkpoint import open_checkpoint, sign_checkpoint
from goodstanding.register.durable import PUBLIC_FILE, reason_of, write_atomically
from goodstanding.register.errors import DAMAGED, NOT_SIGNED
from goodstanding.register.keys import (
    CommandSigner,
    Passphrase,
    Signer,
    VerifyingKey,
    finish_rotation,
    load_verifying_key,
    next_key,
    own_keys,
    read_key_command,
    rotation_signers,
)
from goodstanding.register.layout import Layout
from goodstanding.register.model import KEY_ROTATED, Checkpoint, Head
from goodstanding.register.policy import Policy, judge, load_policy
from goodstanding.register.segments import EVENTS, list_segments, read_events

if TYPE_CHECKING:
    from goodstanding.register.witness.gather import Gathered

#: Later than any cosignature, with room for its tolerance.
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
#: old size -> the hashes that prove that the newest tree begins with that one.
Prove = Callable[[int], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Publication:
    """What readers may rely on now, the newest that is signed, and why they differ if they do."""

    published: Checkpoint
    newest: Checkpoint
    #: What the policy makes of the newest, in words.
    words: str
    #: What each witness that was asked said.
    answers: tuple[str, ...] = ()
    #: When enough witnesses had seen the published one, by their clocks; None if nobody has to.
    cosigned_at: datetime | None = None

    @property
    def up_to_date(self) -> bool:
        return self.published.head == self.newest.head


class Publisher:
    """Signs heads of one log and puts them where readers find them."""

    def __init__(self, layout: Layout, passphrase: Passphrase) -> None:
        self._layout = layout
        self._passphrase = passphrase

    def published(self) -> Checkpoint:
        """The checkpoint readers rely on. Raises GS-REGISTER-005 or 009."""
        return self._read(self._layout.checkpoint)

    def newest(self) -> Checkpoint:
        """The newest one signed, published or not. Raises GS-REGISTER-005 or 009."""
        published = self.published()
        if not self._layout.unpublished.exists():
            return published
        unpublished = self._read(self._layout.unpublished)
        return max(published, unpublished, key=lambda checkpoint: checkpoint.head.size)

    def is_rotating(self, head: Head) -> bool:
        """Whether a new key was sealed into the log and is not yet in place."""
        return next_key(self._layout.keys) == self._key_named(head)

    def sign(self, head: Head) -> None:
        """Sign the head that stands; published at once unless witnesses are to see it first.

        A head that names a new key is signed by the old one and the new, and the new one takes
        its place. A crash before that leaves ``is_rotating``, and this is simply done again.
        Only under the turn: an older checkpoint never covers a newer. Raises GS-REGISTER-009
        and 019.
        """
        self._refuse_other_tree(head)
        try:
            named = self._key_named(head)
            signed = sign_checkpoint(head, *self._signers(named))
            if self._layout.witness_policy.exists():
                write_atomically(self._layout.unpublished, signed.note.encode())
            else:
                write_atomically(self._layout.checkpoint, signed.note.encode(), PUBLIC_FILE)
                self._layout.unpublished.unlink(missing_ok=True)
            finish_rotation(self._layout.keys, named)
        except OSError as error:
            raise GoodStandingError(NOT_SIGNED, reason=reason_of(error)) from error
        except GoodStandingError as error:
            raise GoodStandingError(NOT_SIGNED, reason=error.what.rstrip(".")) from error

    def _refuse_other_tree(self, head: Head) -> None:
        """Whatever led here: no second tree of one size. Raises GS-REGISTER-009."""
        newest = self.newest().head
        if newest.size > head.size or (newest.size == head.size and newest != head):
            reason = f"it covers {newest.size} entries, and {head.size} others were to be signed"
            raise GoodStandingError(DAMAGED, file=self._layout.checkpoint, reason=reason)

    def gather(self, prove: Prove, clock: Clock) -> Gathered | None:
        """Ask the witnesses to cosign the newest checkpoint; None if the node has no policy.

        Raises GS-REGISTER-030 for a policy that cannot be read.
        """
        if not self._layout.witness_policy.exists():
            return None
        # What speaks HTTP is imported by those who have somebody to ask.
        from goodstanding.register.witness.gather import gather

        return gather(self.newest().note, self._policy(), prove, clock, logs=self._keys())

    def settle(self, gathered: Gathered) -> None:
        """Publish a gathered checkpoint if the quorum is met; else keep its cosignatures.

        Only under the turn. A crash in between leaves both files with the same head, which is
        as good as one.
        """
        head, note = gathered.report.signed.checkpoint.head, gathered.note.encode("utf-8")
        unpublished = self._layout.unpublished
        is_newest = self.newest().head == head
        if gathered.report.met and head.size >= self.published().head.size:
            write_atomically(self._layout.checkpoint, note, PUBLIC_FILE)
            if is_newest:
                unpublished.unlink(missing_ok=True)
        elif is_newest and unpublished.exists():
            write_atomically(unpublished, note)

    def publication(self, clock: Clock, gathered: Gathered | None = None) -> Publication:
        """How things stand, and what witnesses said if they were asked."""
        published, newest = self.published(), self.newest()
        if not self._layout.witness_policy.exists():
            return Publication(published, newest, "no witness policy: nobody else has to see it")
        note = newest.note.encode("utf-8")
        report = judge(note, self._policy(), clock.now(), self._keys())
        answers = () if gathered is None else tuple(str(answer) for answer in gathered.answers)
        return Publication(published, newest, report.words, answers, self._cosigned_at(published))

    def _cosigned_at(self, published: Checkpoint) -> datetime | None:
        """Whatever our own clock says: it is what this is compared with."""
        policy = self._policy()
        report = judge(published.note.encode("utf-8"), policy, _LAST, self._keys())
        return report.first_cosigned(policy)

    def _policy(self) -> Policy:
        return load_policy(self._layout.witness_policy)

    def _keys(self) -> tuple[VerifyingKey, ...]:
        return own_keys(self._layout.keys)

    def _key_named(self, head: Head) -> VerifyingKey:
        """The key that the log names: the next one from the moment its rotation is sealed."""
        waiting = next_key(self._layout.keys)
        if waiting is not None:
            for segment in reversed(list_segments(self._layout.segments)):
                if segment.item == EVENTS and segment.end <= head.size:
                    for event in reversed(read_events(segment)):
                        # The access log notes the register's changes under the same name.
                        named = event.members.get("new") if event.event == KEY_ROTATED else None
                        if named == str(waiting):
                            return waiting
        return load_verifying_key(self._layout.public_key)

    def _signers(self, named: VerifyingKey) -> Sequence[Signer]:
        settings = self._layout.node_file
        command = read_key_command(settings) if settings.exists() else None
        if command is not None:
            return [CommandSigner(named, command)]
        # The old key may have signed another tree of this size, which was lost.
        alone = self._layout.restored.exists()
        return rotation_signers(self._layout.keys, named, self._passphrase, alone=alone)

    def _read(self, file: Path) -> Checkpoint:
        try:
            note = file.read_bytes()
        except FileNotFoundError:
            raise GoodStandingError(DAMAGED, file=file, reason="it is not there") from None
        return open_checkpoint(note, self._keys())
