"""The checkpoints of a register: those that lie there, and those someone saw earlier.

Invariant: a checkpoint counts only with the key's signature, and only for the tree whose root
was derived here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import open_checkpoint, parse_checkpoint
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.fsck.files import MAX_NOTE, read_at_most
from goodstanding.register.fsck.report import Step, VerifyReport
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.layout import Layout
from goodstanding.register.model import Checkpoint
from goodstanding.register.note import parse_note
from goodstanding.register.policy import judge, load_policy

#: Size of a tree -> its root as derived from the entries, None where something is missing.
Roots = Mapping[int, bytes | None]


def read_note(file: Path, key: VerifyingKey) -> Checkpoint:
    """The checkpoint in a file. Raises GS-REGISTER-005, also if it cannot be read."""
    try:
        note = read_at_most(file, MAX_NOTE)
    except OSError as error:
        raise GoodStandingError(
            UNVERIFIED, reason=f"{file} cannot be read: {error.strerror}"
        ) from error
    return open_checkpoint(note, key)


class Notes:
    """What is signed, and what it says of the tree."""

    def __init__(
        self, layout: Layout, key: VerifyingKey, report: VerifyReport, now: datetime
    ) -> None:
        self._layout = layout
        self._key = key
        self._now = now
        self._report = report
        self._standing: dict[Path, Checkpoint] = {}
        self._seen: list[tuple[bytes, int]] = []

    @property
    def sizes(self) -> set[int]:
        """Of the trees that lie there under a checkpoint."""
        return {checkpoint.head.size for checkpoint in self._standing.values()}

    @property
    def seen_sizes(self) -> set[int]:
        """Of the trees that were seen earlier and can still be derived."""
        most = max(self.sizes, default=0)
        return {size for _, size in self._seen if size <= most}

    def read(self, step: Step) -> Checkpoint | None:
        """The newest checkpoint, if the published one is signed."""
        files = [self._layout.checkpoint]
        if self._layout.unpublished.exists():
            files.append(self._layout.unpublished)
        step.total = len(files)
        for file in files:
            try:
                self._standing[file] = read_note(file, self._key)
                step.checked += 1
            except GoodStandingError as error:
                self._report.add(step.number, file, error.what)
        published = self._standing.get(self._layout.checkpoint)
        if published is None:
            return None
        self._check_witnesses(published, step)
        return max(self._standing.values(), key=lambda checkpoint: checkpoint.head.size)

    def _check_witnesses(self, published: Checkpoint, step: Step) -> None:
        """Where the node has a policy, what is published bears enough cosignatures."""
        file = self._layout.witness_policy
        # The empty log is signed before anybody can have seen it.
        if not file.exists() or published.head.size == 0:
            return
        step.total += 1
        try:
            report = judge(published.note.encode(), load_policy(file), self._now, [self._key])
        except GoodStandingError as error:
            self._report.add(step.number, self._layout.checkpoint, error.what)
        else:
            if report.met:
                step.checked += 1
            else:
                problem = f"is published without enough witnesses: {report.words}"
                self._report.add(step.number, self._layout.checkpoint, problem)

    def size_now(self) -> int:
        """The newest signed size as the files have it at this moment; 0 if they have none."""
        size = 0
        for file in (self._layout.checkpoint, self._layout.unpublished):
            try:
                size = max(size, read_note(file, self._key).head.size)
            except GoodStandingError:
                continue
        return size

    def read_seen(self, notes: Sequence[bytes], step: Step) -> None:
        """Checkpoints of earlier days, of which for now only the sizes are believed."""
        for note in notes:
            try:
                size = parse_checkpoint(parse_note(note).text).head.size
            except GoodStandingError as error:
                self._seen_wrong(step, f"cannot be compared with one seen earlier: {error.what}")
            else:
                self._seen.append((note, size))

    def compare(self, roots: Roots, step: Step) -> None:
        """The derived roots against those of the checkpoints that lie there."""
        step.total = len(self._standing)
        published = self._standing[self._layout.checkpoint].head
        for file, checkpoint in self._standing.items():
            head = checkpoint.head
            if head.size < published.size:
                self._report.add(step.number, file, "covers less than the published checkpoint")
            elif (root := roots.get(head.size)) is None:
                problem = f"its root over {head.size:,} entries cannot be derived: some are missing"
                self._report.add(step.number, file, problem)
            elif root != head.root:
                problem = f"has another root than its {head.size:,} entries"
                self._report.add(step.number, file, problem)
            else:
                step.checked += 1

    def compare_seen(self, roots: Roots, former: Sequence[VerifyingKey], step: Step) -> None:
        """The derived roots against those of checkpoints seen earlier.

        ``former`` are keys that the log itself says came before this one.
        """
        published = self._standing[self._layout.checkpoint].head
        for note, size in self._seen:
            try:
                seen = open_checkpoint(note, [self._key, *former]).head
            except GoodStandingError as error:
                self._seen_wrong(step, f"cannot be compared with one seen earlier: {error.what}")
                continue
            if size > published.size:
                then_and_now = f"{size:,} entries were signed earlier, {published.size:,} now"
                self._seen_wrong(step, f"was rolled back: {then_and_now}")
            elif roots.get(size) != seen.root:
                problem = f"does not begin with the {size:,} entries of a checkpoint seen earlier"
                self._seen_wrong(step, f"{problem}: two histories were signed")
            else:
                step.checked += 1

    def _seen_wrong(self, step: Step, problem: str) -> None:
        self._report.add(step.number, self._layout.checkpoint, problem)
