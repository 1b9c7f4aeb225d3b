"""A log against a list: whatever is done to it, in whatever order, it holds what the list holds."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Log, NewEvent, StreamVersion, verify
from goodstanding.register.segments import read_events
from goodstanding.register.state import State

NOTED = Noted("test", 0)
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
#: A clock may be set back by so much; then time stands still but for a tick a batch.
JITTER, TICK = timedelta(seconds=2), timedelta(microseconds=1)
STALE, BACKWARDS = "GS-REGISTER-016", "GS-REGISTER-017"

#: (stream or none, how far from its true version the writer believes it to be)
CLAIMS = st.tuples(st.sampled_from([None, "case/1", "case/2"]), st.sampled_from([0, 0, 0, -1, 1]))

#: Token, stream, version, and the instant at which it was taken.
Entry = tuple[str, str | None, int | None, datetime]


class LogMachine(RuleBasedStateMachine):
    """The list is ``sealed`` and, not yet in the log, ``pending``."""

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        self.folder = Path(self.room.name) / "log"
        self.log = Log.create(self.folder, "register.example/lumen")
        self.clock = FixedClock(BEGIN)
        self.sealed: list[Entry] = []
        self.pending: list[Entry] = []
        self.versions: dict[str, int] = {}
        self.made = 0

    def teardown(self) -> None:
        self.reopens()
        events = [event for segment in self.log.segments() for event in read_events(segment)]
        members = [event.members for event in events]
        held = [
            (each["token"], each.get("stream"), each.get("version"), event.known_at)
            for event, each in zip(events, members, strict=True)
        ]
        assert held == self.sealed
        assert not held or verify(self.folder).verified
        self.room.cleanup()

    @rule(seconds=st.integers(-3, 4))
    def clock_moves(self, seconds: int) -> None:
        self.clock.instant += timedelta(seconds=seconds)

    @rule(claims=st.lists(CLAIMS, max_size=3))
    def appends(self, claims: list[tuple[str | None, int]]) -> None:
        expected, events, versions = None, [], dict(self.versions)
        entries: list[Entry] = []
        for claim in claims:
            event, entry, fits = self._event(claim, versions)
            expected = expected or (None if fits else STALE)
            events.append(event)
            entries.append(entry)
        # Whoever waits is sealed first, whatever becomes of this batch.
        self._flush()
        if self._is_late(self.sealed):
            expected = BACKWARDS
        with self._expecting(expected):
            appended = self.log.append(events, clock=self.clock, noted=NOTED)
            assert appended.head.size == len(self.sealed) + len(entries)
        if expected is None:
            self._seal(entries)
            self.versions = versions

    @rule(claim=CLAIMS, wait=st.booleans())
    def submits(self, claim: tuple[str | None, int], wait: bool) -> None:
        leaf = self._submit(claim, wait)
        if leaf is not None:
            self._flush()
            if wait:
                assert leaf == [len(self.sealed) - 1]
            else:
                assert leaf == [None]

    @rule(claim=CLAIMS, wait=st.booleans())
    def submits_while_another_has_the_turn(self, claim: tuple[str | None, int], wait: bool) -> None:
        with State(self.log.layout).turn(0):
            assert self._submit(claim, wait) in (None, [None])

    @rule()
    def reopens(self) -> None:
        self.log = Log.open(self.folder, patience=0)
        self._flush()

    @invariant()
    def holds_what_the_list_holds(self) -> None:
        assert self.log.head.size == len(self.sealed)
        assert self.log.checkpoint().head == self.log.head
        for stream, version in self.versions.items():
            assert self.log.stream_version(stream) == version

    def _submit(self, claim: tuple[str | None, int], wait: bool) -> list[int | None] | None:
        """What ``submit`` gave, in a list; None if it was refused, as it had to be."""
        versions = dict(self.versions)
        event, entry, fits = self._event(claim, versions)
        taken = self.sealed + self.pending
        expected = BACKWARDS if self._is_late(taken) else None if fits else STALE
        given: list[int | None] = []
        with self._expecting(expected):
            log = Log(self.folder, patience=0)
            given.append(log.submit(event, clock=self.clock, noted=NOTED, wait=wait))
        if expected is not None:
            return None
        asked_at = max([entry[3], *(each[3] for each in taken[-1:])])
        self.pending.append((*entry[:3], asked_at))
        self.versions = versions
        return given

    def _event(
        self, claim: tuple[str | None, int], versions: dict[str, int]
    ) -> tuple[NewEvent, Entry, bool]:
        """An event, the entry it becomes, and whether its claim fits; ``versions`` move on."""
        (name, off), self.made = claim, self.made + 1
        token, at = f"event {self.made}", self.clock.instant
        if name is None:
            return NewEvent("hearing", {"token": token}), (token, None, None, at), True
        true = versions.get(name, 0)
        stream = StreamVersion(name, max(0, true + off))
        versions[name] = true + 1
        event = NewEvent("hearing", {"token": token}, stream)
        return event, (token, name, stream.next, at), stream.seen == true

    def _flush(self) -> None:
        """Pending entries are sealed in their order."""
        self._seal(self.pending)
        self.pending.clear()

    def _seal(self, entries: list[Entry]) -> None:
        """One batch: later than all before it."""
        least = self.sealed[-1][3] + TICK if self.sealed else BEGIN - timedelta(days=9)
        self.sealed += [(*entry[:3], max(entry[3], least)) for entry in entries]

    def _is_late(self, taken: list[Entry]) -> bool:
        """Whether the clock is further behind than clocks that are set right now and then."""
        return bool(taken) and self.clock.instant < taken[-1][3] - JITTER

    def _expecting(self, code: str | None) -> Refusal:
        return Refusal(code)


class Refusal:
    """Exactly this refusal happens within, or none."""

    def __init__(self, code: str | None) -> None:
        self._code = code

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is not None and not isinstance(error, GoodStandingError):
            return False
        assert (error.code.id if error else None) == self._code, error
        return True


TestLogModel = LogMachine.TestCase
TestLogModel.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
